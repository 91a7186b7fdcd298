import * as vscode from 'vscode';
import { errorMessage } from '../core/errors.ts';
import type { Settings } from '../core/settings.ts';
import type { Desk } from './desk.ts';
import { lineLog } from './errors.ts';
import { languageModels } from './languageModels.ts';
import { msg, t } from './l10n.ts';

type Provider = Settings['model']['provider'];

const providers: readonly (vscode.QuickPickItem & { readonly provider: Provider })[] = [
  {
    provider: 'anthropic',
    label: 'Anthropic',
    detail: msg('Claude, with an API key of yours'),
  },
  {
    provider: 'openai',
    label: msg('Server by Address'),
    detail: msg(
      'Ollama, LM Studio, llama.cpp, vLLM, OpenAI: any server of the chat completions protocol',
    ),
  },
  {
    provider: 'vscode',
    label: 'VS Code',
    detail: msg('The models that VS Code offers, GitHub Copilot for instance'),
  },
];

function translated<T extends vscode.QuickPickItem>(item: T): T {
  return { ...item, label: t(item.label), ...(item.detail ? { detail: t(item.detail) } : {}) };
}

/** Asks which provider and which model, and keeps it for all folders of this machine. */
export async function setUpModel(desk: Desk): Promise<void> {
  const { dialogs, apiKey } = desk;
  const chosen = await dialogs.choose(providers.map(translated), {
    title: t('Set Up Model (1 of 2)'),
  });
  if (!chosen) return;
  const { provider } = chosen;
  let baseUrl = '';
  if (provider === 'openai') {
    const address = await askAddress(desk);
    if (address === undefined) return;
    baseUrl = address;
    await apiKey.ask(provider);
  }
  if (provider === 'anthropic' && !(await apiKey.get(provider))) await apiKey.ask(provider);
  const name = await chooseName(desk, provider, baseUrl);
  if (name === undefined) return;
  const settings = vscode.workspace.getConfiguration('patchwright.model');
  const { Global } = vscode.ConfigurationTarget;
  await settings.update('provider', provider, Global);
  await settings.update('baseUrl', baseUrl, Global);
  await settings.update('name', name, Global);
  dialogs.mention(t('Patches are written by {0}', name || t('the best model there is')));
}

function askAddress({ dialogs }: Desk): Promise<string | undefined> {
  const current = vscode.workspace.getConfiguration('patchwright.model').get<string>('baseUrl');
  return dialogs.input({
    title: t('Address of the Server'),
    prompt: t('With its version, for example http://localhost:11434/v1'),
    value: current || 'http://localhost:11434/v1',
    validateInput: (text) =>
      URL.canParse(text.trim()) && /^https?:/.test(text.trim())
        ? undefined
        : t('This is no address.'),
  });
}

/** Of those there are; empty lets the provider choose. undefined: the person chose nothing. */
async function chooseName(
  { dialogs, apiKey, log }: Desk,
  provider: Provider,
  baseUrl: string,
): Promise<string | undefined> {
  const names = await namesOf(provider, baseUrl, apiKey, log).catch((error: unknown) => {
    log.warn(errorMessage(error));
    return [];
  });
  if (names.length === 0) {
    return dialogs.input({
      title: t('Set Up Model (2 of 2)'),
      prompt: t('The list of models could not be read. Name one, or leave it empty.'),
    });
  }
  const best = {
    label: t('The best there is'),
    description: t('chosen anew for each patch'),
    name: '',
  };
  const items = [best, ...names.map((name) => ({ label: name, description: '', name }))];
  return (await dialogs.choose(items, { title: t('Set Up Model (2 of 2)') }))?.name;
}

async function namesOf(
  provider: Provider,
  baseUrl: string,
  apiKey: Desk['apiKey'],
  log: vscode.LogOutputChannel,
): Promise<readonly string[]> {
  if (provider === 'vscode') return (await languageModels().select()).map(({ id }) => id);
  const { listModels } = await import('../compose/models.ts');
  const sources = {
    apiKey: (one: Provider) => apiKey.get(one),
    environment: process.env,
    log: lineLog(log),
  };
  return listModels(sources, provider, baseUrl);
}
