import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { PatchwrightError } from '../core/errors.ts';
import { defaultSettings, parseSettings, type Settings } from '../core/settings.ts';
import { readWorkspaceSettings } from '../platform/workspaceSettings.ts';
import type { Arguments } from './arguments.ts';

/** Throws `no_folder`. */
export function folderOf(args: Pick<Arguments, 'folder'>): string {
  const folder = resolve(args.folder);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new PatchwrightError('no_folder', {
      what: `${folder} is not a folder.`,
      why: 'Patchwright works on a workspace folder.',
      remedy: 'Name one with --folder.',
    });
  }
  return folder;
}

/** As in the editor, but for what only the user may say. Throws `invalid_settings`. */
export function folderSettings(folder: string, model?: string): Settings {
  const raw = readWorkspaceSettings(folder);
  if (model) raw['patchwright.model.name'] = model;
  return withoutMachineKeys(parseSettings(raw));
}

/**
 * What decides where the user's key is sent, and whether patches are held while they run: a cloned
 * repository must not say so, in whatever form, and so the command line takes it from the environment only
 * (in the editor these have machine scope).
 */
function withoutMachineKeys(settings: Settings): Settings {
  const { baseUrl } = defaultSettings.model;
  const { allowWithout } = defaultSettings.sandbox;
  return {
    ...settings,
    model: { ...settings.model, baseUrl },
    sandbox: { ...settings.sandbox, allowWithout },
  };
}
