import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { isPatchwrightError } from '../../../src/core/errors.ts';
import type { PatchRequest, Release } from '../../../src/core/patchRequest.ts';
import type { Git } from '../../../src/core/ports.ts';
import { keepBranch } from '../../../src/release/keep.ts';
import { kindAt } from '../../../src/release/overwrites.ts';
import { createRepository, writeTree } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { quiet, worktreesOf } from '../attempt/worktreeSupport.ts';
import { Crash, crashing, interrupted } from './crashes.ts';
import { filesOf, landIt, makePatch, rollItBack, stateOf } from './workspace.ts';

const tracked = {
  'src/a.js': 'a\n',
  'src/b.js': 'b\n',
  'lib/c.txt': 'c\r\n',
  'd.bin': '\0d\x01',
  '.gitignore': 'build/\n*.local\n',
};
const added = ['test/a.test.js', 'src/new.local', 'build/made.js'];
const touched = ['src/a.js', 'lib/c.txt', ...added];
const paths = [...Object.keys(tracked).filter((path) => path !== '.gitignore'), ...added];
const elsewhere = ['x.txt', 'y.local', 'build/z.o', 'src/deep/w.txt', 'test/other.js'];

/** The same 40 runs each time, unless a long search of new ones is asked for. */
const longRuns = Number(process.env['PROPERTY_RUNS'] ?? 0);

/** One thing a user does to their files between two commits. */
const edit = fc.record({
  path: fc.constantFrom(...paths, ...elsewhere),
  way: fc.constantFrom('write', 'append', 'delete', 'chmod', 'link', 'stage', 'commit', 'stash'),
  text: fc.constantFrom('', 'mine\n', 'mine\r\n', '\0\x02'),
});
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

describe('the user’s bytes', () => {
  const temp = tempFolder('pw-bytes');

  it('are as they were after landing, failing to land and rolling back', async () => {
    const template = await createRepository(temp.path('template'), tracked);
    const request = await patchFor(template, temp.path('wt'));
    const outcomes = { landed: 0, refused: 0, rolledBack: 0 };
    let run = 0;
    const property = fc.asyncProperty(
      fc.array(edit, { maxLength: 5 }),
      fc.array(edit, { maxLength: 2 }),
      async (before, after) => {
        const root = temp.path(`run${run++}`);
        cpSync(template.cwd, root, { recursive: true, verbatimSymlinks: true });
        await check(template.at(root), request, before, after, outcomes);
        rmSync(root, { recursive: true });
      },
    );
    await fc.assert(
      property,
      longRuns > 0 ? { numRuns: longRuns } : { numRuns: 40, seed: 20261120 },
    );
    assert.ok(Math.min(...Object.values(outcomes)) >= 3, JSON.stringify(outcomes));
  }).timeout(120_000 + 1_000 * longRuns);

  /** Two halves beside each other: most of the time goes by waiting for git. */
  it('are as they were whatever is decided, cancelled or crashes at whatever step', async () => {
    const template = await createRepository(temp.path('operations'), tracked);
    const request = await patchFor(template, temp.path('wt2'));
    const tally = new Map<string, number>();
    const check = fc.asyncProperty(
      fc.array(fc.oneof(edit, operation), { minLength: 3, maxLength: 6 }),
      async (steps) => {
        const root = temp.path(`op${run++}`);
        cpSync(template.cwd, root, { recursive: true, verbatimSymlinks: true });
        await perform(template.at(root), request, steps, tally);
        rmSync(root, { recursive: true });
        rmSync(`${root}-home`, { recursive: true, force: true });
      },
    );
    let run = 0;
    const half = (seed: number): Promise<void> =>
      fc.assert(
        check,
        longRuns > 0 ? { numRuns: Math.ceil(longRuns / 2) } : { numRuns: 150, seed },
      );
    await Promise.all([half(20261128), half(20261129)]);
    for (const what of [
      'landed',
      'refused',
      'rolled back',
      'kept',
      'drafted',
      'cancelled',
      'crashed',
    ]) {
      assert.ok((tally.get(what) ?? 0) >= 3, JSON.stringify([...tally]));
    }
  }).timeout(900_000 + 1_000 * longRuns);

  for (const name of ['landing', 'rolling back'] as const) {
    it(`are as they were, and the work is taken up again, after a crash at each step of ${name}`, async () => {
      const template = await createRepository(temp.path('crashes'), tracked);
      const request = await patchFor(template, temp.path('wt3'));
      writeFileSync(join(template.cwd, 'src/b.js'), 'unsaved work\n');
      const release = name === 'rolling back' ? await landIt(template, request) : undefined;
      const act = (git: Git): Promise<unknown> =>
        release ? rollItBack(git, release) : landIt(git, request);
      const target = await finished(template, temp.path('target'), act);
      for (let steps = 0; ; steps += 1) {
        const root = temp.path(`crash${steps}`);
        cpSync(template.cwd, root, { recursive: true, verbatimSymlinks: true });
        const git = template.at(root);
        const own = userFiles(root);
        const hasCrashed = await act(crashing(git, steps)).then(
          () => false,
          (error) => {
            if (!isCrash(error)) throw error;
            return true;
          },
        );
        assert.deepEqual(userFiles(root), own);
        await git.run(['fsck', '--no-dangling']);
        // The next start: it is either done already, or can be done now.
        await act(git).catch((error: unknown) => {
          if (!isPatchwrightError(error, 'nothing_to_do')) throw error;
        });
        assert.equal(await git.run(['rev-parse', 'HEAD^{tree}']), target);
        assert.deepEqual(userFiles(root), own);
        rmSync(root, { recursive: true });
        if (!hasCrashed) {
          assert.ok(steps >= 10, `only ${steps} steps`);
          break;
        }
      }
    }).timeout(300_000);
  }
});

