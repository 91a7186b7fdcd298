import * as vscode from 'vscode';
import { commandId, commandNames, type Handlers } from './commands.ts';
import { createDisposableStore } from './disposables.ts';
import type { ErrorReporter } from './errors.ts';

/** Registers one handler for each command; what a handler throws is shown to the person who asked. */
export function registerCommands(handlers: Handlers, errors: ErrorReporter): { dispose(): void } {
  const store = createDisposableStore();
  for (const name of commandNames) {
    store.add(
      vscode.commands.registerCommand(commandId(name), async (...args: unknown[]) => {
        try {
          await handlers[name](...args);
        } catch (error) {
          errors.show(error);
        }
      }),
    );
  }
  return store;
}
