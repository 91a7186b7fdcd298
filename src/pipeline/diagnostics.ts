import { join } from 'node:path';
import type { Worktree } from '../attempt/worktree.ts';
import type { Patch } from '../core/attempt.ts';
import type { Diagnostics } from '../core/diagnostics.ts';
import { isPatchwrightError } from '../core/errors.ts';
import type { Settings } from '../core/settings.ts';
import { type Checking, hasCheckers, introducedBy } from '../gates/staticAnalysis.ts';
import type { House } from './house.ts';

/**
 * The checkers of the gate for static analysis, for the model to ask before it submits. None where the
 * project has none. @param snapshot commits what the worktree holds
 */
export async function diagnosticsOf(
  house: House,
  settings: Settings,
  worktree: Worktree,
  snapshot: () => Promise<Patch>,
  signal: AbortSignal,
): Promise<{ readonly diagnostics?: Diagnostics }> {
  const { base, branch, path, prefix } = worktree;
  const checking: Omit<Checking, 'patch'> = {
    git: house.git,
    checkout: worktree,
    folder: prefix,
    held: await house.held(join(path, prefix), settings),
    timeoutMs: settings.test.timeoutSeconds * 1000,
  };
  const none: Patch = { base, commit: base, branch, testFiles: [], files: [] };
  if (!settings.gates.static.enabled) return {};
  if (!(await hasCheckers({ ...checking, patch: none }, signal))) return {};
  return {
    diagnostics: {
      async introduced(_root, _base, during) {
        const patch = await changedSoFar(snapshot);
        if (!patch) return [];
        try {
          return await introducedBy({ ...checking, patch }, during);
        } finally {
          await worktree.lay(patch.commit); // the model goes on from what it had
        }
      },
    },
  };
}

/** undefined: nothing is changed yet. */
async function changedSoFar(snapshot: () => Promise<Patch>): Promise<Patch | undefined> {
  try {
    return await snapshot();
  } catch (error) {
    if (isPatchwrightError(error, 'nothing_to_do')) return undefined;
    throw error;
  }
}
