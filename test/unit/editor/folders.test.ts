import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { basename } from 'node:path';
import picomatch from 'picomatch';
import { lookAtFolder } from '../../../src/compose/listedFolders.ts';
import { planFolders, withoutInner } from '../../../src/core/folderPlan.ts';
import { defaultSettings } from '../../../src/core/settings.ts';
import { rootSeenFrom, unopenedWords } from '../../../src/editor/folders.ts';
import { tempFolder } from '../../support/tempFolder.ts';

describe('the folders of a window', () => {
  const temp = tempFolder();

  const git = (folder: string, ...args: string[]): void => {
    const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com'];
    const file = ['-c', 'protocol.file.allow=always'];
    execFileSync('git', [...identity, ...file, ...args], { cwd: temp.path(folder), stdio: 'pipe' });
  };
  const repository = (folder: string): void => {
    mkdirSync(temp.path(folder), { recursive: true });
    git(folder, 'init', '-q');
    git(folder, 'commit', '-q', '--allow-empty', '-m', 'Begin');
  };
  /** `name`, or `name: why not`; behind an arrow what others read in it. */
  const planned = async (...folders: string[]): Promise<readonly string[]> => {
    const listed = folders.map(async (folder) => ({
      name: basename(folder),
      ...(await lookAtFolder(temp.path(folder))),
    }));
    return planFolders(await Promise.all(listed)).map((plan) => {
      if (plan.kind !== 'open') return `${plan.folder.name}: ${unopenedWords(plan)}`;
      return [plan.folder.name, ...plan.inner].join(' → ');
    });
  };

  it('each get a backlog where they are repositories; the others are told why not', async () => {
    repository('api');
    repository('web');
    mkdirSync(temp.path('notes'));
    assert.deepEqual(await planned('api', 'notes', 'web', 'gone'), [
      'api',
      'notes: not a git repository',
      'web',
      'gone: not there any more',
    ]);
  });

  it('are opened once, under whatever names they are listed', async () => {
    repository('api');
    symlinkSync(temp.path('api'), temp.path('link'));
    assert.deepEqual(await planned('link', 'api', 'api/'), [
      'link',
      'api: the same folder as link',
      'api: the same folder as link',
    ]);
  });

  it('are opened in one checkout of a repository: the main one, wherever it is listed', async () => {
    repository('api');
    git('api', 'worktree', 'add', '-q', '../fix');
    git('api', 'worktree', 'add', '-q', '../try');
    assert.deepEqual(await planned('fix', 'api'), [
      'fix: a worktree of api, which has its tickets',
      'api',
    ]);
    assert.deepEqual(await planned('fix', 'try'), [
      'fix',
      'try: a worktree of fix, which has its tickets',
    ]);
  });

  it('are read once: what is listed by itself is no part of the folder around it', async () => {
    repository('shop');
    mkdirSync(temp.path('shop/packages/a (b)'), { recursive: true });
    repository('shop/vendor/lib');
    const [shop = '', ...others] = await planned('shop', 'shop/packages/a (b)', 'shop/vendor/lib');
    assert.deepEqual(others, ['a (b)', 'lib']);
    const settings = withoutInner(defaultSettings, shop.split(' → ').slice(1));
    const isIgnored = picomatch([...settings.sources.ignore]);
    assert.ok(isIgnored('packages/a (b)/logs/x.log'));
    assert.ok(isIgnored('vendor/lib/app.log'));
    assert.ok(!isIgnored('packages/c/app.log'));
  });

  it('are repositories of their own as submodules', async () => {
    repository('lib');
    repository('shop');
    git('shop', 'submodule', 'add', '-q', '../lib', 'libs/lib');
    assert.deepEqual(await planned('shop', 'shop/libs/lib'), ['shop → libs/lib/**', 'lib']);
  });

  it('name the top of their repository in their own words, also through a link', async () => {
    repository('shop');
    mkdirSync(temp.path('shop/packages/a'), { recursive: true });
    symlinkSync(temp.path('shop'), temp.path('link'));
    const rootOf = async (folder: string): Promise<string> => {
      const facts = await lookAtFolder(temp.path(folder));
      const root = facts.repository?.root ?? '';
      return rootSeenFrom(temp.path(folder), { name: '', ...facts }, root);
    };
    assert.equal(await rootOf('shop/packages/a'), temp.path('shop'));
    assert.equal(await rootOf('link/packages/a'), temp.path('link'));
    assert.equal(await rootOf('link'), temp.path('link'));
  });
});
