import assert from 'node:assert/strict';
import { defaultSettings, parseSettings } from '../../../src/core/settings.ts';

describe('settings', () => {
  it('has the defaults of the specification', () => {
    const settings = parseSettings({});
    assert.deepEqual(settings, defaultSettings);
    assert.equal(settings.thresholds.exceptionOccurrences, 5);
    assert.equal(settings.selection.maxRisk, 7);
    assert.equal(settings.limits.requestsPerDay, 5);
    assert.equal(settings.limits.filesPerPatch, 10);
    assert.equal(settings.limits.linesPerFile, 500);
    assert.deepEqual(settings.approve.protectedBranches, ['main', 'master']);
  });

  it('reads flat and nested keys, and leaves foreign and unknown ones alone', () => {
    const settings = parseSettings({
      'patchwright.limits.filesPerPatch': 3,
      'patchwright.sources': { logs: ['var/*.log'] },
      'patchwright.notThereYet': true,
      'editor.tabSize': 'wide',
    });
    assert.equal(settings.limits.filesPerPatch, 3);
    assert.deepEqual(settings.sources.logs, ['var/*.log']);
    assert.equal(settings.sources.enabled.logs, true);
  });

  it('keeps one key when another of the same group is set as an object and flat', () => {
    const settings = parseSettings({
      'patchwright.limits': { filesPerPatch: 4 },
      'patchwright.limits.linesPerFile': 9,
    });
    assert.equal(settings.limits.filesPerPatch, 4);
    assert.equal(settings.limits.linesPerFile, 9);
  });

  it('names every bad key in one error', () => {
    assert.throws(
      () =>
        parseSettings({
          'patchwright.limits.filesPerPatch': 'many',
          'patchwright.selection.maxRisk': 11,
        }),
      (error: { code: string; message: string }) =>
        error.code === 'invalid_settings' &&
        error.message.includes('patchwright.limits.filesPerPatch') &&
        error.message.includes('patchwright.selection.maxRisk'),
    );
  });

  it('is not fooled by keys that name an object’s inner workings', () => {
    parseSettings({
      'patchwright.__proto__.polluted': true,
      'patchwright.constructor.prototype.x': 1,
    });
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
  });
});
