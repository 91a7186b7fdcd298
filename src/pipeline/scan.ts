import type { Progress, ScanReport } from '../core/progress.ts';
import { intakeOf } from './intake.ts';
import type { House } from './house.ts';

/** Reads what has grown, under the lock that all windows share, and writes each batch down whole. */
export async function scan(
  house: House,
  flush: boolean,
  tell: (progress: Progress) => void,
  signal?: AbortSignal,
): Promise<ScanReport> {
  const settings = house.settings();
  tell({ kind: 'scanning' });
  const files = new Set<string>();
  const created = new Set<string>();
  const updated = new Set<string>();
  const problems: { file: string; reason: string }[] = [];
  const sums = { lines: 0, bytes: 0, signals: 0, malformed: 0 };

  await house.backlog.exclusively(
    'scan',
    async () => {
      for await (const item of house.scanner(settings).scan({ flush }, signal)) {
        if (item.kind === 'problem') {
          problems.push({ file: item.file, reason: item.reason });
          continue;
        }
        const { batch } = item;
        const now = house.clock.now().toISOString();
        const intake = intakeOf(batch, house.backlog, settings, now);
        await house.backlog.write(intake.changes);
        files.add(batch.position.file);
        for (const id of intake.created) created.add(id);
        for (const id of intake.updated) updated.add(id);
        for (const bad of batch.malformed) {
          house.log(`${bad.file} at byte ${bad.offset}: skipped, ${bad.reason}`);
        }
        sums.lines += batch.lines;
        sums.bytes += batch.bytes;
        sums.signals += batch.signals.length;
        sums.malformed += batch.malformed.length;
      }
    },
    signal,
  );

  for (const { file, reason } of problems) house.log(`${file}: ${reason}`);
  const report: ScanReport = {
    ...sums,
    files: files.size,
    created: [...created],
    updated: [...updated].filter((id) => !created.has(id)),
    problems,
  };
  tell({ kind: 'scanned', report });
  return report;
}
