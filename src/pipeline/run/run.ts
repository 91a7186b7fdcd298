import {
  errorMessage,
  isPatchwrightError,
  PatchwrightError,
  throwIfCancelled,
} from '../../core/errors.ts';
import type { PatchRequest } from '../../core/patchRequest.ts';
import type { ScanReport } from '../../core/progress.ts';
import { inTheirWords, isUnspecified } from '../../core/specification.ts';
import { byTurn, place, type Ticket } from '../../core/ticket.ts';
import { audit } from '../changes.ts';
import { saidFor } from '../said.ts';
import type { House } from '../house.ts';
import { insightOf } from '../insight.ts';
import { sync } from '../sync/sync.ts';
import { outlooks } from '../past.ts';
import { markdownOf, type Reasoned, reportName, type RunReport, type RunType } from './report.ts';

export interface RunOptions {
  /** Says what it would do; changes and writes nothing. */
  readonly dryRun: boolean;
  /** Drafts the next ticket as well, within the limits. */
  readonly autoExecute: boolean;
  /** Not where a run of this type was done since; throws `nothing_to_do` then. */
  readonly due?: Date;
}

/** The verbs that a run is made of. */
export interface Verbs {
  scan(signal: AbortSignal): Promise<ScanReport>;
  draft(signal: AbortSignal): Promise<PatchRequest>;
  specify(ticketId: string, signal: AbortSignal): Promise<void>;
}

interface Job extends RunOptions {
  readonly house: House;
  readonly verbs: Verbs;
  readonly signal: AbortSignal;
  readonly found: string[];
  readonly done: string[];
  readonly skipped: Reasoned[];
  readonly failed: Reasoned[];
}

type Step = (job: Job) => Promise<void> | void;

/**
 * What is due each hour, day, week or month. One run at a time, in all windows and processes; throws `busy`
 * while another is under way. What fails in one step is said in the report and keeps no other from being done.
 */
export async function run(
  house: House,
  verbs: Verbs,
  type: RunType,
  options: RunOptions,
  signal: AbortSignal,
): Promise<RunReport> {
  const work = async () => {
    assertDue(house, type, options.due);
    return perform(house, verbs, type, options, signal);
  };
  return options.dryRun ? work() : alone(house, work, signal);
}

/** Others are at it at the very same time; asked under the lock. */
function assertDue(house: House, type: RunType, due: Date | undefined): void {
  const last = lastRun(house, type);
  if (!due || last === undefined || new Date(last) < due) return;
  throw new PatchwrightError('nothing_to_do', {
    what: 'Nothing was run.',
    why: `A ${type} run was done at ${last}.`,
    remedy: 'Read its report in .patchwright/reports.',
  });
}

/** How long another run may take to end before this one gives up. */
const patienceMs = 2_000;

async function alone<T>(house: House, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const patience = AbortSignal.timeout(patienceMs);
  let began = false;
  try {
    return await house.backlog.exclusively(
      'run',
      () => {
        began = true;
        return work();
      },
      AbortSignal.any([signal, patience]),
    );
  } catch (error) {
    if (began || signal.aborted || !patience.aborted) throw error;
    throw new PatchwrightError('busy', {
      what: 'Nothing was run.',
      why: 'Another run is under way in this folder.',
      remedy: 'It does the same work; wait for its report.',
    });
  }
}

async function perform(
  house: House,
  verbs: Verbs,
  type: RunType,
  options: RunOptions,
  signal: AbortSignal,
): Promise<RunReport> {
  const startedAt = house.clock.now().toISOString();
  const previousAt = lastRun(house, type);
  const lists = { found: [], done: [], skipped: [], failed: [] };
  const job: Job = { house, verbs, signal, ...options, ...lists };
  for (const [name, step] of steps[type]) await attempt(job, name, step);
  const report: RunReport = {
    type,
    dryRun: options.dryRun,
    startedAt,
    endedAt: house.clock.now().toISOString(),
    ...(previousAt ? { previousAt } : {}),
    ...lists,
  };
  if (!options.dryRun) await keep(house, report);
  return report;
}

