import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { TestApi } from '../../../src/extension.ts';
import {
  command,
  drawn,
  eventually,
  labelOf,
  openApi,
  type Row,
  rows,
  scriptedDialogs,
} from '../support/api.ts';

describe('the backlog of a real folder', () => {
  const dialogs = scriptedDialogs();
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const log = join(folder, 'logs/service.log');
  let api: TestApi;

  before(async () => {
    api = await openApi();
    await api.sessions.ready();
  });

  it('shows the errors of the log as tickets', async () => {
    await command('scan');
    assert.deepEqual(dialogs.told, []);
    const lines = drawn(await rows(api.backlogView.tree));
    const ticket = lines.find((line) => line.includes("(reading 'split')")) ?? '';
    assert.match(ticket, /^ {2}TypeError: .* \| src\/\w+\.js:\d+ · \d+× · /);
    assert.match(lines[0] ?? '', /^Open \| \d+$/);
  });

  it('reads the log in a thread of its own', () => {
    const { workers } = process.report.getReport() as {
      readonly workers: readonly { readonly header: { readonly event: string } }[];
    };
    const names = workers.map(({ header }) => header.event);
    assert.ok(
      names.some((name) => name.includes('[patchwright-scan]')),
      names.join('\n'),
    );
  });

  it('counts what is written to the log afterwards', async () => {
    const before = await countOfTicket();
    const started = performance.now();
    appendFileSync(log, errorOf(readFileSync(log, 'utf8')));
    await eventually(async () => (await countOfTicket()) === before + 1);
    const passed = Math.round(performance.now() - started);
    console.log(`      line written → row says so: ${passed} ms`);
  });

  it('protects the file that the explorer names, and the one in front', async () => {
    const uri = (path: string) => vscode.Uri.file(join(folder, path));
    await command('protectFile', uri('src/server.js'));
    await vscode.window.showTextDocument(uri('src/main.js'));
    await command('protectFile');
    const lines = readFileSync(join(folder, '.patchwright/protected'), 'utf8').split('\n');
    assert.ok(lines.includes('/src/server.js') && lines.includes('/src/main.js'), lines.join());
    assert.deepEqual(dialogs.mentioned, ['Protected src/server.js', 'Protected src/main.js']);
  });

  it('asks which files to protect where none is in front, as from the walkthrough', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await command('protectFile');
    assert.deepEqual([dialogs.told, dialogs.mentioned], [[], []]);
    dialogs.answers.files = [vscode.Uri.file(join(folder, 'package.json'))];
    await command('protectFile');
    assert.deepEqual(dialogs.mentioned, ['Protected package.json']);
  });

  it('refuses to protect what lies elsewhere', async () => {
    await command('protectFile', vscode.Uri.file('/etc/hosts'));
    assert.match(dialogs.told[0]?.message ?? '', /can't be protected/);
  });

  it('says of a file whether a patch ever touched it', async () => {
    await command('fileHistory', vscode.Uri.file(join(folder, 'src/main.js')));
    assert.deepEqual(dialogs.mentioned, ['Patchwright has never touched src/main.js']);
  });

  it('takes a ticket that a person writes', async () => {
    dialogs.answers.input = 'Round prices up';
    await command('newTicket');
    assert.deepEqual(dialogs.told, []);
    await eventually(async () =>
      drawn(await rows(api.backlogView.tree)).some((line) => line.includes('Round prices up')),
    );
  });

  it('brings the database up to date and opens it', async () => {
    await command('openDatabase');
    assert.deepEqual(dialogs.told, []);
    assert.ok(existsSync(join(folder, '.patchwright/backlog.sqlite')));
    await eventually(
      () => vscode.window.tabGroups.activeTabGroup.activeTab?.label === 'backlog.sqlite',
    );
  });

  it('never takes the address of the model from the workspace: the key is sent there', async () => {
    const file = join(folder, '.vscode/settings.json');
    const session = await api.sessions.ready();
    mkdirSync(join(folder, '.vscode'));
    writeFileSync(
      file,
      JSON.stringify({
        'patchwright.limits.requestsPerDay': 7,
        'patchwright.model.baseUrl': 'http://127.0.0.1:9',
      }),
    );
    try {
      await eventually(() => session.settings()?.limits.requestsPerDay === 7);
      assert.equal(session.settings()?.model.baseUrl, '');
    } finally {
      rmSync(join(folder, '.vscode'), { recursive: true });
    }
    await eventually(() => session.settings()?.limits.requestsPerDay === 5);
  });

  it('ends a scan that waits, without a word, when it is opened anew', async () => {
    const session = await api.sessions.ready();
    let release: (() => void) | undefined;
    const held = session.app.backlog.exclusively(
      'scan',
      () => new Promise<void>((done) => (release = done)),
    );
    await eventually(() => release !== undefined);
    const scanned = command('scan');
    await eventually(() => session.activity().scanning);
    const opened = api.sessions.restart();
    await scanned;
    release?.();
    await Promise.all([held, opened]);
    assert.deepEqual(dialogs.told, []);
    assert.equal(api.sessions.state().kind, 'ready');
  });

  it('changes, snoozes, closes and reopens tickets', async () => {
    const { app } = await api.sessions.ready();
    const { id } = await app.pipeline.newTicket({ title: 'Round prices down' });
    const { id: other } = await app.pipeline.newTicket({ title: 'Round prices' });
    const status = (of: string) => app.backlog.tickets.get(of)?.status;
    dialogs.answers.choose = (items) => items.find(({ label }) => label === 'Title');
    dialogs.answers.input = 'Round all prices down';
    await command('editTicket', id);
    assert.equal(app.backlog.tickets.get(id)?.title, 'Round all prices down');
    dialogs.answers.choose = (items) => items.find(({ label }) => label === 'Tomorrow');
    await command('snoozeTicket', id);
    assert.equal(status(id), 'snoozed');
    await command('reopenTicket', id);
    assert.equal(status(id), 'open');
    dialogs.answers.input = 'Nobody minds';
    await command('closeTicket', id);
    assert.equal(status(id), 'closed');
    await command('reopenTicket', id);
    dialogs.answers.choose = (items) => items.find(({ detail }) => detail === other);
    await command('mergeTicket', id);
    assert.equal(app.backlog.tickets.get(id)?.metadata.mergedInto, other);
    await command('splitTicket', id);
    assert.equal(status(id), 'open');
    assert.deepEqual(dialogs.told, []);
    dialogs.answers.input = 'Only for this test';
    for (const one of [id, other]) await command('closeTicket', one);
  });

  it('names a setting that is not valid, and opens again when it is', async () => {
    const settings = vscode.workspace.getConfiguration('patchwright');
    await settings.update('limits.requestsPerDay', 0, vscode.ConfigurationTarget.Workspace);
    try {
      await command('scan');
      await eventually(() => dialogs.told.length > 0);
      assert.match(dialogs.told[0]?.message ?? '', /patchwright\.limits\.requestsPerDay/);
      assert.deepEqual(dialogs.told[0]?.buttons, ['Open Settings']);
    } finally {
      await settings.update(
        'limits.requestsPerDay',
        undefined,
        vscode.ConfigurationTarget.Workspace,
      );
    }
    dialogs.told.length = 0;
    await command('scan');
    assert.deepEqual(dialogs.told, []);
  });

  it('makes a ticket of what the editor shows as an error, when the code analysis is on', async () => {
    const { app } = await api.sessions.ready();
    const settings = vscode.workspace.getConfiguration('patchwright');
    const shown = vscode.languages.createDiagnosticCollection('patchwright-test');
    const problem = new vscode.Diagnostic(
      new vscode.Range(2, 0, 2, 5),
      'It is not defined.',
      vscode.DiagnosticSeverity.Error,
    );
    problem.source = 'checker';
    problem.code = 'no-undef';
    shown.set(vscode.Uri.file(join(folder, 'src/main.js')), [problem]);
    await settings.update('sources.enabled.codeAnalysis', true, vscode.ConfigurationTarget.Global);
    const found = () =>
      app.backlog.tickets.list().find(({ title }) => title === 'checker: no-undef in src/main.js');
    try {
      await command('scan');
      assert.deepEqual(dialogs.told, []);
      assert.deepEqual(found()?.metadata.location, { file: 'src/main.js', line: 3 });
      assert.equal(found()?.category, 'bug_fix');
    } finally {
      shown.dispose();
      await settings.update(
        'sources.enabled.codeAnalysis',
        undefined,
        vscode.ConfigurationTarget.Global,
      );
      const left = found();
      if (left) await app.pipeline.close(left.id, 'of a test');
    }
  });

  async function countOfTicket(): Promise<number> {
    const all = (await rows(api.backlogView.tree)).flatMap((group: Row) => group.children);
    const found = all.find(({ item }) => labelOf(item).includes("(reading 'split')"));
    return Number(/ (\d+)× /.exec(String(found?.item.description))?.[1]);
  }
});

/** The first error of the log, with its stack, once more. */
function errorOf(log: string): string {
  const [found] = /^\S+ ERROR .*\n(?:TypeError.*\n)(?: {4}at .*\n)+/m.exec(log) ?? [];
  assert.ok(found, 'the log has no error');
  return found.replace(/^\S+/, new Date().toISOString());
}
