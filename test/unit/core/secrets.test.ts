import assert from 'node:assert/strict';
import { findSecrets, maxSecretChars, redact } from '../../../src/core/secrets.ts';

/** Random-looking but made from pieces, so that this file itself holds no token. */
const body = (length: number, alphabet = 'aB3dE5gH7jK9mN2pQ4rS6tU8'): string =>
  Array.from({ length }, (_, i) => alphabet[(i * 7 + 3) % alphabet.length]).join('');
const hex = (length: number): string => body(length, 'a1b2c3d4e5f60798');

describe('secrets', () => {
  const masked: readonly (readonly [string, string, string])[] = [
    [
      'an Anthropic key',
      `key ${['sk', 'ant', 'api03'].join('-')}-${body(40)} used`,
      'key <token> used',
    ],
    ['a GitHub token', `using ${'gh'}p_${body(36)}.`, 'using <token>.'],
    ['an AWS key id', `id ${'AK'}IA${'ABCDEFGH12345678'} denied`, 'id <token> denied'],
    ['a Slack token', `${'xo'}xb-123456789012-${body(24)}`, '<token>'],
    ['a Stripe key', `${'sk'}_live_${body(24)}`, '<token>'],
    [
      'a bearer token',
      `Authorization: Bearer ${body(30)}`,
      'Authorization: Bearer <authorization>',
    ],
    ['a basic header', `authorization: Basic dXNlcjpwYXNz`, 'authorization: Basic <authorization>'],
    [
      'credentials in a URL',
      'postgres://shop:hunter2@db:5432/x',
      'postgres://<credentials>@db:5432/x',
    ],
    [
      'a password assignment',
      'login failed password=hunter2 retry',
      'login failed password=<secret> retry',
    ],
    [
      'a JSON password',
      '{"user":"x","password":"correct horse"}',
      '{"user":"x","password":"<secret>"}',
    ],
    [
      'an escaped JSON password',
      '{\\"password\\":\\"hunter22\\"}',
      '{\\"password\\":\\"<secret>\\"}',
    ],
    ['an environment key', `MY_API_KEY=${hex(32)}`, 'MY_API_KEY=<secret>'],
    ['a camel-case secret', `clientSecret: '${body(20)}'`, "clientSecret: '<secret>'"],
    ['an e-mail address', 'no user jane.doe+x@mail.example.com here', 'no user <email> here'],
    ['a home directory', 'at f (/home/jane/app/a.js:1:2)', 'at f (~/app/a.js:1:2)'],
    ['a home directory reached by climbing', 'open ../../home/jane/.ssh/id', 'open ../..~/.ssh/id'],
    ['a Mac home directory', 'open /Users/jane/x', 'open ~/x'],
    ['a Windows home directory', 'C:\\Users\\Jane\\app\\a.js:3', '~\\app\\a.js:3'],
    ['a card number', 'card 4111 1111 1111 1111 refused', 'card <card> refused'],
    ['a phone number', 'call +43 660 1234567 now', 'call <phone> now'],
  ];
  for (const [name, text, expected] of masked) {
    it(`masks ${name}`, () => assert.equal(redact(text), expected));
  }

  it('masks a JWT', () => {
    const jwt = `${'ey'}J${body(30)}.${'ey'}J${body(40)}.${body(43)}`;
    assert.equal(redact(`cookie jar ${jwt} end`), 'cookie jar <jwt> end');
  });

  it('masks a private key whole, also one that was cut', () => {
    const begin = `-----BEGIN RSA ${'PRIVATE'} KEY-----\n${body(64)}\n${body(64)}`;
    assert.equal(redact(`a\n${begin}\n-----END RSA PRIVATE KEY-----\nb`), 'a\n<private-key>\nb');
    assert.ok(!redact(`a\n${begin}`).includes(body(20)));
  });

  const kept: readonly string[] = [
    "TypeError: Cannot read properties of undefined (reading 'token')",
    'password: expected a string',
    'token: undefined',
    'SyntaxError: Unexpected token } in JSON at position 17',
    'const password = process.env.DB_PASSWORD;',
    'reads key: order-line from the cache',
    '    at Object.<anonymous> (/srv/app/node_modules/@scope/pkg@1.2.3/index.js:10:20)',
    '2026-11-20T06:51:59.597Z INFO GET /cart/1000 200',
    'order 1234567890123456 shipped',
    'listening on 10.0.0.7:5432',
    'offset +02:00 and +1234',
    'sha256 3f786850e387550fdab836ed7e6dc881de23001b',
  ];
  for (const text of kept) it(`leaves alone: ${text}`, () => assert.equal(redact(text), text));

  it('is idempotent and masks constantly', () => {
    for (const [, text] of masked) assert.equal(redact(redact(text)), redact(text));
    const a = redact('password=hunter2aa');
    assert.equal(a, redact('password=another9'));
  });

  it('says what it found and where', () => {
    const text = 'mail a@b.example and password=hunter2';
    const found = findSecrets(text);
    assert.deepEqual(
      found.map(({ kind, start, end }) => [kind, text.slice(start, end)]),
      [
        ['email', 'a@b.example'],
        ['assignment', 'hunter2'],
      ],
    );
  });

  it('lets no unexamined rest through', () => {
    const text = `${'x '.repeat(maxSecretChars)}password=hunter2`;
    assert.ok(!redact(text).includes('hunter2'));
  });

  it('comes to an end on text made to be slow', () => {
    const pieces = [
      'a.',
      '_key',
      '@',
      'eyJ',
      '4111 ',
      '+1 ',
      'a:',
      '-----BEGIN PRIVATE KEY-----',
      '://a@',
    ];
    for (const piece of pieces) {
      const text = piece.repeat(400_000 / piece.length);
      assert.ok(redact(text).length <= text.length + 20 * text.length);
    }
  });
});
