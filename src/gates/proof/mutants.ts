import type { FixedFile, Hunk } from './hunks.ts';
import { type Family, familyOf, readSource } from './sourceText.ts';

/** One small change to a line that the patch changed: a test worth its name notices it. */
export interface Mutant {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** For people: `a < b` → `a >= b`. */
  readonly what: string;
  /** The whole file. */
  readonly content: () => string;
}

/** What a rule makes of a line's code. `at` and `end` are columns. */
interface Change {
  readonly at: number;
  readonly end: number;
  readonly to: string;
}

type Rule = (code: string, line: string, family: Family, path: string) => readonly Change[];

/** The telling ones first: what is left out when there are too many are the small shifts. */
const rules: readonly Rule[] = [
  negated,
  swapped([
    ['===', '!=='],
    ['!==', '==='],
    ['==', '!='],
    ['!=', '=='],
  ]),
  swapped([
    ['<=', '>'],
    ['>=', '<'],
    ['<', '>='],
    ['>', '<='],
  ]),
  removedStatement,
  returnedDefault,
  words([
    ['&&', '||'],
    ['||', '&&'],
    ['??', '&&'],
  ]),
  words([
    [' and ', ' or '],
    [' or ', ' and '],
  ]),
  words([
    [' + ', ' - '],
    [' - ', ' + '],
    [' * ', ' / '],
    [' += ', ' -= '],
    [' -= ', ' += '],
  ]),
  words([
    ['true', 'false'],
    ['false', 'true'],
    ['True', 'False'],
    ['False', 'True'],
  ]),
  words([
    ['await ', ''],
    ['Math.max(', 'Math.min('],
    ['Math.min(', 'Math.max('],
  ]),
  swapped([
    ['<=', '<'],
    ['>=', '>'],
    ['<', '<='],
    ['>', '>='],
  ]),
  offByOne,
];

/** All mutants of the fix's changed lines, round by round of one a line, so that a cut hits no line alone. */
export function mutantsOf(files: readonly FixedFile[]): readonly Mutant[] {
  const perLine = files.flatMap((file) => {
    const source = {
      ...file,
      lines: file.after.split('\n'),
      code: readSource(file.after, file.path).code.split('\n'),
    };
    return file.hunks.flatMap((hunk) =>
      linesOf(hunk).map((line) =>
        mutateLine(source, line, changedPart(hunk, line - hunk.newStart)),
      ),
    );
  });
  const rounds = Math.max(0, ...perLine.map((mutants) => mutants.length));
  return Array.from({ length: rounds }, (_, round) =>
    perLine.flatMap((mutants) => mutants[round] ?? []),
  ).flat();
}

function linesOf(hunk: Hunk): number[] {
  return Array.from({ length: hunk.newEnd - hunk.newStart }, (_, i) => hunk.newStart + i);
}

/** Columns of a line that the patch changed: what it kept of the line is no part of the fix. */
type Part = readonly [from: number, to: number];

function changedPart({ removed, added }: Hunk, index: number): Part {
  const [old, now] = [removed[index], added[index] ?? ''];
  if (old === undefined || removed.length !== added.length) return [0, now.length];
  let from = 0;
  while (from < Math.min(old.length, now.length) && old[from] === now[from]) from += 1;
  let kept = 0;
  while (kept < Math.min(old.length, now.length) - from && old.at(-1 - kept) === now.at(-1 - kept))
    kept += 1;
  return [from, now.length - kept];
}

interface Lines {
  readonly path: string;
  readonly lines: readonly string[];
  /** The same without strings and comments. */
  readonly code: readonly string[];
}

function mutateLine(file: Lines, index: number, [from, to]: Part): Mutant[] {
  const family = familyOf(file.path);
  if (!family) return [];
  const { lines } = file;
  const line = lines[index] ?? '';
  const code = file.code[index] ?? '';
  if (code.trim() === '' || noBehaviour.test(code)) return [];
  const seen = new Set([line]);
  return rules.flatMap((rule) =>
    rule(code, line, family, file.path).flatMap((change) => {
      const mutated = line.slice(0, change.at) + change.to + line.slice(change.end);
      // What only was taken away leaves a part without width: what stands around it counts.
      const isKept = change.end < from || change.at > to || (change.end === from && from < to);
      if (seen.has(mutated) || isKept) return [];
      seen.add(mutated);
      const content = (): string => lines.with(index, mutated).join('\n');
      const what = `\`${line.trim()}\` → \`${mutated.trim() || 'nothing'}\``;
      return [{ path: file.path, line: index + 1, what, content }];
    }),
  );
}

/**
 * What no test is expected to notice: names that are brought in, what is logged, what is said of a function
 * as a whole, what an error is called.
 */
