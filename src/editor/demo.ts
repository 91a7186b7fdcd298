import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { allowVariable } from '../core/sandbox.ts';

const key = 'patchwright.demoFolders';

/** The demo workspace, with a recorded model for who has no key yet. */
export interface Demo {
  /** Makes a copy below the folder, and remembers that it is one. */
  create(parent: vscode.Uri): Promise<vscode.Uri>;
  /** For a folder that `create` made; undefined for any other, whatever it holds. */
  modelOf(folder: vscode.Uri): Promise<RecordedModel | undefined>;
}

export interface RecordedModel {
  readonly apiKey: string;
  readonly environment: Readonly<Record<string, string>>;
  dispose(): Promise<void>;
}

export function createDemo(extension: vscode.Uri, memory: vscode.Memento): Demo {
  const media = join(extension.fsPath, 'media');
  const known = (): readonly string[] => memory.get<readonly string[]>(key, []);
  return {
    async create(parent) {
      const folder = freeFolder(parent.fsPath);
      mkdirSync(folder);
      const { copyDemo } = await import('../compose.ts');
      await copyDemo(join(media, 'demo'), folder);
      await memory.update(key, [...known().filter((path) => existsSync(path)), folder]);
      return vscode.Uri.file(folder);
    },
    async modelOf({ fsPath }) {
      if (!known().includes(fsPath)) return undefined;
      const { startRecordedModel } = await import('../compose.ts');
      const model = await startRecordedModel(join(media, 'demo.recording.json'));
      // Its patch is our own; a real model's is held in a sandbox or not run.
      return {
        apiKey: model.environment['ANTHROPIC_API_KEY'] ?? '',
        environment: { ...model.environment, [allowVariable]: '1' },
        dispose: () => model.dispose(),
      };
    },
  };
}

function freeFolder(parent: string): string {
  const named = (number: number): string =>
    join(parent, number === 1 ? 'patchwright-demo' : `patchwright-demo-${number}`);
  let number = 1;
  while (existsSync(named(number))) number += 1;
  return named(number);
}
