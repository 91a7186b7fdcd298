import { habitText } from '../core/habit.ts';
import type { Learned } from '../pipeline.ts';
import { usageError } from './arguments.ts';
import type { Command, Context } from './command.ts';
import { exit } from './exitCodes.ts';

export const preferencesCommand: Command = {
  usage: '[export | reset | off | on]',
  help: 'show what was learned from decisions and what it suggests; export it, forget it, switch it off or on',
  operands: 1,
  run: preferences,
};

async function preferences({ app, args, out }: Context): Promise<number> {
  const [what] = args.rest;
  switch (what) {
    case undefined: {
      const learned = app.pipeline.learned();
      out.result(learned, () => learnedText(learned));
      return learned.models.length === 0 ? exit.nothing : exit.done;
    }
    case 'export': {
      const all = { ...app.pipeline.learned(), events: app.backlog.learning.list(maxEvents) };
      out.result(all, () => JSON.stringify(all, null, 2));
      return exit.done;
    }
    case 'reset':
    case 'off':
    case 'on':
      await app.pipeline.switchLearning(what);
      out.result({ preferences: what }, () => said[what]);
      return exit.done;
    default:
      throw usageError(`There is no \`preferences ${what}\`.`);
  }
}

const maxEvents = 100_000;

const said = {
  reset: 'What was learned is forgotten: only decisions from now on count.',
  off: 'Nothing is learned any more, and nothing that was learned is used.',
  on: 'Decisions are learned from.',
};

export function learnedText(learned: Learned): string {
  const { enabled, since, models, suggestions, reviews, settings } = learned;
  if (!enabled) return 'Learning is off (`patchwright preferences on`).';
  if (models.length === 0) return `Nothing was learned${since ? ` since ${since}` : ''} yet.`;
  return [
    `What decisions${since ? ` since ${since}` : ''} say of models:`,
    ...models.map((one) => `  ${standingText(one)}`),
    'Suggested:',
    ...suggestions.map(
      ({ role, taskType, model, reason }) => `  ${role} of ${taskType}: ${model}. ${reason}`,
    ),
    ...settings.map(
      (one) =>
        `  ${one.setting} = ${JSON.stringify(one.suggested)} (now ${JSON.stringify(one.now)}). ${one.evidence}`,
    ),
    ...(reviews.habit ? [`You usually review ${habitText(reviews.habit)}.`] : []),
  ].join('\n');
}

function standingText({
  taskType,
  model,
  acceptance,
  costUsd,
  minutes,
}: Learned['models'][number]) {
  const each = [
    `${Math.round(100 * acceptance.value)} % approved (${acceptance.count})`,
    ...(costUsd ? [`$${costUsd.value.toFixed(2)}`] : []),
    ...(minutes ? [`${minutes.value.toFixed(1)} min`] : []),
  ];
  return `${taskType.padEnd(11)} ${model}: ${each.join(', ')}`;
}
