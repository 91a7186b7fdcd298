import { createHash } from 'node:crypto';
import { throwIfCancelled } from '../../core/errors.ts';
import type { SecretFinding } from '../../core/secretFinding.ts';
import { scanSecrets } from '../../core/secretScan.ts';

/** Something to be looked through: a file, a message, a name. */
export interface Source {
  /** As it is shown: a path, or what it is in words. */
  readonly name: string;
  readonly text: string;
}

/** Never holds the secret itself but in `value`, which must not be shown or stored. */
export interface Secret {
  readonly source: string;
  /** From 1. */
  readonly line: number;
  readonly lastLine: number;
  readonly column: number;
  readonly rule: string;
  readonly value: string;
  readonly masked: string;
  /** What the list of accepted findings names it by. */
  readonly fingerprint: string;
}

/** Our own rules and secretlint's, joined. */
export async function findSecrets(
  { name, text }: Source,
  signal?: AbortSignal,
): Promise<readonly Secret[]> {
  throwIfCancelled(signal);
  if (text.trim() === '') return [];
  const own = scanSecrets(text);
  const { lintSecrets } = await import('./secretlint.ts');
  const linted = await lintSecrets(text, name);
  const added = linted.filter((one) => !own.some((other) => overlaps(one, other)));
  return [...own, ...added]
    .toSorted((a, b) => a.start - b.start)
    .map((finding) => toSecret(finding, name, text));
}

/** Of a value found elsewhere (by another tool) every place in the source. */
export function placesOf(value: string, rule: string, { name, text }: Source): Secret[] {
  const places: Secret[] = [];
  for (
    let start = text.indexOf(value);
    start >= 0;
    start = text.indexOf(value, start + value.length)
  ) {
    places.push(toSecret({ rule, start, end: start + value.length }, name, text));
  }
  return places;
}

function overlaps(a: SecretFinding, b: SecretFinding): boolean {
  return a.start < b.end && b.start < a.end;
}

function toSecret({ rule, start, end }: SecretFinding, source: string, text: string): Secret {
  const value = text.slice(start, end);
  const before = text.slice(0, start);
  const line = before.split('\n').length;
  return {
    source,
    line,
    lastLine: line + value.split('\n').length - 1,
    column: start - before.lastIndexOf('\n'),
    rule,
    value,
    masked: maskValue(value),
    fingerprint: createHash('sha256').update(value).digest('hex').slice(0, 16),
  };
}

/** The beginning of a long one tells an issuer's mark and no more. */
function maskValue(value: string): string {
  const head = value.length >= 20 ? value.slice(0, 4).replace(/\s/g, ' ') : '';
  return `${head}${'*'.repeat(8)}`;
}

/** UTF-8 or, by its mark, UTF-16; without the zeros that hide text from whoever takes it for a binary. */
export function textOf(bytes: Uint8Array): string {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : 'utf-8';
  const text = new TextDecoder(encoding).decode(bytes);
  return text.includes('\0') ? text.replaceAll('\0', '') : text;
}