/** The tree that a step leads to when nothing gets in its way. */
async function finished(
  template: Git,
  root: string,
  act: (git: Git) => Promise<unknown>,
): Promise<string> {
  cpSync(template.cwd, root, { recursive: true, verbatimSymlinks: true });
  const git = template.at(root);
  await act(git);
  return git.run(['rev-parse', 'HEAD^{tree}']);
}

function isCrash(error: unknown): boolean {
  for (let one = error; one instanceof Error; one = one.cause)
    if (one instanceof Crash) return true;
  return false;
}

function patchFor(template: Git, worktree: string): Promise<PatchRequest> {
  return makePatch(template, worktree, async (folder, git) => {
    writeTree(folder, {
      'src/a.js': 'patched\n',
      ...Object.fromEntries(added.map((p) => [p, p])),
    });
    rmSync(join(folder, 'lib/c.txt'));
    await git.run(['add', '-f', ...added]);
  });
}

/** What Patchwright is told to do, and after how many of git's steps it is cancelled or dies. */
const operation = fc.record({
  decide: fc.constantFrom('approve', 'approve', 'keep', 'roll back', 'roll back', 'draft'),
  end: fc.constantFrom('well', 'well', 'cancel', 'crash'),
  after: fc.nat({ max: 30 }),
});
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

async function perform(
  git: Git,
  request: PatchRequest,
  steps: readonly (Edit | Operation)[],
  tally: Map<string, number>,
): Promise<void> {
  let release: Release | undefined;
  const count = (what: string): void => void tally.set(what, (tally.get(what) ?? 0) + 1);
  for (const step of steps) {
    if ('way' in step) {
      await apply(git, step);
      continue;
    }
    const controller = new AbortController();
    const own = userFiles(git.cwd);
    const stash = stashOf(git.cwd);
    const index = indexOf(git.cwd);
    const interruptible =
      step.end === 'well'
        ? git
        : step.end === 'crash'
          ? crashing(git, step.after)
          : interrupted(git, step.after, () => controller.abort());
    try {
      if (step.decide === 'approve') {
        release = await landIt(interruptible, request, {}, controller.signal);
        count('landed');
      } else if (step.decide === 'keep') {
        await keepBranch({ git: interruptible }, request, controller.signal);
        count('kept');
      } else if (step.decide === 'draft') {
        await draft(interruptible, `${git.cwd}-home`, controller.signal);
        count('drafted');
      } else if (release) {
        await rollItBack(interruptible, release);
        count('rolled back');
      }
    } catch (error) {
      if (isCrash(error)) count('crashed');
      else if (!isPatchwrightError(error)) throw error;
      else {
        assert.notEqual(error.code, 'git_failed', error.message);
        count(error.code === 'cancelled' ? 'cancelled' : 'refused');
      }
    }
    assert.deepEqual(userFiles(git.cwd), own, JSON.stringify(step));
    assert.deepEqual(stashOf(git.cwd), stash);
    await keepsIndex(git, index, step);
  }
  await git.run(['fsck', '--no-dangling']);
}

