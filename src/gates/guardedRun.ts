import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { throwIfCancelled } from '../core/errors.ts';
import type { TestRun, TestRunner } from '../core/testRun.ts';
import { checkoutProblems } from './checkoutState.ts';
import type { GateContext } from './context.ts';
import { repositoryState, stateChange } from './repositoryState.ts';

export interface GuardedRun {
  readonly run: TestRun;
  /** What the run changed that a test has no business with. Any of these fails the gate. */
  readonly problems: readonly string[];
  readonly marks: readonly string[];
}

/** Lays a tree out, runs tests on it, and looks at what they left behind. */
export async function guardedRun(
  context: GateContext,
  tests: TestRunner,
  tree: string,
  files: readonly string[] | undefined,
  signal?: AbortSignal,
): Promise<GuardedRun> {
  throwIfCancelled(signal);
  const { checkout } = context;
  await checkout.lay(tree, signal);
  const git = context.git.at(checkout.path);
  const before = await repositoryState(context.git, git, signal);
  const link = readFileSync(join(checkout.path, '.git'), 'utf8');
  const run = files
    ? await tests.files(checkout.path, files, signal)
    : await tests.all(checkout.path, signal);
  const relinked = restoreLink(join(checkout.path, '.git'), link);
  const state = stateChange(before, await repositoryState(context.git, git, signal));
  // A configuration that a test has written must not decide what git runs here.
  const changed = [...relinked, ...state.problems];
  const behaved = [...changed, ...(run.stopped ? [run.stopped] : [])];
  const problems = behaved.length > 0 ? behaved : await checkoutProblems(git, tree, signal);
  return { run, problems, marks: state.marks };
}

/** The worktree's own `.git` file; everything git does here depends on where it points. */
function restoreLink(path: string, link: string): string[] {
  if (contentOf(path) === link) return [];
  writeFileSync(path, link);
  return ["the worktree's .git was changed by the run"];
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // gone or not a file any more: changed
  }
}
