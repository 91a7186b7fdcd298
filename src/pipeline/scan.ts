import type { Progress, ScanReport } from '../core/progress.ts';
import { errorMessage } from '../core/errors.ts';
import { enrich } from './enrich.ts';
import { intakeOf } from './intake.ts';
import { sinkQuiet } from './quiet.ts';
import { wake } from './tickets.ts';
import type { House } from './house.ts';
import { createMeasured } from './measured.ts';

/** Tells how it went, whatever happens: who shows that it runs must learn that it ended. */
export async function scan(
  house: House,
  flush: boolean,
  tell: (progress: Progress) => void,
  signal?: AbortSignal,
): Promise<ScanReport> {
  tell({ kind: 'scanning' });
  try {
    const report = await readGrowth(house, flush, signal);
    tell({ kind: 'scanned', report });
    return report;
  } catch (error) {
    tell({ kind: 'scan_failed', message: errorMessage(error) });
    throw error;
  }
}

/** Houses whose metrics have been judged whole since they were opened. */
const judged = new WeakSet<House>();

/** Reads what has grown, under the lock that all windows share, and writes each batch down whole. */
async function readGrowth(house: House, flush: boolean, signal?: AbortSignal): Promise<ScanReport> {
  const settings = house.settings();
  const files = new Set<string>();
  const created = new Set<string>();
  const updated = new Set<string>();
  const problems: { file: string; reason: string }[] = [];
  const sums = { lines: 0, bytes: 0, signals: 0, malformed: 0 };

  await house.backlog.exclusively(
    'scan',
    async () => {
      await wake(house);
      if (flush) await sinkQuiet(house);
      const measured = createMeasured(house.backlog, !judged.has(house));
      for await (const item of house.scanner(settings).scan({ flush }, signal)) {
        if (item.kind === 'problem') {
          problems.push({ file: item.file, reason: item.reason });
          continue;
        }
        const batch = measured.prepare(item.batch);
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
      const findings = measured.findings(settings);
      judged.add(house);
      if (findings.length === 0) return;
      const now = house.clock.now().toISOString();
      const intake = intakeOf({ signals: findings }, house.backlog, settings, now);
      await house.backlog.write(intake.changes);
      for (const id of intake.created) created.add(id);
      for (const id of intake.updated) updated.add(id);
      sums.signals += findings.length;
    },
    signal,
  );

  // Outside the lock: other windows need not wait for it.
  await enrich(house, [...created], signal);
  for (const { file, reason } of problems) house.log(`${file}: ${reason}`);
  return {
    ...sums,
    files: files.size,
    created: [...created],
    updated: [...updated].filter((id) => !created.has(id)),
    problems,
  };
}
