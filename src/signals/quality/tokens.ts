import type { Language } from './languages.ts';

export interface Token {
  readonly kind: 'word' | 'text' | 'number' | 'mark';
  /** The source text; of a string, cut. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** Characters before it in its line; a tab is one. */
  readonly column: number;
  /** Stands between blanks: tells `a ? b : c` from `a?: b`. */
  readonly apart: boolean;
}

const word = /[\p{L}_$@][\p{L}\p{N}_$]*/uy;
const number = /\d[\w.]*/y;
const mark = /=>|->|&&|\|\||\?\?|\?\.|\?:|::|[^\s\p{L}\p{N}]/uy;
const pattern = /\/(?![*/])(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]{0,8}/y;
const maxTextChars = 200;

/** Source text as tokens, without comments. Never fails: what is not understood is a mark. */
export function tokensOf(source: string, language: Language): Token[] {
  const tokens: Token[] = [];
  const { lineComments, blockComments, longStrings, strings } = language;
  let line = 1;
  let lineStart = 0;
  let at = 0;

  /** Goes on to an index, counting the lines passed. */
  const goTo = (end: number): void => {
    for (let next = source.indexOf('\n', at); next >= 0 && next < end; ) {
      line++;
      lineStart = next + 1;
      next = source.indexOf('\n', next + 1);
    }
    at = end;
  };
  const push = (kind: Token['kind'], end: number): void => {
    const text = source.slice(at, kind === 'text' ? Math.min(end, at + maxTextChars) : end);
    const apart = isBlank(source[at - 1]) && isBlank(source[end]);
    tokens.push({ kind, text, line, column: at - lineStart, apart });
    goTo(end);
  };
  const match = (regex: RegExp): number | undefined => {
    regex.lastIndex = at;
    return regex.test(source) ? regex.lastIndex : undefined;
  };

  while (at < source.length) {
    const char = source[at] as string;
    if (isBlank(char)) {
      goTo(at + 1);
      continue;
    }
    const block = blockComments.find(([open]) => source.startsWith(open, at));
    if (block) {
      const end = source.indexOf(block[1], at + block[0].length);
      goTo(end < 0 ? source.length : end + block[1].length);
      continue;
    }
    if (lineComments.some((open) => source.startsWith(open, at))) {
      const end = source.indexOf('\n', at);
      goTo(end < 0 ? source.length : end);
      continue;
    }
    const long = longStrings.find((quote) => source.startsWith(quote, at));
    if (long !== undefined) {
      push('text', endOfLong(source, at + long.length, long));
      continue;
    }
    if (strings.includes(char)) {
      push('text', endOfString(source, at + 1, char));
      continue;
    }
    if (char === '/' && language.hasPatterns && mayBePattern(tokens.at(-1))) {
      const end = match(pattern);
      if (end !== undefined) {
        push('text', end);
        continue;
      }
    }
    const [kind, end] = ((): readonly [Token['kind'], number] => {
      const asWord = match(word);
      if (asWord !== undefined) return ['word', asWord];
      const asNumber = match(number);
      if (asNumber !== undefined) return ['number', asNumber];
      return ['mark', match(mark) ?? at + 1];
    })();
    push(kind, end);
  }
  return tokens;
}

function isBlank(char: string | undefined): boolean {
  return char === undefined || char === ' ' || char === '\n' || char === '\t' || char === '\r';
}

/** A string that is not closed in its line ends with it. */
function endOfString(source: string, from: number, quote: string): number {
  for (let i = from; i < source.length; i++) {
    if (source[i] === '\\') i++;
    else if (source[i] === quote) return i + 1;
    else if (source[i] === '\n') return i;
  }
  return source.length;
}

/** A template goes on through the strings in its `${…}`. */
function endOfLong(source: string, from: number, quote: string): number {
  if (quote === '@"') return endOfVerbatim(source, from);
  let depth = 0;
  for (let i = from; i < source.length; i++) {
    if (source[i] === '\\') i++;
    else if (quote === '`' && source.startsWith('${', i)) depth++;
    else if (depth > 0 && source[i] === '}') depth--;
    else if (depth === 0 && source.startsWith(quote, i)) return i + quote.length;
  }
  return source.length;
}

/** C#: a quote is doubled, a backslash means nothing. */
function endOfVerbatim(source: string, from: number): number {
  for (let i = from; i < source.length; i++) {
    if (source[i] !== '"') continue;
    if (source[i + 1] !== '"') return i + 1;
    i++;
  }
  return source.length;
}

const beforePattern = /^(?:return|typeof|case|in|of|do|else|void|delete|throw|new|yield|await)$/;

/** Behind a value a slash divides. */
function mayBePattern(before: Token | undefined): boolean {
  if (!before) return true;
  if (before.kind === 'word') return beforePattern.test(before.text);
  return before.kind === 'mark' && !/^[)\]}]$/.test(before.text);
}
