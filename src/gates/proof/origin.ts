import type { StackPlace } from '../failure.ts';
import { functionAround, nameAround, ownFunctions } from './callees.ts';
import type { FixedFile, Hunk } from './hunks.ts';
import { readSource } from './sourceText.ts';

export interface Failing {
  /** Where the base failed, the innermost place first; only the project's own code. */
  readonly frames: readonly StackPlace[];
}

/**
 * Signs that a fix hides a failure further up instead of taking its cause away. Findings for the
 * reviewer, and no more: a caller may well be what was wrong.
 */
export function originMarks(
  files: readonly FixedFile[],
  { frames }: Failing,
  paths: ReadonlySet<string | undefined>,
): readonly string[] {
  const marks = frames.length > 0 ? hiddenAbove(files, frames) : correctedAfterwards(files, paths);
  return [...marks, ...swallowed(files, paths)];
}

/** The failure is thrown in code that stays as it is, and the call that leads there too. */
function hiddenAbove(files: readonly FixedFile[], frames: readonly StackPlace[]): string[] {
  const [inner, ...outer] = frames;
  if (!inner || touches(files, inner)) return [];
  const caller = outer.find((frame) => touches(files, frame));
  if (!caller) return [];
  const file = files.find(({ path }) => path === caller.file);
  const call = file?.before.split('\n')[caller.line - 1]?.trim() ?? '';
  if (call === '' || !(file?.after.includes(call.replace(/[;{]\s*$/, '')) ?? false)) return [];
  return [
    `The failure is raised in ${inner.file}:${inner.line}, which the patch leaves as it is; it changes its caller (${caller.file}:${caller.line}).`,
  ];
}

function touches(files: readonly FixedFile[], { file, line }: StackPlace): boolean {
  const fixed = files.find(({ path }) => path === file);
  if (!fixed) return false;
  const [start, end] = functionAround(fixed.before, line - 1);
  return fixed.hunks.some(
    (hunk) => hunk.oldStart < end && Math.max(hunk.oldEnd, hunk.oldStart + 1) > start,
  );
}

/** What a function of the project gives back is put right by its caller. */
function correctedAfterwards(
  files: readonly FixedFile[],
  paths: ReadonlySet<string | undefined>,
): string[] {
  const marks = new Set<string>();
  for (const file of files) {
    const own = ownFunctions(file.after, file.path, (name) => isModule(name, paths));
    for (const hunk of file.hunks) {
      const self = nameAround(file.after, hunk.newStart);
      for (const name of own) {
        if (name === self || changesFunction(files, name)) continue;
        if (correctsCall(hunk, name) || correctsVariable(file, hunk, name)) {
          marks.add(
            `The patch corrects what ${name}() gives back (${file.path}:${hunk.newStart + 1}) and leaves ${name}() as it is.`,
          );
        } else if (goesAround(file, hunk, name)) {
          marks.add(
            `The patch no longer uses ${name}() (${file.path}:${hunk.newStart + 1}) and leaves it as it is.`,
          );
        }
      }
    }
  }
  return [...marks];
}

function isModule(name: string, paths: ReadonlySet<string | undefined>): boolean {
  const path = name.replaceAll('.', '/');
  return [...paths].some(
    (one) =>
      one === `${path}.py` || one?.endsWith(`/${path}.py`) || one?.endsWith(`${path}/__init__.py`),
  );
}

function changesFunction(files: readonly FixedFile[], name: string): boolean {
  return files.some(({ after, hunks }) =>
    hunks.some(({ newStart }) => nameAround(after, newStart) === name),
  );
}

/** `return f(x)` → `return f(x) || 0`: the call stays, what is around it is new. */
function correctsCall({ removed, added }: Hunk, name: string): boolean {
  const now = added.join('\n');
  // To wait for it is no correction.
  if (now.replace(/\bawait /g, '') === removed.join('\n').replace(/\bawait /g, '')) return false;
  const before = removed.join('\n');
  const kept = [...callsOf(before, name), ...callsWith(before, name)];
  return kept.some((call) => now.includes(call));
}

/** Calls that the function is handed to: `sort(compare)`, `max(dates, key=key)`. */
function callsWith(source: string, name: string): string[] {
  const word = name.replaceAll('$', '\\$');
  const call = new RegExp(
    `(?<![\\w$])[\\w$]{1,80}\\([^()]{0,300}(?<![\\w$.'"])(?:exports\\.)?${word}(?![\\w$(=:'"])[^()]{0,300}\\)`,
    'g',
  );
  return [...source.matchAll(call)].map(([text]) => text);
}

const definition =
  /\b(def|function\*?|func|fn|fun)\s+[\w$]+\s*\(|^\s*(?:(?:static|async|public|private|protected)\s+)*[\w$#]+\s*\([^;]*\)[^;]*\{\s*$/;

/** `f` is used no more. */
function goesAround({ path }: FixedFile, { removed, added }: Hunk, name: string): boolean {
  // Methods of other objects may be called alike.
  const own = '(?:(?<![\\w$.])|(?<=\\b(?:this|self|exports)\\.))';
  const word = new RegExp(`${own}${name.replaceAll('$', '\\$')}(?![\\w$])`);
  const uses = (lines: readonly string[]): boolean =>
    readSource(lines.join('\n'), path)
      .code.split('\n')
      .some((line) => !definition.test(line) && word.test(line));
  return added.length > 0 && uses(removed) && !uses(added);
}

/** `const r = f(x);` stays, and new lines look at `r`, or `return r;` becomes more than that. */
function correctsVariable({ path, after }: FixedFile, hunk: Hunk, name: string): boolean {
  if (hunk.added.length === 0) return false;
  const lines = after.split('\n');
  const [start] = functionAround(after, hunk.newStart);
  const above = lines.slice(Math.max(start, hunk.newStart - 12), hunk.newStart).join('\n');
  const added = readSource(hunk.added.join('\n'), path).code;
  const removed = readSource(hunk.removed.join('\n'), path).code;
  return [...resultsOf(readSource(above, path).code, name)].some((variable) => {
    const word = new RegExp(`(?<![\\w.$])${variable.replaceAll('$', '\\$')}(?![\\w$])`);
    const isWhole = (line: string): boolean =>
      line.trim().replace(/^return\s+|;$/g, '') === variable;
    const isMore = hunk.removed.length === 0 || hunk.removed.some(isWhole);
    const guards = guardsOf(variable);
    return word.test(added) && (isMore || (guards.test(added) && !guards.test(removed)));
  });
}

/** What stands around a value that can't be trusted. */
function guardsOf(variable: string): RegExp {
  const v = `(?<![\\w.$])${variable.replaceAll('$', '\\$')}(?![\\w$])`;
  const put = '(?:isNaN|abs|max|min|round|floor|ceil|Number|String|int|str|float)';
  const tidied = '(?:trim|strip|replace\\w*|toFixed|lower|upper|toLowerCase|toUpperCase)';
  return new RegExp(
    `${v}\\s*(?:\\?\\?|\\|\\||\\bor\\b|[!=]==?|\\bis\\b)|\\b${put}\\([^)]*${v}|${v}\\.${tidied}\\(`,
  );
}

/** Variables that hold what a function gave back, and lists that it was put into. */
function resultsOf(code: string, name: string): ReadonlySet<string> {
  const calls = /(?:^|[\s;{(,])([A-Za-z_$][\w$]*)\s*:?=\s*(?:await\s+)?([\w$.]+)\(/g;
  const results = new Set<string>();
  for (const [, variable = '', callee = ''] of code.matchAll(calls)) {
    if (callee.split('.').at(-1) === name) results.add(variable);
  }
  for (const [, list = '', given = ''] of code.matchAll(
    /([A-Za-z_$][\w$]*)\.(?:push|append|add|extend|unshift)\(([\w$.]+)/g,
  )) {
    if (results.has(given)) results.add(list);
  }
  return results;
}

const builtIn = '(?<!\\b(?:JSON|Math|Object|Number|String|Array|Date|Promise|Reflect|console)\\.)';

/** Each call with its arguments, as written; those inside of templates too. */
function callsOf(source: string, name: string): string[] {
  const pattern = new RegExp(`${builtIn}(?<![\\w$])${name.replaceAll('$', '\\$')}\\(`, 'g');
  return [...source.matchAll(pattern)].flatMap(({ index }) => {
    let depth = 0;
    for (let i = source.indexOf('(', index); i < source.length; i++) {
      if (source[i] === '(') depth += 1;
      else if (source[i] === ')' && --depth === 0) return [source.slice(index, i + 1)];
    }
    return [];
  });
}

/** New handlers that take every error of the project's own code and go on. */
function swallowed(files: readonly FixedFile[], paths: ReadonlySet<string | undefined>): string[] {
  return files.flatMap((file) => {
    const own = ownFunctions(file.after, file.path, (name) => isModule(name, paths));
    return file.hunks.flatMap((hunk) => {
      const added = hunk.added.join('\n');
      const { code } = readSource(added, file.path);
      const handlers = (text: string): number =>
        text.match(/\bcatch\b|\bexcept\b|\brescue\b|\brecover\(\)/g)?.length ?? 0;
      if (handlers(code) <= handlers(hunk.removed.join('\n'))) return [];
      const silent =
        /catch\s*(\([^)]*\))?\s*\{\s*\}|except[^:\n]*:\s*(pass|\.\.\.)\s*$|except\s*:|\.catch\(\(\w*\)\s*=>\s*(\{\s*\}|undefined|null)\)/m;
      const self = nameAround(file.after, hunk.newStart);
      const guarded = [...own].find((name) => name !== self && callsOf(code, name).length > 0);
      const at = `${file.path}:${hunk.newStart + 1}`;
      if (guarded) return [`The patch catches errors of ${guarded}() and goes on (${at}).`];
      return silent.test(code) ? [`The patch catches errors and drops them (${at}).`] : [];
    });
  });
}
