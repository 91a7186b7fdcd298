import { setImmediate as nextTurn } from 'node:timers/promises';
import { errorMessage } from '../core/errors.ts';
import type { Progress, ScanReport } from '../core/progress.ts';
import type { EditorDiagnostic } from '../core/quality.ts';
import { occurrencesOf, type ScanBatch, type Signal } from '../core/signal.ts';
import type { WorkspaceVersion } from '../core/versions.ts';
import type { Analysis } from '../signals/quality/analyse.ts';
import { analyseCode, writeAnalysis, type WrittenAnalysis } from './analysis.ts';
import { enrich } from './enrich.ts';
import { removeAged } from './cleanUp.ts';
import { createFollower } from './followPullRequests.ts';
import type { House } from './house.ts';
import { createKeptWatch } from './kept.ts';
import { type Intake, type IntakeBatch, intakeOf } from './intake.ts';
import { placesOf } from './malformedLines.ts';
import { lookAtReleases } from './monitor.ts';
import { createMeasured } from './measured.ts';
import { sinkQuiet } from './quiet.ts';
import { bringBack } from './bringBack.ts';
import { route } from './route.ts';
import { wake } from './tickets.ts';
import { readVersion } from './version.ts';

export interface ScanOptions {
  readonly flush: boolean;
  /** Somebody asked for it, so that what takes long may be done too: analysing the code, if that is on. */
  readonly analyse?: boolean;
}

const dayMs = 86_400_000;

export type Scan = (options: ScanOptions, signal: AbortSignal) => Promise<ScanReport>;

/** Tells how it went, whatever happens: who shows that it runs must learn that it ended. */
export function createScan(
  house: House,
  tell: (progress: Progress) => void,
  diagnostics: () => readonly EditorDiagnostic[] | undefined,
  previewWanted: (ticketId: string) => void,
): Scan {
  const followPullRequests = createFollower(house);
  const noteKept = createKeptWatch(house);
  let hasJudgedAll = false; // metrics of before this process are judged by its first scan
  let cleanedAt: number | undefined;
  return async ({ flush, analyse }, signal) => {
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
      if (analyse && house.settings().sources.enabled.codeAnalysis) {
        await addAnalysis(house, diagnostics(), tally, signal);
      }
      await enrich(house, tally.created(), signal);
      await followPullRequests(signal);
      await noteKept();
      await lookAtReleases(house, { tell, signal });
      if (cleanedAt === undefined || house.clock.now().getTime() - cleanedAt >= dayMs) {
        cleanedAt = house.clock.now().getTime();
        await removeAged(house);
      }
      const report = tally.report();
      for (const id of report.previewsWanted) previewWanted(id);
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
  const write = async (batch: IntakeBatch): Promise<Intake> => {
    await bringBack(house, batch.signals);
    // Only a closed ticket asks for it.
    if (batch.signals.some((one) => isOfClosed(backlog, one)))
      version ??= readVersion(house, signal);
    const now = house.clock.now().toISOString();
    const intake = await intakeOf(batch, backlog, settings, now, await version);
    await nextTurn(); // working out and writing down are turns of their own: the editor waits for none long
    await backlog.write(intake.changes);
    await nextTurn();
    return intake;
  };
  await wake(house);
  if (flush) await sinkQuiet(house);
  const measured = createMeasured(backlog, judgeAll, house.clock.now());
  for await (const item of house.scanner(settings).scan({ flush }, signal)) {
    if (item.kind === 'problem') tally.problem(item);
    else {
      const batch = measured.prepare(item.batch);
      tally.batch(batch, await write(batch));
      for (const place of await placesOf(house.folder, batch.malformed)) house.log(place);
    }
  }
  const signals = measured.findings(settings);
  if (signals.length > 0) tally.findings(signals.length, await write({ signals }));
}

function isOfClosed({ tickets }: House['backlog'], signal: Signal): boolean {
  return tickets.get(route(signal, (id) => tickets.get(id)).into)?.status === 'closed';
}

/** What it finds is written down in one piece; when it fails, the rest of the scan stays. */
async function addAnalysis(
  house: House,
  diagnostics: readonly EditorDiagnostic[] | undefined,
  tally: Tally,
  signal?: AbortSignal,
): Promise<void> {
  try {
    const analysis = await analyseCode(house, diagnostics, signal);
    await house.backlog.exclusively(
      'scan',
      async () => tally.analysis(analysis, await writeAnalysis(house, analysis)),
      signal,
    );
  } catch (error) {
    if (signal?.aborted) throw error;
    tally.problem({ file: '.', reason: `the code could not be analysed: ${errorMessage(error)}` });
  }
}

type Tally = ReturnType<typeof createTally>;

/** Adds up what a scan has come to. */
function createTally() {
  const files = new Set<string>();
  const created = new Set<string>();
  const updated = new Set<string>();
  const previewsWanted = new Set<string>();
  const problems: { file: string; reason: string }[] = [];
  let analysis: ScanReport['analysis'];
  const sums = { lines: 0, bytes: 0, signals: 0, malformed: 0 };
  const findings = (count: number, intake: Omit<Intake, 'changes'>): void => {
    sums.signals += count;
    for (const id of intake.created) created.add(id);
    for (const id of intake.updated) updated.add(id);
    for (const id of intake.previewsWanted) previewsWanted.add(id);
  };
  return {
    findings,
    analysis: (whole: Analysis, written: WrittenAnalysis): void => {
      problems.push(...whole.problems);
      analysis = { reports: whole.reports, files: whole.files, left: written.left };
      findings(written.signals, written);
    },
    problem: ({ file, reason }: { readonly file: string; readonly reason: string }): void => {
      problems.push({ file, reason });
    },
    batch: (batch: ScanBatch, intake: Intake): void => {
      files.add(batch.position.file);
      sums.lines += batch.lines;
      sums.bytes += batch.bytes;
      sums.malformed += batch.malformed.length;
      findings(total(batch.signals), intake);
    },
    created: (): string[] => [...created],
    report: (): ScanReport => ({
      ...sums,
      files: files.size,
      created: [...created],
      updated: [...updated].filter((id) => !created.has(id)),
      previewsWanted: [...previewsWanted],
      problems,
      ...(analysis ? { analysis } : {}),
    }),
  };
}

function total(signals: readonly Signal[]): number {
  return signals.reduce((sum, signal) => sum + occurrencesOf(signal), 0);
}