/** What an attempt does to the repository: a worktree, a branch, two commits. */
async function draft(git: Git, home: string, signal: AbortSignal): Promise<void> {
  const worktree = await worktreesOf(git, home).open(
    { branch: 'improvement/drafted', onProgress: quiet },
    signal,
  );
  let keepBranch = false;
  try {
    rmSync(join(worktree.path, 'src/a.js'), { force: true }); // a link that was committed may lead to itself
    writeTree(worktree.path, { 'src/a.js': 'drafted\n', 'test/drafted.test.js': 'drafted\n' });
    const words = { ticketId: 't', attemptId: 'a', model: 'm', title: 'Drafted', summary: '' };
    await worktree.commit({ ...words, testFiles: ['test/drafted.test.js'] });
    keepBranch = true;
  } finally {
    await worktree.close({ keepBranch });
  }
}

/** Every stash, as git writes them down: read without a process, as runs are many. */
function stashOf(root: string): Buffer | undefined {
  const log = join(root, '.git/logs/refs/stash');
  return existsSync(log) ? readFileSync(log) : undefined;
}

function indexOf(root: string): Buffer {
  return readFileSync(join(root, '.git/index'));
}

/** Where the index is another file than before: it holds the same of all but what the patch is about. */
async function keepsIndex(git: Git, before: Buffer, step: Operation): Promise<void> {
  if (indexOf(git.cwd).equals(before)) return;
  const copy = join(git.cwd, '.git/index-before');
  writeFileSync(copy, before);
  assert.deepEqual(await stagedIn(git), await stagedIn(git, copy), JSON.stringify(step));
  rmSync(copy);
}

/** What an index holds of all but what the patch itself is about. */
async function stagedIn(git: Git, file = join(git.cwd, '.git/index')): Promise<readonly string[]> {
  const extraEnv = { GIT_INDEX_FILE: file };
  const entries = (await git.run(['ls-files', '--stage', '-z'], { extraEnv })).split('\0');
  return entries.filter((entry) => !touched.includes(entry.split('\t')[1] ?? ''));
}

async function check(
  git: Git,
  request: PatchRequest,
  before: readonly Edit[],
  after: readonly Edit[],
  outcomes: { landed: number; refused: number; rolledBack: number },
): Promise<void> {
  for (const one of before) await apply(git, one);
  const release = await keepsAll(git, () => landIt(git, request));
  outcomes[release ? 'landed' : 'refused']++;
  if (!release) return;
  for (const one of after) await apply(git, one);
  if (await keepsAll(git, () => rollItBack(git, release))) outcomes.rolledBack++;
}

/** Runs a step; whether or not it succeeds, what is the user's must be there afterwards. */
async function keepsAll<T>(git: Git, step: () => Promise<T>): Promise<T | undefined> {
  const before = await stateOf(git);
  const own = userFiles(git.cwd);
  try {
    const result = await step();
    assert.deepEqual(userFiles(git.cwd), own);
    assert.equal((await stateOf(git))['stash'], before['stash']);
    await git.run(['fsck', '--no-dangling']);
    return result;
  } catch (error) {
    if (!isPatchwrightError(error)) throw error;
    assert.notEqual(error.code, 'git_failed', error.message);
    assert.deepEqual(await stateOf(git), before);
    return undefined;
  }
}

/** All but what the patch itself is about; folders may come and go with their files. */
function userFiles(root: string): Record<string, string> {
  const all = Object.entries(filesOf(root));
  return Object.fromEntries(all.filter(([path]) => !touched.includes(path) && !path.endsWith('/')));
}

async function apply(git: Git, { path, way, text }: Edit): Promise<void> {
  const at = join(git.cwd, path);
  const make = (write: () => void): void => {
    mkdirSync(dirname(at), { recursive: true });
    if (kindAt(at) === 'link') rmSync(at); // it may lead to itself
    write();
  };
  switch (way) {
    case 'write':
      return make(() => writeFileSync(at, text));
    case 'append':
      return make(() => appendFileSync(at, text));
    case 'delete':
      return rmSync(at, { force: true });
    case 'chmod':
      return make(() => {
        appendFileSync(at, '');
        chmodSync(at, 0o755);
      });
    case 'link':
      return make(() => {
        rmSync(at, { force: true });
        symlinkSync('a.js', at);
      });
    case 'stage':
      await git.run(['add', '-A', '--', '.']);
      return undefined;
    case 'commit':
      await git.run(['commit', '-q', '--allow-empty', '-a', '-m', 'mine']);
      return undefined;
    case 'stash':
      await git.run(['stash', '-q', '--include-untracked']);
  }
}
