import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { watchWaiting } from '../../../../src/platform/sandbox/waiting.ts';

const spin = 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done';

describe('how long a command waits', function () {
  this.timeout(60_000);
  const started: ChildProcess[] = [];

  before(function () {
    if (process.platform !== 'linux') this.skip(); // only Linux tells the states of others' threads
  });
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });

  function shell(script: string): ChildProcess {
    const child = spawn('/bin/sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    started.push(child);
    return child;
  }

  it('is seen while nothing of it wants a core', async () => {
    const child = shell('sleep 60; true');
    const waiting = watchWaiting(() => child.pid);
    while ((waiting.ms() ?? 0) < 100) await pause(20);
    waiting.dispose();
  });

  for (const [who, script] of [
    ['it', `echo; ${spin}`],
    ['what it has started', `echo; sh -c '${spin}'; true`],
  ] as const) {
    it(`is nothing while ${who} computes, however long that takes`, async () => {
      const child = shell(script);
      const ended = once(child, 'exit');
      if (child.stdout) await once(child.stdout, 'data');
      const waiting = watchWaiting(() => child.pid);
      await ended;
      assert.equal(waiting.ms(), 0);
      waiting.dispose();
    });
  }

  it('is not known where nothing was seen of it', () => {
    const waiting = watchWaiting(() => undefined);
    assert.equal(waiting.ms(), undefined);
    waiting.dispose();
  });
});
