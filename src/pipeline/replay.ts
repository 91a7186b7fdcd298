import { join } from 'node:path';
import { type Difference, recordedIn, replay as runAgain } from '../attempt/replay.ts';
import type { Worktree } from '../attempt/worktree.ts';
import type { Attempt, Submission } from '../core/attempt.ts';
import type { AttemptProgress } from '../core/attempt.ts';
import { isPatchwrightError } from '../core/errors.ts';
import { notFound } from './lookUp.ts';
import type { House } from './house.ts';

export interface ReplayReport {
  readonly attemptId: string;
  readonly ticketId: string;
  readonly steps: number;
  readonly differences: readonly Difference[];
  /** Whether the files come out as the attempt committed them; undefined when it committed none. */
  readonly samePatch?: boolean;
}

/**
 * An attempt again, offline, in a worktree of its own that is removed afterwards.
 * @param name the attempt's id, the beginning of one, or a ticket's id for its latest attempt
 */
export async function replay(
  house: House,
  name: string,
  onProgress: (progress: AttemptProgress) => void,
  signal: AbortSignal,
): Promise<ReplayReport> {
  const attempt = house.backlog.attempts.find(name);
  if (!attempt) throw notFound(`attempt ${name}`);
  const recorded = recordedIn(await house.readTranscript(attempt.id));
  const settings = house.settings();
  const worktree = await house.worktrees(settings).open(
    {
      branch: `improvement/replay-${attempt.id.slice(0, 8)}`,
      base: recorded.start.base,
      onProgress: (text) => onProgress({ kind: 'stage', text }),
    },
    signal,
  );
  try {
    const root = join(worktree.path, worktree.prefix);
    const { steps, submission, differences } = await runAgain(
      recorded,
      {
        root,
        git: worktree.git.at(root),
        tests: await house.findTests(root, settings),
        shell: house.shell,
        guard: await house.protection(),
        clock: house.clock,
        limits: settings.limits,
        onProgress,
        onRefused: () => undefined, // was noted when it happened
      },
      signal,
    );
    const patch = submission ? await comparePatch(house, worktree, attempt, submission) : {};
    return { attemptId: attempt.id, ticketId: attempt.ticketId, steps, differences, ...patch };
  } finally {
    await worktree.close({ keepBranch: false });
  }
}

async function comparePatch(
  { backlog, git }: House,
  worktree: Worktree,
  attempt: Attempt,
  { summary, testFiles }: Submission,
): Promise<{ samePatch?: boolean }> {
  const { id: attemptId, ticketId, model } = attempt;
  const request = backlog.requests.list({ ticketId }).find((one) => one.attemptId === attemptId);
  if (!request) return {};
  const { tree } = await worktree.commit({
    ticketId,
    attemptId,
    model,
    title: 'Replay',
    summary,
    testFiles: testFiles.map((file) => worktree.prefix + file),
  });
  try {
    return { samePatch: tree === (await git.run(['rev-parse', `${request.commit}^{tree}`])) };
  } catch (error) {
    if (isPatchwrightError(error, 'git_failed')) return {}; // its branch was deleted since
    throw error;
  }
}
