import assert from 'node:assert/strict';
import type { ExceptionEvent, Frame } from '../../../src/core/signal.ts';
import {
  exceptionFingerprint,
  feedbackFingerprint,
  shortType,
} from '../../../src/signals/fingerprint.ts';
import { redact } from '../../../src/core/secrets.ts';
import { featuresOf } from '../../../src/signals/features.ts';
import { maskVariables } from '../../../src/signals/masks.ts';

const frame = (fields: Partial<Frame> = {}): Frame => ({
  file: '/srv/a/src/cart.js',
  function: 'priceOf',
  line: 8,
  column: 12,
  inApp: true,
  ...fields,
});
const event = (fields: Partial<ExceptionEvent> = {}): ExceptionEvent => ({
  kind: 'exception',
  language: 'javascript',
  type: 'TypeError',
  message: 'no price',
  frames: [frame()],
  causes: [],
  severity: 'error',
  raw: '',
  ...fields,
});
const inWorkspace = (file: string): string | undefined => /src\/.*/.exec(file)?.[0];
const hash = (fields: Partial<ExceptionEvent>, fileOf = inWorkspace): string =>
  exceptionFingerprint(event(fields), fileOf).hash;

describe('fingerprint', () => {
  const same: readonly (readonly [string, Partial<ExceptionEvent>, Partial<ExceptionEvent>])[] = [
    ['a moved line', {}, { frames: [frame({ line: 99, column: 1 })] }],
    ['another checkout', {}, { frames: [frame({ file: '/home/x/other/src/cart.js' })] }],
    [
      'other ids in the message',
      { message: 'order 17 of bob@x.example lost' },
      { message: 'order 4711 of al@y.example lost' },
    ],
    [
      'other callers',
      {},
      { frames: [frame(), frame({ function: 'list', file: '/srv/a/src/list.js' })] },
    ],
    [
      'a key from the data that is missing',
      { message: "Cannot read properties of undefined (reading 'order-17')" },
      { message: "Cannot read properties of undefined (reading 'order-18')" },
    ],
    [
      'one letter that a minifier made of a name',
      { message: "Cannot read properties of undefined (reading 'a')" },
      { message: "Cannot read properties of undefined (reading 'b')" },
    ],
    ['another severity, time and text', {}, { severity: 'fatal', timestamp: 'x', raw: 'y' }],
    ['source maps on or off', {}, { language: 'typescript' }],
    [
      'a library above the code',
      {},
      { frames: [frame({ file: 'node:fs', inApp: false }), frame()] },
    ],
    [
      'other values in a logged message, whatever their number',
      {
        kind: 'log',
        frames: [],
        message: 'peers 10.0.0.1:80, 10.0.0.2:80 of "a b" lost after 3 ms',
      },
      { kind: 'log', frames: [], message: 'peers db1.example.com:81 of "c" lost after 2.5 s' },
    ],
    [
      'names that a compiler or proxy makes',
      { frames: [frame({ function: 'Cart$$Lambda$14/0x0000000800c8.apply' })] },
      { frames: [frame({ function: 'Cart$$Lambda$27/0x0000000800d1.apply' })] },
    ],
    [
      'the hash of its content in the name of a bundle',
      { frames: [frame({ file: 'https://shop.example/assets/index-4f9a21bc.js' })] },
      { frames: [frame({ file: 'https://shop.example/assets/index-91cc02de.js' })] },
    ],
    [
      'hashes as other bundlers make and place them',
      { frames: [frame({ file: '/static/js/main-BkT3x9aZ.chunk.js' })] },
      { frames: [frame({ file: '/static/js/main-Dq_w7R-k.chunk.js' })] },
    ],
    [
      'the class that newer Rubies put before a method',
      { language: 'ruby', frames: [frame({ function: 'block in price' })] },
      { language: 'ruby', frames: [frame({ function: 'block in Shop::Cart#price' })] },
    ],
    ['other causes', {}, { causes: [{ type: 'Error', message: 'x', frames: [] }] }],
    [
      'another message where the source line is known',
      { frames: [frame({ source: 'a[b]' })] },
      { frames: [frame({ source: 'a[b]' })], message: 'else' },
    ],
  ];
  for (const [name, a, b] of same)
    it(`is the same for ${name}`, () => assert.equal(hash(a), hash(b)));

  const different: readonly (readonly [
    string,
    Partial<ExceptionEvent>,
    Partial<ExceptionEvent>,
  ])[] = [
    ['type', {}, { type: 'RangeError' }],
    ['file', {}, { frames: [frame({ file: '/srv/a/src/pay.js' })] }],
    ['function', {}, { frames: [frame({ function: 'total' })] }],
    [
      'where what was raised again was raised first',
      { causes: [{ type: 'TypeError', message: 'no price', frames: [frame({ function: 'a' })] }] },
      { causes: [{ type: 'TypeError', message: 'no price', frames: [frame({ function: 'b' })] }] },
    ],
    [
      'file, where words look as long as a hash',
      { frames: [frame({ file: '/srv/a/src/cart-handler1.js' })] },
      { frames: [frame({ file: '/srv/a/src/cart-handler2.js' })] },
    ],
    [
      'source line',
      { frames: [frame({ source: 'a[b]' })] },
      { frames: [frame({ source: 'c[d]' })] },
    ],
    [
      'a word of the message',
      { message: 'cart 1 has no user' },
      { message: 'cart 2 is empty for user u0' },
    ],
    [
      'a word of a message without a stack',
      { frames: [], message: 'connection to cache 10.0.0.1:1 refused' },
      { frames: [], message: 'connection to database 10.0.0.1:1 refused' },
    ],
    ['language', {}, { language: 'python' }],
    [
      'the property that is missing',
      { message: "Cannot read properties of undefined (reading 'price')" },
      { message: "Cannot read properties of undefined (reading 'owner')" },
    ],
    [
      'what is null, of a method without its source',
      {
        language: 'java',
        message: 'Cannot invoke "String.length()" because "this.name" is null',
      },
      {
        language: 'java',
        message: 'Cannot invoke "java.util.List.size()" because "this.lines" is null',
      },
    ],
    [
      'a word of a logged message',
      { kind: 'log', frames: [], message: 'upload of a.txt failed: disk full' },
      { kind: 'log', frames: [], message: 'upload of a.txt failed: no permission' },
    ],
  ];
  for (const [name, a, b] of different)
    it(`tells apart by ${name}`, () => assert.notEqual(hash(a), hash(b)));

  it('explains itself in parts', () => {
    const { version, parts } = exceptionFingerprint(event(), inWorkspace);
    assert.equal(version, 2);
    assert.deepEqual(
      parts.map(({ label, value }) => `${label}=${value}`),
      [
        'kind=exception',
        'language=javascript',
        'type=TypeError',
        'file=src/cart.js',
        'function=priceOf',
        'message=no price',
      ],
    );
  });

  it('stays what it was in version 2', () => {
    assert.equal(hash({}), '5b4bf892806b7bef8c89b6bbece31a93e39a80d5a97eb6822ea408335aa74807');
  });

  const raisedAgain = (first: Frame) =>
    event({ causes: [{ type: 'TypeError', message: 'no price', frames: [first] }] });

  it('of later rules says what it was in version 2', () => {
    const total = event({ message: "Cannot read properties of undefined (reading 'total')" });
    const unnamed = event({ message: "Cannot read properties of undefined (reading 'a')" });
    for (const [now, before] of [
      [total, unnamed],
      [raisedAgain(frame({ function: 'load' })), event()],
    ] as const) {
      const { version, former } = exceptionFingerprint(now, inWorkspace);
      assert.equal(version, 3);
      assert.deepEqual(former, exceptionFingerprint(before, inWorkspace));
    }
  });

  it('stays in version 2 where later rules come to the same', () => {
    const { version, former } = exceptionFingerprint(raisedAgain(frame()), inWorkspace);
    assert.deepEqual([version, former], [2, undefined]);
  });

  it('shortens types of every language', () => {
    assert.deepEqual(
      ['shop.db.StorageError', 'a::b::Oops', 'com.x.Inv$Storage', 'App\\Boom', 'Error'].map(
        shortType,
      ),
      ['StorageError', 'Oops', 'Storage', 'Boom', 'Error'],
    );
  });

  const masks: readonly (readonly [string, string])[] = [
    ['GET https://api.example.com/v2/items/204368?x=1 returned 503', 'GET <url> returned <number>'],
    ['user 2e78e69d-8b3c-4db0-a741-3f572ad567f1 gone', 'user <uuid> gone'],
    ['at 2026-03-02T10:11:12.123Z and 10:11:12', 'at <date> and <date>'],
    ['peer [2001:db8:8ed8::ee25]:6450 and 10.1.2.3:80', 'peer <ip> and <ip>'],
    ['open \'/etc/x\' and "y z"', 'open <quoted> and <quoted>'],
    ['cannot write /var/lib/shop/3f/x.tmp now', 'cannot write <path> now'],
    ['in C:\\app\\src\\a.js', 'in <path>'],
    ['object at 0x7f5f68728290, commit 06abc20f9702', 'object at <hex>, commit <hex>'],
    [
      'took 80.285s (limit 3000ms), 99% full, -5',
      'took <number> (limit <number>), <number> full, <number>',
    ],
    ["null (setting 'sku-17')", 'null (setting <quoted>)'],
    ["can't read utf8 of sku-48211", "can't read utf8 of sku-<id>"],
  ];
  for (const [text, expected] of masks)
    it(`masks: ${text}`, () => assert.equal(maskVariables(text), expected));

  it('comes to an end on messages made to be slow', () => {
    for (const piece of ['a.', 'a/', '1-', '::', "'", 'a_1', '0x', 'a:b:', '\\a', '%']) {
      assert.ok(maskVariables(piece.repeat(50_000)).length < 10_000);
    }
  });

  it('groups feedback by its normalised text and component', () => {
    const of = (text: string, component?: string) => feedbackFingerprint(text, component).hash;
    assert.equal(of('Checkout is SLOW, order 17!'), of('checkout is slow  order 99'));
    assert.notEqual(of('checkout is slow'), of('search is slow'));
    assert.notEqual(of('slow', 'search'), of('slow', 'checkout'));
  });
});

describe('fingerprints, whether IP addresses are masked or not', () => {
  const texts = [
    'connect ECONNREFUSED 10.4.7.12:5432',
    'GET http://192.168.1.20:8080/a/b?c=1 failed',
    'peer [2001:db8::7]:443 of "10.0.0.9" gone',
    'peer [2001:db8:1:2:3:4:5:6] gone',
    'user@10.1.1.1 and fe80::1%eth0, 172.16.0.0/12 at /srv/10.1.2.3/data.json',
    'no address 127.0.0.1',
  ];
  for (const text of texts) {
    it(`are the same: ${text}`, () => {
      const masked = redact(text);
      assert.equal(masked.includes('<ip>'), !text.startsWith('no'), masked);
      const same = (one: (said: string) => string): void => assert.equal(one(masked), one(text));
      same((message) => hash({ message, frames: [] }));
      same((message) => hash({ message, kind: 'log', frames: [] }));
      same((source) => hash({ frames: [frame({ source })] }));
      same((file) => hash({ frames: [frame({ file: `http://${file}/a.js` })] }, () => undefined));
      same((said) => feedbackFingerprint(said, undefined).hash);
      assert.deepEqual(featuresOf(masked), featuresOf(text));
    });
  }
});
