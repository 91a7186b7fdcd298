import assert from 'node:assert/strict';
import { type Configuration, settingValues } from '../../../src/editor/settingValues.ts';

describe('values of settings', () => {
  /** As VS Code answers where a folder has set parts of an object. */
  const configuration = (own: Readonly<Record<string, unknown>>): Configuration =>
    ({
      get: (key: string) => `folder ${key}`,
      inspect: (key: string) => ({
        key,
        defaultValue: 'default',
        workspaceValue: `folder ${key}`,
        ...(key in own ? { globalValue: own[key] } : {}),
      }),
    }) as Configuration;

  it('are the folder’s, but those of the machine the user’s own', () => {
    const read = (own: Readonly<Record<string, unknown>>) =>
      settingValues(configuration(own), 'p', ['a.name', 'a.url'], ['a.url']);
    assert.deepEqual(read({}), { 'p.a.name': 'folder a.name', 'p.a.url': 'default' });
    assert.deepEqual(read({ 'a.url': 'mine' })['p.a.url'], 'mine');
    assert.deepEqual(read({ 'a.url': '' })['p.a.url'], '');
  });
});
