import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type App, compose } from '../compose.ts';
import { PatchwrightError } from '../core/errors.ts';
import { parseSettings } from '../core/settings.ts';
import { readWorkspaceSettings } from '../platform/workspaceSettings.ts';
import type { Arguments } from './arguments.ts';
import type { Output } from './output.ts';

/**
 * Keys that decide where the user's key is sent: a cloned repository must not set them, so the command
 * line takes them from the environment only (in the editor they have machine scope).
 */
const machineOnly = ['patchwright.model.baseUrl'];

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
    const raw = readWorkspaceSettings(folder);
    for (const key of machineOnly) delete raw[key];
    if (args.model) raw['patchwright.model.name'] = args.model;
    return parseSettings(raw);
  };
  return compose({
    folder,
    settings,
    apiKey: () => Promise.resolve(environment.ANTHROPIC_API_KEY),
    environment,
    log: out.log,
    trusted: true,
    readOnly,
  });
}
