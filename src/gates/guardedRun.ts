import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { throwIfCancelled } from '../core/errors.ts';
import type { TestRun, TestRunner } from '../core/testRun.ts';
import { rememberLaid } from './checkoutState.ts';
import type { GateContext } from './context.ts';
import { changedConfig, repositoryState, stateChange, toWatch } from './repositoryState.ts';

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
  const root = context.checkout.path;
  const { result, ...rest } = await guarded(
    context,
    tree,
    () => (files ? tests.files(root, files, signal) : tests.all(root, signal)),
    signal,
  );
  // What the sandbox has ended says more than what it left behind.
  const problems = result.stopped ? [result.stopped, ...rest.problems] : rest.problems;
  if (!files && problems.length === 0) context.suiteRuns.set(tree, result);
  return { run: result, problems, marks: rest.marks };
}

/** The same for anything else that runs on a tree. */
export async function guarded<T>(
  context: Pick<GateContext, 'git' | 'checkout' | 'sandboxed'>,
  tree: string,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<{ readonly result: T } & Omit<GuardedRun, 'run'>> {
  throwIfCancelled(signal);
  const { checkout } = context;
  await checkout.lay(tree, signal);
  const git = context.git.at(checkout.path);
  const link = readFileSync(join(checkout.path, '.git'), 'utf8');
  const watched = toWatch(context.git, git, link);
  const laid = await rememberLaid(git, join(watched.admin, 'index'));
  try {
    const before = await repositoryState(watched, signal);
    const result = await work();
    const relinked = restoreLink(join(checkout.path, '.git'), link);
    const after = await repositoryState(watched, signal);
    const state = stateChange(before, after, context.sandboxed);
    const config = await changedConfig(context.git, before, after, signal);
    // A configuration that a test has written must not decide what git runs here.
    const changed = [...relinked, ...config, ...state.problems];
    if (changed.length > 0) return { result, problems: changed, marks: state.marks };
    const { problems, untracked } = await laid.look(signal);
    // Only of a sandbox is it certain that nothing lives on to write here.
    if (problems.length === 0 && context.sandboxed) checkout.noteLeft?.(untracked);
    return { result, problems, marks: state.marks };
  } finally {
    await laid.dispose();
  }
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
