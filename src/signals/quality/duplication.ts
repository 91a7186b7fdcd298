import type { Token } from './tokens.ts';

/** The same code in two places. */
export interface Clone {
  readonly a: Place;
  readonly b: Place;
  readonly tokens: number;
}

export interface Place {
  readonly file: string;
  readonly from: number;
  readonly to: number;
}

/** A whole function of some length; less is how every program is written. */
const minTokens = 70;
const minLines = 8;
/** A table of values, or a list of imports, repeats itself by nature. */
const minWordShare = 0.3;
const minDistinct = 18;
/** Numbers for a polynomial over 32-bit integers. */
const factor = 0x01000193;

export interface Duplicates {
  add(file: string, tokens: readonly Token[]): void;
  find(): Clone[];
}

interface Source {
  readonly file: string;
  readonly ids: Int32Array;
  readonly lines: Int32Array;
  readonly words: Uint8Array;
}

/** Looks for runs of equal tokens, each as long as it goes; the files in the order in which they are added. */
export function createDuplicates(): Duplicates {
  const names = new Map<string, number>();
  const sources: Source[] = [];
  return {
    add(file, tokens) {
      const code = withoutImports(tokens);
      const idOf = (token: Token): number => {
        const key = token.kind === 'text' ? `'${token.text}` : token.text;
        const id = names.get(key) ?? names.size + 1;
        names.set(key, id);
        return id;
      };
      sources.push({
        file,
        ids: Int32Array.from(code, idOf),
        lines: Int32Array.from(code, ({ line }) => line),
        words: Uint8Array.from(code, ({ kind }) => (kind === 'word' ? 1 : 0)),
      });
    },
    find: () => clonesIn(sources),
  };
}

const importing = /^(?:import|from|package|using|use|require|require_relative|include|mod)$/;

/** What stands on lines that begin like an import, up to its end. */
function withoutImports(tokens: readonly Token[]): Token[] {
  const kept: Token[] = [];
  let skipping: number | undefined;
  let depth = 0;
  for (const [i, token] of tokens.entries()) {
    const isFirst = tokens[i - 1]?.line !== token.line;
    if (isFirst && depth === 0) {
      const hash = token.text === '#' && tokens[i + 1]?.text === 'include';
      const isImport = token.column === 0 && (hash || importing.test(token.text));
      skipping = isImport && tokens[i + 1]?.text !== '(' ? token.line : undefined;
    }
    if (skipping === undefined) kept.push(token);
    else if (/^[({]$/.test(token.text)) depth++;
    else if (/^[)}]$/.test(token.text)) depth = Math.max(0, depth - 1);
  }
  return kept;
}

interface At {
  readonly source: number;
  readonly index: number;
}

function clonesIn(sources: readonly Source[]): Clone[] {
  const first = new Map<number, At>();
  const clones: Clone[] = [];
  let leading = 1; // factor to the power of minTokens - 1
  for (let i = 1; i < minTokens; i++) leading = Math.imul(leading, factor);
  for (const [number, source] of sources.entries()) {
    const { ids } = source;
    let hash = 0;
    let passed = 0; // up to here it is part of a clone already
    for (let end = 0; end < ids.length; end++) {
      const start = end - minTokens + 1;
      if (start > 0) hash = (hash - Math.imul(ids[start - 1] as number, leading)) | 0;
      hash = (Math.imul(hash, factor) + (ids[end] as number)) | 0;
      if (start < 0) continue;
      const known = first.get(hash);
      if (!known) {
        first.set(hash, { source: number, index: start });
        continue;
      }
      if (start < passed) continue;
      const length = commonRun(sources, known, { source: number, index: start });
      if (length < minTokens) continue;
      passed = start + length;
      const clone = cloneOf(sources, known, { source: number, index: start }, length);
      if (clone) clones.push(clone);
    }
  }
  return clones;
}

/** How far both go on alike; a piece of code does not repeat its own second half. */
function commonRun(sources: readonly Source[], a: At, b: At): number {
  const [x, y] = [(sources[a.source] as Source).ids, (sources[b.source] as Source).ids];
  const most = a.source === b.source ? b.index - a.index : Number.POSITIVE_INFINITY;
  let length = 0;
  while (
    length < most &&
    a.index + length < x.length &&
    b.index + length < y.length &&
    x[a.index + length] === y[b.index + length]
  ) {
    length++;
  }
  return length;
}

function cloneOf(sources: readonly Source[], a: At, b: At, length: number): Clone | undefined {
  const [x, y] = [sources[a.source] as Source, sources[b.source] as Source];
  const place = ({ file, lines }: Source, index: number): Place => ({
    file,
    from: lines[index] as number,
    to: lines[index + length - 1] as number,
  });
  const clone = { a: place(x, a.index), b: place(y, b.index), tokens: length };
  if (clone.a.to - clone.a.from + 1 < minLines) return undefined;
  const ids = y.ids.subarray(b.index, b.index + length);
  const words = y.words.subarray(b.index, b.index + length).reduce((sum, one) => sum + one, 0);
  return words >= minWordShare * length && new Set(ids).size >= minDistinct ? clone : undefined;
}
