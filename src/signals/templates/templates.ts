import { throwIfCancelled } from '../../core/errors.ts';
import type { Content } from '../bytes.ts';
import { decodeLine, type Encoding } from '../encoding.ts';
import { readRecord } from '../exceptions/records/jsonLines.ts';
import { lineEnd, maxLineBytes } from '../lineBreaks.ts';
import { joinLog } from '../logSet.ts';
import { withoutHeader } from './header.ts';
import { createTemplateMiner } from './miner.ts';

export interface Templates {
  readonly groups: readonly {
    /** From 1 on, in the order of their first lines. */
    readonly id: number;
    /** `user <*> logged in`. */
    readonly template: string;
    readonly count: number;
  }[];
  /** The group of each line. */
  readonly lines: readonly number[];
  readonly problems: readonly { readonly file: string; readonly reason: string }[];
}

const chunkBytes = 256 * 1024;

/** Groups the messages of a log. @param isContent whether its lines are already without header */
export async function readTemplates(
  file: string,
  isContent: boolean,
  signal?: AbortSignal,
): Promise<Templates> {
  const log = await joinLog({ name: file, files: [file] }, (name) => name);
  const miner = createTemplateMiner();
  const shapes: number[] = [];
  for (const { content, encoding } of log.runs) {
    for await (const line of linesOf(content, encoding, signal)) {
      shapes.push(miner.add(isContent ? line : messageOf(line)));
    }
  }
  const groups = new Map<number, { id: number; template: string; count: number }>();
  const lines = shapes.map((shape) => {
    const group = miner.groupOf(shape);
    const known = groups.get(group);
    if (known) {
      known.count++;
      return known.id;
    }
    const id = groups.size + 1;
    groups.set(group, { id, template: miner.templateOf(shape), count: 1 });
    return id;
  });
  return { groups: [...groups.values()], lines, problems: log.problems() };
}

/** What a line says: the message of a record, or the line without its header. */
export function messageOf(line: string): string {
  const record = line.startsWith('{') ? readRecord(line, () => undefined) : undefined;
  if (record?.carrier !== undefined) return withoutHeader(record.message);
  return record && record.message !== '' ? record.message : withoutHeader(line);
}

async function* linesOf(content: Content, encoding: Encoding, signal: AbortSignal | undefined) {
  const buffer = Buffer.allocUnsafe(maxLineBytes + 2 * chunkBytes);
  let filled = 0;
  // A line that is too long comes in pieces; its first one speaks for it.
  let isGoingOn = false;
  try {
    for (;;) {
      throwIfCancelled(signal);
      const count = await content.read(buffer, filled, chunkBytes);
      filled += count;
      const bytes = buffer.subarray(0, filled);
      let at = 0;
      for (let end = lineEnd(bytes, at, encoding); end >= 0; end = lineEnd(bytes, at, encoding)) {
        if (!isGoingOn) yield decodeLine(bytes.subarray(at, end), encoding);
        isGoingOn = bytes[end - (encoding === 'utf16le' ? 2 : 1)] !== 10;
        at = end;
      }
      buffer.copyWithin(0, at, filled);
      filled -= at;
      if (count > 0) continue;
      if (filled > 0 && !isGoingOn) yield decodeLine(buffer.subarray(0, filled), encoding);
      return;
    }
  } finally {
    await content.close();
  }
}
