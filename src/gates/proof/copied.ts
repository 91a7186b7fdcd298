import type { Git } from '../../core/ports.ts';
import { type FixedFile, type Hunk, textAt } from './hunks.ts';
import { testLiterals } from './literals.ts';
import { readSource } from './sourceText.ts';

/** Values of the literals of a test. */
interface Named {
  readonly inputs: ReadonlySet<string>;
  readonly expected: ReadonlySet<string>;
  /** Its code, without what stands in its strings. */
  readonly code: string;
}

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
  const named = await namedBy(git, commit, testFiles, signal);
  return files.flatMap((file) => {
    const known = new Set(literalsOf(file.before, file.path));
    return file.hunks.flatMap((hunk) => {
      const fresh = literalsOf(hunk.added.join('\n'), file.path).filter(
        (value) => isTelling(value) && !known.has(value),
      );
      const what = copiedIn(hunk, file.path, fresh, named);
      return what === undefined ? [] : [`The fix ${what}; ${file.path}:${hunk.newStart + 1}).`];
    });
  });
}

async function namedBy(
  git: Git,
  commit: string,
  testFiles: readonly string[],
  signal?: AbortSignal,
): Promise<Named> {
  const inputs = new Set<string>();
  const expected = new Set<string>();
  const codes: string[] = [];
  for (const path of testFiles) {
    const source = await textAt(git, commit, path, signal);
    codes.push(readSource(source, path).code);
    for (const { text, isInput } of testLiterals(source, path)) {
      (isInput ? inputs : expected).add(valueOf(text));
    }
  }
  return { inputs, expected, code: codes.join('\n') };
}

/** What is copied, as a clause whose parenthesis is left open for the place. */
function copiedIn(
  hunk: Hunk,
  path: string,
  fresh: readonly string[],
  { inputs, expected, code }: Named,
): string | undefined {
  const added = hunk.added.join('\n');
  const quoted = (value: string | undefined): string => JSON.stringify(value);
  const puts = fresh.filter((value) => [...inputs].some((input) => isPartOf(value, input)));
  const [put] = puts;
  const answer = put === undefined ? undefined : answerIn(hunk, path, put, fresh, expected);
  if (answer !== undefined)
    return `holds the test's own input and its answer (${quoted(put)}, ${quoted(answer)}`;
  const wanted = fresh.filter((value) => isWanted(value, expected));
  const given = wanted.find((value) => isGiven(added, value, inputs, expected));
  if (given !== undefined) return `gives back the test's answer (${given}`;
  const asked =
    puts.find((value) => isAskedFor(added, value)) ??
    fresh.find((value) => isNumberIn(value, inputs) && isAskedFor(added, value));
  if (asked !== undefined) return `asks for the test's own input (${quoted(asked)}`;
  const compared = wanted.find((value) => expected.has(value) && isAskedFor(added, value));
  if (compared !== undefined) return `asks for what the test names (${quoted(compared)}`;
  const written = readsFunctions.test(added) && fresh.find((value) => code.includes(value));
  return written ? `asks for how the test is written (${quoted(written)}` : undefined;
}

/** The text of a function that it was handed. */
const readsFunctions =
  /(\.toString\(\)|\bString\([\w.]{1,100}\))\s*(\.(includes|indexOf|match|startsWith)\(|[!=]==?)/;

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
  const written = others.find((value) => isWanted(value, expected));
  if (written !== undefined) return written;
  if (isListed(added.join('\n'), put)) return undefined;
  const { code } = readSource(added.join('\n'), path);
  const constant = /\breturn (-?[\d.]+|true|false|True|False|null|None|undefined|nil)\b/.exec(
    code,
  )?.[1];
  return constant !== undefined && (!/\d/.test(constant) || expected.has(constant))
    ? constant
    : undefined;
}

