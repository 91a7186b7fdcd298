import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { isCronPattern, nextTime } from '../../../src/core/cron.ts';

const berlin = 'Europe/Berlin';

function times(pattern: string, after: string, count: number, timezone: string): string[] {
  const found: string[] = [];
  let at = new Date(after);
  for (let i = 0; i < count; i++) {
    at = nextTime(pattern, at, timezone) ?? assert.fail(`${pattern} ended`);
    found.push(at.toISOString().slice(0, 16));
  }
  return found;
}

describe('cron patterns', () => {
  it('name times of the clock on the wall, in winter and in summer', () => {
    assert.deepEqual(times('0 2 * * *', '2026-01-10T12:00:00Z', 2, berlin), [
      '2026-01-11T01:00',
      '2026-01-12T01:00',
    ]);
    assert.deepEqual(times('0 6 * * 1', '2026-07-01T12:00:00Z', 2, berlin), [
      '2026-07-06T04:00',
      '2026-07-13T04:00',
    ]);
    assert.deepEqual(times('0 8 1 * *', '2026-03-02T00:00:00Z', 2, berlin), [
      '2026-04-01T06:00',
      '2026-05-01T06:00',
    ]);
  });

  it('come once in the night that leaves their hour out, and once in the one that has it twice', () => {
    // 02:00 → 03:00 on 29 March; 03:00 → 02:00 on 25 October.
    assert.deepEqual(times('30 2 * * *', '2026-03-28T12:00:00Z', 2, berlin), [
      '2026-03-29T01:00',
      '2026-03-30T00:30',
    ]);
    assert.deepEqual(times('30 2 * * *', '2026-10-24T12:00:00Z', 2, berlin), [
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ]);
  });

  it('of every hour follow the hours that pass, in such nights too', () => {
    const hours = ['23:00', '00:00', '01:00', '02:00', '03:00'];
    for (const [day, next] of [
      ['2026-03-28', '2026-03-29'],
      ['2026-10-24', '2026-10-25'],
    ]) {
      const expected = hours.map((hour, i) => `${i === 0 ? day : next}T${hour}`);
      assert.deepEqual(times('0 * * * *', `${day}T22:30:00Z`, 5, berlin), expected);
    }
  });

  it('never come earlier than they are asked for, in any zone and at any time of a year', () => {
    const patterns = [
      '0 * * * *',
      '0 2 * * *',
      '30 2 * * *',
      '0 6 * * 1',
      '0 8 1 * *',
      '*/7 1-3 * * *',
    ];
    const zones = [berlin, 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC'];
    for (const pattern of patterns) {
      for (const zone of zones) {
        for (let hour = 0; hour < 8766; hour += 37) {
          const after = new Date(Date.UTC(2026, 0, 1, hour, 30));
          const next = nextTime(pattern, after, zone);
          assert.ok(next && next > after, `${pattern} in ${zone} after ${after.toISOString()}`);
        }
      }
    }
  });

  it("are by the machine's own clock unless a zone is named", () => {
    const module = join(import.meta.dirname, '../../../src/core/cron.ts');
    const script = `import { nextTime } from ${JSON.stringify(module)};
      console.log(nextTime('0 2 * * *', new Date('2026-03-28T12:00:00Z')).toISOString());`;
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, TZ: 'America/New_York', NODE_OPTIONS: '' },
      encoding: 'utf8',
    });
    assert.equal(said.trim(), '2026-03-29T06:00:00.000Z');
  });

  it('have five fields and a day that comes', () => {
    for (const good of ['0 * * * *', '*/15 8-18 * * mon-fri', '0 8 1 jan *', '0 0 29 2 *'])
      assert.ok(isCronPattern(good), good);
    const bad = ['hourly', '* * * *', '0 0 2 * * *', '60 * * * *', '0 0 30 2 *', '0 0 * * 8', ' '];
    for (const one of bad) assert.ok(!isCronPattern(one), one);
  });
});
