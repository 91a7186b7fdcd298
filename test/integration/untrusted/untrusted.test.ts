import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { command, eventually, openApi, scriptedDialogs } from '../support/api.ts';

describe('a folder that is not trusted', () => {
  const dialogs = scriptedDialogs();
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';

  it('is opened to look at', async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    const api = await openApi();
    await eventually(() => api.sessions.state().kind === 'ready');
    assert.deepEqual(await api.backlogView.tree.getChildren(), []);
    assert.match(api.statusBar.shown().tooltip, /Restricted mode/);
  });

  for (const name of ['scan', 'draftTicket', 'draftNext', 'approve', 'reject', 'rollBack']) {
    it(`refuses ${name}, with a button to trust it`, async () => {
      await command(name);
      assert.match(dialogs.told[0]?.message ?? '', /not trusted/);
      assert.deepEqual(dialogs.told[0]?.buttons, ['Manage Workspace Trust']);
    });
  }

  it('refuses to make or protect anything', async () => {
    for (const name of ['newTicket', 'protectFile', 'undoReject']) await command(name);
    assert.equal(dialogs.told.length, 3);
  });

  it('has nothing written into it', async () => {
    assert.equal(existsSync(join(folder, '.patchwright')), false);
  });
});
