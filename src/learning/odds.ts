import { mean } from '../core/statistics.ts';
import { minutesOf } from './evidence.ts';
import type { TicketSummary } from '../core/ticket.ts';
import type { History } from './history.ts';
import { rounded } from './metrics.ts';

/** What is expected of a draft before anything is spent. */
export interface Odds {
  /** That its patch will be approved and stay, 0–1. */
  readonly chance: number;
  /** Left out for models whose price is not known. */
  readonly costUsd?: number;
  readonly minutes: number;
  /** How far to go without being asked. */
  readonly unasked: 'none' | 'plan' | 'draft';
  /** What it rests on, in words. */
  readonly reason: string;
}

/** What a draft is about; its model, where that is known. */
export interface Draft {
  readonly ticketId: string;
  readonly category: string;
  readonly model?: string;
}

/** What became of one. */
export interface Outcome extends Draft {
  readonly at: string;
  readonly isGood: boolean;
  readonly costUsd?: number;
  readonly minutes?: number;
}

/** Priors where this workspace has no history yet: Beta(1, 1), and a quarter of what an attempt may take. */
export interface Priors {
  readonly costUsd: number;
  readonly minutes: number;
}

export function priorsOf(limits: {
  readonly costPerAttemptUsd: number;
  readonly minutesPerAttempt: number;
}): Priors {
  return { costUsd: limits.costPerAttemptUsd / 4, minutes: limits.minutesPerAttempt / 4 };
}

/** So many outcomes the wider group counts for beside those of a category, of a model in it, of a ticket. */
const strengths = [0, 4, 4, 2];
/** Chances from which a patch is drafted, or a plan made, without asking. */
const draftFrom = 0.2;
const planFrom = 0.1;

