import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { createSignals } from '../../../src/signals/exceptionSignals.ts';
import { createLineMemory } from '../../../src/signals/lineMemory.ts';
import { createLocator } from '../../../src/signals/location.ts';
import { createCountingReader, createLogReader } from '../../../src/signals/logReader.ts';
import { createOrigins } from '../../../src/signals/origins.ts';
import { isRepeated, wholeOf } from '../../../src/signals/repeats.ts';
import { numberedTraces } from './support/numberedTraces.ts';

const locator = createLocator(tmpdir());
const { keyOf } = createSignals(locator, createOrigins(tmpdir(), locator));

interface Seen {
  readonly offset: number;
  readonly key: string;
  readonly timestamp: string | undefined;
}

function readFully(text: string): readonly Seen[] {
  const reader = createLogReader(0, 'bytes');
  reader.feed(Buffer.from(text), 0, 'final');
  reader.end();
  return reader.take().map(({ event, offset }) => {
    return { offset, key: keyOf(event), timestamp: event.timestamp };
  });
}

/** In pieces, as a log is read; `repeated` of them were only counted. */
function readCounting(text: string) {
  const reader = createCountingReader(0, 'bytes', createLineMemory(), keyOf);
  const bytes = Buffer.from(text);
  let base = 0;
  for (let end = 100; end < bytes.length; end += 100) {
    base += reader.feed(bytes.subarray(base, end), base, 'more');
  }
  reader.feed(bytes.subarray(base), base, 'final');
  reader.end();
  const found = reader.take();
  const seen = found.map((one): Seen => {
    const { event, offset } = wholeOf(one);
    // What is counted without being read comes to the same when it is.
    if (isRepeated(one)) assert.equal(one.key, keyOf(event));
    const { timestamp } = isRepeated(one) ? one : event;
    return { offset, key: keyOf(event), timestamp };
  });
  return { seen, repeated: found.filter(isRepeated).length };
}

function assertSame(text: string): number {
  const { seen, repeated } = readCounting(text);
  assert.deepEqual(seen, readFully(text));
  return repeated;
}

const many = Array.from({ length: 120 }, (_, i) => (i * 37) % 90);

describe('what repeats in a log', () => {
  for (const [name, trace] of Object.entries(numberedTraces)) {
    it(`is found as often, at the same places and times: ${name}`, () => {
      assertSame(many.map(trace).join(''));
      assertSame(many.map((n) => `${trace(n)}2026-03-02T10:11:12.000Z INFO done\n`).join(''));
    });
  }

  it('is found among all others', () => {
    const kinds = Object.values(numberedTraces);
    assertSame(many.map((n, i) => kinds[(i * 7) % kinds.length]?.(n) ?? '').join(''));
  });

  it('is not read again', () => {
    const trace = (n: number) =>
      `2026-03-02T10:11:12.${100 + n}Z ERROR shop.api: order ${1000 + n} failed\nTypeError: no price of ${1000 + n}\n    at priceOf (/srv/app/cart.js:12:12)\n    at main (/srv/app/main.js:7:1)\n`;
    assert.ok(assertSame(many.map(trace).join('')) > 60);
  });

  it('is told apart by the digits that mean something', () => {
    const record = (n: number) =>
      `{"level":${[30, 50, 60][n % 3]},"time":17724462${10_000 + n},"err":{"type":"Error","message":"lost ${10 + n}","stack":"Error: lost ${10 + n}\\n    at pay (/srv/app/pay${n % 4}.js:${10 + n}:7)"},"msg":"failed"}\n`;
    assert.ok(assertSame(many.map(record).join('')) > 30);
    const trace = (n: number) =>
      `2026-03-02T10:11:12.${100 + n}Z ERROR shop.api: host 10.0.0.${n * 4} failed with E${n % 3}\n`;
    assertSame(many.map(trace).join(''));
  });

  it('of several processes that mix their lines stays with each', () => {
    const line = (n: number) =>
      `web-${n % 3}  | Error: lost ${10 + n}\nweb-${(n + 1) % 3}  |     at pay (/srv/app/pay${(n + 1) % 3}.js:1:1)\nweb-${n % 3}  |     at pay (/srv/app/pay${n % 3}.js:1:1)\n`;
    assertSame(many.map(line).join(''));
    assertSame(many.map((n) => line(n % 2)).join(''));
  });
});
