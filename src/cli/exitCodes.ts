import { type ErrorCode, isPatchwrightError } from '../core/errors.ts';

/** 0 done, 1 failed, 2 usage, 3 nothing to do, 4 refused. */
export const exit = { done: 0, failed: 1, usage: 2, nothing: 3, refused: 4 } as const;

const refused: ReadonlySet<ErrorCode> = new Set([
  'untrusted',
  'limit_reached',
  'resting',
  'gates_failed',
  'would_overwrite',
  'protected_branch',
  'branch_exists',
  'not_a_reviewer',
  'conflict',
  'stale',
  'illegal_move',
  'operation_in_progress',
  'detached_head',
  'unborn_branch',
  'no_git',
  'busy',
  'no_sandbox',
]);

export function exitCodeOf(error: unknown): number {
  if (!isPatchwrightError(error)) return exit.failed;
  if (error.code === 'usage' || error.code === 'invalid_settings') return exit.usage;
  if (error.code === 'nothing_to_do') return exit.nothing;
  return refused.has(error.code) ? exit.refused : exit.failed;
}
