import { habitText } from '../core/habit.ts';
import type { Learned } from '../pipeline.ts';
import { commandId } from './commands.ts';
import { t, told } from './l10n.ts';
import type { LinkedText } from './linkedDocument.ts';
import type { Remedy } from './remedies.ts';
import { dollars, dotted, exactly, shorten } from './text.ts';
import { codeWords } from './ticketText.ts';

/**
 * What was learned, with its evidence. Pure; names of models come from servers.
 * @param folder where there are several
 */
export function preferencesDocument(learned: Learned, folder?: string): LinkedText {
  const lines: string[] = [];
  const links: { line: number; remedy: Remedy }[] = [];
  const link = (text: string, name: Parameters<typeof commandId>[0], ...args: string[]): void => {
    links.push({ line: lines.length, remedy: { label: text, command: commandId(name), args } });
    lines.push(`→ ${text}`);
  };
  const section = (title: string, ...text: readonly string[]): void => {
    lines.push(`## ${title}`, '', ...text, ...(text.length > 0 ? [''] : []));
  };
  const { enabled, since, models, suggestions, reviews, settings } = learned;
  lines.push(`# ${dotted([t('Patchwright: what your decisions have taught'), folder])}`, '');
  if (!enabled) {
    lines.push(t('Learning is off: nothing is learned, and nothing that was learned is used.'), '');
    link(t('Switch Learning On'), 'switchLearning', 'on');
    return textOf(lines, links);
  }
  if (since !== undefined) lines.push(t('Only decisions since {0} count.', exactly(since)), '');
  section(
    t('Suggested settings'),
    ...(settings.length === 0 ? [t('None: too little is known, or they are as good as any.')] : []),
  );
  for (const { setting, now, suggested, evidence } of settings) {
    lines.push(t('{0}: {1} instead of {2}', setting, valueText(suggested), valueText(now)));
    lines.push(shorten(told(evidence), 400));
    link(t('Apply'), 'applySuggestion', setting);
    lines.push('');
  }
  section(
    t('Suggested models'),
    ...(suggestions.length === 0 ? [t('None yet.')] : []),
    ...suggestions.map(
      ({ taskType, model, reason }) =>
        `- ${codeWords(taskType)}: ${shorten(model, 100)}. ${shorten(told(reason), 300)}`,
    ),
  );
  section(
    t('How models have done'),
    ...(models.length === 0 ? [t('Nothing was learned yet.')] : []),
    ...models.map((one) => `- ${standingText(one)}`),
  );
  section(
    t('When you review'),
    reviews.habit
      ? t(
          'You usually review {0}. Patches are told then, and the daily analysis is done before (patchwright.learning.reviewTimes).',
          habitText(reviews.habit),
        )
      : t('Too little is known: {0} decisions.', reviews.decisions),
  );
  link(t('Export as JSON'), 'exportPreferences');
  link(t('Forget All of This…'), 'resetPreferences');
  link(t('Switch Learning Off'), 'switchLearning', 'off');
  return textOf(lines, links);
}

function textOf(lines: readonly string[], links: LinkedText['links']): LinkedText {
  return { text: `${lines.join('\n')}\n`, links };
}

function valueText(value: unknown): string {
  return shorten(JSON.stringify(value) ?? '', 100);
}

function standingText({
  taskType,
  model,
  acceptance,
  costUsd,
  minutes,
}: Learned['models'][number]) {
  const figures = dotted([
    t('{0} % approved', Math.round(100 * acceptance.value)),
    t('tried {0}×', acceptance.count),
    dollars(costUsd?.value),
    minutes && t('{0} minutes', minutes.value.toFixed(1)),
  ]);
  return `${codeWords(taskType)}, ${shorten(model, 100)}: ${figures}`;
}
