import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import * as vscode from 'vscode';
import type { TestApi } from '../../../src/extension.ts';
import { command, eventually, openApi, scriptedDialogs } from '../support/api.ts';

const limitMs = 60_000;

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
