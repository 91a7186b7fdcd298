import assert from 'node:assert/strict';
import { toKeep } from '../../../src/editor/keptComments.ts';

const comment = (folder: string, requestId: string) => ({
  folder,
  requestId,
  at: 'c0ffee',
  path: 'src/cart.js',
  line: 7,
  text: 'Why?',
});

describe('comments that are kept with the workspace', () => {
  const isOpen = (folder: string): boolean => folder === 'api';

  it('are those that are shown', () => {
    assert.deepEqual(toKeep([], [comment('api', 'new')], isOpen), [comment('api', 'new')]);
  });

  it('stay of folders that are not open, or not yet', () => {
    const elsewhere = comment('web', 'waits');
    assert.deepEqual(toKeep([elsewhere], [], isOpen), [elsewhere]);
  });

  it('go with the decision about their request, be it archived or not', () => {
    assert.deepEqual(toKeep([comment('api', 'decided long ago')], [], isOpen), []);
  });
});
