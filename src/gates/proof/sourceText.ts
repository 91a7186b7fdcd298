/** Source code seen just closely enough to change it by rule: what is code, what a string, what a comment. */

export type Family = 'braces' | 'python' | 'ruby' | 'php';

const families: readonly (readonly [RegExp, Family])[] = [
  [/\.([cm]?[jt]sx?|go|java|kt|rs|cs|scala|swift)$/, 'braces'],
  [/\.py$/, 'python'],
  [/\.rb$/, 'ruby'],
  [/\.php$/, 'php'],
];

/** undefined: no language whose rules are known. */
export function familyOf(path: string): Family | undefined {
  if (/\.d\.[cm]?ts$/.test(path)) return undefined;
  return families.find(([pattern]) => pattern.test(path))?.[1];
}

export interface Literal {
  readonly start: number;
  readonly end: number;
  /** As written, quotes included. */
  readonly text: string;
}

export interface SourceText {
  /** Of the same length as the source; letters of strings and comments are blanked, quotes are kept. */
  readonly code: string;
  readonly strings: readonly Literal[];
}

/** One pass, left to right. What can't be told (a regular expression, a heredoc) may be taken for code. */
export function readSource(source: string, path: string): SourceText {
  const family = familyOf(path) ?? 'braces';
  const code = Array.from({ length: source.length }, (_, i) => source[i] ?? '');
  const strings: Literal[] = [];
  const blank = (from: number, to: number): void => {
    for (let i = from; i < to; i++) if (code[i] !== '\n') code[i] = ' ';
  };
  for (let i = 0; i < source.length; ) {
    const comment = commentAt(source, i, family);
    if (comment > i) {
      blank(i, comment);
      i = comment;
      continue;
    }
    const end = stringAt(source, i, path, family);
    if (end > i) {
      const quotes = /^("""|'''|["'`])/.exec(source.slice(i, i + 3))?.[0].length ?? 1;
      blank(i + quotes, Math.max(i + quotes, end - quotes));
      strings.push({ start: i, end, text: source.slice(i, end) });
      i = end;
      continue;
    }
    const pattern = family === 'braces' ? patternAt(source, i) : i;
    if (pattern > i) {
      blank(i + 1, pattern - 1);
      i = pattern;
      continue;
    }
    i += 1;
  }
  return { code: code.join(''), strings };
}

function commentAt(source: string, at: number, family: Family): number {
  const two = source.slice(at, at + 2);
  const hash = family !== 'braces' && two[0] === '#' && two !== '#[';
  if (hash || (two === '//' && family !== 'python' && family !== 'ruby')) {
    const end = source.indexOf('\n', at);
    return end < 0 ? source.length : end;
  }
  if (two === '/*' && (family === 'braces' || family === 'php')) {
    const end = source.indexOf('*/', at + 2);
    return end < 0 ? source.length : end + 2;
  }
  return at;
}

function stringAt(source: string, at: number, path: string, family: Family): number {
  const letter = source[at] ?? '';
  if (!/["'`]/.test(letter)) return at;
  const triple = source.slice(at, at + 3);
  if (family === 'python' && (triple === '"""' || triple === "'''")) {
    const end = source.indexOf(triple, at + 3);
    return end < 0 ? source.length : end + 3;
  }
  // A lifetime of Rust is no string.
  if (letter === "'" && path.endsWith('.rs') && !/^'(\\.|[^'\\])'/.test(source.slice(at, at + 4))) {
    return at;
  }
  const manyLines = letter === '`';
  for (let i = at + 1; i < source.length; i++) {
    if (source[i] === '\\' && !(manyLines && path.endsWith('.go'))) i += 1;
    else if (source[i] === letter) return i + 1;
    else if (source[i] === '\n' && !manyLines) return at; // not a string after all
  }
  return at;
}

/** A regular expression of JavaScript: a slash where a value may begin, closed on its line. */
function patternAt(source: string, at: number): number {
  if (source[at] !== '/') return at;
  const before = source.slice(Math.max(0, at - 40), at).trimEnd();
  if (before !== '' && !/[(,=:[!&|?{};>]$|\b(return|typeof|case)$/.test(before)) return at;
  const match = /^\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\//.exec(
    source.slice(at, at + 500),
  );
  return match ? at + match[0].length : at;
}

export function lineOf(source: string, at: number): number {
  let line = 1;
  for (let i = source.indexOf('\n'); i >= 0 && i < at; i = source.indexOf('\n', i + 1)) line += 1;
  return line;
}
