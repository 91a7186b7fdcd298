import type { Git } from '../../core/ports.ts';
import { type FixedFile, type Hunk, textAt } from './hunks.ts';
import { testLiterals } from './literals.ts';
import { readSource } from './sourceText.ts';

/**
 * A fix that names both what the test puts in and what it wants out has written the answer down. Each
 * alone is common: a new case of a table, the default that is expected.
 */
export async function copiedAnswers(
  git: Git,
  commit: string,
  files: readonly FixedFile[],
  testFiles: readonly string[],
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const inputs = new Set<string>();
  const expected = new Set<string>();
  for (const path of testFiles) {
    for (const { text, isInput } of testLiterals(await textAt(git, commit, path, signal), path)) {
      (isInput ? inputs : expected).add(valueOf(text));
    }
  }
  return files.flatMap((file) => {
    const known = new Set(literalsOf(file.before, file.path));
    return file.hunks.flatMap((hunk) => {
      const added = hunk.added.join('\n');
      const fresh = literalsOf(added, file.path).filter(
        (value) => isTelling(value) && !known.has(value),
      );
      const puts = fresh.filter((value) => [...inputs].some((input) => isPartOf(value, input)));
      const [put] = puts;
      const at = `${file.path}:${hunk.newStart + 1}`;
      if (put === undefined) {
        const wanted = fresh.filter((value) => expected.has(value));
        const given = wanted.find((value) => isGiven(added, value, inputs));
        if (given !== undefined) return [`The fix gives back the test's answer (${given}; ${at}).`];
        const compared = wanted.find((value) => isAskedFor(added, value));
        return compared === undefined
          ? []
          : [`The fix asks for what the test names (${JSON.stringify(compared)}; ${at}).`];
      }
      const answer = answerIn(hunk, file.path, put, fresh, expected);
      if (answer !== undefined) {
        const both = [put, answer].map((value) => JSON.stringify(value)).join(', ');
        return [`The fix holds the test's own input and its answer (${both}; ${at}).`];
      }
      const asked = puts.find((value) => isAskedFor(added, value));
      return asked === undefined
        ? []
        : [`The fix asks for the test's own input (${JSON.stringify(asked)}; ${at}).`];
    });
  });
}

/** Compared with, or looked for: not just an entry of a table. */
function isAskedFor(added: string, value: string): boolean {
  const literal = `["'\`]?${value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}["'\`]?(?![\\w])`;
  const before = `([!=]==?\\s*-?([[{(][^)\\]}]*)?|\\b(includes|startsWith|endsWith|startswith|endswith|indexOf|has|equals|Contains|HasPrefix|HasSuffix)\\(\\s*)`;
  return new RegExp(`${before}${literal}|(?<![\\w])${literal}\\s*([!=]==?|\\b(not )?in\\b)`).test(
    added,
  );
}

/** What is expected, written down; or any constant that is given back, next to a piece of the input. */
function answerIn(
  { added }: Hunk,
  path: string,
  put: string,
  fresh: readonly string[],
  expected: ReadonlySet<string>,
): string | undefined {
  const others = fresh.filter((value, i) => value !== put || fresh.indexOf(value) < i);
  const written = others.find((value) => expected.has(value));
  if (written !== undefined) return written;
  const { code } = readSource(added.join('\n'), path);
  const constant = /\breturn (-?[\d.]+|true|false|True|False|null|None|undefined|nil)\b/.exec(
    code,
  )?.[1];
  return constant !== undefined && (!/\d/.test(constant) || expected.has(constant))
    ? constant
    : undefined;
}

/**
 * A number that is no default, code or limit of anything, or a text with a word of the input: only what was
 * worked out comes to it.
 */
function isGiven(added: string, value: string, inputs: ReadonlySet<string>): boolean {
  const isWorkedOut = isNumber.test(value)
    ? value.replace(/0*$/, '').length > 1 && Number(value) >= 1000
    : (value.match(/[A-Za-z]{3,}/g) ?? []).some((word) =>
        [...inputs].some((input) => input.toLowerCase().includes(word.toLowerCase())),
      );
  if (!isWorkedOut) return false;
  const given = /(?:\breturn\s|\?|:|=>)\s*(?:(\d[\d_.]*)|(["'`])(.{3,200}?)\2)/g;
  return [...added.matchAll(given)].some(
    ([, number, , text]) => (number === undefined ? text : valueOf(number)) === value,
  );
}

const isNumber = /^\d+(\.\d+)?$/;

function literalsOf(source: string, path: string): string[] {
  const { code, strings } = readSource(source, path);
  const numbers = [...code.matchAll(/(?<![\w.$])\d[\d_]*(\.\d+)?(?![\w.])/g)].map(([text]) => text);
  return [...numbers, ...strings.map(({ text }) => text)].map(valueOf);
}

/** Without quotes, and numbers alike however they are written. */
function valueOf(text: string): string {
  if (/^\d/.test(text)) return String(Number(text.replaceAll('_', '')));
  const quotes = /^("""|'''|["'`])/.exec(text)?.[0].length ?? 0;
  return text.slice(quotes, text.length - quotes);
}

function isTelling(value: string): boolean {
  return isNumber.test(value) ? Number(value) > 2 : value.length > 0;
}

/** Equal, or a piece of it that is long enough to be no chance. */
function isPartOf(value: string, input: string): boolean {
  return value === input || (value.length >= 3 && !isNumber.test(value) && input.includes(value));
}
