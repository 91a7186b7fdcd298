import * as vscode from 'vscode';
import { defaultSettings, parseSettings, type Settings } from '../core/settings.ts';

const section = 'patchwright';

/** The keys that the core knows, `limits.requestsPerDay` for instance. */
export function settingKeys(value: unknown = defaultSettings, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([key, child]) =>
    settingKeys(child, path ? `${path}.${key}` : key),
  );
}

/** The folder's settings as they are now. Throws `invalid_settings`, naming every bad key. */
export function readSettings(folder: vscode.Uri): Settings {
  const configuration = vscode.workspace.getConfiguration(section, folder);
  return parseSettings(
    Object.fromEntries(
      settingKeys().map((key) => [`${section}.${key}`, configuration.get<unknown>(key)]),
    ),
  );
}

/** A live value: parsed once, and again after the settings were changed. */
export function liveSettings(folder: vscode.Uri): {
  readonly current: () => Settings;
  readonly onDidChange: vscode.Event<void>;
  dispose(): void;
} {
  let parsed: Settings | undefined;
  const changed = new vscode.EventEmitter<void>();
  const listening = vscode.workspace.onDidChangeConfiguration((event) => {
    if (!event.affectsConfiguration(section, folder)) return;
    parsed = undefined;
    changed.fire();
  });
  return {
    current: () => (parsed ??= readSettings(folder)),
    onDidChange: changed.event,
    dispose() {
      listening.dispose();
      changed.dispose();
    },
  };
}
