import { createHash, createPublicKey, verify } from 'node:crypto';
import * as z from 'zod/mini';
import { chainPattern, personName, type TeamPut, teamPut } from '../../core/team.ts';

/*
 * How a clone's changes travel: batches in a row, each a head and lines of JSON. The head names the
 * SHA-256 of the lines and of the head before, and is signed with the key that the chain is named after.
 * So nobody can write into another's chain, leave something out of it or put its parts in another order.
 */

export const maxHeadBytes = 8_192;
export const maxLinesBytes = 16 << 20;
/** A batch is closed when it has grown to this. */
const fullBytes = 4 << 20;
const maxPutBytes = 1 << 20;
const maxKeyChars = 200;

const version = 2;
const hash = z.string().check(z.regex(/^[0-9a-f]{64}$/));
const head = z.object({
  v: z.literal(version),
  chain: z.string().check(z.regex(chainPattern)),
  name: personName,
  /** Whose backlog it is: a chain that was copied to another one means nothing there. */
  repository: z.string().check(z.regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/)),
  /** Below the repository's root. */
  folder: z.string().check(z.maxLength(500)),
  key: z.string().check(z.maxLength(maxKeyChars)),
  seq: z.int().check(z.minimum(1)),
  /** Hash of the head before; empty for the first. */
  previous: z.string().check(z.regex(/^(?:[0-9a-f]{64})?$/)),
  /** All that was said before is said again from here on: what lies before is needed no more. */
  root: z.boolean(),
  at: z.string().check(z.maxLength(40)),
  bytes: z.int().check(z.minimum(0), z.maximum(maxLinesBytes)),
  sha256: hash,
});

export type BatchHead = Readonly<z.infer<typeof head>>;

/** Whose clone writes. */
export interface Signer {
  readonly chain: string;
  readonly name: string;
  /** Ed25519, as base64 of its SPKI. */
  readonly key: string;
  sign(bytes: Uint8Array): Uint8Array;
}

export interface EncodedBatch {
  readonly head: string;
  readonly lines: Buffer;
  readonly hash: string;
  readonly puts: readonly TeamPut[];
}

export interface BatchPlace {
  readonly seq: number;
  readonly previous: string;
  readonly root: boolean;
  readonly repository: string;
  readonly folder: string;
  readonly at: string;
}

/** The beginning of a chain's name, by which a key is known. */
export function fingerprintOf(key: string): string {
  return createHash('sha256').update(Buffer.from(key, 'base64')).digest('hex').slice(0, 32);
}

export function personOf(chain: string): string {
  return chain.slice(1, 33);
}

export function encodeBatch(signer: Signer, place: BatchPlace, puts: readonly TeamPut[]) {
  const lines = Buffer.from(puts.map((put) => `${JSON.stringify(put)}\n`).join(''));
  const made: BatchHead = {
    v: version,
    chain: signer.chain,
    name: signer.name,
    key: signer.key,
    ...place,
    bytes: lines.length,
    sha256: sha256(lines),
  };
  const json = JSON.stringify(made);
  const signature = Buffer.from(signer.sign(Buffer.from(json))).toString('base64');
  return { head: `${json}\n${signature}\n`, lines, hash: sha256(json), puts };
}

/** In pieces that are sent one by one; a put too long for others is left out. */
export function piecesOf(puts: readonly TeamPut[]): readonly (readonly TeamPut[])[] {
  const pieces: TeamPut[][] = [];
  let bytes = fullBytes;
  for (const put of puts) {
    const size = Buffer.byteLength(JSON.stringify(put));
    if (size > maxPutBytes) continue;
    if (bytes >= fullBytes) {
      pieces.push([]);
      bytes = 0;
    }
    pieces.at(-1)?.push(put);
    bytes += size;
  }
  return pieces;
}

export type CheckedHead = { readonly head: BatchHead; readonly hash: string } | Refused;
export interface Refused {
  readonly refused: string;
}

/** Never throws. */
export function checkHead(bytes: Buffer): CheckedHead {
  const [json = '', signature = '', rest] = bytes.toString('utf8').split('\n');
  if (bytes.length > maxHeadBytes || rest !== '') return { refused: 'its head has another form' };
  const read = readHead(json);
  if ('refused' in read) return read;
  if (`z${fingerprintOf(read.head.key)}` !== read.head.chain.slice(0, 33)) {
    return { refused: 'its key is not the one that the chain is named after' };
  }
  return isSigned(read.head.key, json, signature)
    ? { head: read.head, hash: sha256(json) }
    : { refused: 'its signature does not match' };
}

function readHead(json: string): { readonly head: BatchHead } | Refused {
  try {
    const value = JSON.parse(json) as unknown;
    const written = Number((value as { v?: unknown } | null)?.v);
    if (written > version) {
      return { refused: 'a newer version of Patchwright wrote it; update Patchwright' };
    }
    if (written < version) {
      return { refused: 'an older version of Patchwright wrote it; its owner has to update' };
    }
    const parsed = z.safeParse(head, value);
    return parsed.success ? { head: parsed.data } : { refused: 'its head has another form' };
  } catch {
    return { refused: 'its head is no JSON' };
  }
}

function isSigned(key: string, json: string, signature: string): boolean {
  try {
    const publicKey = createPublicKey({
      key: Buffer.from(key, 'base64'),
      format: 'der',
      type: 'spki',
    });
    if (publicKey.asymmetricKeyType !== 'ed25519') return false;
    return verify(null, Buffer.from(json), publicKey, Buffer.from(signature, 'base64'));
  } catch {
    return false; // no key at all
  }
}

export interface CheckedLines {
  readonly puts: readonly TeamPut[];
  /** Lines that were not taken, as every clone does not. */
  readonly bad: number;
}

/** Never throws. A line of a kind or form that is not known is left out; the others hold without it. */
export function checkLines(of: BatchHead, lines: Buffer): CheckedLines | Refused {
  if (lines.length !== of.bytes || sha256(lines) !== of.sha256) {
    return { refused: 'its lines are not the ones that were signed' };
  }
  const texts = lines.toString('utf8').split('\n').slice(0, -1);
  const puts = texts.flatMap((text) => readPut(text) ?? []);
  return { puts, bad: texts.length - puts.length };
}

function readPut(text: string): TeamPut | undefined {
  if (text.length > maxPutBytes) return undefined;
  try {
    const value = JSON.parse(text) as unknown;
    return z.safeParse(teamPut, value).success ? (value as TeamPut) : undefined;
  } catch {
    return undefined;
  }
}

function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
