import type * as vscode from 'vscode';

/** The part of a configuration that is read. */
export type Configuration = Pick<vscode.WorkspaceConfiguration, 'get' | 'inspect'>;

/**
 * Values by their full keys. Those of the machine are taken from the user's own settings only: a folder
 * could set them as parts of an object (`"patchwright.model": { … }`), which no scope keeps it from.
 */
export function settingValues(
  configuration: Configuration,
  section: string,
  keys: readonly string[],
  machineKeys: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(
    keys.map((key) => [
      `${section}.${key}`,
      machineKeys.includes(key) ? ownValue(configuration, key) : configuration.get<unknown>(key),
    ]),
  );
}

/** What the user has set, or the default. */
export function ownValue(configuration: Configuration, key: string): unknown {
  const found = configuration.inspect<unknown>(key);
  return found?.globalValue ?? found?.defaultValue;
}
