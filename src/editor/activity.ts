import type { GateId, GateReport } from '../core/gate.ts';
import type { Progress } from '../core/progress.ts';

/** What is going on now, folded from the pipeline's progress. Pure. */
export interface Activity {
  readonly scanning: boolean;
  readonly works: ReadonlyMap<string, Work>;
  /** The gates of the attempt that ran last in this window. */
  readonly latest?: LatestGates;
}

export interface Work {
  readonly ticketId: string;
  readonly stage: string;
  readonly step: number;
  readonly costUsd?: number;
  /** The gate that runs at this moment. */
  readonly gate?: GateId | undefined;
  readonly gates: readonly GateReport[];
}

export interface LatestGates {
  readonly ticketId: string;
  readonly gates: readonly GateReport[];
}

export const noActivity: Activity = { scanning: false, works: new Map() };

export function advance(activity: Activity, progress: Progress): Activity {
  switch (progress.kind) {
    case 'scanning':
      return { ...activity, scanning: true };
    case 'scanned':
    case 'scan_failed':
      return { ...activity, scanning: false };
    case 'preview_wanted':
    case 'preview_started':
    case 'preview':
    case 'preview_ended':
    case 'landing':
    case 'canary':
    case 'auto_approved':
    case 'release_looked':
      return activity;
    case 'attempt_started':
      return withWork(activity, {
        ticketId: progress.ticketId,
        stage: 'starting',
        step: 0,
        gates: [],
      });
    case 'attempt':
      return change(activity, progress.ticketId, (work) => step(work, progress.progress));
    case 'gate_started':
      return change(activity, progress.ticketId, (work) => ({
        ...work,
        gate: progress.gate,
        gates: without(work.gates, progress.gate), // of an earlier submission
      }));
    case 'gate':
      return judged(activity, progress.ticketId, progress.report);
    case 'attempt_ended':
      return ended(activity, progress.ticketId);
  }
}

function step(work: Work, progress: Extract<Progress, { kind: 'attempt' }>['progress']): Work {
  switch (progress.kind) {
    case 'stage':
      return { ...work, stage: progress.text };
    case 'step':
      return {
        ...work,
        step: progress.step,
        ...(progress.costUsd === undefined ? {} : { costUsd: progress.costUsd }),
      };
    case 'said':
      return work;
    case 'tool':
      return { ...work, stage: progress.name };
  }
}

function judged(activity: Activity, ticketId: string, report: GateReport): Activity {
  const after = change(activity, ticketId, (work) => ({
    ...work,
    gate: undefined,
    gates: [...without(work.gates, report.id), report],
  }));
  const gates = after.works.get(ticketId)?.gates ?? rejudged(activity, ticketId, report);
  return { ...after, latest: { ticketId, gates } };
}

/** No attempt runs: a patch is judged again that somebody changed. */
function rejudged(
  { latest }: Activity,
  ticketId: string,
  report: GateReport,
): readonly GateReport[] {
  const before = latest?.ticketId === ticketId ? latest.gates : [];
  return [...without(before, report.id), report];
}

function without(gates: readonly GateReport[], id: GateId): readonly GateReport[] {
  return gates.filter((report) => report.id !== id);
}

function change(activity: Activity, ticketId: string, edit: (work: Work) => Work): Activity {
  const work = activity.works.get(ticketId);
  return work ? withWork(activity, edit(work)) : activity;
}

function withWork(activity: Activity, work: Work): Activity {
  return { ...activity, works: new Map([...activity.works, [work.ticketId, work]]) };
}

function ended(activity: Activity, ticketId: string): Activity {
  const works = new Map(activity.works);
  works.delete(ticketId);
  return { ...activity, works };
}
