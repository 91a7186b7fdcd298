import * as vscode from 'vscode';
import type { Settings } from '../core/settings.ts';
import { createDisposableStore } from './disposables.ts';

/** Says when a source has grown; what to read, and when, the pipeline decides. */
export function watchSources(
  folder: vscode.WorkspaceFolder,
  settings: Settings,
  grown: () => void,
): { dispose(): void } {
  const store = createDisposableStore();
  for (const glob of globs(settings)) {
    const pattern = new vscode.RelativePattern(folder, glob);
    const watcher = store.add(vscode.workspace.createFileSystemWatcher(pattern));
    store.add(watcher.onDidCreate(grown));
    store.add(watcher.onDidChange(grown));
    // Of a deleted file nothing can be read; its new self will be created.
  }
  return store;
}

function globs({ sources }: Settings): readonly string[] {
  return [
    ...(sources.enabled.logs ? sources.logs : []),
    ...(sources.enabled.feedback ? sources.feedback : []),
    ...(sources.enabled.metrics ? sources.metrics : []),
    ...(sources.enabled.interactions ? sources.interactions : []),
  ];
}
