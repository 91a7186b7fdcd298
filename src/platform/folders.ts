import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where Patchwright keeps worktrees and dependency copies: outside every workspace, shared by all windows. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  if (env.PATCHWRIGHT_CACHE) return env.PATCHWRIGHT_CACHE;
  if (process.platform === 'win32') {
    return join(env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'Patchwright');
  }
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'patchwright');
  return join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'patchwright');
}

/** Where the user's own settings for the command line lie. */
export function configFolder(env: NodeJS.ProcessEnv): string {
  if (process.platform === 'win32') {
    return join(env.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'Patchwright');
  }
  return join(env.XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'patchwright');
}
