import * as vscode from 'vscode';
import type { Settings } from '../core/settings.ts';
import type { Dialogs } from './dialogs.ts';
import { msg, t } from './l10n.ts';

type Provider = Settings['model']['provider'];

/** Where each provider's key is kept, and the variable it is read from otherwise. */
const places = {
  anthropic: { secret: 'patchwright.anthropicApiKey', variable: 'ANTHROPIC_API_KEY' },
  openai: { secret: 'patchwright.openaiApiKey', variable: 'OPENAI_API_KEY' },
} as const;

const prompts = {
  anthropic: msg('Your Anthropic API key.'),
  openai: msg("The server's API key; most on this machine want none."),
} as const;

/** The models' keys: from VS Code's secret storage, else from the environment; never from a file. */
export interface ApiKey {
  get(provider: Provider): Promise<string | undefined>;
  /** Asks for it and keeps it; an empty answer removes the one that is kept. */
  ask(provider: 'anthropic' | 'openai'): Promise<void>;
  readonly onDidChange: vscode.Event<unknown>;
}

export function createApiKey(
  secrets: vscode.SecretStorage,
  environment: NodeJS.ProcessEnv,
  dialogs: Dialogs,
): ApiKey {
  return {
    async get(provider) {
      if (provider === 'vscode') return undefined;
      const { secret, variable } = places[provider];
      return (await secrets.get(secret)) || environment[variable]?.trim() || undefined;
    },
    async ask(provider) {
      const { secret } = places[provider];
      const key = await dialogs.input({
        title: t('Set API Key'),
        prompt: t(
          '{0} It is kept in the secret storage. Leave it empty to remove it.',
          t(prompts[provider]),
        ),
        password: true,
      });
      if (key === undefined) return;
      if (key.trim() === '') await secrets.delete(secret);
      else await secrets.store(secret, key.trim());
      dialogs.mention(key.trim() === '' ? t('API key removed') : t('API key saved'));
    },
    onDidChange: secrets.onDidChange,
  };
}
