import type { Change } from '../core/change.ts';
import { domainOf, type EditorDiagnostic } from '../core/quality.ts';
import type { QualityFinding, QualitySignal } from '../core/signal.ts';
import { type Evidence, type Ticket, type TicketStatus, ticketIdOf } from '../core/ticket.ts';
import type { Analysis } from '../signals/quality/analyse.ts';
import { folderOf, seriesOf } from '../signals/quality/reportSeries.ts';
import { bringBack } from './bringBack.ts';
import { move } from './changes.ts';
import { withoutGit } from './facts.ts';
import type { House } from './house.ts';
import { type Intake, intakeOf } from './intake.ts';

const maxMs = 60_000;

/** Looks at reports, at what the editor says, and at the code under version control. */
export async function analyseCode(
  house: House,
  diagnostics: readonly EditorDiagnostic[] | undefined,
  signal?: AbortSignal,
): Promise<Analysis> {
  const { reports, ignore } = house.settings().sources;
  const request = {
    folder: house.folder,
    reports,
    ignore,
    tracked: await trackedFiles(house, signal),
    diagnostics,
    now: house.clock.now().toISOString(),
    maxMs,
  };
  return await house.analyse(request, signal);
}

async function trackedFiles(
  { git }: House,
  signal?: AbortSignal,
): Promise<readonly string[] | undefined> {
  const options = { okCodes: [0, 128], signal };
  const { code, out } = await git.code(['ls-files', '-z'], options).catch(withoutGit);
  return code === 0 ? out.split('\0').filter(Boolean) : undefined;
}

export interface WrittenAnalysis extends Omit<Intake, 'changes'> {
  readonly signals: number;
  /** Findings that wait until others are done. */
  readonly left: number;
}

/** Only so many tickets of a kind are open at a time: the worst first, the next when one of them is done. */
const maxOpen: Readonly<Record<string, number>> = {
  coverage: 10,
  duplication: 10,
  complexity: 10,
  undocumented: 5,
  'lint error': 20,
  'lint warning': 10,
};

/** Tickets of what is new, worse or back again; what is no longer found is closed. */
export async function writeAnalysis(house: House, analysis: Analysis): Promise<WrittenAnalysis> {
  const { backlog, clock } = house;
  const now = clock.now().toISOString();
  await bringBack(house, analysis.signals);
  const known = backlog.tickets.list().filter((ticket) => findingOf(ticket));
  const gone = resolvedBy(analysis, known, now);
  const goneIds = new Set(gone.map(({ id }) => id));
  const room = createRoom(known.filter(({ id }) => !goneIds.has(id)));
  const chosen = analysis.signals.map((signal) => ({ signal, use: useOf(house, room, signal) }));
  const signals = chosen.filter(({ use }) => use === 'take').map(({ signal }) => signal);
  const intake = await intakeOf({ signals }, backlog, house.settings(), now);
  const changes = [...gone.flatMap((one) => one.changes), ...intake.changes];
  if (changes.length > 0) await backlog.write(changes);
  const all = Object.values(analysis.counts).reduce((sum, count) => sum + count, 0);
  const waiting = chosen.filter(({ use }) => use === 'wait').length;
  return {
    created: intake.created,
    updated: [...intake.updated, ...goneIds],
    previewsWanted: intake.previewsWanted,
    signals: signals.length,
    left: waiting + all - analysis.signals.length,
  };
}

function findingOf({ metadata }: Ticket): QualityFinding | undefined {
  return metadata['finding'] as QualityFinding | undefined;
}

const settled: ReadonlySet<TicketStatus> = new Set(['closed', 'applied']);

function createRoom(known: readonly Ticket[]) {
  const open = new Map<string, number>();
  const enter = (finding: QualityFinding): void => {
    open.set(kindOf(finding), (open.get(kindOf(finding)) ?? 0) + 1);
  };
  for (const ticket of known) {
    const finding = findingOf(ticket);
    if (finding && !settled.has(ticket.status)) enter(finding);
  }
  return {
    enter,
    isLeft: (finding: QualityFinding): boolean =>
      (open.get(kindOf(finding)) ?? 0) < (maxOpen[kindOf(finding)] ?? 0),
  };
}

function kindOf({ kind, severity }: QualityFinding): string {
  return kind === 'lint' ? `lint ${severity === 'error' ? 'error' : 'warning'}` : kind;
}

/** The same finding again says nothing new. */
function useOf(
  { backlog }: House,
  room: ReturnType<typeof createRoom>,
  signal: QualitySignal,
): 'take' | 'wait' | 'skip' {
  const id = ticketIdOf(signal);
  const ticket = backlog.tickets.get(id);
  if (!ticket) {
    if (!room.isLeft(signal.finding)) return 'wait';
    room.enter(signal.finding);
    return 'take';
  }
  const wasDone = ticket.status === 'applied' || Boolean(ticket.metadata.resolvedAt);
  const isBack = settled.has(ticket.status) && wasDone && signal.at > ticket.updatedAt;
  const grew = signal.finding.count > (backlog.groups.get(id)?.count ?? 0);
  return isBack || (grew && !settled.has(ticket.status)) ? 'take' : 'skip';
}

const mayClose: ReadonlySet<TicketStatus> = new Set([
  'open',
  'failed',
  'rejected',
  'rolled_back',
  'snoozed',
]);

/** What was looked for and is not there any more needs no patch. */
function resolvedBy(
  { judged, found, present, successors }: Analysis,
  known: readonly Ticket[],
  now: string,
): readonly { readonly id: string; readonly changes: readonly Change[] }[] {
  const domains = new Set(judged);
  const lying = new Set(present);
  /** A report that is gone has nothing to say: the newest of its series does, or of its tool in its folder. */
  const isReplaced = (finding: QualityFinding, report: string, seen: string): boolean => {
    const wanted = [seriesOf(report), folderOf(report)].map((where) => domainOf(finding, where));
    return successors.some(({ domain, at }) => at > seen && wanted.includes(domain));
  };
  const isJudged = (finding: QualityFinding, { file: report, at }: Evidence): boolean =>
    lying.has(report) ? domains.has(domainOf(finding, report)) : isReplaced(finding, report, at);
  const there = new Set(found.map((hash) => hash.slice(0, 8)));
  return known.flatMap((ticket) => {
    const finding = findingOf(ticket);
    const hash = ticket.metadata.fingerprint?.hash;
    const [seen] = ticket.evidence;
    const isGone =
      finding && hash && seen && !there.has(hash.slice(0, 8)) && isJudged(finding, seen);
    if (!isGone || !mayClose.has(ticket.status)) return [];
    const metadata = {
      ...ticket.metadata,
      closedReason: 'The code analysis no longer finds it.',
      resolvedAt: now,
    };
    const change: Change = { kind: 'ticket', id: ticket.id, fields: { metadata } };
    return [{ id: ticket.id, changes: [change, ...move(ticket, 'closed', now, 'patchwright')] }];
  });
}
