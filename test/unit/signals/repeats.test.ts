import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { createSignals } from '../../../src/signals/exceptionSignals.ts';
import { createLineMemory } from '../../../src/signals/lineMemory.ts';
import { createLocator } from '../../../src/signals/location.ts';
import { createCountingReader, createLogReader } from '../../../src/signals/logReader.ts';
import { createOrigins } from '../../../src/signals/origins.ts';
import { isRepeated, wholeOf } from '../../../src/signals/repeats.ts';
import * as traceKinds from '../../support/traceKinds.ts';
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

  const { stamp: _, bugOf, ...often } = traceKinds;
  /** Read in full for the most part. */
  const slow: ReadonlySet<string> = new Set([
    'coloured',
    'cri',
    'dockerJson',
    'everNew',
    'mixed',
    'ruby',

    'tests',
  ]);
  for (const [name, trace] of Object.entries(often)) {
    it(`is found as often in what programs print: ${name}`, () => {
      const chosen = Array.from({ length: 20_000 }, (_, i) => i).filter((i) => bugOf(i) < 3);
      const repeated = assertSame(chosen.map((i) => trace(i)).join(''));
      assert.ok(slow.has(name) || repeated > chosen.length / 2, `${repeated} of ${chosen.length}`);
    });
  }

  it('is a report in a single line, once', () => {
    const stack = `Error: no price${'\n    at priceOf (/srv/app/cart.js:12:12)'.repeat(200)}`;
    const report = { testResults: [{ assertionResults: [{ failureMessages: [stack] }] }] };
    for (const text of [`${JSON.stringify(report)}\n`, `${JSON.stringify(report)}\nall done\n`]) {
      assertSame(text);
      assert.equal(readCounting(text).seen.length, 1);
    }
  });

  it('has ids of other lengths and forms', () => {
    const trace = (n: number) =>
      `2026-03-02T10:11:12.${100 + n}Z ERROR [worker-${n}] shop.api: order ${7 ** (n % 11)} of 7d${(n * 7919) % 9}e5b2a-11aa-4bcd-8eff-${100_000_000_000 + n} failed\nTypeError: no price of ${((n + 1) * 48_271).toString(16).padStart(8, 'a')}\n    at priceOf (/srv/app/cart.js:12:12)\n`;
    const after = (n: number) =>
      `2026-03-02T10:11:12.000Z INFO ${'said something else '.repeat(n % 7)}${n}\n`;
    assert.ok(assertSame(many.map((n) => trace(n) + after(n)).join('')) > 60);
  });

  it('is told apart by how long a number is, where that means something', () => {
    const trace = (n: number) =>
      `2026-03-02T10:11:12.${100 + n}Z ERROR shop: lost ${n}\nTypeError: no price\n    at step${n % 2 === 0 ? n : 1000 + n} (/srv/app/cart.js:${n}:12)\n2026-03-02T10:11:12.000Z INFO done\n`;
    assertSame(many.map(trace).join(''));
    const word = (n: number) =>
      `2026-03-02T10:11:12.${100 + n}Z ERROR shop: no order-${(n * 2_654_435 + 0xa00000).toString(16)} in utf${n}\n`;
    assertSame(many.map(word).join(''));
  });

  it('goes by the line above where that counts', () => {
    const trace = `Traceback (most recent call last):\n  File "/srv/app/cart.py", line 10, in price_of\n    return PRICES[1]\nKeyError: 'sku'\n`;
    assertSame(
      many.map((n) => (n % 9 === 0 ? `\`\`\`python\n${trace}\`\`\`\n` : `so\n${trace}\n`)).join(''),
    );
    const called =
      'CallStack (from HasCallStack):\n  error, called at src/Shop.hs:12:5 in main:Shop\n';
    assertSame(many.map((n) => `shop: ${n % 5 === 0 ? 'lost' : 'gone'}\n${called}\n`).join(''));
  });

  const stacks = {
    Ruby: "    /srv/shop/price.rb:6:in `price_of'\n    /srv/shop/cart.rb:9:in `total'\n",
    PHP: '#0 /srv/shop/cart.php(16): load_row()\n#1 /srv/shop/run.php(3): main()\n#2 {main}\n',
  };
  for (const [language, frames] of Object.entries(stacks)) {
    it(`has a message above frames that stood without one before: ${language}`, () => {
      const headed = `order could not be paid\n${frames}\n`;
      assertSame(`${frames}\n`.repeat(6) + headed.repeat(2));
      assert.equal(readCounting(`${frames}\n`.repeat(6) + headed.repeat(2)).seen.length, 2);
      assertSame(`so\n${frames}\n`.repeat(6) + headed.repeat(2) + `${frames}\n`.repeat(6));
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
