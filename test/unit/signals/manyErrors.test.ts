import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type ExceptionSignal, occurrencesOf, type Signal } from '../../../src/core/signal.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { follow, logSettings } from './support/scanFolder.ts';

const turns = 60;

const stack = (error: number, turn: number): string =>
  `Error: order ${turn} lost\n    at load${error} (/srv/app/src/orders${error}.js:8:12)\n`;

describe('a log of different errors that take turns', () => {
  const folder = tempFolder('pw-many');

  async function scan(errors: number, settings = logSettings()): Promise<readonly Signal[]> {
    mkdirSync(folder.path(), { recursive: true });
    const log = Array.from({ length: errors * turns }, (_, i) =>
      stack(i % errors, Math.floor(i / errors)),
    );
    writeFileSync(folder.path('app.log'), log.join(''));
    return (await follow(folder.path(), settings).scan(true)).signals;
  }

  // 300 are more than are handed on at a time.
  for (const errors of [40, 300]) {
    it(`${errors} of them are told in full a few times each, and counted else`, async () => {
      const signals = await scan(errors);
      const seen = signals.reduce((sum, signal) => sum + occurrencesOf(signal), 0);
      assert.equal(seen, errors * turns);
      const told = signals.filter(isTold);
      assert.equal(new Set(told.map(({ fingerprint }) => fingerprint.hash)).size, errors);
      assert.ok(told.length <= errors * 11, `${told.length} told of ${seen}`);
    });
  }

  it('are told in full as often as it takes to make a ticket', async () => {
    const often = logSettings({ 'thresholds.exceptionOccurrences': 30 });
    assert.equal((await scan(3, often)).filter(isTold).length, 3 * 30);
  });
});

function isTold(signal: Signal): boolean {
  return !(signal as ExceptionSignal).isOutline;
}
