import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Worktree } from '../attempt/worktree.ts';
import type { Patch } from '../core/attempt.ts';
import type { Protection } from '../core/protection.ts';
import type { Settings } from '../core/settings.ts';
import type { TestRunner } from '../core/testRun.ts';
import type { ToolFinding } from '../core/toolFix.ts';

/** What is installed for the tests; a change of it may change their results. */
const installed = [
  'node_modules/.package-lock.json',
  'node_modules/.yarn-state.yml',
  'node_modules/.modules.yaml',
  '.venv/pyvenv.cfg',
  'venv/pyvenv.cfg',
];

/** Settings of other stages; any that is new counts until it is named here. */
const unrelated = new Set([
  'sources',
  'thresholds',
  'selection',
  'model',
  'approve',
  'pullRequest',
  'monitor',
]);

/** Everything that the results of gates depend on: a change of any of it makes them run again. */
export async function gateKey(
  worktree: Worktree,
  patch: Patch,
  {
    settings,
    protection,
    tests,
    exceptionType,
    accepted,
    finding,
  }: {
    readonly settings: Settings;
    readonly protection: Protection;
    readonly tests: TestRunner | undefined;
    readonly exceptionType: string | null;
    /** Findings that are no secrets. */
    readonly accepted: ReadonlySet<string>;
    /** What the tool that made the patch is the proof of. */
    readonly finding?: ToolFinding | undefined;
  },
): Promise<unknown> {
  const { git, prefix, path } = worktree;
  const tree = (commit: string): Promise<string> => git.run(['rev-parse', `${commit}^{tree}`]);
  const rules = Object.entries(settings).filter(([name]) => !unrelated.has(name));
  return {
    repository: await git.run(['rev-parse', '--path-format=absolute', '--git-common-dir']),
    base: await tree(patch.base),
    patch: await tree(patch.commit),
    prefix,
    testFiles: patch.testFiles,
    exceptionType,
    accepted: [...accepted].sort(),
    finding: finding ?? null,
    rules,
    protection: protection.patterns,
    tests: tests?.title ?? null,
    installed: await Promise.all(installed.map((name) => hashOf(join(path, prefix, name)))),
    platform: [process.platform, process.version],
  };
}

async function hashOf(file: string): Promise<string> {
  const content = await readFile(file).catch(() => undefined);
  return content ? createHash('sha256').update(content).digest('hex') : '';
}
