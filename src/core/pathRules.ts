/** What a path's letters alone say about it, before any list is asked. Paths are relative, with `/`. */

export interface PathFinding {
  /** What is wrong, in words. */
  readonly rule: string;
  /** block: never. review: a person must see it. */
  readonly verdict: 'block' | 'review';
}

const maxPathBytes = 1024;
const maxNameBytes = 255;

type Rule = readonly [rule: string, isBroken: (path: string) => boolean];

/** Of the whole path; the first that is broken names the finding. */
const pathRules: readonly Rule[] = [
  ['empty path', (path) => path.trim() === ''],
  ['path too long', (path) => Buffer.byteLength(path) > maxPathBytes],
  ['not valid Unicode', (path) => /[\p{Cs}\ufffd]/u.test(path)],
  ['control character', (path) => /[\p{Cc}\u2028\u2029]/u.test(path)],
  ['bidi control character', (path) => /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(path)],
  ['invisible character', (path) => /[\p{Cf}\p{Default_Ignorable_Code_Point}]/u.test(path)],
  ['absolute path', (path) => /^([\\/~]|[A-Za-z]:|\$\{|\$[A-Za-z_]+\/|%[A-Za-z_]+%)/.test(path)],
  ['backslash', (path) => path.includes('\\')],
  // Windows turns them into real ones where a program asks for its old code page.
  [
    'character that stands for a slash',
    (path) => /[\u2044\u2215\u2216\u29f5\u29f8\u29f9]/.test(path),
  ],
  ['colon', (path) => path.includes(':')],
  ['outside the worktree', (path) => path.split('/').some((name) => /^\.{2,}$/.test(name))],
];

/** Also of the compatibility form: full-width dots and slashes become real ones on some systems. */
const compatibleRules = pathRules.filter(([rule]) => rule !== 'colon');

/** Of each name in the path. */
const nameRules: readonly Rule[] = [
  ['name too long', (name) => Buffer.byteLength(name) > maxNameBytes],
  ['trailing dot or space', (name) => name !== '.' && /[.\s]$/u.test(name)],
  ['8.3 short name', (name) => /^[^.~]{1,6}~\d{1,4}(\.[^.]{0,3})?$/.test(name)],
];

const reservedName = /^(con|prn|aux|nul|(com|lpt)[0-9¹²³]|con(in|out)\$|clock\$)(\.|\s|$)/i;
const latin = /\p{Script=Latin}/u;
const lookalike = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Cherokee}\p{Script=Armenian}]/u;

/** A word of two alphabets; a Cyrillic name with a Latin extension is ordinary. */
function mixesScripts(name: string): boolean {
  return name.split(/[^\p{L}\p{M}]+/u).some((word) => latin.test(word) && lookalike.test(word));
}

const nameReviews: readonly Rule[] = [
  ['Windows reserved name', (name) => reservedName.test(name)],
  ['character that Windows does not allow', (name) => /[<>"|?*]/.test(name)],
  ['letters of two scripts that look alike', mixesScripts],
  ['leading space or dash', (name) => /^[\s-]/u.test(name)],
];

/** undefined: nothing is wrong with how the path is written. */
export function pathFinding(path: string): PathFinding | undefined {
  const whole = broken(pathRules, path) ?? broken(compatibleRules, compatible(path));
  if (whole) return { rule: whole, verdict: 'block' };
  const names = path.split('/').filter((name) => name !== '');
  if (names.length === 0) return { rule: 'empty path', verdict: 'block' };
  for (const name of names) {
    const rule = broken(nameRules, name);
    if (rule) return { rule, verdict: 'block' };
  }
  return undefined;
}

/** What is allowed but must be seen. */
export function pathReview(path: string): PathFinding | undefined {
  for (const name of compatible(path).split('/')) {
    const rule = broken(nameReviews, name);
    if (rule) return { rule, verdict: 'review' };
  }
  return undefined;
}

function broken(rules: readonly Rule[], text: string): string | undefined {
  return rules.find(([, isBroken]) => isBroken(text))?.[0];
}

function compatible(text: string): string {
  return text.normalize('NFKC');
}

/**
 * One spelling for all that some file system takes for the same name: compatibility forms, letter
 * case (by way of upper case, which also joins ß with ss and dotless ı with i), composed or not.
 */
export function foldPath(path: string): string {
  const folded = compatible(path).toUpperCase().toLowerCase().normalize('NFKC');
  return folded.replaceAll('i\u0307', 'i');
}

/** Without `.` and empty names, which mean nothing. */
export function tidyPath(path: string): string {
  return path
    .split('/')
    .filter((name) => name !== '' && name !== '.')
    .join('/');
}

/** The path with `%xx` decoded, again and again, as a careless reader of URLs would. */
export function percentDecoded(path: string): string {
  let text = path;
  for (let round = 0; round < 4; round++) {
    const next = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    if (next === text) break;
    text = next;
  }
  return text;
}
