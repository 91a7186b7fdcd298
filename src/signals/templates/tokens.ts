import { withoutAddresses } from '../masks.ts';

/** What stands for a variable in a template. */
export const wildcard = '<*>';

const maxTokens = 80;
const maxChars = 4_000;

const months = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec';
const days = 'Mon|Tue|Wed|Thu|Fri|Sat|Sun';
const units =
  '[kKMGT]i?[Bb]|[Bb]ytes?|B|ns|us|µs|ms|msecs?|millis|milliseconds?|secs?\\b\\.?|seconds?|s|mins?|minutes?|hours?|h|days?|%|[kMG]?Hz|pages|Celsius';
const topLevel =
  'com|net|org|edu|gov|mil|io|dev|info|biz|local|localdomain|internal|lan|cluster|svc|de|uk|jp|cn|fr|ru|nl|br|kr|tw|hk|eu|ca|ch|se|es|cz|tr|mx|ar|vn|th|sg';

/**
 * Variables that can be told by their form, first alternative wins. Every quantifier is bounded, none is
 * nested in one that is not.
 */
const variables = new RegExp(
  [
    // addresses
    '\\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\\s"\'<>)\\],;]{1,500}',
    '[\\w.+-]{1,64}@[\\w-]{1,63}\\.[\\w.-]{2,63}',
    `\\b(?:[\\w-]{1,63}\\.){1,8}(?:${topLevel})\\b(?![.\\w(=-])(?::\\d{1,5})?`,
    '\\b[a-z\\d-]{1,63}(?:\\.[a-z\\d-]{1,63}){1,8}:\\d{2,5}\\b',
    '\\b[A-Z]{2,20}\\(\\d{1,6}\\)',
    // ids
    '\\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\b',
    '\\b(?:[0-9a-fA-F]{2}:){5,19}[0-9a-fA-F]{2}\\b',
    '\\b(?=[0-9a-fA-F:]{0,40}\\d)(?:[0-9a-fA-F]{1,4}:){1,7}:?[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,6}\\b',
    '(?<![\\w.-])[0-9a-f]{8}(?:[0-9a-f]{8}){0,7}\\b',
    '\\b(?:com|org|net|edu|gov|io)\\.(?!\\w{0,60}(?:Exception|Error)\\b)\\w[\\w$-]{0,60}(?:[./]{1,2}(?!\\w{0,60}(?:Exception|Error)\\b)[\\w$-]{1,60}){1,12}',
    // dates
    `\\b(?:(?:${days})[a-z]{0,6},? )?(?:(?:${months})[a-z]{0,6} {1,2}\\d{1,2}|\\d{1,2}[ /-](?:${months})[a-z]{0,6})\\b(?:[ ,/-]{1,2}\\d{4})?(?:[ T:]\\d{1,2}:\\d{2}(?::\\d{2}(?:[.,]\\d{1,9})?)?)?(?: (?:[A-Z]{3,4}|[+-]\\d{4}))?(?: \\d{4}\\b)?`,
    // paths
    '(?:\\b[A-Za-z]:|\\\\\\\\)[\\\\/][^\\s"\'<>|*?:;,()\\[\\]]{1,300}',
    '(?<![\\w.~/\\\\<-])(?:~|\\.{1,2})?(?:/[\\w.@+~%$=:*-]{1,200}){2,30}/?(?:\\?[^\\s"\']{1,300})?',
    '(?<![\\w.~/\\\\<-])(?:~|\\.{1,2})?/[\\w.@+~%$-]{1,200}(?=[\\s:,;)\\]"\']|$)',
    // sizes and durations
    `(?<![\\w.<-])[<>≤≥~]?=?\\s?[-+]?\\d{1,20}(?:[.,]\\d{1,20}){0,3} ?(?:${units})(?![\\w=])`,
    '(?<=\\s)[<>≤≥~]=?\\s?\\d{1,20}(?:\\.\\d{1,20})?\\b',
    // who
    '(?<=\\b(?:for|invalid|by) user )\\w[\\w.-]{0,60}',
  ].join('|'),
  'g',
);

/** Words, variables and what stands between them; blanks are dropped. */
const pieces = /<\*>|[\p{L}\p{N}_.$@#%+\\/*~^&-]{1,200}|[^\s]/gu;

/**
 * A message as tokens, with its variables masked: what has a digit or looks like an address, a path or an
 * id, and lists of these as one. Constant words stay.
 */
export function tokensOf(message: string): readonly string[] {
  const masked = message.slice(0, maxChars).replace(variables, ` ${wildcard} `);
  const tokens: string[] = [];
  for (const [piece] of masked.matchAll(pieces)) {
    add(tokens, /\p{N}/u.test(piece) ? wildcard : piece);
    if (tokens.length >= maxTokens) break;
  }
  return tokens;
}

const quoted = /"[^"\n]{0,400}"|`[^`\n]{0,400}`|(?<!\w)'[^'\n]{0,400}'(?!\w)/g;

/** What one message alone tells of its template; what it quotes counts as a variable. */
export function patternOf(message: string): string {
  return templateText(
    tokensOf(withoutAddresses(message.slice(0, maxChars)).replace(quoted, wildcard)),
  );
}

/** The same after some tokens became variables. */
export function joinVariables(all: readonly string[]): readonly string[] {
  const tokens: string[] = [];
  for (const token of all) add(tokens, token);
  return tokens;
}

const separators = new Set([
  ',',
  ':',
  '-',
  '/',
  '.',
  '|',
  ';',
  '#',
  '--',
  '+',
  '*',
  '&',
  '->',
  '@',
]);

/**
 * `<*> <*>` and `<*>, <*>` are one variable, since lists differ in length from line to line;
 * so is `<*> (<*>)`, a value told twice, and `<*> ()`, where the second is not known.
 */
function add(tokens: string[], token: string): void {
  if (token === wildcard) {
    const last = tokens.at(-1);
    if (last === wildcard) return;
    if (last !== undefined && separators.has(last) && tokens.at(-2) === wildcard) {
      tokens.pop();
      return;
    }
  }
  if (token === ')') {
    const inner = tokens.at(-1) === wildcard ? 2 : 1;
    if (tokens.at(-inner) === '(' && tokens.at(-inner - 1) === wildcard) {
      tokens.length -= inner;
      return;
    }
  }
  tokens.push(token);
}

/** Tokens as a line that reads well. */
export function templateText(tokens: readonly string[]): string {
  return tokens
    .join(' ')
    .replace(/ ([,;:.)\]}=])/g, '$1')
    .replace(/([([{]) /g, '$1')
    .replaceAll('= <*>', '=<*>');
}