/** One of several words of a list: that is all there is of its kind, and no single case. */
function isListed(added: string, value: string): boolean {
  const lists = added.matchAll(/(?:[[{]|\bin\s*\(|=\s*\()([^[\](){}]{1,2000})[\]})]/g);
  return [...lists].some(([, list = '']) => {
    const entries = list.split(',').map((entry) => valueOf(entry.trim()));
    return entries.length > 2 && entries.includes(value);
  });
}

/** What is expected, or so much of a text of it that it is no chance. */
function isWanted(value: string, expected: ReadonlySet<string>): boolean {
  if (expected.has(value)) return true;
  if (isNumber.test(value)) return digitsOf(value) > 2 && isNumberIn(value, expected);
  const isLong = /\w.*\w.*\w.*\w/.test(value);
  return (
    isLong && [...expected].some((one) => one.includes(value) && 2 * value.length > one.length)
  );
}

function isNumberIn(value: string, texts: ReadonlySet<string>): boolean {
  if (!isNumber.test(value) || isSmall(Number(value))) return false;
  return [...texts].some((text) =>
    (text.match(/\d+(?:\.\d+)?/g) ?? []).some((number) => Number(number) === Number(value)),
  );
}

/** Months, hours: they stand in any date or time. */
function isSmall(value: number): boolean {
  return Number.isInteger(value) && value <= 12;
}

function digitsOf(value: string): number {
  return value.replace(/\D/g, '').replace(/0*$/, '').length;
}

/**
 * A number that is no default, code or limit of anything, a date, or a text with a word of the input: only
 * what was worked out comes to it.
 */
function isGiven(
  added: string,
  value: string,
  inputs: ReadonlySet<string>,
  expected: ReadonlySet<string>,
): boolean {
  const isWorkedOut = isNumber.test(value)
    ? digitsOf(value) > 1 && (Number(value) >= 1000 || !expected.has(value))
    : digitsOf(value) > 3 ||
      (value.match(/[A-Za-z]{3,}/g) ?? []).some((word) =>
        [...inputs].some((input) => input.toLowerCase().includes(word.toLowerCase())),
      );
  if (!isWorkedOut) return false;
  const given =
    /(?:\breturn\s|\?|:|=>)\s*(?:new\s+\w{1,60}\(\s*|JSON\.parse\(\s*)?(?:(\d[\d_.]*)|(["'`])(.{3,200}?)\2)/g;
  return [...added.matchAll(given)].some(([, number, quote, text = '']) =>
    number === undefined
      ? valuesOf(`${quote}${text}${quote}`).includes(value)
      : valueOf(number) === value,
  );
}

const isNumber = /^\d+(\.\d+)?$/;

function literalsOf(source: string, path: string): string[] {
  const { code, strings } = readSource(source, path);
  const numbers = [...code.matchAll(/(?<![\w.$])\d[\d_]*(\.\d+)?(?![\w.])/g)].map(([text]) => text);
  return [...numbers, ...strings.map(({ text }) => text)].flatMap(valuesOf);
}

/** Of a template the texts around what is put in. */
function valuesOf(literal: string): readonly string[] {
  return literal.startsWith('`')
    ? literal
        .slice(1, -1)
        .split(/\$\{[^}]*\}/)
        .filter(Boolean)
    : [valueOf(literal)];
}

/** Without quotes, and numbers alike however they are written. */
function valueOf(text: string): string {
  if (/^\d/.test(text)) return String(Number(text.replaceAll('_', '')));
  const quotes = /^("""|'''|["'`])/.exec(text)?.[0].length ?? 0;
  return text.slice(quotes, text.length - quotes);
}

function isTelling(value: string): boolean {
  return isNumber.test(value) ? Number(value) > 2 || digitsOf(value) > 2 : value.length > 0;
}

/** Equal, or a piece of it that is long enough to be no chance. */
function isPartOf(value: string, input: string): boolean {
  return value === input || (value.length >= 3 && !isNumber.test(value) && input.includes(value));
}
