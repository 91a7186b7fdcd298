import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { diffText, parseDiffTree, patchOf } from '../../../src/attempt/patch.ts';
import type { Worktree } from '../../../src/attempt/worktree.ts';
import type { Git } from '../../../src/core/ports.ts';
import { createRepository, writeTree } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { quiet, worktreesOf } from './worktreeSupport.ts';

const words = {
  ticketId: 'exception-0a1b2c3d',
  attemptId: '11111111-2222',
  model: 'a-model-1',
  title: 'TypeError in cart',
  summary: 'Handles the empty cart.',
  testFiles: ['test/cart.test.js'],
};
const files = {
  'src/cart.js': 'one\ntwo\nthree\nfour\nfive\n',
  '.gitignore': '*.log\n',
  'old.js': 'old\n',
};

describe('committing a patch', () => {
  const folder = tempFolder('pw-commit');
  let git: Git;
  let worktree: Worktree;
  const at = (path: string): string => join(worktree.path, path);

  beforeEach(async () => {
    git = await createRepository(folder.path('main'), files);
    worktree = await worktreesOf(git, folder.path('home')).open({
      branch: 'improvement/t',
      onProgress: quiet,
    });
  });
  afterEach(() => worktree.close({ keepBranch: false }));

  const show = (format: string, commit: string): Promise<string> =>
    git.run(['log', '-1', `--format=${format}`, commit]);
  const changed = async (from: string, to: string): Promise<string[]> =>
    (await git.run(['diff', '--name-only', '--no-renames', from, to])).split('\n');

  it('makes two commits, the test and then the fix, that name ticket, attempt and model', async () => {
    writeTree(worktree.path, {
      'src/cart.js': 'fixed\n',
      'test/cart.test.js': 'test\n',
      'noise.log': 'ignored\n',
    });
    rmSync(at('old.js'));
    const { commit, tree } = await worktree.commit(words);
    assert.equal(await git.run(['rev-parse', 'improvement/t']), commit);
    assert.equal(await git.run(['rev-parse', `${commit}^{tree}`]), tree);
    assert.equal(await git.run(['rev-parse', `${commit}~2`]), worktree.base);
    assert.deepEqual(await changed(worktree.base, `${commit}~1`), ['test/cart.test.js']);
    assert.deepEqual(await changed(`${commit}~1`, commit), ['old.js', 'src/cart.js']);
    assert.equal(await show('%s', `${commit}~1`), 'Reproduce: TypeError in cart');
    assert.equal(await show('%s', commit), 'Fix: TypeError in cart');
    assert.match(await show('%b', commit), /^Handles the empty cart\.\n\n/);
    for (const one of [commit, `${commit}~1`]) {
      assert.deepEqual((await show('%(trailers:only)', one)).trim().split('\n'), [
        'Patchwright-Ticket: exception-0a1b2c3d',
        'Patchwright-Attempt: 11111111-2222',
        'Assisted-by: a-model-1',
      ]);
    }
    assert.equal(await git.at(worktree.path).run(['status', '--porcelain']), '');
  });

  it('replaces what it committed before, on the same base', async () => {
    writeTree(worktree.path, { 'src/cart.js': 'first try\n', 'test/cart.test.js': 'test\n' });
    await worktree.commit(words);
    writeTree(worktree.path, { 'src/cart.js': 'second try\n' });
    const { commit } = await worktree.commit(words);
    assert.equal(await git.run(['rev-parse', `${commit}~2`]), worktree.base);
    assert.equal(await git.run(['show', `${commit}:src/cart.js`]), 'second try');
    await worktree.lay(worktree.base);
    await assert.rejects(worktree.commit(words), { code: 'nothing_to_do' });
    await worktree.lay(commit);
    assert.equal(
      (await worktree.commit(words)).tree,
      await git.run(['rev-parse', `${commit}^{tree}`]),
    );
  });

  it('makes one commit where there is only a test or only a fix', async () => {
    writeTree(worktree.path, { 'test/cart.test.js': 'test\n' });
    const test = await worktree.commit(words);
    assert.equal(await git.run(['rev-parse', `${test.commit}~1`]), worktree.base);
    assert.match(await show('%s', test.commit), /^Reproduce: /);
    rmSync(at('test'), { recursive: true });
    writeTree(worktree.path, { 'src/cart.js': 'fixed\n' });
    const fix = await worktree.commit(words);
    assert.equal(await git.run(['rev-parse', `${fix.commit}~1`]), worktree.base);
    assert.match(await show('%s', fix.commit), /^Fix: /);
  });

  it('puts no commit over one that is not ours', async () => {
    const mine = await git.run(['commit-tree', 'HEAD^{tree}', '-p', 'HEAD', '-m', 'by hand']);
    await git.run(['update-ref', 'refs/heads/improvement/t', mine]);
    writeTree(worktree.path, { 'src/cart.js': 'fixed\n' });
    await assert.rejects(worktree.commit(words), { code: 'conflict' });
    assert.equal(await git.run(['rev-parse', 'improvement/t']), mine);
  });

  it('signs nothing, asks nothing, and has an identity where the user has none', async () => {
    await git.run(['config', 'commit.gpgsign', 'true']);
    await git.run(['config', 'gpg.program', '/nonexistent']);
    await git.run(['config', 'user.useConfigOnly', 'true']);
    await git.run(['config', 'i18n.commitEncoding', 'ISO-8859-1']);
    writeTree(worktree.path, { 'src/cart.js': 'fixed\n' });
    const theirs = await worktree.commit({ ...words, title: 'Überlauf 🛒' });
    assert.equal(await show('%an <%ae> %cn', theirs.commit), 'Tester <tester@example.com> Tester');
    assert.equal(await show('%s', theirs.commit), 'Fix: Überlauf 🛒');
    await git.run(['config', 'user.name', '']);
    await git.run(['config', '--unset', 'user.email']);
    writeTree(worktree.path, { 'src/cart.js': 'fixed again\n' });
    const own = await worktree.commit(words);
    assert.match(await show('%an <%ae>', own.commit), /^\S+ <\S+@\S+>$/);
    const author = { name: 'A B', email: 'a@b.example' };
    writeTree(worktree.path, { 'src/cart.js': 'and again\n' });
    const given = await worktree.commit({ ...words, author });
    assert.equal(await show('%an <%ae>', given.commit), 'A B <a@b.example>');
  });

  it('lets no title or summary forge trailers, colours or lines', async () => {
    writeTree(worktree.path, { 'src/cart.js': 'fixed\n' });
    const { commit } = await worktree.commit({
      ...words,
      ticketId: 't\nPatchwright-Ticket: other',
      title: `a\u001b[31m\u202eb\r\n\nSigned-off-by: Boss <b@c>\u0000${'x'.repeat(9_999)}`,
      summary: `\u0007text\r\n\r\nPatchwright-Attempt: forged\n\n\n${'y'.repeat(99_999)}`,
    });
    const raw = await show('%B', commit);
    assert.doesNotMatch(raw, /[^\n\P{Cc}]|\u202e/u);
    assert.ok(raw.length < 6_000);
    const subject = await show('%s', commit);
    assert.match(subject, /^Fix: ab Signed-off-by: Boss <b@c>x+…$/);
    assert.ok(subject.length <= 72);
    const trailers = await show('%(trailers:key=Patchwright-Attempt,valueonly)', commit);
    assert.equal(trailers.trim(), '11111111-2222');
    const tickets = await show('%(trailers:key=Patchwright-Ticket)', commit);
    assert.equal(tickets.trim().split('\n').length, 1);
  });

  it('takes every kind of change, and names with any character', async () => {
    const odd = [
      'sp ace.js',
      'quo"te.js',
      'tab\there.js',
      'new\nline.js',
      'ünï.js',
      ':(top)x.js',
      '-dash.js',
    ];
    for (const name of odd) writeFileSync(at(name), 'odd\n');
    chmodSync(at('src/cart.js'), 0o755);
    unlinkSync(at('old.js'));
    mkdirSync(at('old.js'));
    writeFileSync(at('old.js/inside.js'), 'a folder now\n');
    symlinkSync('src/cart.js', at('link'));
    writeFileSync(at('binary.bin'), Buffer.from([0, 1, 2, 255]));
    const { commit } = await worktree.commit({
      ...words,
      testFiles: ['new\nline.js', 'tab\there.js'],
    });
    const patch = await patchOf(git, worktree.base, commit, 'improvement/t', []);
    const byPath = new Map(patch.files.map((file) => [file.path, file]));
    assert.deepEqual(
      [...byPath.keys()].sort(),
      [...odd, 'binary.bin', 'link', 'old.js', 'old.js/inside.js', 'src/cart.js'].sort(),
    );
    assert.equal(byPath.get('src/cart.js')?.newMode, '100755');
    assert.equal(byPath.get('link')?.newMode, '120000');
    assert.equal(byPath.get('old.js')?.status, 'deleted');
    assert.deepEqual(
      [byPath.get('binary.bin')?.added, byPath.get('binary.bin')?.removed],
      [-1, -1],
    );
    assert.equal(byPath.get('new\nline.js')?.added, 1);
    assert.deepEqual(
      (await patchOf(git, worktree.base, `${commit}~1`, 'b', [])).files
        .map(({ path }) => path)
        .sort(),
      ['new\nline.js', 'tab\there.js'],
    );
  });

  it('says which repositories inside the worktree it had to leave out, and runs none of their programs', async () => {
    const evil = await createRepository(at('planted'), { 'x.js': 'x\n' });
    await evil.run(['config', 'core.fsmonitor', `touch ${folder.path('RAN')}`]);
    writeTree(worktree.path, { 'src/cart.js': 'fixed\n' });
    const { commit, skipped } = await worktree.commit(words);
    assert.deepEqual(skipped, ['planted/']);
    assert.deepEqual(await changed(worktree.base, commit), ['src/cart.js']);
    rmSync(at('planted'), { recursive: true });
  });

  it('leaves out dependencies that were brought along, even where git does not ignore them', async () => {
    await worktree.close({ keepBranch: false });
    writeTree(git.cwd, { 'node_modules/dep/index.js': 'dep\n' });
    worktree = await worktreesOf(git, folder.path('home')).open({
      branch: 'improvement/t',
      onProgress: quiet,
    });
    assert.deepEqual(worktree.provided, ['node_modules']);
    writeTree(worktree.path, {
      'src/cart.js': 'fixed\n',
      'node_modules/dep/index.js': 'changed\n',
    });
    const { commit } = await worktree.commit(words);
    assert.deepEqual(await changed(worktree.base, commit), ['src/cart.js']);
  });
});

