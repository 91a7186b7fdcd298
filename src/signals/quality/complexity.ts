import type { Language } from './languages.ts';
import type { Token } from './tokens.ts';

export interface FunctionComplexity {
  readonly name: string;
  readonly line: number;
  /** Ways through it: one, and one more for each decision (McCabe), those of functions within it left out. */
  readonly complexity: number;
}

interface Open {
  readonly name: string;
  readonly line: number;
  /** Of its first token, where indentation or `end` closes it; else the depth of braces it began at. */
  readonly level: number;
  complexity: number;
}

/** How many ways lead through each function. By its tokens alone, so about right, for every language alike. */
export function complexityOf(tokens: readonly Token[], language: Language): FunctionComplexity[] {
  const starts = startsIn(tokens, language);
  const done: Open[] = [];
  const open: Open[] = [];
  let depth = 0;
  for (const [i, token] of tokens.entries()) {
    if (language.blocks !== 'braces') closeByColumn(tokens, i, open, done);
    const start = starts.get(i);
    if (start) {
      const level = language.blocks === 'braces' ? depth : start.column;
      open.push({ name: start.name, line: start.line, level, complexity: 1 });
    }
    if (token.text === '{') depth++;
    if (token.text === '}') {
      depth--;
      if (language.blocks === 'braces' && open.at(-1)?.level === depth)
        done.push(open.pop() as Open);
    }
    const current = open.at(-1);
    if (current && decides(token, tokens[i + 1], language)) current.complexity++;
  }
  return [...done, ...open]
    .map(({ name, line, complexity }) => ({ name, line, complexity }))
    .sort((a, b) => a.line - b.line);
}

/** The first token of a line at or left of where a function began is not in it any more. */
function closeByColumn(tokens: readonly Token[], i: number, open: Open[], done: Open[]): void {
  const token = tokens[i] as Token;
  const before = tokens[i - 1];
  if (before && before.line === token.line) return;
  if (/^[)\]}]$/.test(token.text)) return; // the end of parameters written over several lines
  for (let last = open.at(-1); last; last = open.at(-1)) {
    if (token.column > last.level || token.line === last.line) return;
    done.push(open.pop() as Open);
  }
}

function decides(token: Token, next: Token | undefined, { decisions }: Language): boolean {
  if (token.kind === 'text' || !decisions.has(token.text)) return false;
  // An optional member or a type that may be nothing, not a choice.
  return token.text !== '?' || (token.apart && next !== undefined && !/^[:,)=;]$/.test(next.text));
}

interface Start {
  readonly name: string;
  readonly line: number;
  readonly column: number;
}

const notCalled =
  /^(?:if|for|foreach|while|switch|catch|with|using|lock|fixed|synchronized|match|when|return|else|do|try|new|elseif|unless|until|await|typeof|function|super|declare|guard|loop|defer|go|select)$/;

/** Where functions begin: by the index of the token that opens the body (a brace), or of the word before the name. */
function startsIn(tokens: readonly Token[], language: Language): ReadonlyMap<number, Start> {
  const starts = new Map<number, Start>();
  const add = (index: number | undefined, token: Token, name: string, from = token): void => {
    if (index === undefined || starts.has(index)) return;
    starts.set(index, { name, line: from.line, column: from.column });
  };
  const hasWords = language.functionWords.length > 0;
  for (const [i, token] of tokens.entries()) {
    if (token.kind === 'word' && language.functionWords.includes(token.text)) {
      const name = nameBehind(tokens, i);
      if (language.blocks === 'braces') add(bodyBehind(tokens, i + 1), token, name);
      else add(i, token, name, firstOfLine(tokens, i));
    } else if (token.text === '=>' && tokens[i + 1]?.text === '{' && language.hasPatterns) {
      add(i + 1, token, arrowName(tokens, i));
    } else if (
      language.blocks === 'braces' &&
      (!hasWords || language.hasPatterns) &&
      token.kind === 'word' &&
      tokens[i + 1]?.text === '(' &&
      tokens[i - 1]?.text !== 'new' &&
      !notCalled.test(token.text)
    ) {
      add(methodBody(tokens, i + 1), token, token.text);
    }
  }
  return starts;
}

