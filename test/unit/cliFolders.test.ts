import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { cli } from '../support/cli.ts';
import { createRepository, writeTree } from '../support/repository.ts';
import { tempFolder } from '../support/tempFolder.ts';

/** As node prints it, six times; `request`: what its log line names before. */
const log = (file: string, said: string): string =>
  Array.from({ length: 6 }, (_, i) => {
    const at = `2026-03-02T09:10:0${i}.000Z ERROR ${said}`;
    return `${at}\n    at post (${file}:3:9)\n    at main (${file}:9:1)\n`;
  }).join('');

describe('the command line in several folders', () => {
  const temp = tempFolder('pw-folders');
  const run = async (...args: string[]) => {
    const environment = { XDG_CONFIG_HOME: temp.path('config'), APPDATA: temp.path('config') };
    const { code, stdout, stderr } = await cli([...args, '--json'], environment);
    assert.notEqual(stdout, '', stderr);
    return { code, json: JSON.parse(stdout) as Report & Failed };
  };
  const service = async (name: string, said: string): Promise<string> => {
    const folder = temp.path(name);
    await createRepository(folder, { 'src/main.js': 'post();\n', '.gitignore': '*.log\n' });
    writeTree(folder, { 'app.log': log(`${folder}/src/main.js`, said) });
    return folder;
  };

  it('reports on all at once, says what they have in common, and goes on where one fails', async () => {
    const ledger = 'LedgerMismatch: order 41 does not balance against its ledger';
    const orders = await service('orders', ledger);
    const shop = await service('shop', `Error: POST /orders answered 500 {"why":"${ledger}"}`);
    mkdirSync(temp.path('notes'));
    symlinkSync(orders, temp.path('link'));
    mkdirSync(temp.path('config/patchwright'), { recursive: true });
    const list = [orders, temp.path('notes'), temp.path('link'), shop];
    writeFileSync(
      temp.path('config/patchwright/settings.json'),
      JSON.stringify({ 'patchwright.folders': list }),
    );

    const scanned = await run('scan', '--all');
    assert.deepEqual(
      scanned.json.folders.map(({ name, result, error }) => [name, error?.code ?? result]),
      [
        ['orders', scanned.json.folders[0]?.result],
        ['notes', 'no_git'],
        ['link', 'conflict'],
        ['shop', scanned.json.folders[3]?.result],
      ],
    );
    assert.equal(scanned.code, 1);
    const said = scanned.json.linked.map(({ folder, alsoIn }) => [
      folder,
      alsoIn.map(({ folderName, rule, status }) => [folderName, rule, status]),
    ]);
    assert.deepEqual(said, [
      [orders, [['shop', 'quoted', 'open']]],
      [shop, [['orders', 'quotes', 'open']]],
    ]);

    const metrics = await run('metrics', '--folder', orders, '--folder', shop);
    assert.equal(metrics.code, 0);
    const created = metrics.json.folders.map(({ result }) => result?.tickets.created);
    assert.deepEqual([...created, metrics.json.together.tickets.created], [1, 1, 2]);
  });

  it('refuses what is about one folder, and a list that nobody made', async () => {
    const two = await run('doctor', '--all');
    assert.deepEqual([two.code, two.json.error.code], [2, 'invalid_settings']);
    const both = ['--folder', temp.path(), '--folder', temp.path('x')];
    const approve = await run('approve', 'some-id', ...both);
    assert.deepEqual([approve.code, approve.json.error.code], [2, 'usage']);
    const signals = await run('signals', ...both);
    assert.deepEqual([signals.code, signals.json.error.code], [2, 'usage']);
  });
});

interface Report {
  readonly folders: readonly {
    readonly name: string;
    readonly result?: Figures;
    readonly error?: { readonly code: string };
  }[];
  readonly linked: readonly {
    readonly folder: string;
    readonly alsoIn: readonly {
      readonly folderName: string;
      readonly rule: string;
      readonly status: string;
    }[];
  }[];
  readonly together: Figures;
}

interface Figures {
  readonly tickets: { readonly created: number };
}

interface Failed {
  readonly error: { readonly code: string };
}
