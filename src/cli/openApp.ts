import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type App, compose } from '../compose.ts';
import { PatchwrightError } from '../core/errors.ts';
import { parseSettings, type Settings } from '../core/settings.ts';
import { readUserSettings, readWorkspaceSettings } from '../platform/workspaceSettings.ts';
import type { Arguments } from './arguments.ts';
import type { Output } from './output.ts';

const keyVariables = {
  anthropic: 'ANTHROPIC_API_KEY',
  openai: 'OPENAI_API_KEY',
  vscode: '',
} as const;

/**
 * Settings that decide where the user's key and code are sent, and what that may cost, are the machine's:
 * a cloned repository must not set them. In the editor they have machine scope; here they come from the
 * user's own file and the environment.
 */
function machineSettings(own: Settings, environment: NodeJS.ProcessEnv) {
  const { fallbacks, prices } = own.model;
  const provider = environment.PATCHWRIGHT_MODEL_PROVIDER;
  const isKnown = provider === 'anthropic' || provider === 'openai' || provider === 'vscode';
  return {
    provider: isKnown ? provider : own.model.provider,
    baseUrl: environment.PATCHWRIGHT_MODEL_BASE_URL ?? own.model.baseUrl,
    fallbacks,
    prices,
  };
}

/** Naming a folder on the command line is trusting it; the same settings as in the editor are read. */
export async function openApp(
  args: Pick<Arguments, 'folder' | 'model'>,
  out: Output,
  environment: NodeJS.ProcessEnv,
  readOnly: boolean,
): Promise<App> {
  const folder = resolve(args.folder);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new PatchwrightError('no_folder', {
      what: `${folder} is not a folder.`,
      why: 'Patchwright works on a workspace folder.',
      remedy: 'Name one with --folder.',
    });
  }
  const settings = () => {
    const own = readUserSettings(environment);
    const raw = { ...own, ...readWorkspaceSettings(folder) };
    if (args.model) raw['patchwright.model.name'] = args.model;
    const parsed = parseSettings(raw);
    const machine = machineSettings(parseSettings(own), environment);
    return { ...parsed, model: { ...parsed.model, ...machine } };
  };
  return compose({
    folder,
    settings,
    apiKey: (provider) => Promise.resolve(environment[keyVariables[provider]]),
    environment,
    log: out.log,
    trusted: true,
    readOnly,
  });
}
