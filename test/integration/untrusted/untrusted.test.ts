import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { offeredFor } from '../../../src/editor/ticketMoves.ts';
import { command, drawn, eventually, openApi, rows, scriptedDialogs } from '../support/api.ts';

describe('a folder that is not trusted', () => {
  const dialogs = scriptedDialogs();
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const written = () => {
    const data = join(folder, '.patchwright');
    return readdirSync(data, { recursive: true, encoding: 'utf8' })
      .sort()
      .map((name) => `${name} ${statSync(join(data, name)).mtimeMs}`);
  };
  const before_ = written();

  it('shows the backlog that lies in it', async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    const api = await openApi();
    await eventually(() => api.sessions.state().kind === 'ready');
    const tickets = drawn(await rows(api.backlogView.tree));
    assert.ok(
      tickets.some((line) => line.includes("(reading 'split')")),
      tickets.join('\n'),
    );
    await eventually(() => api.reviewView.badge() === 1);
    assert.match(api.statusBar.shown().tooltip, /Restricted mode/);
  });

  it('shows a patch as text, without asking git', async () => {
    await command('openDiff');
    const document = vscode.window.activeTextEditor?.document;
    assert.match(document?.uri.path ?? '', /\.diff$/);
    assert.match(document?.getText() ?? '', /^diff --git a\//);
  });

  for (const name of ['scan', 'draftTicket', 'draftNext', 'approve', 'reject', 'rollBack']) {
    it(`refuses ${name}, with a button to trust it`, async () => {
      await command(name);
      assert.match(dialogs.told[0]?.message ?? '', /not trusted/);
      assert.deepEqual(dialogs.told[0]?.buttons, ['Manage Workspace Trust']);
    });
  }

  it('refuses to make, change or protect anything', async () => {
    const tickets = ['newTicket', ...Object.keys(offeredFor)];
    const changes = [...tickets, 'protectFile', 'undoReject'];
    for (const name of changes) await command(name);
    assert.equal(dialogs.told.length, changes.length);
  });

  it('has nothing written into it', () => {
    assert.deepEqual(written(), before_);
  });
});
