import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Signal } from '../../../src/core/signal.ts';
import { ticketIdOf } from '../../../src/core/ticket.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { follow } from './support/scanFolder.ts';

interface Case {
  readonly id: number;
  readonly channel: string;
  readonly technique: string;
  readonly payload: string;
  readonly checks: readonly string[];
  readonly repeat?: number;
}

const file = resolve(import.meta.dirname, '../../../../shared/cases/injection-cases.json');
const cases: readonly Case[] = existsSync(file)
  ? (JSON.parse(readFileSync(file, 'utf8')) as { cases: readonly Case[] }).cases.filter(
      ({ channel }) => channel === 'log' || channel === 'feedback',
    )
  : [];

/** An ordinary error of the same service: what a hostile line must not join or change. */
const honest = '2026-03-02T10:11:11.000Z ERROR api - payment gateway timed out\n';
const quiet = '2026-03-02T10:11:13.000Z INFO api - done\n';
const maxRepeat = 5_000;

describe('hostile log lines and feedback', () => {
  const folder = tempFolder();
  if (cases.length === 0) {
    it('cases of shared/cases', function () {
      console.log('    skipped: shared/cases/injection-cases.json is not beside the project');
      this.skip();
    });
  }

  const scan = async ({ channel, payload, repeat = 1 }: Case): Promise<readonly Signal[]> => {
    const copies = Array.from({ length: Math.min(repeat, maxRepeat) }, (_, i) =>
      filled(payload, i),
    );
    if (channel === 'feedback') {
      writeFileSync(
        folder.path('feedback.jsonl'),
        copies.map((text) => `${JSON.stringify({ text })}\n`).join(''),
      );
    } else {
      writeFileSync(
        folder.path('app.log'),
        `${honest}${copies.map((text) => `${text}\n`).join('')}${quiet}`,
      );
    }
    const { signals, problems } = await follow(folder.path()).scan(true);
    assert.deepEqual(problems, []);
    return signals;
  };
  const isHonest = (signal: Signal): boolean => signal.title === 'payment gateway timed out';

  for (const one of cases) {
    const title = `${one.id} ${one.channel}: ${one.technique}`;
    it(`${title}: is bounded, visible, and changes no other ticket`, async () => {
      const signals = await scan(one);
      const hostile = signals.filter((signal) => !isHonest(signal));
      if (one.channel === 'log') assert.equal(signals.length - hostile.length, 1);
      const honestIds = new Set(signals.filter(isHonest).map(ticketIdOf));
      for (const signal of hostile) {
        assert.ok(!honestIds.has(ticketIdOf(signal)), 'joined another ticket');
        assert.ok(signal.title.length <= 120 && !signal.title.includes('\n'));
        const text = JSON.stringify(signal);
        assert.ok(text.length < 60_000);
        assert.doesNotMatch(text, /[\u202a-\u202e\u2066-\u2069\u200b]/);
      }
      assert.equal(({} as Record<string, unknown>)['approved'], undefined);
    });
    if (one.checks.includes('ticket-kept')) {
      it(`${title}: still gives its one ticket`, async () => {
        const hostile = (await scan(one)).filter((signal) => !isHonest(signal));
        assert.equal(new Set(hostile.map(ticketIdOf)).size, 1);
      });
    }
    if (one.checks.includes('path-confined')) {
      it(`${title}: names no file outside the workspace as its place`, async () => {
        for (const signal of await scan(one)) {
          if (signal.kind !== 'exception') continue;
          assert.equal(signal.location, undefined);
        }
      });
    }
    if (one.checks.includes('no-secret-out')) {
      it(`${title}: keeps no personal data`, async () => {
        const text = JSON.stringify(await scan(one));
        for (const secret of ['jane.doe', '1234567', '4111 1111', 'home/user'])
          assert.ok(!text.includes(secret), secret);
      });
    }
  }
});

function filled(payload: string, i: number): string {
  const letters = Array.from({ length: 40 }, (_, at) =>
    String.fromCharCode(97 + ((i * 31 + at * at * 7 + ((i >> 3) % 26)) % 26)),
  ).join('');
  return payload.replaceAll('<RANDOM-40-LETTERS>', letters).replaceAll('<COUNTER>', String(i));
}
