import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as vscode from 'vscode';
import { commandId, commandNames } from '../../../src/editor/commands.ts';
import { command, eventually, openApi, scriptedDialogs } from '../support/api.ts';

describe('a folder without a repository', () => {
  const dialogs = scriptedDialogs();

  it('activates, with every command registered', async () => {
    await openApi();
    const registered = new Set(await vscode.commands.getCommands(true));
    for (const name of commandNames) assert.ok(registered.has(commandId(name)), name);
  });

  it('says so to the views, which are empty', async () => {
    const api = await openApi();
    await eventually(() => api.contextKeys.values().state === 'noGit');
    assert.deepEqual(await api.backlogView.tree.getChildren(), []);
    assert.deepEqual(await api.reviewView.tree.getChildren(), []);
    assert.match(api.statusBar.shown().tooltip, /not a git repository/);
  });

  it('answers a command with what is missing and a button for it', async () => {
    await command('scan');
    assert.equal(dialogs.told.length, 1);
    assert.match(dialogs.told[0]?.message ?? '', /not a git repository/);
    assert.deepEqual(dialogs.told[0]?.buttons, ['Initialize Repository']);
  });

  it('lets the doctor say what is missing', async () => {
    await command('doctor');
    const document = vscode.window.activeTextEditor?.document;
    assert.ok(document);
    assert.deepEqual(document.getText().match(/^(?:## .*|- ✓ [^:]*)/gm), [
      '## ✗ This folder is not a git repository.',
      '## What works',
      '- ✓ Workspace Trust',
    ]);
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
      'vscode.executeLinkProvider',
      document.uri,
    );
    assert.deepEqual(
      links.map(({ target, range }) => [target?.toString(), document.getText(range)]),
      [
        ['command:git.init', '→ Initialize Repository'],
        ['command:patchwright.doctor', '→ Examine Again'],
      ],
    );
  });

  it('opens by itself when a repository is made', async () => {
    const api = await openApi();
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
    execFileSync('git', ['init', '-q'], { cwd: folder });
    await eventually(() => api.sessions.state().kind === 'ready');
  });
});