async function attempt(job: Job, what: string, step: Step): Promise<void> {
  throwIfCancelled(job.signal);
  try {
    await step(job);
  } catch (error) {
    throwIfCancelled(job.signal);
    const why = errorMessage(error);
    const isNoFault = isPatchwrightError(error) && harmless.includes(error.code);
    (isNoFault ? job.skipped : job.failed).push({ what, why });
  }
}

/** What a run meets every day. */
const harmless: readonly string[] = ['nothing_to_do', 'limit_reached', 'busy', 'untrusted'];

async function keep(house: House, report: RunReport): Promise<void> {
  const name = reportName(report);
  await house.saveReport(`${name}.json`, `${JSON.stringify(report, null, 2)}\n`);
  await house.saveReport(`${name}.md`, markdownOf(report));
  const { found, done, skipped, failed } = report;
  const counts = [found, done, skipped, failed].map(({ length }) => length);
  const after = {
    report: name,
    found: counts[0],
    done: counts[1],
    skipped: counts[2],
    failed: counts[3],
  };
  await house.backlog.write([
    audit({ actor: 'patchwright', action: `run.${report.type}`, subject: 'run', after }),
  ]);
}

/** When a run of this type, or one that did its work as well, ended. */
export function lastRun({ backlog }: Pick<House, 'backlog'>, type: RunType): string | undefined {
  return [type, 'full' as const]
    .flatMap((one) => backlog.audit.list({ action: `run.${one}`, limit: 1 }))
    .map(({ timestamp }) => timestamp)
    .sort()
    .at(-1);
}

const scanStep = ['the scan', scan] as const;
const syncStep = ['the sync', syncWithTeam] as const;
const draftStep = ['the next draft', draftNext] as const;
const analyseStep = ['the analysis', analyse] as const;
const specifyStep = ['the specifications', specify] as const;
const proposeStep = ['the proposals', propose] as const;
const refactorStep = ['the refactoring suggestions', suggestRefactorings] as const;

const steps: Readonly<Record<RunType, readonly (readonly [string, Step])[]>> = {
  hourly: [scanStep, syncStep, draftStep],
  daily: [analyseStep],
  weekly: [specifyStep, proposeStep],
  monthly: [refactorStep],
  full: [scanStep, syncStep, analyseStep, specifyStep, proposeStep, refactorStep, draftStep],
};

async function scan({ verbs, signal, dryRun, found, done, skipped }: Job): Promise<void> {
  if (dryRun) {
    skipped.push({ what: 'the scan', why: 'a dry run reads nothing new' });
    return;
  }
  const { lines, files, created, updated, problems } = await verbs.scan(signal);
  done.push(`Read ${lines} new lines in ${files} files.`);
  if (created.length > 0) found.push(`New tickets: ${created.join(', ')}`);
  if (updated.length > 0) found.push(`Tickets seen again: ${updated.join(', ')}`);
  for (const { file, reason } of problems) skipped.push({ what: file, why: reason });
}

/** Before the draft: what others made counts for the limits of the day. Offline it is done the next time. */
async function syncWithTeam({ house, dryRun, signal, ...job }: Job): Promise<void> {
  const { enabled, scheduled } = house.settings().sync;
  if (!enabled || !scheduled) return;
  const { received, refused, sent, failed } = await sync(house, { dryRun }, signal);
  if (dryRun)
    job.skipped.push({ what: 'the sync', why: `a dry run sends nothing (${sent} changes)` });
  else if (sent > 0) job.done.push(`Sent ${sent} changes to the team.`);
  for (const { name, changes } of received) job.found.push(`${changes} changes of ${name}.`);
  for (const { chain, why } of refused) job.skipped.push({ what: `what ${chain} sent`, why });
  if (failed !== undefined) job.skipped.push({ what: 'the sync', why: failed });
}

async function draftNext({ house, verbs, signal, ...job }: Job): Promise<void> {
  const waiting = house.backlog.requests.list({ statuses: ['PENDING_APPROVAL'] });
  for (const { id, ticketId } of waiting) {
    job.found.push(`Patch request ${id.slice(0, 8)} for ${ticketId} waits for a decision.`);
  }
  const what = 'the next draft';
  if (!job.autoExecute) {
    job.skipped.push({ what, why: 'drafting was not asked for (--auto-execute)' });
    return;
  }
  if (job.dryRun) {
    job.skipped.push({ what, why: 'a dry run drafts nothing' });
    return;
  }
  const { id, ticketId } = await verbs.draft(signal);
  job.done.push(`Drafted a patch for ${ticketId}: patch request ${id.slice(0, 8)}.`);
}

