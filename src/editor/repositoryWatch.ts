import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { createDisposableStore } from './disposables.ts';

/** `git init` in folders that wait for it. @param poll where nothing else is done */
export function watchForRepository(
  folders: readonly vscode.WorkspaceFolder[],
  poll: boolean,
  found: () => void,
): { dispose(): void } {
  const store = createDisposableStore();
  for (const folder of folders) {
    const pattern = new vscode.RelativePattern(folder, '.git/HEAD');
    const watcher = store.add(vscode.workspace.createFileSystemWatcher(pattern));
    store.add(watcher.onDidCreate(found));
  }
  if (!poll) return store;
  // A watcher says nothing of what was made while it was being set up, and on some disks nothing at all.
  const timer = setInterval(() => {
    for (const { uri } of folders) if (existsSync(join(uri.fsPath, '.git', 'HEAD'))) found();
  }, repositoryPollMs);
  store.add({ dispose: () => clearInterval(timer) });
  return store;
}

const repositoryPollMs = 2_000;
