import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { isPatchwrightError } from '../../../src/core/errors.ts';
import type { Git } from '../../../src/core/ports.ts';
import { createGit } from '../../../src/platform/git.ts';
import { createShell } from '../../../src/platform/shell.ts';
import { createRepository, type Tree, writeTree } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { leftIn, pictureOf, quiet, worktreesOf } from './worktreeSupport.ts';

const files: Tree = {
  'src/a.js': 'exports.a = 1;\n',
  'src/b.js': 'exports.b = 2;\n',
  'run.sh': '#!/bin/sh\necho hi\n',
  '.gitignore': 'ignored/\n*.tmp\n',
};
const open = { branch: 'improvement/t-1', onProgress: quiet };

/** Only what an attempt may add to the user's repository: objects, its branch, its worktree's record. */
const ours =
  /^\.git\/(?:objects|worktrees|refs\/heads\/improvement|logs\/refs\/heads\/improvement)(?:\/|$)/;

describe('worktree', () => {
  const folder = tempFolder('pw-worktree');
  const main = (...parts: string[]): string => folder.path('main', ...parts);
  const home = (): string => folder.path('home');
  const repository = (): Promise<Git> => createRepository(main(), files);

  it('is a checkout of HEAD on a new branch, outside the user’s tree', async () => {
    const git = await repository();
    const worktree = await worktreesOf(git, home()).open(open);
    assert.equal(worktree.branch, 'improvement/t-1');
    assert.equal(worktree.base, await git.run(['rev-parse', 'HEAD']));
    assert.ok(worktree.path.startsWith(home()));
    const here = git.at(worktree.path);
    assert.equal(await here.run(['symbolic-ref', 'HEAD']), 'refs/heads/improvement/t-1');
    assert.equal(await here.run(['status', '--porcelain', '--ignored']), '');
    assert.deepEqual(
      Object.keys(pictureOf(worktree.path)).filter((path) => path !== '.git'),
      Object.keys(files).sort(),
    );
    await worktree.close({ keepBranch: false });
    assert.deepEqual(leftIn(home()), []);
    assert.equal(await git.run(['for-each-ref', 'refs/heads/improvement']), '');
    assert.ok(!existsSync(main('.git/worktrees')));
  });

  it('leaves a dirty tree, its index, its stash and its branches byte for byte as they were', async () => {
    const git = await repository();
    writeTree(main(), { 'src/b.js': 'stashed\n' });
    await git.run(['stash', 'push', '-q']);
    writeTree(main(), {
      'src/a.js': 'staged\n',
      'new.js': 'untracked\n',
      'ignored/x': 'ignored\n',
    });
    await git.run(['add', 'src/a.js']);
    writeTree(main(), { 'src/a.js': 'and changed again\n' });
    const before = pictureOf(main(), ours);
    const worktree = await worktreesOf(git, home()).open(open);
    assert.deepEqual(pictureOf(main(), ours), before);
    assert.equal(readFileSync(join(worktree.path, 'src/a.js'), 'utf8'), files['src/a.js']);
    writeTree(worktree.path, { 'src/a.js': 'patched\n' });
    await worktree.commit({ ...words, testFiles: [] });
    await worktree.lay(worktree.base);
    assert.deepEqual(pictureOf(main(), ours), before);
    await worktree.close({ keepBranch: false });
    assert.deepEqual(pictureOf(main(), /^\.git\/objects(?:\/|$)/), pictureOf(main(), ours));
    assert.deepEqual(pictureOf(main(), ours), before);
  });

  it('runs no hook of the repository', async () => {
    const git = await repository();
    const hook = '#!/bin/sh\ntouch "$(git rev-parse --git-common-dir)/../HOOK-RAN"\n';
    for (const name of ['post-checkout', 'pre-commit', 'commit-msg', 'post-commit']) {
      writeTree(main('.git/hooks'), { [name]: hook });
    }
    writeTree(main('.git/hooks'), { 'reference-transaction': hook, 'post-index-change': hook });
    const worktree = await worktreesOf(git, home()).open(open);
    writeTree(worktree.path, { 'src/a.js': 'patched\n' });
    await worktree.commit({ ...words, testFiles: [] });
    await worktree.close({ keepBranch: true });
    assert.ok(!existsSync(main('HOOK-RAN')));
  });

  it('takes a numbered branch when there is one of that name', async () => {
    const git = await repository();
    await git.run(['branch', 'improvement/t-1']);
    await git.run(['branch', 'IMPROVEMENT/T-1-2']);
    const before = await git.run(['show-ref']);
    const worktree = await worktreesOf(git, home()).open(open);
    assert.equal(worktree.branch, 'improvement/t-1-3');
    await worktree.close({ keepBranch: false });
    assert.equal(await git.run(['show-ref']), before);
  });

  it('never drafts on a protected branch or under a name that git refuses', async () => {
    const git = await repository();
    const worktrees = worktreesOf(git, home(), { protectedBranches: ['main', 'release/*'] });
    const attempt = (branch: string) => worktrees.open({ ...open, branch });
    await assert.rejects(attempt('main'), { code: 'protected_branch' });
    await assert.rejects(attempt('Release/1'), { code: 'protected_branch' });
    for (const name of ['a..b', '-x', 'a b', 'x.lock', '', 'HEAD~1', '../up']) {
      await assert.rejects(attempt(name), { code: 'worktree_failed' }, name);
    }
    assert.deepEqual(leftIn(home()), []);
  });

  it('keeps the branch on close when asked, or when someone else committed to it', async () => {
    const git = await repository();
    const worktrees = worktreesOf(git, home());
    const kept = await worktrees.open(open);
    await kept.close({ keepBranch: true });
    assert.equal(await git.run(['rev-parse', 'improvement/t-1']), kept.base);
    const other = await worktrees.open({ ...open, branch: 'improvement/t-2' });
    const mine = await git.run(['commit-tree', 'HEAD^{tree}', '-p', 'HEAD', '-m', 'by hand']);
    await git.run(['update-ref', 'refs/heads/improvement/t-2', mine]);
    await other.close({ keepBranch: false });
    assert.equal(await git.run(['rev-parse', 'improvement/t-2']), mine);
  });

  it('says what is wrong with a repository it can’t draft in', async () => {
    mkdirSync(folder.path('plain'), { recursive: true });
    const plain = createGit(createShell(), folder.path('plain'));
    await assert.rejects(worktreesOf(plain, home()).open(open), { code: 'no_git' });
    await plain.run(['init', '-q', '-b', 'work']);
    await assert.rejects(worktreesOf(plain, home()).open(open), { code: 'unborn_branch' });
    const git = await repository();
    const old: Git = {
      ...git,
      run: async (args) => (args[0] === 'version' ? 'git version 2.37.4' : ''),
    };
    await assert.rejects(worktreesOf(old, home()).open(open), { code: 'git_too_old' });
    await git.run(['checkout', '-q', '-b', 'other']);
    await commitAll(git, { 'src/a.js': 'theirs\n' });
    await git.run(['checkout', '-q', 'work']);
    await commitAll(git, { 'src/a.js': 'mine\n' });
    await git.code(['rebase', 'other'], { okCodes: [1] });
    await assert.rejects(worktreesOf(git, home()).open(open), { code: 'operation_in_progress' });
    await assert.rejects(worktreesOf(git, main('.home')).open(open));
    await git.run(['rebase', '--abort']);
    await assert.rejects(worktreesOf(git, main('.home')).open(open), { code: 'worktree_failed' });
    await assert.rejects(worktreesOf(git, home()).open({ ...open, base: 'nope' }), {
      code: 'not_found',
    });
    assert.deepEqual(leftIn(home()), []);
  });

  it('drafts from a detached HEAD and during a merge', async () => {
    const git = await repository();
    await git.run(['checkout', '-q', '-b', 'other']);
    await commitAll(git, { 'src/a.js': 'theirs\n' });
    await git.run(['checkout', '-q', 'work']);
    const first = await git.run(['rev-parse', 'HEAD']);
    await commitAll(git, { 'src/a.js': 'mine\n' });
    await git.code(['merge', 'other'], { okCodes: [1] });
    const merging = await worktreesOf(git, home()).open(open);
    assert.equal(readFileSync(join(merging.path, 'src/a.js'), 'utf8'), 'mine\n');
    await merging.close({ keepBranch: false });
    await git.run(['merge', '--abort']);
    await git.run(['checkout', '-q', '--detach', first]);
    const said: string[] = [];
    const detached = await worktreesOf(git, home()).open({
      ...open,
      onProgress: (line) => said.push(line),
    });
    assert.equal(detached.base, first);
    assert.ok(said.some((line) => line.includes('detached')));
    await detached.close({ keepBranch: false });
  });

  it('is clean at once whatever the line-ending settings', async () => {
    const git = await repository();
    await git.run(['config', 'core.autocrlf', 'false']);
    await commitAll(git, { 'crlf.txt': 'a\r\nb\r\n', 'lf.txt': 'a\nb\n' });
    writeTree(main(), { '.gitattributes': '*.txt text\n' });
    await git.run(['add', '.gitattributes']); // and not the text, which git would then put right
    await git.run(['commit', '-q', '-m', 'attributes']);
    await git.run(['config', 'core.autocrlf', 'true']);
    const worktree = await worktreesOf(git, home()).open(open);
    assert.equal(readFileSync(join(worktree.path, 'crlf.txt'), 'latin1'), 'a\r\nb\r\n');
    await assert.rejects(worktree.commit({ ...words, testFiles: [] }), { code: 'nothing_to_do' });
    writeTree(worktree.path, { 'src/a.js': 'patched\n' });
    const { commit } = await worktree.commit({ ...words, testFiles: [] });
    assert.equal(await git.run(['diff', '--name-only', worktree.base, commit]), 'src/a.js');
    await worktree.close({ keepBranch: false });
  });

  it('leaves submodules empty', async () => {
    const inner = await createRepository(folder.path('inner'), { 'x.txt': 'x\n' });
    const git = await repository();
    const allow = ['-c', 'protocol.file.allow=always'];
    await git.run([...allow, 'submodule', '--quiet', 'add', inner.cwd, 'sub']);
    await commitAll(git, {});
    await git.run(['config', 'submodule.recurse', 'true']);
    const worktree = await worktreesOf(git, home()).open(open);
    assert.deepEqual(Object.keys(pictureOf(join(worktree.path, 'sub'))), []);
    await worktree.lay(worktree.base);
    await worktree.close({ keepBranch: false });
    assert.deepEqual(leftIn(home()), []);
  });

  it('lays out any tree and clears away what earlier runs left', async () => {
    const git = await repository();
    const worktree = await worktreesOf(git, home()).open(open);
    writeTree(worktree.path, { 'src/a.js': 'patched\n', 'test/a.test.js': 'test\n' });
    rmSync(join(worktree.path, 'src/b.js'));
    const { commit } = await worktree.commit({ ...words, testFiles: ['test/a.test.js'] });
    const testOnly = await worktree.treeOfBaseWith(commit, ['test/a.test.js', 'src/nowhere.js']);
    writeTree(worktree.path, {
      'ignored/deep/x': 'x',
      'left.tmp': 'x',
      'left.js': 'x',
      'nested/.git/HEAD': 'x',
    });
    await worktree.lay(testOnly);
    const read = (path: string): string => readFileSync(join(worktree.path, path), 'utf8');
    assert.deepEqual(
      Object.keys(pictureOf(worktree.path)).filter((path) => path !== '.git'),
      [...Object.keys(files), 'test/a.test.js'].sort(),
    );
    assert.equal(read('src/a.js'), files['src/a.js']);
    await worktree.lay(commit);
    assert.equal(read('src/a.js'), 'patched\n');
    assert.ok(!existsSync(join(worktree.path, 'src/b.js')));
    await worktree.close({ keepBranch: false });
  });

  it('sees through flags, times and links that a test set in the worktree', async () => {
    const git = await repository();
    const worktree = await worktreesOf(git, home()).open(open);
    const here = git.at(worktree.path);
    writeTree(worktree.path, { 'src/a.js': 'exports.a = 9;\n' });
    await here.run(['update-index', '--assume-unchanged', 'src/a.js']);
    await here.run(['update-index', '--skip-worktree', 'src/b.js']);
    writeTree(worktree.path, { 'src/b.js': 'hidden\n' });
    const { commit } = await worktree.commit({ ...words, testFiles: [] });
    const changed = await git.run(['diff', '--name-only', worktree.base, commit]);
    assert.deepEqual(changed.split('\n'), ['src/a.js', 'src/b.js']);
    await here.run(['update-index', '--assume-unchanged', 'src/a.js']);
    rmSync(join(worktree.path, 'src'), { recursive: true });
    mkdirSync(folder.path('elsewhere'));
    symlinkSync(folder.path('elsewhere'), join(worktree.path, 'src'));
    await worktree.lay(worktree.base);
    assert.equal(readFileSync(join(worktree.path, 'src/a.js'), 'utf8'), files['src/a.js']);
    assert.deepEqual(Object.keys(pictureOf(folder.path('elsewhere'))), []);
    await worktree.close({ keepBranch: false });
  });

  it('follows no repository that was put in the worktree’s place', async () => {
    const git = await repository();
    const worktree = await worktreesOf(git, home()).open(open);
    const evil = await createRepository(folder.path('evil'), { 'src/a.js': 'evil\n' });
    await evil.run(['config', 'filter.x.smudge', `touch ${folder.path('RAN')}; cat`]);
    rmSync(join(worktree.path, '.git'));
    renameSync(folder.path('evil/.git'), join(worktree.path, '.git'));
    writeTree(worktree.path, { '.gitattributes': '* filter=x\n', 'src/a.js': 'changed\n' });
    await worktree.lay(worktree.base);
    assert.equal(readFileSync(join(worktree.path, 'src/a.js'), 'utf8'), files['src/a.js']);
    assert.equal(await git.at(worktree.path).run(['rev-parse', 'HEAD']), worktree.base);
    assert.ok(!existsSync(folder.path('RAN')));
    writeFileSync(
      main('.git/worktrees', worktree.path.split('/').at(-1) ?? '', 'commondir'),
      '/tmp\n',
    );
    await assert.rejects(worktree.lay(worktree.base), { code: 'worktree_failed' });
    await worktree.close({ keepBranch: false });
    assert.ok(!existsSync(worktree.path));
  });

  it('removes what a test closed, locked or still runs in', async () => {
    const git = await repository();
    const worktree = await worktreesOf(git, home()).open(open);
    writeTree(worktree.path, { 'shut/deep/x': 'x', 'ro/y': 'y' });
    chmodSync(join(worktree.path, 'shut/deep'), 0);
    chmodSync(join(worktree.path, 'shut'), 0);
    chmodSync(join(worktree.path, 'ro/y'), 0o400);
    chmodSync(join(worktree.path, 'ro'), 0o500);
    const stop = new AbortController();
    const running = createShell().run(
      { file: 'sleep', args: ['60'], cwd: worktree.path },
      stop.signal,
    );
    await git.run(['worktree', 'lock', worktree.path]);
    await worktree.close({ keepBranch: false });
    stop.abort();
    await assert.rejects(running, (error) => isPatchwrightError(error, 'cancelled'));
    assert.deepEqual(leftIn(home()), []);
    assert.equal((await git.run(['worktree', 'list'])).split('\n').length, 1);
  });

  it('touches no worktree of the user’s', async () => {
    const git = await repository();
    await git.run(['worktree', 'add', '-q', folder.path('theirs'), '-b', 'theirs']);
    await git.run(['worktree', 'add', '-q', folder.path('gone'), '-b', 'gone']);
    rmSync(folder.path('gone'), { recursive: true });
    const before = [
      pictureOf(folder.path('theirs')),
      await git.run(['worktree', 'list', '--porcelain']),
    ];
    const worktrees = worktreesOf(git, home());
    const worktree = await worktrees.open(open);
    await worktree.close({ keepBranch: false });
    await worktrees.recover();
    const after = [
      pictureOf(folder.path('theirs')),
      await git.run(['worktree', 'list', '--porcelain']),
    ];
    assert.deepEqual(after, before);
  });

  it('opens from a folder below the top and from a worktree of the user’s', async () => {
    const git = await repository();
    const below = await worktreesOf(git.at(main('src')), home()).open(open);
    assert.equal(below.prefix, 'src/');
    assert.ok(existsSync(join(below.path, 'run.sh')));
    await below.close({ keepBranch: false });
    await git.run(['worktree', 'add', '-q', folder.path('theirs'), '-b', 'theirs']);
    const their = git.at(folder.path('theirs'));
    await commitAll(their, { 'only.here': 'x\n' });
    const worktree = await worktreesOf(their, home()).open(open);
    assert.ok(existsSync(join(worktree.path, 'only.here')));
    await worktree.close({ keepBranch: false });
  });

  it('runs the setup command and leaves what it made out of the patch', async () => {
    const git = await repository();
    const setup = 'mkdir -p built node_modules/dep && cp src/a.js built/';
    const worktree = await worktreesOf(git, home(), { setup }).open(open);
    const built = (): string => readFileSync(join(worktree.path, 'built/a.js'), 'utf8');
    assert.equal(built(), files['src/a.js']);
    writeTree(worktree.path, { 'src/a.js': 'patched\n' });
    const { commit } = await worktree.commit({ ...words, testFiles: [] });
    assert.equal(await git.run(['diff', '--name-only', worktree.base, commit]), 'src/a.js');
    await worktree.lay(commit);
    assert.equal(built(), 'patched\n');
    await worktree.lay(worktree.base);
    assert.equal(built(), files['src/a.js']);
    await worktree.close({ keepBranch: false });
  });

  it('runs a setup command that only installs again when a test changed what it installed', async () => {
    const git = await repository();
    const runs = folder.path('runs');
    const setup = `mkdir -p node_modules/dep && echo dep >node_modules/dep/x && echo run >>${runs}`;
    const worktree = await worktreesOf(git, home(), { setup }).open(open);
    const ran = (): number => readFileSync(runs, 'utf8').trim().split('\n').length;
    await worktree.lay(worktree.base);
    writeTree(worktree.path, { 'node_modules/.cache/tool': 'cached', 'left.js': 'x' });
    await worktree.lay(worktree.base);
    assert.equal(ran(), 1);
    writeTree(worktree.path, { 'node_modules/dep/x': 'hostile\n' });
    await worktree.lay(worktree.base);
    assert.equal(readFileSync(join(worktree.path, 'node_modules/dep/x'), 'utf8'), 'dep\n');
    assert.equal(ran(), 2);
    await worktree.close({ keepBranch: false });
  });

  it('tells how a setup command failed and leaves nothing', async () => {
    const git = await repository();
    const attempt = (setup: string, more = {}) =>
      worktreesOf(git, home(), { setup, ...more }).open(open);
    await assert.rejects(attempt('echo the reason >&2; exit 3'), (error) => {
      assert.ok(isPatchwrightError(error, 'setup_failed'));
      assert.match(error.why, /code 3\..*the reason/);
      return true;
    });
    await assert.rejects(attempt('sleep 60', { setupTimeoutMs: 50 }), { code: 'setup_failed' });
    assert.deepEqual(leftIn(home()), []);
    assert.equal(await git.run(['for-each-ref', 'refs/heads/improvement']), '');
  });
});

const words = { ticketId: 't-1', attemptId: 'a-1', model: 'm', title: 'A title', summary: '' };

async function commitAll(git: Git, tree: Tree): Promise<void> {
  writeTree(git.cwd, tree);
  await git.run(['add', '-A']);
  await git.run(['commit', '-q', '-m', 'more']);
}
