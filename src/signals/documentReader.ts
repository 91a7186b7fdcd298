import { createHash } from 'node:crypto';
import type { Encoding } from './encoding.ts';
import { decodeLine } from './encoding.ts';
import { feedbackRecord, type Keep } from './feedback.ts';
import { type DocumentFormat, entriesIn } from './feedbackFormats.ts';
import type { FeedbackFinding } from './feedbackReader.ts';
import type { Reader } from './logReader.ts';

const maxDocumentBytes = 8 << 20;

/**
 * Reads a file of feedback that makes sense only as a whole. Nothing of it counts before all of it has
 * been read; when it has grown it is read again, and each record is known by its content.
 */
export function createDocumentReader(
  file: string,
  start: number,
  encoding: Encoding,
  format: DocumentFormat,
  now: string,
  keep?: Keep,
): Reader<FeedbackFinding> {
  let pieces: Buffer[] = [];
  let bytesHeld = 0;
  let found: FeedbackFinding[] = [];
  let safe = start;
  let lines = 0;
  return {
    feed(bytes, base, ending) {
      // The caller's buffer is used again.
      if (bytesHeld <= maxDocumentBytes) pieces.push(Buffer.from(bytes));
      bytesHeld += bytes.length;
      if (ending === 'final' && safe === start) {
        const whole = Buffer.concat(pieces);
        const text = decodeLine(whole, encoding).replace(/^\uFEFF/, '');
        lines = text.split('\n').length;
        found =
          bytesHeld > maxDocumentBytes
            ? [tooLarge(file)]
            : findingsIn(text, markBytes(whole), file, format, now, keep);
        pieces = [];
        safe = base + bytes.length;
      }
      return bytes.length;
    },
    safeOffset: () => safe,
    pending: () => found.length,
    take() {
      const taken = found;
      found = [];
      return taken;
    },
    takeLines() {
      const taken = lines;
      lines = 0;
      return taken;
    },
  };
}

function tooLarge(file: string): FeedbackFinding {
  const reason = `more than ${maxDocumentBytes >> 20} MiB in one document; JSON lines may be of any size`;
  return { kind: 'malformed', malformed: { file, offset: 0, reason } };
}

/** Of the mark with which UTF-8 may begin. */
function markBytes(whole: Buffer): number {
  return whole.subarray(0, utf8Mark.length).equals(utf8Mark) ? utf8Mark.length : 0;
}

const utf8Mark = Buffer.from('\uFEFF');

function findingsIn(
  text: string,
  start: number,
  file: string,
  format: DocumentFormat,
  now: string,
  keep: Keep | undefined,
): FeedbackFinding[] {
  const seen = new Map<string, number>();
  let chars = 0;
  let bytes = start;
  return entriesIn(text, format).flatMap((entry): FeedbackFinding[] => {
    bytes += Buffer.byteLength(text.slice(chars, entry.at));
    chars = Math.max(chars, entry.at);
    const malformed = (reason: string): FeedbackFinding[] => [
      { kind: 'malformed', malformed: { file, offset: bytes, reason } },
    ];
    if (entry.kind === 'malformed') return malformed(entry.reason);
    // The same words twice are two pieces of feedback; the order among them does not matter.
    const content = digest(JSON.stringify(entry.record));
    const nth = (seen.get(content) ?? 0) + 1;
    seen.set(content, nth);
    const read = feedbackRecord(
      entry.record,
      `${file}\n${content}\n${nth}`,
      { file, offset: bytes },
      now,
      keep,
    );
    if (read.kind === 'malformed') return malformed(read.reason);
    return read.kind === 'feedback' ? [{ kind: 'signal', signal: read.signal }] : [];
  });
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
