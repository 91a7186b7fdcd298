import assert from 'node:assert/strict';
import { findSecrets, maxSecretChars, redact } from '../../../src/core/secrets.ts';
import { markedForms, plantedCases } from '../../support/plantedSecrets.ts';

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
    ['a spoken password', 'the password is hunter22.', 'the password is <secret>'],
    [
      'a spoken password without digits',
      "login with password 'DragonFly'",
      "login with password '<secret>'",
    ],
    ['a password of several words', 'with password "dragon fly"', 'with password "<secret>"'],
    ['a JSON password named so', '{"password":"mypassword"}', '{"password":"<secret>"}'],
    [
      'credentials that are not of ASCII',
      `sent Basic ${Buffer.from('jané:dragonfly').toString('base64')} to it`,
      'sent Basic <authorization> to it',
    ],
    ['a JSON password of letters', '{"password": "dragonfly"}', '{"password": "<secret>"}'],
    [
      'credentials of a proxy',
      `sent Basic ${Buffer.from('jane:dragonfly').toString('base64')} to it`,
      'sent Basic <authorization> to it',
    ],
    ['a password of a flag', 'deploy --password hunter22 -v', 'deploy --password <secret> -v'],
    ['a password of curl', 'curl -u jane:hunter2 x', 'curl -u jane:<secret> x'],
    ['a password in XML', '<password>hunter2</password>', '<password><secret></password>'],
    ['a user name', 'denied user=jane.doe from', 'denied user=<user> from'],
    ['a quoted user name', 'failed for user "jane"', 'failed for user "<user>"'],
    ['a user name in JSON', '{"username":"Jane Doe","n":1}', '{"username":"<user>","n":1}'],
    ['an invalid user', 'invalid user jane from', 'invalid user <user> from'],
    ['an encoded address', 'GET /u?m=jane%40mail.example', 'GET /u?m=<email>'],
    ['an address of other letters', 'mail jörg@bücher.example', 'mail <email>'],
    ['a home on another disk', 'open /mnt/c/Users/jane/x', 'open ~/x'],
    ['a home with a blank', 'C:\\Users\\Jane Doe\\a.js', '~\\a.js'],
    ['a phone number', 'call +43 660 1234567 now', 'call <phone> now'],
  ];
  for (const [name, text, expected] of masked) {
    it(`masks ${name}`, () => assert.equal(redact(text), expected));
  }

  it('masks tokens of all issuers in all places', () => {
    const cases = [1, 2].flatMap(plantedCases);
    const leaks = cases.filter(({ text, needles }) => {
      const shown = redact(text);
      return needles.some((needle) => shown.includes(needle));
    });
    // A random text without a mark may by chance look like a name.
    assert.ok(leaks.length <= cases.length * 0.002, leaks.map(({ text }) => text).join('\n'));
    const isMarked = ({ kind }: { kind: string }) => Object.hasOwn(markedForms, kind);
    assert.deepEqual(leaks.filter(isMarked), []);
  });

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
    '{"password": "required"}',
    '"password": "password"',
    'Basic authentication failed',
    'Basic understanding of types',
    'SyntaxError: Unexpected token } in JSON at position 17',
    'const password = process.env.DB_PASSWORD;',
    'reads key: order-line from the cache',
    '    at Object.<anonymous> (/srv/app/node_modules/@scope/pkg@1.2.3/index.js:10:20)',
    '2026-11-20T06:51:59.597Z INFO GET /cart/1000 200',
    'order 1234567890123456 shipped',
    'listening on 127.0.0.1:5432',
    'offset +02:00 and +1234',
    'sha256 3f786850e387550fdab836ed7e6dc881de23001b',
    'request 550e8400-e29b-41d4-a716-446655440000 failed after 3 tries',
    'trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7',
    'traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    'commit 3f786850e387550fdab836ed7e6dc881de23001b by CI',
    'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'integrity sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==',
    'md5 d41d8cd98f00b204e9800998ecf8427e of upload.bin',
    'customer cus_9s6XKzkNRiz8i3 charge ch_3MtwBwLkdIwHu7ix28a3tqPa',
    'order 01ARZ3NDEKTSV4RRFFQ69G5FAV shipped',
    'document 507f1f77bcf86cd799439011 not found',
    'nanoid V1StGXR8_Z5jdHi6B-myT missing',
    'ksuid 1srOrx2ZWZBpBUvZwXKQmoEDga2 unknown',
    'at org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter.doFilter(AbstractAuthenticationProcessingFilter.java:231)',
    'at com.acme.OrderService$$EnhancerBySpringCGLIB$$3f2a9c41.total(<generated>)',
    'at com.acme.OrderService$$Lambda$14/0x0000000800c8f840.run(Unknown Source)',
    '   3: core::fmt::Formatter::pad_integral::h0123456789abcdef',
    '_ZN4core3fmt9Formatter12pad_integral17h1234567890abcdefE',
    '/app/dist/assets/index-BkYq3d9f.js:1:20031',
    'webpack:///./src/components/UserProfileHeader2024Redesign.tsx',
    'main.3f2a9c41d0e8b7a6c5d4.chunk.js failed to load',
    'pod my-service-7d9f8b6c5d-x2x4z restarted',
    'docker image registry.local/shop@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'arn:aws:iam::123456789012:role/service-role',
    'GET /v1/users/42/orders/2024-10-01?page=2&sort=desc 500 1834ms',
    'Unexpected token \'<\', "<!DOCTYPE "... is not valid JSON',
    'JsonWebTokenError: invalid token',
    'the password is required',
    'the password is too-short',
    'password is incorrect for this account',
    'secret not found: billing/stripe',
    'InvalidKeyError: key is missing',
    "KeyError: 'api_key'",
    'token expired at 2026-11-20T06:51:59.597Z',
    'token type BPE not supported',
    'ValueError: token index 12345 out of range',
    'use --password to set a password',
    '--token-file is required',
    'const user = getUser(id);',
    'interface Props { user: User; login: string }',
    'user: undefined',
    'user not found',
    'unknown user kinds fall through',
    '--- PASS: TestPanicRecovery (0.00s)',
    'const passed = gatesPassed(reports);',
    'user 42 does not exist',
    'user_id=1234567',
    '"user":{"id":42}',
    'for user input',
    'login failed',
    'logo@2x.png is missing',
    'git@github.com: Permission denied (publickey).',
    'cannot open pkg@1.2.3.tgz',
    'GET https://example.com/Users/list 404',
    "require('/srv/home/index.js')",
    'src/home/index.ts:3',
    'ThisIsAVeryLongTestNameForParsingIso8601DatesInUtc2024',
    'test_parses_iso_8601_dates_in_utc_with_milliseconds_2024',
    'com.example.MyVeryLongServiceNameImplV2FactoryBeanProxy42',
    'HTTP_STATUS_503_SERVICE_UNAVAILABLE_RETRY_AFTER_30',
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'X-Request-Id: 7f3b2c1d-9a8e-4f6b-8c2d-1e0f9a8b7c6d',
    'error[E0277]: the trait bound is not satisfied',
    'sk-learn and sk-image are not installed',
    'Access denied for role admin',
    'user "admin" has no access',
    'session expired',
    'Secret manager projects/shop/secrets/db not reachable',
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
