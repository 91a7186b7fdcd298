import type { Found, SecretFinding } from './secretFinding.ts';

type Scan = (text: string) => readonly SecretFinding[];

const maxPasses = 2000;

/**
 * `'gh' + 'p_…'`, `"a" "b"`, `['a', 'b'].join('')`, `concat('a', 'b')`: two or more literals that make up
 * one.
 */
const joined =
  /(["'`])[^"'`\\\n]{1,200}\1(?:\s{0,20}(?:\+|\.{1,2}|&(?:\s_)?|\|\||<>|\\\n|\}\$\{|\.concat\()?\s{0,20}(["'`])[^"'`\\\n]{1,200}\2){1,30}|\[\s{0,20}(["'`])[^"'`\\\n]{0,200}\3(?:\s{0,20},\s{0,20}(["'`])[^"'`\\\n]{0,200}\4){1,30}\s{0,20},?\s{0,20}\]\s{0,20}\.join\((["'`])([^"'`\\\n]{0,3})\5\)|(?:concat|join)\w{0,10}\([^"'`()\n]{0,20}(["'`])[^"'`\\\n]{1,200}\7(?:\s{0,20},\s{0,20}(["'`])[^"'`\\\n]{1,200}\8){1,30}/gi;

/** True of every text that holds such, of few others. */
const mayJoin =
  /["'`]\s{0,20}(?:[+.&\\}]|\|\||<>)[^"'`A-Za-z\d]{0,24}["'`]|["'`]\s{1,20}["'`]|(?<!["'`])["'`]{2}\w|\.join\(["'`]|["'`]\s{0,20}\.concat\(|(?:concat|join)\w{0,10}\([^"'`()\n]{0,20}["'`]/i;

/** Scans literals that are put together in the source as what they become. */
export function scanJoined(text: string, scan: Scan, add: Found): void {
  if (!mayJoin.test(text)) return;
  let passes = 0;
  for (const match of text.matchAll(joined)) {
    const literals =
      match[5] === undefined ? match[0] : match[0].slice(0, match[0].lastIndexOf(']'));
    const parts = [...literals.matchAll(/(["'`])([^"'`\\\n]{0,200})\1/g)].map(
      (part) => part[2] ?? '',
    );
    const whole = parts.join(match[6] ?? '');
    if (whole.length < 16 || !/\d/.test(whole) || (passes += 1) > maxPasses) continue;
    const [finding] = scan(`"${whole}"`).filter(({ start, end }) =>
      isAcross(parts, start - 1, end - 1),
    );
    if (finding) add(finding.rule, match.index, match.index + match[0].length);
  }
}

/** What lies within one literal was found there already. */
function isAcross(parts: readonly string[], start: number, end: number): boolean {
  let at = 0;
  return !parts.some((part) => {
    const inside = at <= start && end <= at + part.length;
    at += part.length;
    return inside;
  });
}

/** A word that goes on behind a backslash at the end of a line. */
const continued = /(?<![\w+/=.-])[\w+/=.-]{2,200}(?:\\\r?\n[ \t]{0,20}[\w+/=.-]{2,200}){1,20}/g;

/** Scans what a shell or a compiler reads as one word as that. */
export function scanContinued(text: string, scan: Scan, add: Found): void {
  if (!/\w\\\r?\n/.test(text)) return;
  for (const match of text.matchAll(continued)) {
    const parts = match[0].split(/\\\r?\n[ \t]{0,20}/);
    const [finding] = scan(`"${parts.join('')}"`).filter(({ start, end }) =>
      isAcross(parts, start - 1, end - 1),
    );
    if (finding) add(finding.rule, match.index, match.index + match[0].length);
  }
}

const minRun = 24;
const maxRun = 20_000;
const minPlain = 16;

/**
 * One pass over what is readable once its base64 or its digits are undone: a key in a Kubernetes secret, a
 * whole .env file.
 */
export function scanEncoded(text: string, scan: Scan, add: Found): void {
  let passes = 0;
  const tryOne = (start: number, end: number, decode: Decode): void => {
    if (!isReadable(decode(text.slice(start, start + minRun)))) return;
    if ((passes += 1) > maxPasses) return;
    const plain = decode(text.slice(start, Math.min(end, start + maxRun)));
    const [finding] = plain.length >= minPlain && isReadable(plain) ? scan(plain) : [];
    if (finding) add(finding.rule, start, end);
  };
  for (const [start, end] of runs(text)) {
    tryOne(start, end, ofBase64);
    if (digits.test(text.slice(start, start + minRun))) tryOne(start, end, ofHex);
  }
  for (const { 0: run, index } of /\\x|\\u00|%[\da-f]/i.test(text) ? text.matchAll(escaped) : [])
    tryOne(index, index + run.length, ofHex);
  for (const { 0: run, index } of text.matchAll(codes)) tryOne(index, index + run.length, ofCodes);
  for (const { 0: run, index } of text.includes('%') ? text.matchAll(percent) : [])
    tryOne(index, index + run.length, ofPercent);
}

type Decode = (run: string) => string;

const digits = /^[\da-f]+$/i;

/** `\x67\x68…`, `%67%68…`, as long as a token. */
const escaped = /(?:(?:\\x|\\u00|%)[\da-f]{2}){16,}/gi;
/** `103, 104, …`, `0x67, 0x68, …`: nothing but what stands for a letter or a digit. */
const code = String.raw`(?:0x[2-7][\da-f]|3[2-9]|[4-9]\d|1[01]\d|12[0-6])`;
const codes = new RegExp(
  String.raw`(?<![\d.])(?:${code}\s{0,3},\s{0,3}){15,400}${code}(?![\d.])`,
  'gi',
);
/** A word of an address, some of it by its digits. */
const percent = /(?<![\w%.~-])[\w.~-]{0,200}%[\da-f]{2}[\w%.~-]{14,400}/gi;

/** Where base64 may stand. A loop, since it has to go through all of the text: five times as fast as a pattern. */
function runs(text: string): (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  let start = 0;
  for (let index = 0; index <= text.length; index++) {
    if (index < text.length && isBase64(text.charCodeAt(index))) continue;
    if (index - start >= minRun) found.push([start, index]);
    start = index + 1;
  }
  return found;
}

/** Of base64 or its form for addresses. */
function isBase64(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 47 && code <= 57) ||
    code === 43 ||
    code === 45 ||
    code === 95
  );
}

function ofBase64(run: string): string {
  return Buffer.from(run, 'base64').toString('latin1');
}

/** Nothing where there are other letters. */
function ofHex(run: string): string {
  return Buffer.from(run.replace(/\\x|\\u00|%/g, ''), 'hex').toString('latin1');
}

function ofCodes(run: string): string {
  const numbers = run.match(/0x[\da-f]{2}|\d{2,3}/gi) ?? [];
  return String.fromCharCode(...numbers.map(Number));
}

function ofPercent(run: string): string {
  return run.replace(/%([\da-f]{2})/gi, (_, hex: string) => ofHex(hex));
}

function isReadable(text: string): boolean {
  return /^[\t\r\n\x20-\x7e]+$/.test(text);
}
