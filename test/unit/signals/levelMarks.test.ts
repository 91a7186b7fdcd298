import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createLogReader } from '../../../src/signals/logReader.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { summaryOf } from './support/readLines.ts';
import { follow } from './support/scanFolder.ts';

/** Logs that say by a letter or a number what an error is, and nowhere by a word. */
const samples: Readonly<Record<string, { readonly quiet: string; readonly lost: string }>> = {
  klog: {
    quiet: 'I0302 10:00:00.123456       1 server.go:17] served\n',
    lost: 'E0302 10:00:01.123456       1 pool.go:88] lost the lease\n',
  },
  'klog in a pod': {
    quiet:
      '2026-03-02T10:00:00.123456789Z stderr F I0302 10:00:00.123456       1 a.go:17] served\n',
    lost: '2026-03-02T10:00:01.123456789Z stderr F E0302 10:00:01.123456       1 pool.go:88] lost the lease\n',
  },
  logcat: {
    quiet: '03-02 10:00:00.123  1702  2395 I Till: served\n',
    lost: '03-02 10:00:01.123  1702  2395 E Till: lost the lease\n',
  },
  "logcat's brief form": {
    quiet: 'I/Till  (  345): served\n',
    lost: 'E/Till  (  345): lost the lease\n',
  },
  'syslog with a priority': {
    quiet: '<14>1 2026-03-02T10:00:00.123Z web-1 till 42 - - served\n',
    lost: '<11>1 2026-03-02T10:00:01.123Z web-1 till 42 - - lost the lease\n',
  },
  'logrus on a terminal': {
    quiet: '\x1b[36mINFO\x1b[0m[0000] served\n',
    lost: '\x1b[31mERRO\x1b[0m[0003] lost the lease\n',
  },
  'logrus without colours': { quiet: 'INFO[0000] served\n', lost: 'ERRO[0003] lost the lease\n' },
  'zerolog on a terminal': {
    quiet: '\x1b[90m10:00AM\x1b[0m \x1b[32mINF\x1b[0m served\n',
    lost: '\x1b[90m10:01AM\x1b[0m \x1b[1m\x1b[31mERR\x1b[0m\x1b[0m lost the lease\n',
  },
};

function foundIn(text: string): string[] {
  const bytes = Buffer.from(text);
  const reader = createLogReader(0, 'bytes');
  reader.feed(bytes, 0, 'final');
  reader.end();
  return reader.take().map(({ event }) => summaryOf(event).replace(/ @ .*/, ''));
}

describe('errors that a log marks with less than a word', () => {
  for (const [name, { quiet, lost }] of Object.entries(samples)) {
    it(`finds each among quiet lines: ${name}`, () => {
      const text = quiet.repeat(20) + lost + quiet.repeat(20) + lost + lost + quiet;
      assert.deepEqual(foundIn(text), Array(3).fill('error LoggedError: lost the lease'));
    });
  }

  describe('in a log that grows', () => {
    const temp = tempFolder('pw-marks');

    it('finds what its head alone shows to be marked', async () => {
      const file = temp.path('app.log');
      mkdirSync(temp.path(), { recursive: true });
      writeFileSync(file, 'I/Till  (  345): served\n');
      const follower = follow(temp.path());
      await follower.scan(true);
      const other = 'cart emptied\n'.repeat(1000);
      appendFileSync(file, `${other}E/Till  (  345): lost the lease\n${other}`);
      assert.equal((await follower.scan(true)).signals.length, 1);
    });
  });

  it('finds what has a word as well, before and behind', () => {
    const { quiet, lost } = samples.klog ?? { quiet: '', lost: '' };
    const trace = 'Traceback (most recent call last):\n  File "a.py", line 1, in b\nKeyError: 1\n';
    assert.deepEqual(foundIn(quiet + trace + quiet + lost + quiet + trace + quiet), [
      'error KeyError: 1',
      'error LoggedError: lost the lease',
      'error KeyError: 1',
    ]);
  });
});
