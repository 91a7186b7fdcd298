import assert from 'node:assert/strict';
import { logSets } from '../../../src/signals/rotation.ts';

const sets = (...files: string[]): Record<string, readonly string[]> =>
  Object.fromEntries(logSets(files).map((set) => [set.name, set.files]));

describe('rotated logs', () => {
  it('are one log, oldest file first, under the first name given', () => {
    assert.deepEqual(sets('a/app.log', 'a/app.log.1', 'a/app.log.2.gz', 'a/app.log.10.gz'), {
      'a/app.log': ['a/app.log.10.gz', 'a/app.log.2.gz', 'a/app.log.1', 'a/app.log'],
    });
  });

  it('are told by a date in the name, the live file last', () => {
    assert.deepEqual(sets('app.log', 'app.log-20260302.gz', 'app.log-20260301'), {
      'app.log': ['app.log-20260301', 'app.log-20260302.gz', 'app.log'],
    });
    assert.deepEqual(sets('app-2026-03-02.1.log', 'app-2026-03-01.log', 'app-2026-03-02.0.log'), {
      'app-2026-03-02.1.log': [
        'app-2026-03-01.log',
        'app-2026-03-02.0.log',
        'app-2026-03-02.1.log',
      ],
    });
  });

  it('keep logs apart that only share a folder, or a part of their name', () => {
    const files = ['one/app.log', 'two/app.log.1', 'one/worker-1.log', 'one/worker-2.log'];
    assert.deepEqual(sets(...files), Object.fromEntries(files.map((file) => [file, [file]])));
  });

  it('may carry their number before the extension when the live file is there', () => {
    assert.deepEqual(sets('app.log', 'app-1.log', 'app-2.log', 'old.log.bak', 'old.log'), {
      'app.log': ['app-2.log', 'app-1.log', 'app.log'],
      'old.log.bak': ['old.log.bak', 'old.log'],
    });
  });
});