describe('reading a patch', () => {
  const folder = tempFolder('pw-patch');

  it('tells renames, mode changes, binary files, links and submodules apart', async () => {
    const long = Array.from({ length: 40 }, (_, at) => `line ${at}`).join('\n');
    const git = await createRepository(folder.path('main'), {
      'a.js': `${long}\n`,
      'run.sh': 'x\n',
      'gone.js': 'gone\n',
      'kind.js': 'kind\n',
      'pic.png': '\0\0old',
    });
    const base = await git.run(['rev-parse', 'HEAD']);
    await git.run(['mv', 'a.js', 'b "quoted"\tü.js']);
    writeTree(git.cwd, { 'b "quoted"\tü.js': `${long}\nmore\n`, 'pic.png': '\0\0new' });
    chmodSync(join(git.cwd, 'run.sh'), 0o755);
    rmSync(join(git.cwd, 'gone.js'));
    rmSync(join(git.cwd, 'kind.js'));
    symlinkSync('run.sh', join(git.cwd, 'kind.js'));
    await git.run(['add', '-A']);
    await git.run(['update-index', '--add', '--cacheinfo', `160000,${base},sub`]);
    await git.run(['commit', '-q', '-m', 'all kinds']);
    await git.run(['config', 'diff.renames', 'false']);
    await git.run(['config', 'diff.noprefix', 'true']);
    await git.run(['config', 'diff.external', 'false']);
    const commit = await git.run(['rev-parse', 'HEAD']);
    const patch = await patchOf(git, base, commit, 'b', ['t.js']);
    const common = { base, commit, branch: 'b', testFiles: ['t.js'] };
    const file = (
      path: string,
      status: string,
      oldMode: string,
      newMode: string,
      added: number,
      removed: number,
    ) => ({ path, status, oldMode, newMode, added, removed });
    const { files, ...rest } = patch;
    assert.deepEqual(rest, common);
    assert.deepEqual(
      [...files].sort((a, b) => (a.path < b.path ? -1 : 1)),
      [
        { ...file('b "quoted"\tü.js', 'renamed', '100644', '100644', 1, 0), oldPath: 'a.js' },
        file('gone.js', 'deleted', '100644', '000000', 0, 1),
        file('kind.js', 'type_changed', '100644', '120000', 1, 1),
        file('pic.png', 'modified', '100644', '100644', -1, -1),
        file('run.sh', 'modified', '100644', '100755', 0, 0),
        file('sub', 'added', '000000', '160000', 1, 0),
      ],
    );
    const diff = await diffText(git, base, commit);
    assert.match(diff, /^rename from a\.js$/m);
    assert.match(diff, /^\+more$/m);
    assert.match(diff, /^diff --git a\/run\.sh b\/run\.sh$/m);
    assert.match(diff, /^Binary files a\/pic\.png and b\/pic\.png differ$/m);
  });

  it('is empty between equal commits', async () => {
    const git = await createRepository(folder.path('main'), { 'a.js': 'a\n' });
    assert.deepEqual((await patchOf(git, 'HEAD', 'HEAD', 'b', [])).files, []);
    assert.equal(await diffText(git, 'HEAD', 'HEAD'), '');
  });

  it('refuses a kind of change it does not know', () => {
    assert.throws(() => parseDiffTree(':100644 100644 a b U\0x\0'), { code: 'git_failed' });
  });
});
