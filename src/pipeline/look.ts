/** A model's work that changes nothing: counted and kept like an attempt, so that the day's limits hold for it. */
import { randomUUID } from 'node:crypto';
import { type AgentDeps, type Job, runAgent } from '../attempt/agent.ts';
import { escapeInvisible } from '../attempt/visible.ts';
import { type Attempt, type AttemptProgress, noUsage } from '../core/attempt.ts';
import type { Change } from '../core/change.ts';
import { errorMessage, isPatchwrightError } from '../core/errors.ts';
import type { Model } from '../core/model.ts';
import type { Preview } from '../core/plan.ts';
import { redact } from '../core/secrets.ts';
import type { Settings } from '../core/settings.ts';
import type { Ticket } from '../core/ticket.ts';
import type { House } from './house.ts';
import { budgetToday } from './today.ts';

/** A look that has begun. */
export interface Look {
  readonly house: House;
  readonly settings: Settings;
  readonly model: Model;
  readonly attempt: Attempt & { readonly preview: Preview };
  readonly ticket: Ticket;
  readonly budgetUsd?: number;
}

export interface Looked {
  readonly ticket: Ticket;
  readonly preview: Preview;
}

/**
 * Under the lock that drafts are claimed under, so that the day's limits hold for both.
 * @param at what it is about, asked for under the lock
 */
export async function beginLook(
  house: House,
  settings: Settings,
  model: Model,
  at: (now: string) => Looked,
  signal: AbortSignal,
): Promise<Look> {
  return house.backlog.exclusively(
    'draft',
    async () => {
      const now = house.clock.now().toISOString();
      const { ticket, preview } = at(now);
      const budget = model.price ? { budgetUsd: budgetToday(house, settings) } : {};
      const attempt = {
        id: randomUUID(),
        ticketId: ticket.id,
        number: 1,
        branch: '',
        base: await house.git.run(['rev-parse', 'HEAD'], { signal }),
        outcome: 'running' as const,
        startedAt: now,
        runner: house.runner,
        model: model.name,
        steps: 0,
        usage: noUsage,
        preview,
      };
      await house.backlog.write([{ kind: 'attempt', id: attempt.id, fields: attempt }]);
      return { house, settings, model, ticket, attempt, ...budget };
    },
    signal,
  );
}

/** What a model wrote for people: no secret stays in it, and nothing that can't be seen. */
export function plainOf(text: string): string {
  return escapeInvisible(redact(text));
}

interface Work extends Pick<AgentDeps, 'shell' | 'isHidden'> {
  readonly job: Job;
  /** What the model is told first. */
  readonly first: () => Promise<string>;
  readonly limits: Settings['limits'];
  readonly onProgress: (progress: AttemptProgress) => void;
  /** What came of it, to be written with its end. */
  readonly result: () => { readonly fields: Partial<Attempt>; readonly changes: readonly Change[] };
}

/** Runs the loop; what it cost is written down however it ends. Gives the fields it ended with. */
export async function runLook(
  { house, model, attempt, budgetUsd }: Look,
  { first, result, onProgress, ...work }: Work,
  signal: AbortSignal,
): Promise<Partial<Attempt>> {
  const { backlog, folder, git, clock } = house;
  let spent: Partial<Attempt> = {};
  const end = async (fields: Partial<Attempt>, changes: readonly Change[] = []) => {
    const ended = { ...spent, endedAt: clock.now().toISOString(), ...fields };
    await backlog.write([{ kind: 'attempt', id: attempt.id, fields: ended }, ...changes]);
    return ended;
  };
  try {
    await runAgent(
      {
        ...work,
        model,
        root: folder,
        git,
        clock,
        guard: { check: () => ({ ok: false, rule: 'only a look' }) },
        budgetTodayUsd: budgetUsd,
        onProgress: (progress) => {
          if (progress.kind === 'step') {
            const { step: steps, usage, costUsd } = progress;
            spent = { steps, usage, ...(costUsd === undefined ? {} : { costUsd }) };
          }
          onProgress(progress);
        },
        onRefused: () => undefined, // no tool writes
        saveTranscript: (entry) => house.saveTranscript(attempt.id, entry),
        submit: () => Promise.resolve({ accepted: false, feedback: 'Nothing can be submitted.' }),
      },
      await first(),
      signal,
    );
    const { fields, changes } = result();
    return await end({ outcome: 'succeeded', ...fields }, changes);
  } catch (error) {
    const outcome = isPatchwrightError(error, 'cancelled') ? 'cancelled' : 'failed';
    await end({ outcome, error: errorMessage(error) });
    throw error;
  }
}
