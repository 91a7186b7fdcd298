import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import * as vscode from 'vscode';
import type { TeamPutOf } from '../../../src/core/team.ts';
import type { TestApi } from '../../../src/extension.ts';
import { command, eventually, openApi, scriptedDialogs } from '../support/api.ts';

const limitMs = 60_000;

const theirs: TeamPutOf<'request'> = {
  kind: 'request',
  id: '7c9e6679-7425-40de-944b-e07fc1f90ae0',
  ticketId: 'exception-77',
  createdAt: '2026-03-05T08:00:00.000Z',
  status: 'PENDING_APPROVAL',
  base: 'a'.repeat(40),
  commit: 'b'.repeat(40),
  files: ['x'],
  testFiles: [],
  reasoning: '',
  component: 'x',
  confidence: 0.9,
  gates: [],
  model: 'm',
};

describe('what works while nobody looks', () => {
  const dialogs = scriptedDialogs();
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  let api: TestApi;

  before(async () => {
    api = await openApi();
    await api.sessions.ready();
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  const schedule = (enabled: boolean): Thenable<void> =>
    vscode.workspace
      .getConfiguration('patchwright')
      .update('schedule.enabled', enabled, vscode.ConfigurationTarget.Global);
  const offer = (value: boolean | undefined): Thenable<void> =>
    vscode.workspace
      .getConfiguration('patchwright')
      .update('mcp.offer', value, vscode.ConfigurationTarget.Global);
  const reports = (): readonly string[] => {
    const place = join(folder, '.patchwright/reports');
    return existsSync(place) ? readdirSync(place) : [];
  };
  async function doctorText(): Promise<string> {
    await command('doctor');
    return vscode.window.activeTextEditor?.document.getText() ?? '';
  }

  it('waits while somebody types, and the doctor says so', async () => {
    const document = await vscode.workspace.openTextDocument({ content: '' });
    const editor = await vscode.window.showTextDocument(document);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'a'));
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    try {
      await schedule(true);
      await eventually(
        async () => (await doctorText()).includes('Waits now: somebody is typing.'),
        limitMs,
      );
      assert.deepEqual(reports(), []);
    } finally {
      await schedule(false);
    }
    await eventually(async () => (await doctorText()).includes('Switched off'), limitMs);
  });

  it('does once what was missed, and leaves reports', async () => {
    await api.sessions.restart(); // this window has not been typed in
    try {
      await schedule(true);
      for (const type of ['hourly', 'daily', 'weekly', 'monthly']) {
        const isDone = () => reports().some((name) => name.endsWith(`-${type}.md`)) || undefined;
        await eventually(isDone, limitMs);
      }
      await eventually(async () => /hourly .* \(last \d{4}-/.test(await doctorText()), limitMs);
      assert.equal(reports().filter((name) => name.endsWith('.md')).length, 4);
      assert.deepEqual(dialogs.told, []);
    } finally {
      await schedule(false);
    }
  });

  it('runs at once what somebody chooses, and shows its report and those of before', async () => {
    const before = reports().length;
    const weekly = ({ label }: vscode.QuickPickItem) => label === 'Weekly';
    dialogs.answers.choose = (items) => items.find(weekly);
    await command('runNow');
    assert.equal(reports().length, before + 2);
    const isShown = () =>
      vscode.window.tabGroups.all.some(({ activeTab }) =>
        /-weekly\.md/.test(activeTab?.label ?? ''),
      );
    await eventually(isShown, limitMs);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    let offered: readonly vscode.QuickPickItem[] = [];
    dialogs.answers.choose = (items) => (offered = items)[0];
    await command('showReports');
    assert.equal(offered.length, reports().length / 2);
    assert.match(offered[0]?.description ?? '', /UTC, just now$/);
    await eventually(isShown, limitMs);
  });

  it("shows others' patches, and opens one", async () => {
    const { backlog } = (await api.sessions.ready()).app;
    const diff = 'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-1\n+2\n';
    await backlog.write([
      {
        kind: 'team',
        chain: `z${'a'.repeat(32)}-${'b'.repeat(12)}`,
        name: 'user:anna@example.org',
        seq: 1,
        hash: 'c'.repeat(64),
        own: false,
        puts: [{ ...theirs, diff }],
      },
    ]);
    await command('showTeam');
    const text = vscode.window.activeTextEditor?.document.getText() ?? '';
    assert.match(text, /anna@example\.org · waits for a decision · exception-77/);
    await command('openTheirs', theirs.id);
    assert.equal(vscode.window.activeTextEditor?.document.getText(), diff);
    dialogs.answers.input = 'fine';
    await command('vouch', 'no such request');
    assert.match(dialogs.told.at(-1)?.message ?? '', /no such request/);
  });

  it('starts and stops the receiver, and copies what programs and pages need', async () => {
    const configuration = () => vscode.workspace.getConfiguration('patchwright');
    const { Global } = vscode.ConfigurationTarget;
    await configuration().update('server.port', 0, Global);
    try {
      dialogs.answers.tell = 'Copy Snippet';
      await command('toggleServer');
      const { message, buttons } = dialogs.told.at(-1) ?? { message: '', buttons: [] };
      assert.deepEqual(buttons, ['Copy DSN', 'Copy Token', 'Copy Snippet']);
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(message)?.[0] ?? '';
      const snippet = await vscode.env.clipboard.readText();
      const key = /data-key="(\w+)"/.exec(snippet)?.[1] ?? '';
      assert.ok(snippet.includes(`src="${url}/feedback.js"`), snippet);
      const error = JSON.stringify({ type: 'TypeError', message: 'x of undefined' });
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
      const sent = await fetch(`${url}/ingest/errors`, { method: 'POST', headers, body: error });
      assert.equal(sent.status, 202);
      assert.equal(
        (await fetch(`${url}/api/v1/metrics`, { headers })).status,
        403,
        'it only hands in',
      );
      await command('toggleServer');
      assert.equal(dialogs.mentioned.at(-1), 'Receiver stopped');
      await assert.rejects(fetch(`${url}/health`));
    } finally {
      delete dialogs.answers.tell;
      await configuration().update('server.port', undefined, Global);
    }
  });

  it("offers its MCP server, which answers when it is run by the editor's own Node", async () => {
    assert.equal(api.mcpServers.isRegistered, true);
    await api.sessions.ready();
    assert.deepEqual(api.mcpServers.offered(), []); // nobody has asked for it
    await offer(true);
    const [server] = await eventually(async () => {
      const offered = api.mcpServers.offered();
      return offered.length === 1 ? offered : undefined;
    }, limitMs);
    assert.ok(server);
    const inherited = Object.entries({ ...process.env, ...server.env });
    const env = Object.fromEntries(
      inherited.flatMap(([name, value]) => (value == null ? [] : [[name, String(value)]])),
    );
    const { command: program, args, cwd } = server;
    const client = new Client({ name: 'test', version: '1.0.0' });
    try {
      const where = cwd ? { cwd: cwd.fsPath } : {};
      await client.connect(new StdioClientTransport({ command: program, args, env, ...where }));
      assert.equal(client.getServerVersion()?.name, 'patchwright');
      const { tools } = await client.listTools();
      assert.ok(tools.some(({ name }) => name === 'read_ticket'));
    } finally {
      await client.close();
      await offer(undefined);
    }
  });
});
