import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from '../../../src/core/ports.ts';
import { suspectText } from '../../../src/core/suspects.ts';
import type { TicketMetadata } from '../../../src/core/ticket.ts';
import { findSuspects } from '../../../src/pipeline/suspects.ts';
import { createGit } from '../../../src/platform/git.ts';
import { createShell } from '../../../src/platform/shell.ts';
import { createRepository, type Tree, writeTree } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';

const first = '2026-03-10T12:00:00.000Z';

function numbered(count: number, changed: Readonly<Record<number, string>> = {}): string {
  const lines = Array.from({ length: count }, (_, i) => changed[i + 1] ?? `line ${i + 1};`);
  return `${lines.join('\n')}\n`;
}

describe('suspect commits', function () {
  this.timeout(60_000);
  const temp = tempFolder('pw-suspects');
  let folder = '';
  let git: Git;

  const commit = async (at: string, subject: string, files: Tree): Promise<string> => {
    writeTree(folder, files);
    const extraEnv = { GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at };
    await git.run(['add', '-A']);
    await git.run(['commit', '-q', '-m', subject], { extraEnv });
    return git.run(['rev-parse', 'HEAD']);
  };
  const at = (file: string, line?: number) => ({ file, ...(line === undefined ? {} : { line }) });
  const find = (metadata: TicketMetadata, firstSeen = first) =>
    findSuspects(git, { metadata }, firstSeen);

  beforeEach(async () => {
    folder = temp.path('shop');
    mkdirSync(folder);
    git = createGit(createShell(), folder);
    await git.run(['init', '-q', '-b', 'work']);
    await git.run(['config', 'user.name', 'Tester']);
    await git.run(['config', 'user.email', 'tester@example.com']);
    await git.run(['config', 'commit.gpgsign', 'false']);
    const tree = { 'src/cart.js': numbered(40), 'src/api.js': numbered(40), 'readme.md': 'x\n' };
    await commit('2025-06-01T00:00:00Z', 'Begin', tree);
  });

  it('names the commit that changed the failing line first, with what it changed and when', async () => {
    const near = await commit('2026-03-08T12:00:00Z', 'Tidy', {
      'src/cart.js': numbered(40, { 9: 'tidy();' }),
    });
    const culprit = await commit('2026-03-10T10:00:00Z', 'Read prices from a table', {
      'src/cart.js': numbered(40, { 7: 'broken();', 9: 'tidy();' }),
    });
    const caller = await commit('2026-03-10T11:00:00Z', 'New route', {
      'src/api.js': numbered(40, { 3: 'total();' }),
    });
    await commit('2026-03-10T11:30:00Z', 'Words only', { 'readme.md': 'y\n' });
    await commit('2026-03-11T12:00:00Z', 'Too late', {
      'src/cart.js': `new line;\n${numbered(40, { 7: 'late();', 9: 'tidy();' })}`,
    });

    const suspects = await find({
      location: at('src/cart.js', 7),
      stack: [at('src/cart.js', 7), at('src/api.js', 3), at('/usr/lib/x.js', 1)],
    });
    assert.deepEqual(
      suspects.map((one) => [one.commit, one.reasons]),
      [
        [culprit, ['changed src/cart.js:7, the failing line, 2 hours before the first occurrence']],
        [
          caller,
          ['changed src/api.js:3, a line that led there, 1 hour before the first occurrence'],
        ],
        [near, ['changed lines near src/cart.js:7, 2 days before the first occurrence']],
      ],
    );
    assert.equal(suspects[0]?.author, 'Tester');
    assert.match(suspects.map(suspectText)[0] ?? '', /Read prices from a table \(Tester\)/);
  });

  it('looks through a commit that only indented the line', async () => {
    const culprit = await commit('2026-03-09T12:00:00Z', 'Change', {
      'src/cart.js': numbered(40, { 7: 'broken();' }),
    });
    await commit('2026-03-10T11:00:00Z', 'Indent', {
      'src/cart.js': numbered(40, { 7: '  broken();' }),
    });
    const suspects = await find({ location: at('src/cart.js', 7) });
    const line = suspects.find(({ reasons }) =>
      reasons.some((text) => text.includes('the failing')),
    );
    assert.equal(line?.commit, culprit);
  });

  it('names who touched the file lately when no line is known', async () => {
    const recent = await commit('2026-03-01T12:00:00Z', 'Change', {
      'src/cart.js': numbered(40, { 30: 'x();' }),
    });
    assert.deepEqual(
      (await find({ location: at('src/cart.js') })).map((one) => one.commit),
      [recent],
    );
  });

  it('goes by when a commit was written, should the history have been rewritten since', async () => {
    writeTree(folder, { 'src/cart.js': numbered(40, { 7: 'broken();' }) });
    const extraEnv = { GIT_AUTHOR_DATE: '2026-03-10T10:00:00Z' };
    await git.run(['checkout', '-q', '--orphan', 'rewritten']);
    await git.run(['add', '-A']);
    await git.run(['commit', '-q', '-m', 'Rebased'], { extraEnv });
    const [suspect] = await find({ location: at('src/cart.js', 7) });
    assert.equal(suspect?.subject, 'Rebased');
    assert.equal(suspect?.at, '2026-03-10T10:00:00.000Z');
  });

  it('works in a folder below the repository’s root', async () => {
    const culprit = await commit('2026-03-10T10:00:00Z', 'Change', {
      'src/cart.js': numbered(40, { 7: 'broken();' }),
    });
    const below = git.at(join(folder, 'src'));
    const metadata = { location: at('cart.js', 7) };
    assert.equal((await findSuspects(below, { metadata }, first))[0]?.commit, culprit);
  });

  it('finds none without a place, a history, or for what git does not know', async () => {
    assert.deepEqual(await find({}), []);
    assert.deepEqual(await find({ location: at('src/new.js', 1) }), []);
    assert.deepEqual(await find({ location: at(':(glob)**', 1) }), []);
    assert.deepEqual(await find({ location: at('../outside.js', 1) }), []);
    assert.deepEqual(await find({ location: at('src/cart.js', 7) }, 'no date'), []);
    assert.deepEqual(await find({ location: at('src/cart.js', 7) }, '2024-01-01T00:00:00Z'), []);
    mkdirSync(temp.path('plain'));
    const plain = git.at(temp.path('plain'));
    const metadata = { location: at('src/cart.js', 7) };
    assert.deepEqual(await findSuspects(plain, { metadata }, first), []);
    const empty = git.at(temp.path('empty'));
    mkdirSync(temp.path('empty'));
    await empty.run(['init', '-q']);
    assert.deepEqual(await findSuspects(empty, { metadata }, first), []);
  });

  it('keeps secrets and hidden characters of a commit’s words out', async () => {
    const token = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;
    await commit('2026-03-10T10:00:00Z', `Use ${token}\u202e here`, {
      'src/cart.js': numbered(40, { 7: 'broken();' }),
    });
    const [suspect] = await find({ location: at('src/cart.js', 7) });
    assert.ok(suspect && !suspect.subject.includes(token) && !suspect.subject.includes('\u202e'));
    assert.match(suspect.subject, /^Use /);
  });

  it('ends when it is cancelled', async () => {
    const metadata = { location: at('src/cart.js', 7) };
    const asked = findSuspects(git, { metadata }, first, AbortSignal.abort());
    await assert.rejects(asked, { code: 'cancelled' });
  });

  it('starts from a repository as the demo makes one', async () => {
    const other = await createRepository(temp.path('other'), { 'a.js': 'x\n' });
    const now = new Date().toISOString();
    const [suspect] = await findSuspects(other, { metadata: { location: at('a.js', 1) } }, now);
    assert.deepEqual(suspect?.reasons, [
      'changed a.js:1, the failing line, less than a minute before the first occurrence',
    ]);
  });
});