const analysedDays = 30;

function analyse({ house, found }: Job): void {
  const insight = insightOf([house.backlog], analysedDays, house.clock.now());
  const { health, requests, tickets, cost } = insight;
  const figure = ({ value, unit, parts }: typeof health.score): string =>
    value === undefined ? 'nothing yet' : `${value} ${unit} (${parts.join('; ')})`;
  found.push(
    `The last ${analysedDays} days: ${requests.proposed} patches proposed, ${requests.implemented} landed, ${requests.rolledBack} rolled back.`,
    `Tickets: ${tickets.created} created, ${tickets.resolved} resolved, ${tickets.unresolved} unresolved.`,
    `Cost: $${cost.totalUsd.toFixed(2)}.`,
    `Health: ${figure(health.score)}.`,
    `Improvement velocity: ${figure(health.velocity)}.`,
    `Risk exposure: ${figure(health.riskExposure)}.`,
    `Quality trend: ${health.qualityTrend.direction}.`,
  );
}

const specifications = 3;

/** Of what users ask for, the most wanted first: drafts by the model for cheap tasks, where one is named. */
async function specify(job: Job): Promise<void> {
  const { house, verbs, signal, dryRun, done, skipped } = job;
  const wishes = house.backlog.tickets
    .list({ statuses: ['open'] })
    .filter(isUnspecified)
    .toSorted(byTurn)
    .slice(0, specifications);
  if (wishes.length === 0) return;
  const cheap = house.settings().model.roles.cheap;
  if (dryRun || cheap === '') {
    const why = dryRun
      ? 'a dry run asks no model'
      : 'none is named (patchwright.model.roles.cheap)';
    skipped.push({ what: 'draft specifications', why });
    return;
  }
  for (const { id } of wishes) {
    await attempt(job, `the specification of ${id}`, async () => {
      await verbs.specify(id, signal);
      done.push(`Drafted a specification of ${id}.`);
    });
  }
}

const proposals = 5;

/** The tickets that are worth most, what could be done and what to expect of it. */
function propose({ house, found, skipped }: Job): void {
  const outlook = outlooks(house.backlog, house.settings());
  const open = house.backlog.tickets.list({ statuses: ['open'] }).toSorted(byTurn);
  for (const ticket of open) {
    const { heldBack } = outlook(ticket);
    if (heldBack) skipped.push({ what: nameOf(ticket), why: heldBack });
  }
  const free = open.filter((ticket) => outlook(ticket).heldBack === undefined);
  for (const ticket of free.slice(0, proposals)) {
    const { chance, costUsd, minutes } = outlook(ticket).odds;
    const cost = costUsd === undefined ? '' : `$${costUsd.toFixed(2)}, `;
    const words = ticket.proposedSolution || inTheirWords(ticket, saidFor(house, ticket));
    const plan = words.replace(/\s+/g, ' ');
    found.push(
      `${nameOf(ticket)} (${ticket.priority.value}; ${Math.round(100 * chance)} % to be approved, ${cost}${minutes} min). ${plan}`,
    );
  }
}

function suggestRefactorings({ house, found, skipped }: Job): void {
  if (!house.settings().sources.enabled.codeAnalysis) {
    const why = 'the code analysis is off (patchwright.sources.enabled.codeAnalysis)';
    skipped.push({ what: 'new refactoring suggestions', why });
  }
  const refactorings = house.backlog.tickets
    .list({ statuses: ['open'] })
    .filter(({ category }) => category === 'refactor')
    .toSorted(byTurn);
  for (const ticket of refactorings.slice(0, proposals)) {
    found.push(`${nameOf(ticket)}. ${ticket.proposedSolution || ticket.description}`);
  }
}

function nameOf({ id, title, metadata }: Ticket): string {
  return `${id} ${title}${metadata.location ? ` (${place(metadata.location)})` : ''}`;
}
