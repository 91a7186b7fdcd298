import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { provideDependencies } from '../../../src/attempt/dependencies.ts';
import { renamed } from '../../../src/attempt/dependencyCopy.ts';
import type { Worktree } from '../../../src/attempt/worktree.ts';
import type { Git } from '../../../src/core/ports.ts';
import { createShell, scrubbedEnv } from '../../../src/platform/shell.ts';
import { createRepository, type Tree, writeTree } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { pictureOf, quiet, worktreesOf } from './worktreeSupport.ts';

const workspaces: Tree = {
  'package.json': '{ "workspaces": ["packages/*"] }',
  'packages/a/package.json': '{ "name": "a", "main": "index.js" }',
  'packages/a/index.js': "module.exports = () => require('b').name + require('dep').name;\n",
  'packages/b/package.json': '{ "name": "b", "main": "index.js" }',
  'packages/b/index.js': "exports.name = 'original ';\n",
  'test.js': "console.log(require('./packages/a')());\n",
  '.gitignore': 'node_modules\n.venv\n',
};

describe('dependencies', () => {
  const folder = tempFolder('pw-deps');
  const main = (...parts: string[]): string => folder.path('main', ...parts);
  let git: Git;
  let worktree: Worktree | undefined;

  const open = async (more = {}): Promise<Worktree> => {
    worktree = await worktreesOf(git, folder.path('home'), more).open({
      branch: 'improvement/t',
      onProgress: quiet,
    });
    return worktree;
  };
  const provide = (target: string, more = {}) =>
    provideDependencies({
      home: folder.path('home'),
      git,
      top: main(),
      base: 'HEAD',
      worktree: target,
      log: quiet,
      ...more,
    });
  const close = async (): Promise<void> => {
    await worktree?.close({ keepBranch: false });
    worktree = undefined;
  };
  /** A package that is installed, and the links that npm makes for workspaces. */
  const install = (): void => {
    writeTree(main('node_modules'), {
      'dep/package.json': '{ "name": "dep", "main": "index.js" }',
      'dep/index.js': "exports.name = 'dep';\n",
      '.package-lock.json': '{}',
      '.cache/tool/x': 'cached',
      '.vite/y': 'cached',
      'dep/cli.js': '#!/usr/bin/env node\n',
    });
    mkdirSync(main('node_modules/.bin'));
    symlinkSync('../dep/cli.js', main('node_modules/.bin/dep'));
    symlinkSync('../packages/a', main('node_modules/a'));
    symlinkSync(main('packages/b'), main('node_modules/b'));
  };

  beforeEach(async () => {
    git = await createRepository(main(), workspaces);
  });
  afterEach(close);

  const run = async (root: string): Promise<string> => {
    const result = await createShell().run({
      file: process.execPath,
      args: ['test.js'],
      cwd: root,
    });
    return result.stdout.toString() + result.stderr.toString();
  };

  it('load the patched package of a workspace, not the user’s', async () => {
    install();
    const { path, provided } = await open();
    assert.deepEqual(provided, ['node_modules']);
    assert.equal(await run(path), 'original dep\n');
    writeTree(path, { 'packages/b/index.js': "exports.name = 'patched ';\n" });
    assert.equal(await run(path), 'patched dep\n');
    assert.equal(await run(main()), 'original dep\n');
    assert.equal(readlinkSync(join(path, 'node_modules/a')), '../packages/a');
    assert.equal(readlinkSync(join(path, 'node_modules/.bin/dep')), '../dep/cli.js');
    assert.ok(!existsSync(join(path, 'node_modules/.cache')));
    assert.ok(!existsSync(join(path, 'node_modules/.vite')));
  });

  it('are copies: what a test writes never reaches the user’s', async () => {
    install();
    const before = pictureOf(main('node_modules'));
    const { path } = await open();
    const file = join(path, 'node_modules/dep/index.js');
    assert.notEqual(statSync(file).ino, statSync(main('node_modules/dep/index.js')).ino);
    writeFileSync(file, 'in place\n');
    chmodSync(join(path, 'node_modules/dep/package.json'), 0o600);
    writeTree(path, { 'node_modules/b/index.js': 'through a link\n' });
    await close();
    assert.deepEqual(pictureOf(main('node_modules')), before);
    assert.equal(
      readFileSync(main('packages/b/index.js'), 'utf8'),
      workspaces['packages/b/index.js'],
    );
  });

  it('come along in packages below the top, too', async () => {
    install();
    writeTree(main('packages/a/node_modules'), { 'dep/index.js': "exports.name = 'own dep';\n" });
    const { path, provided } = await open();
    assert.deepEqual([...provided].sort(), ['node_modules', 'packages/a/node_modules']);
    assert.equal(await run(path), 'original own dep\n');
  });

  it('are put right between runs when a test changed them', async () => {
    install();
    writeTree(main('packages/a/node_modules'), { 'dep/index.js': "exports.name = 'own dep';\n" });
    const opened = await open();
    const at = (name: string): string => join(opened.path, name);
    const before = contentOf(at('node_modules'));
    const dep = at('node_modules/dep/index.js');
    const { atime, mtime } = statSync(dep);
    writeFileSync(dep, "exports.name = 'DEP';\n");
    utimesSync(dep, atime, mtime); // as if it had not been touched
    writeTree(opened.path, {
      'node_modules/added/index.js': 'added\n',
      'node_modules/.cache/x': 'x',
    });
    rmSync(at('node_modules/dep/cli.js'));
    rmSync(at('node_modules/a'));
    symlinkSync(folder.path(), at('node_modules/a'));
    chmodSync(at('node_modules/.bin'), 0);
    await opened.lay(opened.base);
    assert.deepEqual(contentOf(at('node_modules')), before);
    renameSync(at('node_modules'), at('moved'));
    symlinkSync(main('node_modules'), at('node_modules'));
    rmSync(at('packages/a'), { recursive: true });
    symlinkSync(main('packages/a'), at('packages/a'));
    const mine = pictureOf(main(), /^\.git(?:\/|$)/);
    await opened.lay(opened.base);
    assert.deepEqual(contentOf(at('node_modules')), before);
    assert.equal(await run(opened.path), 'original own dep\n');
    assert.deepEqual(pictureOf(main(), /^\.git(?:\/|$)/), mine);
  });

  it('are put right for a setup command that builds with them', async () => {
    install();
    const setup = 'node node_modules/dep/cli.js && cp packages/b/index.js built.js';
    const opened = await open({ setup });
    const dep = join(opened.path, 'node_modules/dep');
    rmSync(dep, { recursive: true });
    writeTree(opened.path, { 'packages/b/index.js': "exports.name = 'patched ';\n" });
    await opened.lay(opened.base);
    assert.deepEqual(contentOf(dep), contentOf(main('node_modules/dep')));
    assert.equal(await run(opened.path), 'original dep\n');
    assert.deepEqual([...opened.provided].sort(), ['built.js', 'node_modules']);
  });

  it('are kept for the next attempt, which copies only what changed in either place', async () => {
    install();
    const first = await open();
    const copied = (root: string, name: string): number =>
      lstatSync(join(root, 'node_modules', name)).ctimeMs;
    const names = ['dep/package.json', 'dep/index.js', 'dep/cli.js'];
    const before = names.map((name) => copied(first.path, name));
    writeTree(first.path, { 'node_modules/dep/index.js': 'spoilt\n' });
    await close();
    assert.ok(!existsSync(first.path));
    writeFileSync(main('node_modules/dep/cli.js'), '#!/usr/bin/env node\n// updated\n');
    const second = await open();
    const same = names.map((name, at) => copied(second.path, name) === before[at]);
    assert.deepEqual(same, [true, false, false]);
    assert.deepEqual(
      contentOf(join(second.path, 'node_modules/dep')),
      contentOf(main('node_modules/dep')),
    );
    assert.equal(await run(second.path), 'original dep\n');
  });

  it('go when no attempt has asked for them in 30 days, as does what a crash has left of one', async () => {
    install();
    await open();
    await close();
    const root = folder.path('home', 'dependencies');
    const [slot = ''] = readdirSync(root);
    const worktrees = worktreesOf(git, folder.path('home'));
    await worktrees.recover();
    assert.deepEqual(readdirSync(root), [slot]);
    const old = new Date(Date.now() - 31 * 86_400_000);
    utimesSync(join(root, slot, 'manifest.json'), old, old);
    mkdirSync(join(root, `${slot}-x.going/tree`), { recursive: true });
    await worktrees.recover();
    assert.deepEqual(readdirSync(root), []);
    await open();
    assert.equal(await run(worktree?.path ?? ''), 'original dep\n');
  });

  it('serve two attempts at the same time', async () => {
    install();
    const worktrees = worktreesOf(git, folder.path('home'));
    const both = await Promise.all(
      ['x', 'y'].map((name) =>
        worktrees.open({ branch: `improvement/${name}`, onProgress: quiet }),
      ),
    );
    for (const { path } of both) assert.equal(await run(path), 'original dep\n');
    await Promise.all(both.map((one) => one.close({ keepBranch: false })));
    const { path } = await open();
    assert.equal(await run(path), 'original dep\n');
  });

  it('are left as they are where git tracks them', async () => {
    install();
    await git.run(['add', '-f', 'node_modules/dep']);
    await git.run(['commit', '-q', '-m', 'vendored']);
    const { path, provided } = await open();
    assert.deepEqual(provided, []);
    assert.equal(
      readFileSync(join(path, 'node_modules/dep/index.js'), 'utf8'),
      "exports.name = 'dep';\n",
    );
  });

  it('are copied from where a link leads', async () => {
    install();
    renameSync(main('node_modules'), folder.path('store'));
    rmSync(folder.path('store/a'));
    symlinkSync(main('packages/a'), folder.path('store/a'));
    mkdirSync(folder.path('linked'));
    symlinkSync('../linked', folder.path('store/linked'));
    symlinkSync(folder.path('store'), main('node_modules'));
    const said: string[] = [];
    worktree = await worktreesOf(git, folder.path('home')).open({
      branch: 'improvement/t',
      onProgress: (line) => said.push(line),
    });
    const { path } = worktree;
    assert.ok(lstatSync(join(path, 'node_modules')).isDirectory());
    writeTree(path, { 'packages/b/index.js': "exports.name = 'patched ';\n" });
    assert.equal(await run(path), 'patched dep\n');
    assert.equal(readlinkSync(join(path, 'node_modules/linked')), folder.path('linked'));
    assert.ok(said.some((line) => line.includes('1 link(s) to folders outside')));
  });

  it('keep pnpm’s structure of links', async () => {
    writeTree(main('node_modules/.pnpm/dep@1.0.0/node_modules/dep'), {
      'index.js': "exports.name = 'dep';\n",
    });
    symlinkSync('.pnpm/dep@1.0.0/node_modules/dep', main('node_modules/dep'));
    mkdirSync(main('packages/a/node_modules'));
    symlinkSync('../../b', main('packages/a/node_modules/b'));
    const { path } = await open();
    writeTree(path, { 'packages/b/index.js': "exports.name = 'patched ';\n" });
    assert.equal(await run(path), 'patched dep\n');
  });

  it('that are too large are not copied, and the remedy is named', async () => {
    install();
    mkdirSync(folder.path('target'));
    const { folders, remarks } = await provide(folder.path('target'), { maxBytes: 10 });
    assert.deepEqual(folders, []);
    assert.match(remarks.join(), /too large to copy; let the setting patchwright\.test\.setup/);
    assert.deepEqual(Object.keys(pictureOf(folder.path('target'))), []);
  });

  it('can be cancelled while they are copied', async () => {
    writeTree(
      main('node_modules/dep'),
      Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`f${at}.js`, 'x'])),
    );
    mkdirSync(folder.path('target'));
    const stop = new AbortController();
    const options = { home: folder.path('home'), git, top: main(), base: 'HEAD', log: quiet };
    const copying = provideDependencies(
      { ...options, worktree: folder.path('target') },
      stop.signal,
    );
    while (!existsSync(folder.path('target/node_modules/dep/f1.js'))) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    stop.abort();
    await assert.rejects(copying, { code: 'cancelled' });
    assert.ok(Object.keys(pictureOf(folder.path('target'))).length < 500);
  });

  it('of Python load the patched code of an editable install', async function () {
    if (!hasPython()) {
      console.log('      skipped: python3 with the venv module is not installed');
      this.skip();
    }
    writeTree(main(), { 'src/shop/__init__.py': "name = 'original'\n", 'setup.py': '' });
    await git.run(['add', '-A']);
    await git.run(['commit', '-q', '-m', 'python']);
    execFileSync('python3', ['-m', 'venv', '--without-pip', main('.venv')], { env: scrubbedEnv() });
    const version = readlinkFirst(main('.venv/lib'));
    const site = join('.venv/lib', version, 'site-packages');
    writeTree(main(site), {
      'shop.pth': `${main('src')}\n`,
      '__editable___shop_finder.py': `MAPPING = {'shop': '${main('src/shop')}'}\n`,
      'dep.py': "name = 'dep'\n",
    });
    writeTree(main('.venv/bin'), {
      tool: `#!${main('.venv/bin/python')}\nimport shop; print(shop.name)\n`,
    });
    const before = pictureOf(main('.venv'));
    const opened = await open();
    const { path } = opened;
    writeTree(path, { 'src/shop/__init__.py': "name = 'patched'\n" });
    const python = (...args: string[]): string =>
      execFileSync(args[0] ?? '', args.slice(1), {
        cwd: folder.path(),
        encoding: 'utf8',
        env: scrubbedEnv(),
      }).trim();
    const script = 'import shop, dep, sys; print(shop.name, dep.name, sys.prefix)';
    const venv = join(path, '.venv');
    assert.equal(python(join(venv, 'bin/python'), '-c', script), `patched dep ${venv}`);
    assert.equal(python(join(venv, 'bin/tool')), 'patched');
    assert.ok(
      readFileSync(join(path, site, '__editable___shop_finder.py'), 'utf8').includes(
        join(path, 'src/shop'),
      ),
    );
    assert.ok(!readFileSync(join(venv, 'pyvenv.cfg'), 'utf8').includes(main()));
    // Compiled files that the tests leave do not stay, and what names the worktree does.
    await opened.lay(opened.base);
    assert.ok(!existsSync(join(path, site, '__pycache__')));
    assert.equal(python(join(venv, 'bin/tool')), 'original');
    assert.deepEqual(pictureOf(main('.venv')), before);
    await close();
    const next = await open();
    const there = join(next.path, '.venv/bin/python');
    assert.equal(python(there, '-c', script), `original dep ${join(next.path, '.venv')}`);
    writeTree(next.path, { 'src/shop/__init__.py': "name = 'patched again'\n" });
    assert.equal(python(join(next.path, '.venv/bin/tool')), 'patched again');
  });

  it('have a folder’s path replaced only where it stands whole', () => {
    const moved = (text: string): string => renamed(text, '/a/main', '/b/tree');
    assert.equal(moved('/a/main\n/a/main/src:"/a/main"'), '/b/tree\n/b/tree/src:"/b/tree"');
    assert.equal(moved('/a/main2 /a/main-old /a/main.d'), '/a/main2 /a/main-old /a/main.d');
    assert.equal(moved('nothing'), 'nothing');
  });
});

function contentOf(root: string): Record<string, string> {
  const entries = Object.entries(pictureOf(root, /^\.(?:cache|vite)(?:\/|$)/));
  return Object.fromEntries(entries.map(([path, text]) => [path, text.replace(/ [\d.]+ /, ' ')]));
}

function hasPython(): boolean {
  try {
    execFileSync('python3', ['-c', 'import venv'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function readlinkFirst(folder: string): string {
  const [name = ''] = Object.keys(pictureOf(folder)).concat(listFolders(folder));
  return name.split('/')[0] ?? '';
}

function listFolders(folder: string): string[] {
  return execFileSync('ls', [folder], { encoding: 'utf8' }).trim().split('\n');
}
