import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { isPatchwrightError } from '../../../src/core/errors.ts';
import type { PatchRequest } from '../../../src/core/patchRequest.ts';
import type { Git } from '../../../src/core/ports.ts';
import { kindAt } from '../../../src/release/overwrites.ts';
import { createRepository, writeTree } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';
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
    const request = await makePatch(template, temp.path('wt'), async (folder, git) => {
      writeTree(folder, {
        'src/a.js': 'patched\n',
        ...Object.fromEntries(added.map((p) => [p, p])),
      });
      rmSync(join(folder, 'lib/c.txt'));
      await git.run(['add', '-f', ...added]);
    });
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
});

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
