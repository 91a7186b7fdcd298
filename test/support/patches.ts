import { join } from 'node:path';
import { rmSync } from 'node:fs';
import type { Patch } from '../../src/core/attempt.ts';
import type { Checkout, Git, Shell } from '../../src/core/ports.ts';
import { defaultSettings, type Settings } from '../../src/core/settings.ts';
import { createProtection } from '../../src/core/protection.ts';
import { createShell } from '../../src/platform/shell.ts';
import { markProcesses } from '../../src/platform/strays.ts';
import type { GateContext } from '../../src/gates/context.ts';
import { findTestRunner } from '../../src/gates/tests/findTestRunner.ts';
import { addCheckout } from './checkout.ts';
import { createRepository, type Tree, writeTree } from './repository.ts';

/** A repository, a worktree beside it, and patches made in that worktree the way an attempt makes them. */
export interface Project {
  readonly main: string;
  readonly git: Git;
  readonly checkout: Checkout;
  /** Writes and deletes in the worktree, commits all of it, and says what the gates need. */
  patch(change: Change): Promise<GateContext>;
}

export interface Change {
  readonly write?: Tree;
  readonly remove?: readonly string[];
  readonly tests?: readonly string[];
  readonly exceptionType?: string | undefined;
  readonly anyException?: boolean;
  /** Default none: the proof itself is what most tests are about. */
  readonly maxMutants?: number;
  readonly test?: Partial<Settings['test']>;
  readonly protect?: readonly string[];
  readonly limits?: Partial<Settings['limits']>;
  readonly shell?: Shell;
  readonly acceptedSecrets?: readonly string[];
  readonly message?: string;
  readonly gates?: Partial<Settings['gates']>;
}

export async function createProject(folder: string, files: Tree): Promise<Project> {
  const main = join(folder, 'main');
  const git = await createRepository(main, files);
  const work = await addCheckout(git, join(folder, 'worktree'));
  const here = git.at(work.path);
  const base = await git.run(['rev-parse', 'HEAD']);
  return {
    main,
    git,
    checkout: work,
    async patch(change) {
      const settings = { ...defaultSettings.test, timeoutSeconds: 60, ...change.test };
      const tests = await findTestRunner({ shell: createShell() }, main, settings);
      await here.run(['checkout', '-q', '-B', 'improvement/x', base]);
      writeTree(work.path, change.write ?? {});
      for (const path of change.remove ?? []) rmSync(join(work.path, path), { recursive: true });
      await here.run(['add', '-A']);
      await here.run(['commit', '-q', '--allow-empty', '-m', change.message ?? 'patch']);
      return {
        patch: await patchOf(here, base, change.tests ?? []),
        git,
        checkout: work,
        treeOfBaseWith: (commit, paths) => work.treeOfBaseWith(commit, paths),
        ...(tests ? { tests } : {}),
        protection: createProtection(change.protect ?? []),
        limits: { ...defaultSettings.limits, ...change.limits },
        settings: { ...defaultSettings.gates, ...change.gates },
        shell: change.shell ?? createShell(),
        held: createShell(),
        mark: markProcesses,
        timeoutMs: settings.timeoutSeconds * 1000,
        folder: '',
        suiteRuns: new Map(),
        acceptedSecrets: new Set(change.acceptedSecrets),
        maxMutants: change.maxMutants ?? 0,
        mainRoot: main,
        ...(change.anyException ? { anyException: true } : {}),
        ...(change.exceptionType ? { exceptionType: change.exceptionType } : {}),
      };
    },
  };
}

/** Without the list of files: the gates read it from git, and so it must not matter. */
export async function patchOf(
  git: Git,
  base: string,
  testFiles: readonly string[],
): Promise<Patch> {
  const commit = await git.run(['rev-parse', 'HEAD']);
  return { base, commit, branch: 'improvement/x', testFiles, files: [] };
}
