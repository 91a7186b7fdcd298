import * as vscode from 'vscode';
import type { Dialogs } from './dialogs.ts';

const secret = 'patchwright.anthropicApiKey';
export const apiKeyVariable = 'ANTHROPIC_API_KEY';

/** The model's key: from VS Code's secret storage, else from the environment; never from a file. */
export interface ApiKey {
  get(): Promise<string | undefined>;
  /** Asks for it and keeps it; an empty answer removes the one that is kept. */
  ask(): Promise<void>;
  readonly onDidChange: vscode.Event<unknown>;
}

export function createApiKey(
  secrets: vscode.SecretStorage,
  environment: NodeJS.ProcessEnv,
  dialogs: Dialogs,
): ApiKey {
  return {
    async get() {
      return (await secrets.get(secret)) || environment[apiKeyVariable]?.trim() || undefined;
    },
    async ask() {
      const key = await dialogs.input({
        title: 'Set API Key',
        prompt:
          'Your Anthropic API key. It is kept in the secret storage. Leave it empty to remove it.',
        password: true,
      });
      if (key === undefined) return;
      if (key.trim() === '') await secrets.delete(secret);
      else await secrets.store(secret, key.trim());
      dialogs.mention(key.trim() === '' ? 'API key removed' : 'API key saved');
    },
    onDidChange: secrets.onDidChange,
  };
}
