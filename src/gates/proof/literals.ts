import { lineOf, readSource } from './sourceText.ts';

/** A literal of a test. */
export interface TestLiteral {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly line: number;
  /** Whether it is handed to the code under test, or expected of it. */
  readonly isInput: boolean;
}

const assertion =
  /^(assert\w*|expect\w*|is|isNot|ok|equals?|strictEqual|deepEqual|deepStrictEqual|notEqual|notStrictEqual|notDeepEqual|notDeepStrictEqual|throws|rejects|match|doesNotMatch|eq|ne|eql|isTrue|isFalse|include\w*|same\w*|like|have|be|to[A-Z]\w*|should\w*|must\w*|raises|approx|close\w*|Equal\w*|True|False|Len|Contains|assertThat|that)$/;
const declaration =
  /^(test|it|describe|context|suite|specify|bench|before\w*|after\w*|setTimeout|skip|only|todo)$/;

interface Open {
  readonly bracket: string;
  /** Of a call: its name. */
  readonly callee: string;
  /** Whether the call begins its line. */
  readonly isStatement: boolean;
  /** A block of statements; what is outside of it says nothing about what is inside. */
  readonly isBlock: boolean;
}

/** A test of more than this is a table; nothing is learned from changing one value of it. */
const maxChars = 200_000;

/** Numbers and strings of a test, but for titles and imports. */
export function testLiterals(source: string, path: string): readonly TestLiteral[] {
  if (source.length > maxChars) return [];
  const { code, strings } = readSource(source, path);
  const numbers = [...code.matchAll(/(?<![\w.$])\d[\d_]*(\.\d+)?(?![\w.])/g)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    text: match[0],
  }));
  const all = [...numbers, ...strings].sort((a, b) => a.start - b.start);
  const open: Open[] = [];
  const found: TestLiteral[] = [];
  let next = 0;
  for (let i = 0; i < code.length; i++) {
    const literal = all[next];
    if (literal && literal.start === i) {
      const role = roleOf(code, literal.start, open);
      if (role) found.push({ ...literal, line: lineOf(source, i), isInput: role === 'input' });
      next += 1;
      i = literal.end - 1;
      continue;
    }
    const letter = code[i] ?? '';
    if (/[([{]/.test(letter)) open.push(opened(code, i));
    else if (/[)\]}]/.test(letter)) open.pop();
  }
  return found;
}

function opened(code: string, at: number): Open {
  const bracket = code[at] ?? '';
  const before = code.slice(Math.max(0, at - 80), at);
  const callee = bracket === '(' ? (/([\w$]+)!?\s*$/.exec(before)?.[1] ?? '') : '';
  const isBlock =
    bracket === '{' && /(=>|\)|\belse|\btry|\bfinally|\bdo|;|\{|\}|^)\s*$/.test(before);
  const line = code.slice(code.lastIndexOf('\n', at) + 1, at);
  const isStatement = /^\s*(await\s+)?[\w$.]*$/.test(line);
  return { bracket, callee, isStatement, isBlock };
}

function roleOf(code: string, at: number, open: readonly Open[]): 'input' | 'expected' | undefined {
  const lineStart = code.lastIndexOf('\n', at - 1) + 1;
  const lineCode = code.slice(lineStart, at);
  if (/^\s*(import|from|export .* from|use|package|#|@)\b/.test(lineCode)) return undefined;
  for (let i = open.length - 1; i >= 0; i--) {
    const { bracket, callee, isStatement, isBlock } = open[i] as Open;
    if (isBlock) break;
    if (bracket !== '(' || callee === '') continue;
    if ((isStatement && declaration.test(callee)) || callee === 'require' || callee === 'import')
      return undefined;
    return assertion.test(callee) ? 'expected' : 'input';
  }
  // By itself in a statement: of `assert f(1) == 2` it is what is expected.
  return /^\s*(assert|expect|return)\b/.test(lineCode) ? 'expected' : 'input';
}

/** Other values of the same kind, near and far. Empty for values at the edge, which have no neighbours. */
export function neighboursOf(text: string): readonly string[] {
  if (/^\d/.test(text)) {
    const value = Number(text.replaceAll('_', ''));
    if (!Number.isFinite(value) || value <= 1) return [];
    const digits = /\.(\d+)/.exec(text)?.[1]?.length ?? 0;
    return [(value + 1).toFixed(digits), (value * 2).toFixed(digits)];
  }
  const quotes = /^("""|'''|["'`])/.exec(text)?.[0] ?? '"';
  const body = text.slice(quotes.length, -quotes.length);
  const at = body.search(/[A-Za-z0-9](?=[^A-Za-z0-9]*$)/);
  if (at < 0 || /\\|\$\{/.test(body)) return [];
  const changed = body.slice(0, at) + other(body[at] ?? '') + body.slice(at + 1);
  const first = body.search(/[A-Za-z0-9]/);
  const front = body.slice(0, first) + other(body[first] ?? '') + body.slice(first + 1);
  return [...new Set([changed, front])].map((one) => quotes + one + quotes);
}

/** The next letter or digit of its kind. */
function other(letter: string): string {
  if (/[0-8a-yA-Y]/.test(letter)) return String.fromCharCode(letter.charCodeAt(0) + 1);
  return String.fromCharCode(letter.charCodeAt(0) - 1);
}
