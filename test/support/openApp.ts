import { type App, compose } from '../../src/compose.ts';
import { parseSettings } from '../../src/core/settings.ts';
import type { ModelServer } from './modelServer.ts';

export interface AppOptions {
  readonly folder: string;
  readonly cache: string;
  readonly server: Pick<ModelServer, 'baseUrl' | 'apiKey'>;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** The whole house over a folder, with the model that a loopback server plays. */
export function openApp({ folder, cache, server, settings }: AppOptions): Promise<App> {
  return compose({
    folder,
    settings: () => parseSettings(settings),
    apiKey: () => Promise.resolve(server.apiKey),
    environment: {
      ...process.env,
      ANTHROPIC_BASE_URL: server.baseUrl,
      PATCHWRIGHT_CACHE: cache,
    },
    log: () => undefined,
    trusted: true,
  });
}
