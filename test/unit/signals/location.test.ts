import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createLocator } from '../../../src/signals/location.ts';
import { writeTree } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';

describe('location of a frame', () => {
  const folder = tempFolder();
  const files = [
    'src/cart.js',
    'packages/api/src/server.ts',
    'packages/web/src/index.ts',
    'packages/api/src/index.ts',
    'app.py',
    'lib/only.js',
    'kt/Depot.kt',
  ];
  const candidates = (name: string): string[] =>
    files.filter((file) => file.split('/').at(-1) === name);
  const locate = (file: string): string | undefined =>
    createLocator(folder.path('ws'), candidates).locate(file);

  beforeEach(() => {
    writeTree(folder.path('ws'), {
      ...Object.fromEntries(files.map((file) => [file, ''])),
      'node_modules/x/index.js': '',
    });
    writeFileSync(folder.path('secret.js'), '');
    symlinkSync(folder.path('secret.js'), folder.path('ws/link.js'));
    mkdirSync(folder.path('ws/folder.js'));
  });

  const found: readonly (readonly [string, () => string, string])[] = [
    ['a file of this checkout', () => folder.path('ws/src/cart.js'), 'src/cart.js'],
    ['a relative path', () => 'src/cart.js', 'src/cart.js'],
    ['a container', () => '/usr/src/app/src/cart.js', 'src/cart.js'],
    ['a package of a container', () => '/app/src/server.ts', 'packages/api/src/server.ts'],
    ['a Windows checkout', () => 'C:\\Users\\me\\shop\\src\\cart.js', 'src/cart.js'],
    ['a file at the root', () => '/code/app.py', 'app.py'],
    ['a bare name that is unique', () => 'only.js', 'lib/only.js'],
    [
      'a Kotlin file, whose package need not be its folder',
      () => 'net/acme/Depot.kt',
      'kt/Depot.kt',
    ],
    ['dots', () => './src/cart.js', 'src/cart.js'],
    ['what lies beside the folder a tool ran in', () => '../src/cart.js', 'src/cart.js'],
  ];
  for (const [name, file, expected] of found) {
    it(`finds ${name}`, () => assert.equal(locate(file()), expected));
  }

  const missing: readonly string[] = [
    '/etc/shadow',
    '../../../../home/user/.ssh/id_rsa',
    '/proc/self/environ',
    'node_modules/x/index.js',
    '/srv/app/node_modules/x/index.js',
    '/x/src/index.ts',
    '/elsewhere/deep/only.js',
    '/srv/link.js',
    '/srv/folder.js',
    'https://evil.example/src/cart.js',
    `/${'a/'.repeat(900)}cart.js`,
    `/${'a'.repeat(400)}.js`,
    'src/\0cart.js',
    '',
  ];
  for (const file of missing) {
    it(`finds nothing for ${file.slice(0, 40)}`, () => assert.equal(locate(file), undefined));
  }
});
