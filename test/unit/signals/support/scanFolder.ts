import { parseSettings, type Settings } from '../../../../src/core/settings.ts';
import {
  type FilePosition,
  type Malformed,
  positionsOf,
  type Signal,
} from '../../../../src/core/signal.ts';
import { createScanner, type Scanner } from '../../../../src/signals/scan.ts';

export interface Scanned {
  readonly signals: readonly Signal[];
  readonly malformed: readonly Malformed[];
  readonly problems: readonly { readonly file: string; readonly reason: string }[];
  readonly batches: number;
  readonly bytes: number;
  readonly lines: number;
}

/** A scanner with the committing half of the pipeline: positions are kept from scan to scan. */
export interface Follower {
  readonly positions: Map<string, FilePosition>;
  scan(flush: boolean): Promise<Scanned>;
}

export function logSettings(globs: Readonly<Record<string, unknown>> = {}): Settings {
  return parseSettings(
    Object.fromEntries(Object.entries(globs).map(([key, value]) => [`patchwright.${key}`, value])),
  );
}

export function follow(folder: string, settings: Settings = logSettings()): Follower {
  const positions = new Map<string, FilePosition>();
  const open = (): Scanner =>
    createScanner({
      folder,
      clock: { now: () => new Date('2026-03-02T10:00:00.000Z') },
      settings,
      readPosition: (file) => positions.get(file),
    });
  return {
    positions,
    async scan(flush) {
      const signals: Signal[] = [];
      const malformed: Malformed[] = [];
      const problems: { file: string; reason: string }[] = [];
      const sums = { batches: 0, bytes: 0, lines: 0 };
      for await (const item of open().scan({ flush })) {
        if (item.kind === 'problem') {
          problems.push({ file: item.file, reason: item.reason });
          continue;
        }
        signals.push(...item.batch.signals);
        malformed.push(...item.batch.malformed);
        for (const position of positionsOf(item.batch)) positions.set(position.file, position);
        sums.batches++;
        sums.bytes += item.batch.bytes;
        sums.lines += item.batch.lines;
      }
      return { signals, malformed, problems, ...sums };
    },
  };
}
