import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commandId, commandNames } from '../../../src/editor/commands.ts';
import { eventually, openApi } from '../support/api.ts';

describe('activation', () => {
  it('registers every command', async () => {
    await openApi();
    const registered = new Set(await vscode.commands.getCommands(true));
    for (const name of commandNames) assert.ok(registered.has(commandId(name)), name);
  });

  it('opens the house of the folder afterwards', async () => {
    const api = await openApi();
    const session = await api.sessions.ready();
    assert.equal(session.folder.name, 'shop');
    assert.equal(api.sessions.state().kind, 'ready');
  });

  it('tells what it costs', async () => {
    const line = await eventually(activationRow);
    const [load, activate] = line.split('|').slice(3, 5).map(Number);
    console.log(`      load code and activate: ${line.trim()}`);
    assert.ok(Number.isFinite(load) && Number.isFinite(activate), line);
  });
});

/** VS Code's own measurement: `| id | eager | load code | call activate | finish activate | …`. */
async function activationRow(): Promise<string | undefined> {
  await vscode.commands.executeCommand('perfview.show');
  const report = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'perf');
  return report
    ?.getText()
    .split('\n')
    .find((line) => line.includes('patchwright.patchwright') && line.split('|').length > 5);
}
