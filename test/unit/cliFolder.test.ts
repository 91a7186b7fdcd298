import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { folderSettings } from '../../src/cli/folder.ts';
import { defaultSettings, machineKeys } from '../../src/core/settings.ts';
import { settingsVariable } from '../../src/core/settingsVariable.ts';
import { tempFolder } from '../support/tempFolder.ts';

/** Another value than the default one, valid for each key. */
const others: Readonly<Record<(typeof machineKeys)[number], unknown>> = {
  'model.provider': 'openai',
  'model.baseUrl': 'http://127.0.0.1:9/v1',
  'model.roles.cheap': 'cheap-model',
  'model.fallbacks': [{ name: 'other-model' }],
  'model.prices': [{ model: 'other-model', input: 1, output: 2 }],
  'sandbox.allowWithout': true,
  'server.origins': ['http://localhost:5173'],
  'server.approvals': true,
  'schedule.autoExecute': true,
  'mcp.offer': true,
  'sync.enabled': true,
  'sync.scheduled': false,
  'sync.remote': 'elsewhere',
};

describe('settings of a folder, on the command line', () => {
  const temp = tempFolder('pw-folder');

  it('are those of the window where the editor hands them to a process of its own', () => {
    const folder = temp.path('given');
    mkdirSync(temp.path('given', '.vscode'), { recursive: true });
    const files = JSON.stringify({ 'patchwright.limits.requestsPerDay': 3 });
    writeFileSync(temp.path('given', '.vscode', 'settings.json'), files);
    const window = structuredClone(defaultSettings);
    window.selection.maxRisk = 4;
    window.server.approvals = true;
    const environment = { [settingsVariable]: JSON.stringify(window) };
    assert.deepEqual(folderSettings(folder, environment), window);
    const broken = { [settingsVariable]: '{' };
    assert.throws(() => folderSettings(folder, broken), { code: 'invalid_settings' });
  });

  const valueAt = (settings: object, key: string): unknown =>
    key
      .split('.')
      .reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], settings);

  for (const key of machineKeys) {
    it(`${key} is the user's to say, not the folder's`, () => {
      const folder = temp.path('shop');
      mkdirSync(temp.path('shop', '.vscode'), { recursive: true });
      mkdirSync(temp.path('config', 'patchwright'), { recursive: true });
      const text = JSON.stringify({ [`patchwright.${key}`]: others[key] });
      const environment = { XDG_CONFIG_HOME: temp.path('config'), APPDATA: temp.path('config') };
      writeFileSync(temp.path('shop', '.vscode', 'settings.json'), text);
      const fromFolder = valueAt(folderSettings(folder, environment), key);
      assert.deepEqual(fromFolder, valueAt(defaultSettings, key));
      writeFileSync(temp.path('config', 'patchwright', 'settings.json'), text);
      assert.deepEqual(valueAt(folderSettings(folder, environment), key), others[key]);
    });
  }
});
