import {
  daysOf,
  type History,
  isWithin,
  type Period,
  periodBefore,
  isResolved,
  resolutionsOf,
} from './history.ts';
import { rounded } from './metrics.ts';

/** A figure with what it is made of; without a value where there is nothing to make it of. */
export interface Figure {
  readonly value?: number;
  readonly unit: string;
  /** As a person can check it. */
  readonly formula: string;
  /** Its numbers, in words: `2 critical tickets: −20`. */
  readonly parts: readonly string[];
}

export interface Health {
  /** 0–100. */
  readonly score: Figure;
  readonly velocity: Figure;
  /** 0–100. */
  readonly riskExposure: Figure;
  readonly qualityTrend: Figure & { readonly direction: Direction };
}

export type Direction = 'better' | 'steady' | 'worse' | 'unknown';

const priorities = ['critical', 'high', 'medium', 'low'] as const;
/** What an unresolved ticket takes from the score, and all of a priority together at most. */
const penalties = {
  critical: { each: 10, most: 40 },
  high: { each: 4, most: 30 },
  medium: { each: 1, most: 20 },
  low: { each: 0.25, most: 10 },
} as const;
const rollbackPenalty = 20;
const weights = { critical: 4, high: 3, medium: 2, low: 1 } as const;
/** Fewer tickets than this say nothing about a trend. */
const leastForTrend = 5;

export function healthOf(history: History, period: Period): Health {
  return {
    score: scoreOf(history, period),
    velocity: velocityOf(history, period),
    riskExposure: exposureOf(history),
    qualityTrend: trendOf(history, period),
  };
}

function scoreOf(history: History, period: Period): Figure {
  const formula =
    '100 − 10 a critical ticket (40 at most) − 4 a high one (30) − 1 a medium one (20) − 0.25 a low one (10) − 20 × share of releases rolled back';
  if (history.tickets.length === 0) return { unit: 'of 100', formula, parts: [] };
  const unresolved = history.tickets.filter(({ status }) => !isResolved(status));
  const losses = priorities.map((priority) => {
    const count = unresolved.filter((ticket) => ticket.priority === priority).length;
    const { each, most } = penalties[priority];
    return { text: `${count} ${priority}`, loss: Math.min(most, count * each) };
  });
  const landed = history.releases.filter(({ appliedAt }) => isWithin(appliedAt, period));
  const back = landed.filter(({ rolledBackAt }) => rolledBackAt !== undefined);
  const share = landed.length === 0 ? 0 : back.length / landed.length;
  const all = [
    ...losses,
    {
      text: `${back.length} of ${landed.length} releases rolled back`,
      loss: rollbackPenalty * share,
    },
  ];
  const value = Math.max(0, 100 - all.reduce((sum, { loss }) => sum + loss, 0));
  return {
    value: Math.round(value),
    unit: 'of 100',
    formula,
    parts: all.map(({ text, loss }) => `${text}: ${loss === 0 ? '0' : `−${rounded(loss, 2)}`}`),
  };
}

function velocityOf({ releases }: History, period: Period): Figure {
  const stayed = releases.filter((one) => isWithin(one.appliedAt, period) && !one.rolledBackAt);
  const days = daysOf(period);
  return {
    ...(releases.length === 0 ? {} : { value: rounded((stayed.length / days) * 7, 2) }),
    unit: 'landed fixes a week',
    formula: 'releases that landed and were not rolled back ÷ days of the period × 7',
    parts: [`${stayed.length} in ${days} days`],
  };
}

function exposureOf({ tickets }: History): Figure {
  const unresolved = tickets.filter(({ status }) => !isResolved(status));
  const formula =
    'sum of risk (1–10) × weight (critical 4, high 3, medium 2, low 1) of unresolved tickets ÷ (10 × 4 × their number) × 100';
  if (tickets.length === 0) return { unit: 'of 100', formula, parts: [] };
  const sum = unresolved.reduce((total, { risk, priority }) => total + risk * weights[priority], 0);
  return {
    value: unresolved.length === 0 ? 0 : Math.round((sum / (40 * unresolved.length)) * 100),
    unit: 'of 100',
    formula,
    parts: [`unresolved tickets: ${unresolved.length}, weighted sum ${sum}`],
  };
}

function trendOf(history: History, period: Period): Health['qualityTrend'] {
  const now = netOf(history, period);
  const before = netOf(history, periodBefore(period));
  const formula =
    '(tickets resolved − created) of this period − the same of the period before; better above 0, worse below';
  const parts = [
    `this period: ${now.resolved} resolved, ${now.created} created`,
    `before: ${before.resolved} resolved, ${before.created} created`,
  ];
  const seen = now.created + now.resolved + before.created + before.resolved;
  if (seen < leastForTrend) return { unit: 'tickets', formula, parts, direction: 'unknown' };
  const value = now.resolved - now.created - (before.resolved - before.created);
  const direction = value > 0 ? 'better' : value < 0 ? 'worse' : 'steady';
  return { value, unit: 'tickets', formula, parts, direction };
}

function netOf(history: History, period: Period) {
  return {
    created: history.tickets.filter(({ createdAt }) => isWithin(createdAt, period)).length,
    resolved: resolutionsOf(history).filter((at) => isWithin(at, period)).length,
  };
}
