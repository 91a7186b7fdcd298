import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { placesOf } from '../../../src/pipeline/malformedLines.ts';
import { tempFolder } from '../../support/tempFolder.ts';

describe('places of malformed records', () => {
  const temp = tempFolder('pw-malformed');
  const record = (file: string, offset: number) => ({ file, offset, reason: 'not JSON' });

  it('are lines, in whatever order they come, also of a long file', async () => {
    const line = `${'x'.repeat(99)}\n`;
    writeFileSync(temp.path('a.jsonl'), line.repeat(5_000));
    writeFileSync(temp.path('b.jsonl'), 'oops\n\r\nno');
    assert.deepEqual(
      await placesOf(temp.path(), [
        record('a.jsonl', 100 * 4_321),
        record('a.jsonl', 0),
        record('a.jsonl', 100 * 17),
        record('b.jsonl', 7),
        record('b.jsonl', 0),
      ]),
      ['a.jsonl:4322', 'a.jsonl:1', 'a.jsonl:18', 'b.jsonl:3', 'b.jsonl:1'].map(
        (place) => `${place}: skipped, not JSON`,
      ),
    );
  });

  it('are bytes where the file is gone', async () => {
    assert.deepEqual(await placesOf(temp.path(), [record('gone.jsonl', 12)]), [
      'gone.jsonl at byte 12: skipped, not JSON',
    ]);
  });
});
