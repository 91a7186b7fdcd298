import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Patch } from '../core/attempt.ts';
import { throwIfCancelled } from '../core/errors.ts';
import type { GateReport } from '../core/gate.ts';
import type { GateEvents } from '../gates/gate.ts';
import { notFound } from './lookUp.ts';
import { commitGiven, type GivenPatch, layGiven } from './given.ts';
import type { House } from './house.ts';
import { judge } from './judge.ts';

export interface JudgedPatch {
  readonly patch: Patch;
  readonly reports: readonly GateReport[];
}

export interface JudgeOptions {
  /** Whose exception the reproduction may fail with. */
  readonly ticketId?: string;
  /** Where no ticket of this folder tells it: what the reproduction may fail with; null: its assertion only. */
  readonly exceptionType?: string | null;
  /** Results of an earlier run over the same trees, settings and rules are used again. */
  readonly useCache: boolean;
}

/** Runs the gates over a patch that came from elsewhere. Nothing of it is kept but the results. */
export async function judgeGiven(
  house: House,
  given: GivenPatch,
  options: JudgeOptions,
  on: GateEvents,
  signal: AbortSignal,
): Promise<JudgedPatch> {
  const settings = house.settings();
  const { ticketId } = options;
  const known = ticketId === undefined ? undefined : house.backlog.tickets.get(ticketId);
  if (ticketId !== undefined && !known) throw notFound(`ticket ${ticketId}`);
  const { exceptionType: told } = options;
  const toldOf = { metadata: told ? { exceptionType: told } : {} };
  const ticket = known ?? (told === undefined ? undefined : toldOf);
  throwIfCancelled(signal);
  const worktree = await house.worktrees(settings).open(
    {
      branch: 'improvement/to-judge',
      onProgress: house.log,
      ...(given.base === undefined ? {} : { base: given.base }),
    },
    signal,
  );
  try {
    const tests = await house.findTests(join(worktree.path, worktree.prefix), settings);
    const patch = await commitGiven(worktree, await layGiven(worktree, given), {
      ticketId: ticketId ?? 'none',
      attemptId: randomUUID(),
      title: 'A patch to judge',
      summary: '',
      model: 'none',
    });
    const protection = await house.protection();
    const { useCache } = options;
    const judging = { house, settings, on, useCache, signal, ...(ticket ? { ticket } : {}) };
    return { patch, reports: await judge(judging, worktree, patch, tests, protection) };
  } finally {
    await worktree.close({ keepBranch: false });
  }
}
