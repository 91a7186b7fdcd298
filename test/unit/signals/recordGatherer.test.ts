import assert from 'node:assert/strict';
import { createLogReader } from '../../../src/signals/logReader.ts';
import { gathererFor } from '../../../src/signals/recordGatherer.ts';
import { summaryOf } from './support/readLines.ts';

const trace = 'TypeError: pay is not a function\n    at settle (/srv/till/pay.js:9:3)\n';
const traced = 'error TypeError: pay is not a function @ settle /srv/till/pay.js:9';
const time = '2026-03-02T10:00:00Z';
const failed = (message: string, more: object = {}): object => ({
  timestamp: time,
  level: 'error',
  ...more,
  message,
});
const pretty = (...records: readonly object[]): string =>
  records.map((record) => `${JSON.stringify(record, undefined, 2)}\n`).join('');

function foundIn(text: string): string[] {
  const reader = createLogReader(0, 'bytes');
  reader.feed(Buffer.from(text), 0, 'final');
  reader.end();
  return reader.take().map(({ event }) => summaryOf(event));
}

describe('records of several lines', () => {
  it('hide nothing that is written in other forms behind them', () => {
    const line = `${JSON.stringify(failed('no stock'))}\n`;
    const log = `${pretty(failed('no till'))}${time} INFO up\n${trace}${time} INFO up\n${line}${time} ERROR no fee\n`;
    assert.deepEqual(foundIn(log), [
      'error LoggedError: no till',
      traced,
      'error LoggedError: no stock',
      'error LoggedError: no fee',
    ]);
  });

  it('end where a process died and another speaks', () => {
    const cut = pretty(failed('no till')).split('\n').slice(0, 3).join('\n');
    assert.deepEqual(foundIn(`${cut}\n${trace}${time} INFO up\n${pretty(failed('no fee'))}`), [
      traced,
      'error LoggedError: no fee',
    ]);
  });

  for (const name of ['items', 'events', 'entries', 'records', 'logs']) {
    it(`may have lists of their own: ${name}`, () => {
      const own = { [name]: [{ sku: 1 }, { sku: 2 }] };
      const both = ['error LoggedError: no till', 'error LoggedError: no fee'];
      const records = [failed('no till', own), failed('no fee', own)];
      assert.deepEqual(foundIn(pretty(...records)), both);
      assert.deepEqual(foundIn(pretty({ message: 'up' }, ...records)), both);
      assert.deepEqual(foundIn(pretty(records)), both);
      const answer = { [name]: records, nextPageToken: 'error: f/1' };
      assert.deepEqual(foundIn(pretty(answer)), both, 'of an answer that lists them');
      assert.deepEqual(foundIn(pretty({ message: 'OK', ...answer })), both);
    });
  }

  it('say nothing where they are longer than any record of a log', () => {
    const lines = Array.from({ length: 6_000 }, (_, i) => `TypeError: number ${i}`);
    const long = failed('no till', { lines, stack: 'Error: boom' });
    assert.deepEqual(foundIn(pretty(failed('up'), long, failed('no fee'))), [
      'error LoggedError: up',
      'error LoggedError: no fee',
    ]);
  });

  it('are not held beyond a megabyte', () => {
    const gatherer = gathererFor('{\n  "message": "up",\n');
    assert.ok(gatherer);
    assert.equal(gatherer.take('{'), undefined);
    for (let i = 0; i < 3; i++) gatherer.take(`  "a${i}": "${'x'.repeat(400_000)}",`);
    assert.equal(gatherer.isOpen, false);
  });

  it("have no more of the journal's fields, nor longer ones, than any has", () => {
    const gatherer = gathererFor('__CURSOR=s=1\n');
    assert.ok(gatherer);
    gatherer.take('MESSAGE=no till');
    for (let i = 0; i < 3; i++) gatherer.take(`LONG${i}=${'x'.repeat(400_000)}`);
    for (let i = 0; i < 700; i++) gatherer.take(`A${i}=1`);
    const record = gatherer.take('') ?? '';
    assert.ok(record.length < 1_000_000, `${record.length}`);
    assert.equal(JSON.parse(record).MESSAGE, 'no till');
    gatherer.take('MESSAGE=again');
    for (let i = 0; i < 700; i++) gatherer.take(`A${i}=1`);
    assert.equal(Object.keys(JSON.parse(gatherer.take('') ?? '')).length, 500);
  });

  it('hold nothing back once more than any record has was read', () => {
    const reader = createLogReader(0, 'bytes');
    const field = Buffer.from(`A=${'x'.repeat(500_000)}\n`);
    let base = reader.feed(Buffer.from('__CURSOR=s=1\n'), 0, 'more');
    for (let i = 0; i < 9; i++) base += reader.feed(field, base, 'more');
    assert.ok(reader.safeOffset() > 4_000_000, `${reader.safeOffset()}`);
    const next = `MESSAGE=${time} ERROR no fee\n\n`;
    reader.feed(Buffer.from(next), base, 'final');
    reader.end();
    assert.equal(reader.take()[0]?.offset, base);
  });
});
