import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { occurrencesOf } from '../../../src/core/signal.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { follow } from './support/scanFolder.ts';

const errors = 40;
const times = 250;

const stack = (error: number, turn: number): string =>
  `Error: order ${turn} lost\n    at load${error} (/srv/app/src/orders${error}.js:8:12)\n`;

describe('a log of forty errors that take turns', () => {
  const folder = tempFolder('pw-many');

  it('is handed on as counts: each error is told whole only now and then', async () => {
    mkdirSync(folder.path(), { recursive: true });
    const log = Array.from({ length: errors * times }, (_, i) =>
      stack(i % errors, Math.floor(i / errors)),
    );
    writeFileSync(folder.path('app.log'), log.join(''));
    const { signals } = await follow(folder.path()).scan(true);
    const seen = signals.reduce((sum, signal) => sum + occurrencesOf(signal), 0);
    assert.equal(seen, errors * times);
    assert.ok(signals.length < seen / 10, `${signals.length} signals of ${seen}`);
  });
});
