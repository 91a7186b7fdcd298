import type { Usage } from './attempt.ts';
import { median } from './statistics.ts';

/** What a preview comes to: how something would be changed, before anything is. */

export const levels = ['low', 'medium', 'high'] as const;
export type Level = (typeof levels)[number];

export interface PlannedFile {
  /** Relative to the workspace folder, with `/`. */
  readonly path: string;
  /** Left out: the whole file, or one that is new. */
  readonly from?: number;
  readonly to?: number;
  readonly change: string;
}

/** As the model hands it in. */
export interface PlanDraft {
  readonly summary: string;
  readonly approach: string;
  readonly files: readonly PlannedFile[];
  readonly risk: Level;
  readonly riskReason: string;
  readonly complexity: Level;
  /** Lines that are added or changed. */
  readonly estimatedLines: number;
}

/** What a draft by it will take. */
export interface Estimate {
  readonly tokens: number;
  /** undefined: the model's price is not known. */
  readonly costUsd?: number;
  /** Where the number comes from, in words. */
  readonly reason: string;
}

export interface Plan extends PlanDraft {
  readonly estimate: Estimate;
}

/** Kept with the attempt that made it. */
export interface Preview {
  /** What was asked for, in the person's words or the ticket's. */
  readonly request: string;
  readonly title: string;
  /** Where a draft by it goes; empty where no draft comes of it. */
  readonly branch: string;
  readonly plan?: Plan;
  readonly decision?: 'confirmed' | 'dropped';
}

const maxSlugChars = 40;

/** A name for a branch: letters, digits and single dashes, whatever the title is; whole words as far as they fit. */
export function slugOf(title: string): string {
  const words = title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const cut = words.slice(0, maxSlugChars + 1);
  const whole = cut.length > maxSlugChars ? cut.replace(/-[^-]*$/, '').slice(0, maxSlugChars) : cut;
  return whole || 'change';
}

/** Rough parts of an attempt where no history tells: each step reads what came before it again. */
const stepsOfDraft: Readonly<Record<Level, number>> = { low: 8, medium: 16, high: 28 };
const tokensOfStep = 6_000;
const tokensOfLine = 40;

/** Of earlier drafts where there are enough, else a rule of thumb of the plan's own numbers. */
export function estimateOf(
  { complexity, estimatedLines }: Pick<PlanDraft, 'complexity' | 'estimatedLines'>,
  earlier: readonly { readonly tokens: number; readonly costUsd?: number }[],
  costOfUsage: (usage: Usage) => number | undefined,
): Estimate {
  const priced = earlier.filter(({ costUsd }) => costUsd !== undefined);
  if (earlier.length >= 3) {
    const tokens = Math.round(median(earlier.map((one) => one.tokens)));
    const cost = priced.length >= 3 ? median(priced.map(({ costUsd = 0 }) => costUsd)) : undefined;
    return {
      tokens,
      ...(cost === undefined ? {} : { costUsd: cost }),
      reason: `the middle of ${earlier.length} earlier drafts by this model`,
    };
  }
  const steps = stepsOfDraft[complexity];
  const written = estimatedLines * tokensOfLine + steps * 300;
  const read = steps * tokensOfStep;
  const usage: Usage = {
    inputTokens: Math.round(read / 4),
    outputTokens: written,
    cacheReadTokens: Math.round((read * 3) / 4),
    cacheWriteTokens: Math.round(read / 4),
  };
  const costUsd = costOfUsage(usage);
  return {
    tokens: read + written + Math.round(read / 4),
    ...(costUsd === undefined ? {} : { costUsd }),
    reason: `a rule of thumb for ${complexity} complexity and ${estimatedLines} lines`,
  };
}