const noBehaviour =
  /^\s*((import|from|use|package|#include|require)\b|@[\w.]+(\(|\s*$)|(this|self)\.(logger|log)\b|console\.(debug|info|warn)\(|(_?log|logger|logging|LOG|LOGGER)\.\w+\(|this\.name\s*=)/;

/** Words by themselves; those of letters only where they stand alone. */
function words(pairs: readonly (readonly [string, string])[]): Rule {
  return (code) =>
    pairs.flatMap(([from, to]) => {
      const edge = /^\w/.test(from) ? '(?<![\\w.$])' : '';
      const close = /\w$/.test(from) ? '(?![\\w$])' : '';
      const pattern = new RegExp(`${edge}${escaped(from)}${close}`, 'g');
      return [...code.matchAll(pattern)].map(({ index }) => ({
        at: index,
        end: index + from.length,
        to,
      }));
    });
}

/** Comparisons with blanks around them: what has none may be a type's brackets. */
function swapped(pairs: readonly (readonly [string, string])[]): Rule {
  return words(pairs.map(([from, to]) => [` ${from} `, ` ${to} `] as const));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** `if (x)` → `if (!(x))`, in the manner of the language. */
function negated(code: string, line: string, family: Family, path: string): Change[] {
  const head = /^(\s*(?:\}\s*)?(?:el(?:se )?)?(?:if|elsif)\s+|\s*(?:\}\s*)?(?:else )?if\s*)/.exec(
    code,
  )?.[0];
  if (head === undefined) return [];
  const start = head.length;
  if (code[start] === '(' && family !== 'python') {
    const end = closing(code, start);
    return end < 0 ? [] : [{ at: start, end: end + 1, to: `(!${line.slice(start, end + 1)})` }];
  }
  if (family === 'python') {
    const end = code.lastIndexOf(':');
    return end <= start ? [] : [{ at: start, end, to: `not (${line.slice(start, end)})` }];
  }
  if (family === 'ruby') return [{ at: start, end: line.length, to: `!(${line.slice(start)})` }];
  const end = /\.(go|rs|swift)$/.test(path) ? code.lastIndexOf('{') : -1;
  const condition = line.slice(start, end);
  return end <= start || /;|:=|^let\b/.test(condition)
    ? []
    : [{ at: start, end, to: `!(${condition.trimEnd()}) ` }];
}

function closing(code: string, open: number): number {
  let depth = 0;
  for (let i = open; i < code.length; i++) {
    if (code[i] === '(') depth += 1;
    else if (code[i] === ')' && --depth === 0) return i;
  }
  return -1;
}

const noStatement =
  /^(const|let|var|def|class|function|async|import|export|return|if|for|foreach|while|else|elif|elsif|end|switch|case|default|try|catch|except|finally|rescue|ensure|with|use|fn|func|fun|public|private|protected|static|package|type|interface|struct|enum|impl|match|when|do|begin|pass|@|\}|\)|\]|#|\.|\?|:|&&|\|\||\+ |- )/;

/** A statement that is whole on its line. */
function removedStatement(code: string, line: string, family: Family): Change[] {
  const text = code.trim();
  if (text === '' || noStatement.test(text) || !balanced(text)) return [];
  const isCall = /^(await\s+)?[\w$.[\]'"]+\(.*\);?$/.test(text);
  const isAssignment = /^[\w$.[\]'"@]+\s*([-+*/|&?]|\|\||\?\?)?=(?!=).*[^,{([]$/.test(text);
  if (!(isCall || isAssignment)) return [];
  if (family === 'braces' && !text.endsWith(';') && !/[\w)\]'"`]$/.test(text)) return [];
  const at = line.length - line.trimStart().length;
  return [{ at, end: line.length, to: family === 'python' ? 'pass' : '' }];
}

function balanced(text: string): boolean {
  const count = (letters: RegExp): number => text.match(letters)?.length ?? 0;
  return count(/[([{]/g) === count(/[)\]}]/g);
}

/** What a function gives back when it gives nothing; only where any value may be given. */
function returnedDefault(code: string, _line: string, family: Family, path: string): Change[] {
  const match = /^(.*?\breturn )(\S.*?)(;?\s*\}?\s*)$/.exec(code);
  if (!match) return [];
  const nothing = { python: 'None', ruby: 'nil', php: 'null', braces: 'undefined' }[family];
  if (family === 'braces' && !/\.[cm]?[jt]sx?$/.test(path)) return [];
  const [, head = '', value = ''] = match;
  // What is false is as good as nothing to most callers.
  const isNothing = /^(None|nil|null|undefined|void 0|False|false|NotImplemented)$/.test(value);
  if (!balanced(value) || isNothing) return [];
  return [{ at: head.length, end: head.length + value.length, to: nothing }];
}

function offByOne(code: string): Change[] {
  return [...code.matchAll(/(?<![\w.$])\d{1,9}(?![\w.])/g)].map(({ 0: number, index }) => ({
    at: index,
    end: index + number.length,
    to: String(Number(number) + 1),
  }));
}
