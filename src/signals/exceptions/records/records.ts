import { maxBlockChars, maxBlockLines } from '../block.ts';
import { stripControls } from '../headers/controls.ts';
import { recordStart } from './embedded.ts';
import { firstException } from '../firstException.ts';
import { maxLineChars, type ParsedException } from '../grammar.ts';
import { grammars } from '../grammars.ts';
import { type JsonRecord, readRecord } from './jsonLines.ts';
import { type Header, readHeader } from '../headers/loggerPrefix.ts';
import { maxRawChars } from '../foundEvents.ts';
import type { Piece } from '../pieces.ts';

/** The JSON record that a line is or ends with, and what it is to the line. */
export interface HeldRecord {
  readonly record: JsonRecord;
  /** What stands before it. */
  readonly before: Header | undefined;
}

/** undefined for a line without one that it would be about. */
export function recordIn(line: string): HeldRecord | undefined {
  const start = recordStart(line);
  const record = start < 0 ? undefined : readRecord(line.slice(start), readStack);
  if (!record) return undefined;
  const before = start > 0 ? readHeader(line.slice(0, start)) : undefined;
  return before && !isTagged(before, record) ? undefined : { record, before };
}

/** A record behind a time and a tag is what the line is about; behind a message only when it holds a stack. */
function isTagged(before: Header, record: JsonRecord): boolean {
  if (record.exception) return isLogged(before);
  const rest = before.rest.trim();
  if (before.level !== undefined) return rest === '' && record.message !== '';
  return /^(?:[\w.@/-]{1,100}:?\s{0,4})?$/.test(rest);
}

/** Whether a logger wrote the line. */
export function isLogged({ level, timestamp }: Header): boolean {
  return level !== undefined || timestamp !== undefined;
}

/** A line that a collector has put into a record of its own; what the line says of itself counts. */
export function isCollected(record: JsonRecord): boolean {
  const isNamed = record.source !== undefined || record.timestamp !== undefined;
  return isNamed && record.level === undefined && !record.exception && record.message !== '';
}

/** @param raw the line that holds it */
export function pieceOfRecord({ record, before }: HeldRecord, raw: string, offset: number): Piece {
  const message = record.message.slice(0, maxLineChars);
  return {
    text: message,
    spoken: message,
    raw: raw.slice(0, maxRawChars),
    offset,
    level: record.level ?? before?.level,
    timestamp: record.timestamp ?? before?.timestamp,
    wrapped: true,
    language: record.language,
    origin: record.origin,
    release: record.release,
  };
}

/** The exception that it holds itself, or in a record that it carries as its message. */
export function exceptionIn({ exception, message }: JsonRecord): ParsedException | undefined {
  if (exception || !message.startsWith('{"')) return exception;
  return readRecord(message.slice(0, maxLineChars), readStack)?.exception;
}

/** The first exception in a stack that a record holds. */
export function readStack(text: string): ParsedException | undefined {
  const lines = stripControls(text.slice(0, maxBlockChars)).split(/\r?\n/, maxBlockLines);
  return firstException(lines, grammars);
}
