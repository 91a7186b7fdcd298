import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { errorMessage, PatchwrightError } from '../core/errors.ts';
import { machineKeys, parseSettings, type Settings } from '../core/settings.ts';
import { flatSettings, settingsVariable } from '../core/settingsVariable.ts';
import { readUserSettings, readWorkspaceSettings } from '../platform/workspaceSettings.ts';
import { type Arguments, usageError } from './arguments.ts';

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

/** @returns those that a command is to be done in; the user's own file says which are listed, never a folder's */
export function foldersOf(
  { all, folder, folders }: Pick<Arguments, 'all' | 'folder' | 'folders'>,
  environment: NodeJS.ProcessEnv,
): readonly string[] {
  if (!all) return folders.length === 0 ? [folder] : folders;
  if (folders.length > 0) throw usageError('--all takes the listed folders; name none besides.');
  return listedFolders(readUserSettings(environment)[listKey]);
}

const listKey = 'patchwright.folders';

function listedFolders(list: unknown): readonly string[] {
  const isList = Array.isArray(list) && list.length > 0;
  const folders = isList ? list.map((one) => (typeof one === 'string' ? atHome(one) : '')) : [];
  if (isList && folders.every(isAbsolute)) return folders;
  throw new PatchwrightError('invalid_settings', {
    what: 'There is no list of folders.',
    why: `${listKey} of the user's own settings.json is not a list of absolute paths (or of such below ~).`,
    remedy: 'List them there, or name each with --folder.',
  });
}

function atHome(path: string): string {
  return /^~(?=$|[\\/])/.test(path) ? join(homedir(), path.slice(1)) : path;
}

/** As in the editor, but for what only the user may say. Throws `invalid_settings`. */
export function folderSettings(
  folder: string,
  environment: NodeJS.ProcessEnv,
  model?: string,
): Settings {
  const given = readGiven(environment);
  const own = given ?? readUserSettings(environment);
  const raw: Record<string, unknown> = given
    ? { ...given }
    : { ...own, ...readWorkspaceSettings(folder) };
  if (model) raw['patchwright.model.name'] = model;
  return withMachineKeys(parseSettings(raw), parseSettings(own), environment);
}

/** What the editor hands to a process of its own, in place of all files. */
function readGiven(environment: NodeJS.ProcessEnv): Readonly<Record<string, unknown>> | undefined {
  const text = environment[settingsVariable];
  if (text === undefined) return undefined;
  try {
    return flatSettings(JSON.parse(text) as object);
  } catch (error) {
    throw new PatchwrightError('invalid_settings', {
      what: `${settingsVariable} could not be read.`,
      why: `${errorMessage(error)}.`,
      remedy: 'The editor sets it for what it starts; leave it out elsewhere.',
    });
  }
}

/**
 * What decides where the user's key and code are sent, what that may cost, and whether patches are held
 * while they run, and which pages and programs may ask: a cloned repository must not say so, in whatever form, and so it comes from the user's
 * own file and the environment only (in the editor these have machine scope).
 */
function withMachineKeys(
  settings: Settings,
  own: Settings,
  environment: NodeJS.ProcessEnv,
): Settings {
  const merged = structuredClone(settings);
  for (const key of machineKeys) copyValue(key.split('.'), own, merged);
  const provider = environment.PATCHWRIGHT_MODEL_PROVIDER;
  if (provider === 'anthropic' || provider === 'openai' || provider === 'vscode') {
    merged.model.provider = provider;
  }
  merged.model.baseUrl = environment.PATCHWRIGHT_MODEL_BASE_URL ?? merged.model.baseUrl;
  return merged;
}

function copyValue([name = '', ...rest]: readonly string[], from: object, to: object): void {
  const value: unknown = Reflect.get(from, name);
  if (rest.length === 0) Reflect.set(to, name, value);
  else copyValue(rest, value as object, Reflect.get(to, name) as object);
}
