import * as vscode from 'vscode';
import type { Settings } from '../core/settings.ts';
import { ownValue, settingValues } from './settingValues.ts';

const section = 'patchwright';

/** The core's rules for settings. Loaded with the house, not with the extension: they bring a library. */
export type SettingsRules = Pick<
  typeof import('../core/settings.ts'),
  'parseSettings' | 'defaultSettings' | 'machineKeys'
>;

/** Who serves the model; of the machine, the same in every folder. */
export function currentProvider(): Settings['model']['provider'] {
  const value = ownValue(vscode.workspace.getConfiguration(section), 'model.provider');
  return value === 'openai' || value === 'vscode' ? value : 'anthropic';
}

/** The folder's settings as they are now. Throws `invalid_settings`, naming every bad key. */
function readSettings(folder: vscode.Uri, rules: SettingsRules): Settings {
  const configuration = vscode.workspace.getConfiguration(section, folder);
  const keys = leafKeys(rules.defaultSettings);
  return rules.parseSettings(settingValues(configuration, section, keys, rules.machineKeys));
}

/** `limits.requestsPerDay` for instance. */
function leafKeys(value: unknown, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([key, child]) =>
    leafKeys(child, path ? `${path}.${key}` : key),
  );
}

export interface LiveSettings {
  /** Parsed once, and again after they were changed. Throws `invalid_settings`. */
  current(): Settings;
  readonly onDidChange: vscode.Event<void>;
  dispose(): void;
}

export function liveSettings(folder: vscode.Uri, rules: SettingsRules): LiveSettings {
  let parsed: Settings | undefined;
  const changed = new vscode.EventEmitter<void>();
  const listening = vscode.workspace.onDidChangeConfiguration((event) => {
    if (!event.affectsConfiguration(section, folder)) return;
    parsed = undefined;
    changed.fire();
  });
  return {
    current: () => (parsed ??= readSettings(folder, rules)),
    onDidChange: changed.event,
    dispose() {
      listening.dispose();
      changed.dispose();
    },
  };
}
