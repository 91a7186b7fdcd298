import type { ExceptionEvent } from '../../core/signal.ts';
import { type Block, namedType, withAbove } from './blocks.ts';
import { framesInTerms } from './erlang.ts';
import { maxMessageChars, type ParsedException } from './grammar.ts';
import type { Level } from './level.ts';
import type { Piece } from './pieces.ts';

/** The type given to a message that a logger called an error but that names no exception. */
export const loggedError = 'LoggedError';

/** More than is kept, so that masking sees whole what the final cut would part. */
export const maxRawChars = 10_000;

function rawOf(pieces: readonly Piece[]): string {
  let raw = '';
  for (const piece of pieces) {
    if (raw.length >= maxRawChars) break;
    raw += (raw === '' ? '' : '\n') + piece.raw;
  }
  return raw.slice(0, maxRawChars);
}

export function blockEvent(parsed: ParsedException, block: Block): ExceptionEvent {
  const pieces = [...block.said, ...withAbove(block)];
  const [first] = block.pieces;
  const isOwn = first !== undefined && block.grammar.isUncaught?.(first.text) === true;
  const level = block.grammar.standsAlone
    ? undefined
    : (isOwn ? block.pieces : pieces).find((piece) => piece.level !== undefined)?.level;
  const timestamp = pieces.find((piece) => piece.timestamp !== undefined)?.timestamp;
  const origin = parsed.frames.length === 0 ? block.said[0]?.origin : undefined;
  return {
    kind: 'exception',
    ...parsed,
    ...(origin === undefined ? {} : { frames: [origin.frame] }),
    severity: severityOf(parsed, level),
    ...(timestamp === undefined ? {} : { timestamp }),
    ...releaseOf(pieces),
    raw: rawOf(pieces),
  };
}

function releaseOf(pieces: readonly Piece[]): { readonly release?: string } {
  const release = pieces.find((piece) => piece.release !== undefined)?.release;
  return release === undefined ? {} : { release };
}

function severityOf(
  parsed: ParsedException,
  level: Level | undefined,
): ParsedException['severity'] {
  if (level === 'fatal' || parsed.severity === 'fatal') return 'fatal';
  return level === 'warning' ? 'warning' : parsed.severity;
}

export function recordEvent(parsed: ParsedException, piece: Piece): ExceptionEvent {
  const quiet = piece.level === 'none' || piece.level === 'warning';
  return {
    kind: 'exception',
    ...parsed,
    language: parsed.language === 'text' ? piece.language : parsed.language,
    severity: quiet ? 'warning' : severityOf(parsed, piece.level),
    ...(piece.timestamp === undefined ? {} : { timestamp: piece.timestamp }),
    ...releaseOf([piece]),
    raw: piece.raw,
  };
}

export function loggedEvent(pieces: readonly Piece[], spoken = 'text'): ExceptionEvent {
  const [first] = pieces;
  const said = (first?.text ?? '').trim();
  const named = namedType.exec(said);
  const own = first?.language ?? 'text';
  const frames = first?.origin ? [first.origin.frame] : framesInTerms(said);
  return {
    kind: 'log',
    language: first?.origin?.language ?? (own === 'text' ? spoken : own),
    type: named?.[1] ?? loggedError,
    message: (named?.[2] ?? said).slice(0, maxMessageChars),
    frames,
    causes: [],
    severity: first?.level === 'fatal' ? 'fatal' : 'error',
    ...(first?.timestamp === undefined ? {} : { timestamp: first.timestamp }),
    ...releaseOf(pieces),
    raw: rawOf(pieces),
  };
}
