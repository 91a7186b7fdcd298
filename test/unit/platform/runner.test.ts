import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Runner } from '../../../src/core/attempt.ts';
import { isAlive, thisRunner } from '../../../src/platform/runner.ts';
import { until } from '../../support/processes.ts';

/** A process that tells who it is and stays. */
const tell = `import(${JSON.stringify(import.meta.resolve('../../../src/platform/runner.ts'))}).then(
  ({ thisRunner }) => console.log(JSON.stringify(thisRunner())));
  setInterval(() => undefined, 60_000);`;

describe('runner', () => {
  const now = new Date('2026-03-02T12:00:00.000Z');
  const minutesAgo = '2026-03-02T11:50:00.000Z';
  const daysAgo = '2026-02-27T12:00:00.000Z';

  it('knows its own process, however long it has been at it', () => {
    assert.equal(isAlive(thisRunner(), daysAgo, now), true);
  });

  it('is not taken in by a later process of the same number', () => {
    assert.equal(isAlive({ ...thisRunner(), started: 'before' }, minutesAgo, now), false);
  });

  it('takes a killed process for dead, even before its parent has collected it', async () => {
    // The shell becomes `sleep`, which never asks how its children ended.
    const parent = spawn('/bin/sh', [
      '-c',
      '"$0" -e "$1" & exec sleep 300',
      process.execPath,
      tell,
    ]);
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const runner = JSON.parse(line.toString()) as Runner;
    assert.equal(isAlive(runner, daysAgo, now), true);
    process.kill(runner.pid, 'SIGKILL');
    await until(() => !isAlive(runner, minutesAgo, now));
    parent.kill('SIGKILL');
  });

  it('believes a runner on another host only as long as an attempt can last', () => {
    const elsewhere = { ...thisRunner(), host: 'rebuilt-container' };
    assert.equal(isAlive(elsewhere, minutesAgo, now), true);
    assert.equal(isAlive(elsewhere, daysAgo, now), false);
    assert.equal(isAlive(elsewhere, 'damaged', now), false);
  });
});
