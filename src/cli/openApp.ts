import { type App, compose } from '../compose.ts';
import type { Arguments } from './arguments.ts';
import type { Command } from './command.ts';
import { withoutInner } from '../core/folderPlan.ts';
import { forgeTokenIn } from '../core/forgeToken.ts';
import { folderOf, folderSettings } from './folder.ts';
import type { Output } from './output.ts';

const keyVariables = {
  anthropic: 'ANTHROPIC_API_KEY',
  openai: 'OPENAI_API_KEY',
  vscode: '',
} as const;

/** Naming a folder on the command line is trusting it; the same settings as in the editor are read. */
export async function openApp(
  args: Pick<Arguments, 'folder' | 'model'>,
  out: Output,
  environment: NodeJS.ProcessEnv,
  { readOnly = false, scansAside = false }: Pick<Command, 'readOnly' | 'scansAside'>,
  inner: readonly string[] = [],
): Promise<App> {
  const folder = folderOf(args);
  const settings = () => withoutInner(folderSettings(folder, environment, args.model), inner);
  return compose({
    folder,
    settings,
    apiKey: (provider) => Promise.resolve(environment[keyVariables[provider]]),
    forgeToken: async ({ forge }) => forgeTokenIn(environment, forge),
    environment,
    log: out.log,
    trusted: true,
    readOnly,
    scanInWorker: scansAside,
  });
}
