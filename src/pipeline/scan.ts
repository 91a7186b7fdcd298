import { errorMessage } from '../core/errors.ts';
import type { Progress, ScanReport } from '../core/progress.ts';
import type { ScanBatch, Signal } from '../core/signal.ts';
import type { WorkspaceVersion } from '../core/versions.ts';
import { enrich } from './enrich.ts';
import type { House } from './house.ts';
import { type Intake, intakeOf } from './intake.ts';
import { createMeasured } from './measured.ts';
import { beginPreview } from './previews.ts';
import { sinkQuiet } from './quiet.ts';
import { bringBack } from './bringBack.ts';
import { route } from './route.ts';
import { wake } from './tickets.ts';
import { readVersion } from './version.ts';

export type Scan = (flush: boolean, signal?: AbortSignal) => Promise<ScanReport>;

/** Tells how it went, whatever happens: who shows that it runs must learn that it ended. */
export function createScan(house: House, tell: (progress: Progress) => void): Scan {
  let hasJudgedAll = false; // metrics of before this process are judged by its first scan
  return async (flush, signal) => {
    tell({ kind: 'scanning' });
    try {
      const tally = createTally();
      await house.backlog.exclusively(
        'scan',
        () => readGrowth(house, { flush, judgeAll: !hasJudgedAll }, tally, signal),
        signal,
      );
      hasJudgedAll = true;
      // Outside the lock: other windows need not wait for it.
      await enrich(house, tally.created(), signal);
      const report = tally.report();
      for (const id of report.previewsWanted) beginPreview(house, id, tell);
      for (const { file, reason } of report.problems) house.log(`${file}: ${reason}`);
      tell({ kind: 'scanned', report });
      return report;
    } catch (error) {
      tell({ kind: 'scan_failed', message: errorMessage(error) });
      throw error;
    }
  };
}

/** Reads what has grown and writes each batch down whole, then judges what was measured. */
async function readGrowth(
  house: House,
  { flush, judgeAll }: { readonly flush: boolean; readonly judgeAll: boolean },
  tally: Tally,
  signal?: AbortSignal,
): Promise<void> {
  const { backlog } = house;
  const settings = house.settings();
  let version: Promise<WorkspaceVersion> | undefined;
  const write = async (batch: Parameters<typeof intakeOf>[0]): Promise<Intake> => {
    await bringBack(house, batch.signals);
    // Only a closed ticket asks for it.
    if (batch.signals.some((one) => isOfClosed(backlog, one)))
      version ??= readVersion(house, signal);
    const now = house.clock.now().toISOString();
    const intake = intakeOf(batch, backlog, settings, now, await version);
    await backlog.write(intake.changes);
    return intake;
  };
  await wake(house);
  if (flush) await sinkQuiet(house);
  const measured = createMeasured(backlog, judgeAll);
  for await (const item of house.scanner(settings).scan({ flush }, signal)) {
    if (item.kind === 'problem') tally.problem(item);
    else {
      const batch = measured.prepare(item.batch);
      tally.batch(batch, await write(batch));
      for (const { file, offset, reason } of batch.malformed) {
        house.log(`${file} at byte ${offset}: skipped, ${reason}`);
      }
    }
  }
  const signals = measured.findings(settings);
  if (signals.length > 0) tally.findings(signals.length, await write({ signals }));
}

function isOfClosed({ tickets }: House['backlog'], signal: Signal): boolean {
  return tickets.get(route(signal, (id) => tickets.get(id)).into)?.status === 'closed';
}

type Tally = ReturnType<typeof createTally>;

/** Adds up what a scan has come to. */
function createTally() {
  const files = new Set<string>();
  const created = new Set<string>();
  const updated = new Set<string>();
  const previewsWanted = new Set<string>();
  const problems: { file: string; reason: string }[] = [];
  const sums = { lines: 0, bytes: 0, signals: 0, malformed: 0 };
  const findings = (count: number, intake: Intake): void => {
    sums.signals += count;
    for (const id of intake.created) created.add(id);
    for (const id of intake.updated) updated.add(id);
    for (const id of intake.previewsWanted) previewsWanted.add(id);
  };
  return {
    findings,
    problem: ({ file, reason }: { readonly file: string; readonly reason: string }): void => {
      problems.push({ file, reason });
    },
    batch: (batch: ScanBatch, intake: Intake): void => {
      files.add(batch.position.file);
      sums.lines += batch.lines;
      sums.bytes += batch.bytes;
      sums.malformed += batch.malformed.length;
      findings(batch.signals.length, intake);
    },
    created: (): string[] => [...created],
    report: (): ScanReport => ({
      ...sums,
      files: files.size,
      created: [...created],
      updated: [...updated].filter((id) => !created.has(id)),
      previewsWanted: [...previewsWanted],
      problems,
    }),
  };
}
