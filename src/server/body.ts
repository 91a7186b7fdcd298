import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { systemCode } from '../core/errors.ts';
import { refusal } from './refusal.ts';

export interface BodyLimits {
  /** As it comes over the wire. */
  readonly bytes: number;
  /** After decompression. */
  readonly unpackedBytes: number;
}

const decoders = {
  gzip: promisify(gunzip),
  deflate: inflateEither,
  br: promisify(brotliDecompress),
};

const unpack = promisify(inflate);
const unpackRaw = promisify(inflateRaw);

/** `deflate` has a head of zlib's; some clients leave that out. */
function inflateEither(bytes: Buffer, options: { readonly maxOutputLength: number }) {
  const hasHead = ((bytes[0] ?? 0) & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0;
  return hasHead ? unpack(bytes, options) : unpackRaw(bytes, options);
}

/**
 * Throws 413, 415 for an encoding that we don't know, and 400 for what is cut or damaged.
 * @param begin called once nothing in the head speaks against the body
 */
export async function readBody(
  request: IncomingMessage,
  limits: BodyLimits,
  begin: () => void = () => undefined,
): Promise<Buffer> {
  const said = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const encoding = said.replace(/^x-(?=gzip$)/, '');
  const decode = encoding === 'identity' ? undefined : decoders[encoding as keyof typeof decoders];
  if (encoding !== 'identity' && !decode) {
    throw refusal(415, 'bad_encoding', 'The encoding is none of gzip, deflate and br.');
  }
  if (Number(request.headers['content-length'] ?? 0) > limits.bytes) throw tooLarge(limits.bytes);
  begin();
  const packed = await bytesOf(request, limits.bytes);
  if (!decode) return packed;
  try {
    return await decode(packed, { maxOutputLength: limits.unpackedBytes });
  } catch (error) {
    if (systemCode(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limits.unpackedBytes);
    throw refusal(400, 'bad_encoding', `The body is no whole ${encoding}.`);
  }
}

async function bytesOf(request: IncomingMessage, max: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of partsOf(request)) {
      size += part.length;
      if (size > max) throw tooLarge(max);
      parts.push(part);
    }
  } catch (error) {
    if (systemCode(error) === 'ECONNRESET') throw refusal(400, 'cut', 'The request was cut.');
    throw error;
  }
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts, size);
}

/** Left alone when its reader stops: the connection must live for the answer. */
function partsOf(request: IncomingMessage): AsyncIterable<Buffer> {
  return request.iterator({ destroyOnReturn: false });
}

/** Reads on without keeping anything, until there is no more or it was too much. */
export async function passOver(request: IncomingMessage, max: number): Promise<void> {
  let size = 0;
  try {
    for await (const part of partsOf(request)) if ((size += part.length) > max) return;
  } catch {
    // They went away; there is nobody to answer.
  }
}

function tooLarge(max: number): Error {
  return refusal(413, 'too_large', `The body is larger than ${max} bytes.`, {
    connection: 'close',
  });
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw refusal(400, 'bad_json', 'The body is no JSON.');
  }
}

/** Without its parameters, in small letters. */
export function mediaType({ headers }: IncomingMessage): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}