/** Settled drafts in the order of time; what still waits is none. */
export function outcomesOf({
  attempts,
  requests,
  tickets,
}: Pick<History, 'attempts' | 'requests'> & {
  readonly tickets: readonly Pick<TicketSummary, 'id' | 'category'>[];
}): readonly Outcome[] {
  const byAttempt = new Map(requests.map((request) => [request.attemptId, request]));
  const categories = new Map(tickets.map(({ id, category }) => [id, category]));
  return attempts
    .flatMap((attempt): readonly Outcome[] => {
      const { id, ticketId, outcome, model, costUsd, startedAt, endedAt } = attempt;
      const request = byAttempt.get(id);
      const category = request?.improvementType ?? categories.get(ticketId);
      const isGood = outcome === 'failed' ? false : goodOf(request?.status);
      if (isGood === undefined || category === undefined) return [];
      const at = request?.reviewedAt ?? endedAt ?? startedAt;
      const cost = costUsd === undefined ? {} : { costUsd };
      return [{ ticketId, category, model, at, isGood, ...cost, ...minutesOf(attempt) }];
    })
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

function goodOf(status: string | undefined): boolean | undefined {
  if (status === 'APPROVED' || status === 'APPLIED') return true;
  return status === 'DENIED' || status === 'ROLLED_BACK' ? false : undefined;
}

interface Sum {
  total: number;
  count: number;
}

interface Group {
  readonly good: Sum;
  readonly costUsd: Sum;
  readonly minutes: Sum;
}

/** Outcomes counted by the groups that a draft belongs to. */
export type Tally = ReadonlyMap<string, Group>;

/** From the widest to the narrowest, each within the one before: all, its category, its model's in it, its ticket's. */
function groupsOf({ category, model = '', ticketId }: Draft): readonly string[] {
  return [
    'all',
    JSON.stringify([category]),
    JSON.stringify([category, model]),
    JSON.stringify([category, model, ticketId]),
  ];
}

export function tallyOf(outcomes: readonly Outcome[]): Tally {
  const tally = new Map<string, Group>();
  for (const outcome of outcomes) count(tally, outcome);
  return tally;
}

function count(tally: Map<string, Group>, outcome: Outcome): void {
  for (const key of groupsOf(outcome)) {
    const group = tally.get(key) ?? { good: sum(), costUsd: sum(), minutes: sum() };
    tally.set(key, group);
    add(group.good, Number(outcome.isGood));
    add(group.costUsd, outcome.costUsd);
    add(group.minutes, outcome.minutes);
  }
}

function sum(): Sum {
  return { total: 0, count: 0 };
}

function add(to: Sum, value: number | undefined): void {
  if (value === undefined) return;
  to.total += value;
  to.count += 1;
}

type What = keyof Group;

/**
 * The mean of each group, drawn towards that of the wider one by its strength. Of a wider group only
 * what is not in the narrower one counts, so that nothing counts twice.
 */
function meanOf(tally: Tally, draft: Draft, what: What, prior: Sum): number {
  const sums = groupsOf(draft).map((key) => tally.get(key)?.[what] ?? sum());
  return sums.reduce((wider, { total, count: n }, i) => {
    const inner = sums[i + 1] ?? sum();
    const weight = i === 0 ? prior.count : (strengths[i] ?? 0);
    return (weight * wider + total - inner.total) / (weight + n - inner.count);
  }, prior.total / prior.count);
}

/** Beta(1, 1). */
const evenOdds: Sum = { total: 1, count: 2 };

function chanceOf(tally: Tally, draft: Draft): number {
  return meanOf(tally, draft, 'good', evenOdds);
}

export function oddsOf(tally: Tally, draft: Draft, priors: Priors, isPriced = true): Odds {
  const chance = chanceOf(tally, draft);
  const minutes = rounded(meanOf(tally, draft, 'minutes', { total: priors.minutes, count: 1 }), 1);
  const costUsd = rounded(meanOf(tally, draft, 'costUsd', { total: priors.costUsd, count: 1 }), 3);
  return {
    chance: rounded(chance, 2),
    ...(isPriced ? { costUsd } : {}),
    minutes,
    unasked: chance >= draftFrom ? 'draft' : chance >= planFrom ? 'plan' : 'none',
    reason: reasonOf(tally, draft),
  };
}

function reasonOf(tally: Tally, draft: Draft): string {
  const { category, model } = draft;
  const names = [
    'drafts here were approved and stayed',
    `for ${category}`,
    `for ${category} by ${model ?? 'another model'}`,
    'for this ticket',
  ];
  const parts = groupsOf(draft).flatMap((key, i) => {
    const good = tally.get(key)?.good;
    return good ? [`${good.total} of ${good.count} ${names[i]}`] : [];
  });
  return parts.length === 0
    ? 'No draft was decided here yet: even odds, and a quarter of what an attempt may take.'
    : `${parts.join(', ')}.`;
}

/** How good the odds were, each given by what was known before its outcome. */
export interface Calibration {
  readonly predictions: number;
  /** Mean squared error, 0–1; left out of nothing. */
  readonly brier?: number;
  /** Of the one share that fits all outcomes best, known afterwards. */
  readonly reference?: number;
  readonly bins: readonly {
    readonly from: number;
    readonly to: number;
    readonly count: number;
    /** Means of what was predicted and of what came. */
    readonly predicted: number;
    readonly came: number;
  }[];
}

const bins = 5;

export function calibrationOf(outcomes: readonly Outcome[]): Calibration {
  const tally = new Map<string, Group>();
  const all = outcomes.map((outcome) => {
    const chance = chanceOf(tally, outcome);
    count(tally, outcome);
    return { chance, came: Number(outcome.isGood) };
  });
  if (all.length === 0) return { predictions: 0, bins: [] };
  const share = mean(all.map(({ came }) => came));
  return {
    predictions: all.length,
    brier: rounded(mean(all.map(({ chance, came }) => (chance - came) ** 2))),
    reference: rounded(share * (1 - share)),
    bins: Array.from({ length: bins }, (_, i) => ({ from: i / bins, to: (i + 1) / bins }))
      .map(({ from, to }) => {
        const isLast = to === 1;
        const within = all.filter(({ chance: c }) => c >= from && (c < to || isLast));
        return {
          from,
          to,
          count: within.length,
          predicted: rounded(mean(within.map(({ chance }) => chance))),
          came: rounded(mean(within.map(({ came }) => came))),
        };
      })
      .filter((bin) => bin.count > 0),
  };
}
