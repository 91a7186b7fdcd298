import type { Settings } from '../core/settings.ts';
import type { History } from './history.ts';
import { type Preferences, rank, timesText } from './preferences.ts';

/** A setting that might be better otherwise. It is shown, never changed. */
export interface SettingSuggestion {
  readonly setting: string;
  readonly now: unknown;
  readonly suggested: unknown;
  readonly evidence: string;
}

export function suggestSettings(
  history: History,
  preferences: Preferences,
  settings: Pick<Settings, 'model' | 'selection' | 'learning'>,
  models: readonly string[],
): readonly SettingSuggestion[] {
  return [
    ...suggestPatching(preferences, settings, models),
    ...suggestMaxRisk(history, settings.selection.maxRisk),
  ];
}

/** So often both models must have been tried at it. */
const leastTries = 10;
/** So much better the other one must be. */
const leastGain = 0.1;

/** The model that is best at the kind of task there is most of. */
function suggestPatching(
  preferences: Preferences,
  { model, learning }: Pick<Settings, 'model' | 'learning'>,
  models: readonly string[],
): readonly SettingSuggestion[] {
  const now = model.roles.patching || model.name;
  const counts = new Map<string, number>();
  for (const { taskType, acceptance } of preferences.standings) {
    counts.set(taskType, (counts.get(taskType) ?? 0) + acceptance.count);
  }
  const taskType = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
  if (taskType === undefined) return [];
  const ranked = rank(preferences, taskType, models, learning.rate);
  const [best] = ranked;
  const used = ranked.find((one) => one.model === now);
  if (!best || !used || Math.min(best.tries, used.tries) < leastTries) return [];
  if (best.value - used.value < leastGain) return [];
  const percent = (one: typeof best): string =>
    `${one.model} ${Math.round(100 * one.acceptance)} % (tried ${timesText(one.tries)})`;
  return [
    {
      setting: 'patchwright.model.roles.patching',
      now: model.roles.patching,
      suggested: best.model,
      evidence: `Of its patches for ${taskType} are expected to be approved: ${percent(best)}, ${percent(used)}.`,
    },
  ];
}

const leastRisky = 5;
const poorShare = 0.25;
const lowestRisk = 3;

/** Where patches for risky tickets are hardly ever approved, none need be drafted unasked. */
function suggestMaxRisk(history: History, now: number): readonly SettingSuggestion[] {
  const risks = new Map(history.tickets.map(({ id, risk }) => [id, risk]));
  const decided = history.requests
    .filter(({ status }) => ['APPLIED', 'APPROVED', 'DENIED', 'ROLLED_BACK'].includes(status))
    .map(({ ticketId, status }) => ({
      risk: risks.get(ticketId) ?? 0,
      isGood: status === 'APPLIED' || status === 'APPROVED',
    }));
  for (let most = lowestRisk; most < now; most++) {
    const riskier = decided.filter(({ risk }) => risk > most && risk <= now);
    const good = riskier.filter(({ isGood }) => isGood).length;
    if (riskier.length < leastRisky || good / riskier.length >= poorShare) continue;
    return [
      {
        setting: 'patchwright.selection.maxRisk',
        now,
        suggested: most,
        evidence: `Of ${riskier.length} patches for tickets of a risk above ${most}, ${good} were approved and stayed.`,
      },
    ];
  }
  return [];
}
