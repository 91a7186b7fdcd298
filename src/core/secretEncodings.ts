import type { Found, SecretFinding } from './secretFinding.ts';

type Scan = (text: string) => readonly SecretFinding[];

const maxPasses = 2000;

/** `'gh' + 'p_…'`, `"a" "b"`, `['a', 'b'].join('')`: two or more literals that make up one. */
const joined =
  /(["'`])[^"'`\\\n]{1,200}\1(?:\s{0,20}(?:\+|\.{1,2}|&|\|\||<>|\\\n)?\s{0,20}(["'`])[^"'`\\\n]{1,200}\2){1,30}|\[\s{0,20}(["'`])[^"'`\\\n]{0,200}\3(?:\s{0,20},\s{0,20}(["'`])[^"'`\\\n]{0,200}\4){1,30}\s{0,20},?\s{0,20}\]\s{0,20}\.join\((["'`])([^"'`\\\n]{0,3})\5\)/g;

/** Scans literals that are put together in the source as what they become. */
export function scanJoined(text: string, scan: Scan, add: Found): void {
  if (!/["'`]\s{0,20}[+.&\\]\s{0,20}["'`]|["'`]\s{1,20}["'`]|\.join\(["'`]/.test(text)) return;
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
  for (const { 0: run, index } of text.includes('\\x') ? text.matchAll(escaped) : [])
    tryOne(index, index + run.length, ofHex);
}

type Decode = (run: string) => string;

const digits = /^[\da-f]+$/i;

/** `\x67\x68…`, as long as a token. */
const escaped = /(?:\\x[\da-f]{2}){16,}/gi;

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
  return Buffer.from(run.replaceAll('\\x', ''), 'hex').toString('latin1');
}

function isReadable(text: string): boolean {
  return /^[\t\r\n\x20-\x7e]+$/.test(text);
}
