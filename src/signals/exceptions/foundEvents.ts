import type { ExceptionEvent } from '../../core/signal.ts';
import { type Block, namedType, withAbove } from './block.ts';
import { framesInTerms } from './languages/erlang.ts';
import { loggedError, maxMessageChars, type ParsedException } from './grammar.ts';
import type { Level } from './headers/level.ts';
import type { Piece } from './pieces.ts';

/** An exception of a log and where it begins there, in bytes. */
export interface FoundException {
  readonly event: ExceptionEvent;
  readonly offset: number;
}

/** More than is kept, so that masking sees whole what the final cut would part. */
export const maxRawChars = 10_000;

export function blockEvent(
  { isUnhandled, ...parsed }: ParsedException,
  block: Block,
): ExceptionEvent {
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
    severity: severityOf(parsed, isUnhandled && level === 'warning' ? 'error' : level),
    ...(timestamp === undefined ? {} : { timestamp }),
    ...releaseOf(pieces),
    raw: rawOf(pieces),
  };
}

/** @param parsed what a single line holds, most often a record */
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

/** @param pieces a message that was logged as an error, with no report below it */
export function loggedEvent(pieces: readonly Piece[]): ExceptionEvent {
  const [first] = pieces;
  const said = (first?.text ?? '').trim();
  const named = namedType.exec(said);
  const below = /^ {4}at (\S{1,500}\.rs):(\d{1,9})$/.exec(pieces[1]?.text ?? '');
  const frames = first?.origin
    ? [first.origin.frame]
    : below
      ? [{ file: below[1] ?? '', line: Number(below[2]), inApp: true }]
      : framesInTerms(said);
  return {
    kind: 'log',
    language: first?.origin?.language ?? first?.language ?? 'text',
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

function severityOf(
  parsed: ParsedException,
  level: Level | undefined,
): ParsedException['severity'] {
  if (level === 'fatal' || parsed.severity === 'fatal') return 'fatal';
  return level === 'warning' ? 'warning' : parsed.severity;
}

function releaseOf(pieces: readonly Piece[]): { readonly release?: string } {
  const release = pieces.find((piece) => piece.release !== undefined)?.release;
  return release === undefined ? {} : { release };
}

function rawOf(pieces: readonly Piece[]): string {
  let raw = '';
  for (const piece of pieces) {
    if (raw.length >= maxRawChars) break;
    raw += (raw === '' ? '' : '\n') + piece.raw;
  }
  return raw.slice(0, maxRawChars);
}
