import type { FilePosition } from '../core/signal.ts';
import type { Content } from './bytes.ts';
import type { Encoding } from './encoding.ts';
import type { Plan } from './plan.ts';
import { beginsLine, logSets } from './rotation.ts';

/** What the end of a log began, when the log was rotated away: the next file may go on with it. */
export interface Tail {
  readonly bytes: Buffer;
  /** What lies before them. */
  readonly before: Buffer;
  readonly encoding: Encoding;
  /** Of the files it was cut from, once it has been counted. */
  readonly ends: readonly FilePosition[];
}

/** By file, the one that it goes on from: plain logs of one set, of which the later is read from its beginning. */
export function predecessorsIn(plans: readonly Plan[]): ReadonlyMap<string, string> {
  const logs = plans.filter(({ kind, archive }) => kind === 'log' && !archive);
  const fresh = new Set(logs.filter(({ start }) => start === 0).map(({ file }) => file));
  const found = new Map<string, string>();
  if (fresh.size === 0) return found;
  for (const { files } of logSets(logs.map(({ file }) => file))) {
    for (const [i, file] of files.entries()) {
      const before = files[i - 1];
      if (before !== undefined && fresh.has(file)) found.set(file, before);
    }
  }
  return found;
}

/** Each after the one it goes on from; else in the given order. */
export function inTurn(
  plans: readonly Plan[],
  predecessors: ReadonlyMap<string, string>,
): readonly Plan[] {
  const left = new Set(plans.map(({ file }) => file));
  const waiting = new Map<string, Plan>();
  const ordered: Plan[] = [];
  for (const plan of plans) {
    const before = predecessors.get(plan.file);
    if (before !== undefined && left.has(before)) {
      waiting.set(before, plan);
      continue;
    }
    for (let next: Plan | undefined = plan; next; next = waiting.get(next.file)) {
      ordered.push(next);
      left.delete(next.file);
    }
  }
  return ordered;
}

/** Its bytes as the beginning of a file: with the end of a line where that file begins one of its own. */
export function leadOf({ bytes, encoding }: Tail, head: Buffer): Buffer {
  const isOpen = encoding === 'bytes' && bytes.length > 0 && bytes.at(-1) !== lineFeed;
  return isOpen && beginsLine(head.toString('utf8')) ? Buffer.concat([bytes, lineEnd]) : bytes;
}

const lineFeed = 10;
const lineEnd = Buffer.from([lineFeed]);

/** What leads, then the content; offsets of what leads are negative. */
export function behind(lead: Buffer, content: Content): Content {
  let at = 0;
  return {
    ...content,
    async read(buffer, to, length) {
      if (at >= lead.length) return content.read(buffer, to, length);
      const count = lead.copy(buffer, to, at, Math.min(lead.length, at + length));
      at += count;
      return count;
    },
  };
}