/** `async def`, `private def`: what counts is where the line begins. */
function firstOfLine(tokens: readonly Token[], i: number): Token {
  let first = i;
  while (first > 0 && tokens[first - 1]?.line === tokens[i]?.line) first--;
  return tokens[first] as Token;
}

/** The name behind `func`, behind a receiver in parentheses too; a function without one is an expression. */
function nameBehind(tokens: readonly Token[], i: number): string {
  let next = i + 1;
  if (tokens[next]?.text === '*') next++;
  const closing = tokens[next]?.text === '(' ? closingOf(tokens, next) : undefined;
  if (closing !== undefined && tokens[closing + 1]?.kind === 'word') next = closing + 1;
  if (tokens[next]?.text === 'self' && tokens[next + 1]?.text === '.') next += 2;
  const name = tokens[next];
  return name?.kind === 'word' && tokens[next + 1]?.text !== '=>' ? name.text : anonymous;
}

const anonymous = '(anonymous)';
const maxHeadTokens = 400;

/** The brace that opens the body; undefined of a mere declaration. */
function bodyBehind(tokens: readonly Token[], from: number): number | undefined {
  for (let i = from; i < Math.min(tokens.length, from + maxHeadTokens); i++) {
    const text = tokens[i]?.text;
    if (text === '(' || text === '[') i = closingOf(tokens, i) ?? tokens.length;
    else if (text === '{') return i;
    else if (text === ';' || text === '}' || text === '=') return undefined;
  }
  return undefined;
}

/** Between the parentheses of a method and its brace stand types and modifiers only. */
function methodBody(tokens: readonly Token[], opening: number): number | undefined {
  const closing = closingOf(tokens, opening);
  if (closing === undefined) return undefined;
  for (let i = closing + 1; i < Math.min(tokens.length, closing + 30); i++) {
    const token = tokens[i] as Token;
    if (token.text === '{') return i;
    if (
      token.kind === 'word'
        ? notCalled.test(token.text)
        : !/^(?:[:<>[\],.?|&*]|->|::)$/.test(token.text)
    )
      return undefined;
  }
  return undefined;
}

function closingOf(tokens: readonly Token[], opening: number): number | undefined {
  let depth = 0;
  for (let i = opening; i < Math.min(tokens.length, opening + 2_000); i++) {
    const text = tokens[i]?.text;
    if (text === '(' || text === '[' || text === '{') depth++;
    if (text === ')' || text === ']' || text === '}') depth--;
    if (depth === 0) return i;
  }
  return undefined;
}

/** `name = (…) => {`, `name: async x => {`: looks back over the parameters and a type. */
function arrowName(tokens: readonly Token[], arrow: number): string {
  let i = arrow - 1;
  for (let steps = 0; steps < 60 && i >= 0; steps++) {
    const text = tokens[i]?.text ?? '';
    if (text === ')' || text === ']' || text === '}') i = openingOf(tokens, i);
    else if (text === '=' || text === ':') {
      const name = nameBefore(tokens, i);
      if (name !== undefined) return name;
    } else if (text === ',' || text === ';' || text === '(' || text === '{' || text === '=>') {
      return anonymous;
    }
    i--;
  }
  return anonymous;
}

/** `const total: Total =` and `total =`, not the type that a parameter or a result has. */
function nameBefore(tokens: readonly Token[], i: number): string | undefined {
  const before = tokens[i - 1];
  return before?.kind === 'word' ? before.text : undefined;
}

function openingOf(tokens: readonly Token[], closing: number): number {
  let depth = 0;
  for (let i = closing; i >= Math.max(0, closing - 2_000); i--) {
    const text = tokens[i]?.text;
    if (text === ')' || text === ']' || text === '}') depth++;
    if (text === '(' || text === '[' || text === '{') depth--;
    if (depth === 0) return i;
  }
  return 0;
}
