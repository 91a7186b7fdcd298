import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { findGroups } from '../../../src/signals/groups.ts';
import { tempFolder } from '../../support/tempFolder.ts';

/** What a service wrote: a trace below a logged message, one by itself, records, and a plain error. */
const said = [
  '2026-03-02 10:00:00,123 ERROR shop.api: order failed',
  'Traceback (most recent call last):',
  '  File "/srv/app/api.py", line 12, in order',
  '    total(cart)',
  '  File "/srv/app/cart.py", line 7, in total',
  '    return prices[sku]',
  "KeyError: 'sku-17'",
  '2026-03-02 10:00:01,123 INFO shop.api: done',
  'file:///srv/app/src/cart.js:8',
  '  return prices[sku].cents;',
  '                     ^',
  '',
  "TypeError: Cannot read properties of undefined (reading 'cents')",
  '    at priceOf (file:///srv/app/src/cart.js:8:22)',
  '    at main (file:///srv/app/src/main.js:3:1)',
  '',
  'Node.js v20.11.0',
  '{"level":50,"time":1772445602000,"pid":9,"hostname":"h","msg":"stock is out of date"}',
  '{"level":30,"time":1772445602001,"pid":9,"hostname":"h","msg":"fine"}',
  'java.lang.IllegalStateException: no price',
  '\tat shop.Cart.price(Cart.java:7)',
  '\tat shop.Main.main(Main.java:3)',
  'panic: runtime error: index out of range [3] with length 3',
  '',
  'goroutine 1 [running]:',
  'main.total(...)',
  '\t/srv/app/cart.go:9',
  'main.main()',
  '\t/srv/app/main.go:4 +0x1d',
  'exit status 2',
  '2026-03-02 10:00:03,123 ERROR shop.db: connection to 10.0.0.7:5432 refused',
];

type Carry = (line: string, i: number) => string | readonly string[];
const at = (i: number): string => new Date(Date.UTC(2026, 2, 2, 10) + i * 7).toISOString();
const clock = (i: number): string => at(i).slice(11, 19);

const carriers: Readonly<Record<string, Carry>> = {
  'docker json-file': (log, i) =>
    JSON.stringify({ log: `${log}\n`, stream: 'stderr', time: at(i) }),
  CRI: (line, i) =>
    line.length > 40
      ? [`${at(i)} stderr P ${line.slice(0, 31)}`, `${at(i)} stderr F ${line.slice(31)}`]
      : `${at(i)} stderr F ${line}`,
  'kubectl --prefix': (line) => `[pod/shop-7d9f/api] ${line}`,
  'kubectl --timestamps': (line, i) => `${at(i).replace('Z', '456789Z')} ${line}`,
  'GitHub Actions': (line, i) => `${at(i).replace('Z', '4567Z')} ${line}`,
  compose: (line) => `api-1  | ${line}`,
  'compose in colour': (line) => `\u001b[36mapi-1  | \u001b[0m${line}`,
  pm2: (line) => `0|api      | ${line}`,
  'pm2 --json': (line, i) =>
    JSON.stringify({
      message: `${line}\n`,
      timestamp: at(i),
      type: 'err',
      process_id: 0,
      app_name: 'api',
    }),
  Heroku: (line, i) => `${at(i).replace('Z', '000+00:00')} app[web.1]: ${line}`,
  foreman: (line, i) => `${clock(i)} web.1   | ${line}`,
  rsyslog: (line, i) => `Mar  2 ${clock(i)} host api[812]: ${line.replace('\t', '#011')}`,
  'RFC 3164': (line, i) => `<30>Mar  2 ${clock(i)} host api[812]: ${line}`,
  'RFC 5424': (line, i) => `<30>1 ${at(i)} host api 812 - [a@1 b="c"] ${line}`,
  'journald JSON': (line, i) =>
    JSON.stringify({
      __REALTIME_TIMESTAMP: String(Date.parse(at(i)) * 1000),
      PRIORITY: '6',
      _PID: '812',
      SYSLOG_IDENTIFIER: 'api',
      MESSAGE: line,
    }),
  'journalctl -o short-precise': (line, i) => `Mar  2 ${clock(i)}.123456 host api[812]: ${line}`,
  'RFC 6587': (line, i) => {
    const message = `<30>1 ${at(i)} host api 812 - - ${line}`;
    return `${Buffer.byteLength(message)} ${message}`;
  },
  Fly: (line, i) => `${at(i)} app[148e21ebd47089] ams [info]${line}`,
  Buildkite: (line, i) => `\u001b_bk;t=${Date.parse(at(i))}\u0007${line}`,
  'compose --timestamps': (line, i) => `api-1  | ${at(i).replace('Z', '456789Z')} ${line}`,
  'kubectl --prefix --timestamps': (line, i) =>
    `[pod/shop-7d9f/api] ${at(i).replace('Z', '456789Z')} ${line}`,
  "Jenkins' times": (line, i) => `${clock(i)}  ${line}`,
  "Jenkins' times in brackets": (line, i) => `[${at(i)}] ${line}`,
  'a time that is not the logger’s': (line, i) => `${at(i).slice(0, 19)}: ${line}`,
  'Fluent Bit': (log, i) =>
    JSON.stringify({ log, container_name: '/api', source: 'stderr', time: at(i) }),
  'columns that were filled up': (line) => `${line}   `,
  'line ends that were cleared': (line) => `${line}\u001b[K`,
  "turbo's one package": (line) => `api:start: ${line}`,
  "pm2's names and times": (line, i) => `0|api  | ${at(i).slice(0, 19)}: ${line}`,
  'Render, downloaded': (line, i) => `Mar 02 ${clock(i)} AM ${line}`,
  Lerna: (line) => `@shop/api: ${line}`,
  "stern's pods of a stateful set": (line) => `api-0 server ${line}`,
  grep: (line) => `/var/log/api.log:${line}`,
  'CRLF line ends': (line) => `${line}\r`,
  'a colour on every line': (line) => `\u001b[31m${line}\u001b[0m`,
};

describe('what carries a log', () => {
  const temp = tempFolder('pw-carriers');
  const groupsOf = async (bytes: Buffer): Promise<string[]> => {
    const file = temp.path('app.log');
    writeFileSync(file, bytes);
    const { groups } = await findGroups([file], temp.path());
    return (groups.get(file) ?? []).map(
      ({ count, severity, kind, type, message, line }) =>
        `${count} ${severity} ${kind} ${type}: ${message} :${line}`,
    );
  };
  const text = `${said.join('\n')}\n`;
  const expected = [
    "1 error exception KeyError: 'sku-17' :7",
    "1 fatal exception TypeError: Cannot read properties of undefined (reading 'cents') :8",
    '1 error log null: stock is out of date :null',
    '1 error exception java.lang.IllegalStateException: no price :7',
    '1 fatal exception runtime error: index out of range [3] with length 3 :9',
    '1 error log null: connection to 10.0.0.7:5432 refused :null',
  ];

  it('is nothing: the plain log', async () => {
    assert.deepEqual(await groupsOf(Buffer.from(text)), expected);
  });

  for (const [name, carry] of Object.entries(carriers)) {
    it(`changes nothing: ${name}`, async () => {
      const carried = `${said.flatMap(carry).join('\n')}\n`;
      assert.deepEqual((await groupsOf(Buffer.from(carried))).sort(), [...expected].sort());
    });
  }

  const inside: readonly (readonly [outer: string, inner: string])[] = [
    ['docker json-file', 'foreman'],
    ['docker json-file', 'pm2'],
    ['CRI', 'compose in colour'],
    ['GitHub Actions', 'compose'],
    ['RFC 3164', 'kubectl --timestamps'],
    ['journald JSON', 'compose'],
    ["Jenkins' times in brackets", 'compose'],
  ];
  for (const [outer, inner] of inside) {
    it(`changes nothing: ${inner} in ${outer}`, async () => {
      const carry = (name: string, lines: readonly string[]): string[] =>
        lines.flatMap((line, i) => carriers[name]?.(line, i) ?? []);
      const carried = `${carry(outer, carry(inner, said)).join('\n')}\n`;
      assert.deepEqual((await groupsOf(Buffer.from(carried))).sort(), [...expected].sort());
    });
  }

  it('is not in the way of a blank line whose end was translated twice', async () => {
    const panic = [
      'panic: bin 4 is lost',
      '',
      'goroutine 1 [running]:',
      'main.take(...)',
      '\t/srv/depot/main.go:44',
    ];
    assert.deepEqual(await groupsOf(Buffer.from(panic.map((line) => `${line}\r\r\n`).join(''))), [
      '1 fatal exception panic: bin 4 is lost :44',
    ]);
  });

  const encodings: Readonly<Record<string, Buffer>> = {
    'UTF-8 with a mark': Buffer.from(`\ufeff${text}`),
    'UTF-16 LE': Buffer.from(`\ufeff${text}`, 'utf16le'),
    'UTF-16 LE without a mark': Buffer.from(text, 'utf16le'),
    'UTF-16 BE': Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
    gzip: gzipSync(text),
  };
  for (const [name, bytes] of Object.entries(encodings)) {
    it(`changes nothing: ${name}`, async () => assert.deepEqual(await groupsOf(bytes), expected));
  }

  const whole: Readonly<Record<string, string>> = {
    'journalctl -o verbose': said
      .map(
        (line, i) =>
          `Mon 2026-03-02 10:00:00.${100_000 + i} UTC [s=3a;i=2f;b=9c;m=1;t=5;x=7]\n    PRIORITY=6\n    SYSLOG_IDENTIFIER=api\n    MESSAGE=${line}\n    _PID=7\n`,
      )
      .join(''),
    'journalctl -o export': said
      .map((line, i) => `__CURSOR=s=3a;i=${i}\nPRIORITY=6\nMESSAGE=${line}\n_PID=7\n\n`)
      .join(''),
    'aws logs get-log-events': JSON.stringify(
      { events: said.map((message, i) => ({ timestamp: i, message })), nextForwardToken: 'f/1' },
      undefined,
      4,
    ),
    'gcloud logging read': JSON.stringify(
      said.map((textPayload, i) => ({ labels: { a: 'b' }, textPayload, timestamp: at(i) })),
      undefined,
      2,
    ),
    'a list in one line': JSON.stringify(said.map((log, i) => ({ log, time: at(i) }))),
    'records written to be read': said
      .map((message, i) => `${JSON.stringify({ message, time: at(i) }, undefined, 2)}\n`)
      .join(''),
  };
  for (const [name, log] of Object.entries(whole)) {
    it(`changes nothing: ${name}`, async () => {
      assert.deepEqual((await groupsOf(Buffer.from(log))).sort(), [...expected].sort());
    });
  }

  it('changes nothing: colours that syslog has escaped', async () => {
    const red = said.map((line, i) => `Mar  2 ${clock(i)} host api[812]: #033[31m${line}#033[0m`);
    assert.deepEqual(await groupsOf(Buffer.from(`${red.join('\n')}\n`)), expected);
  });

  it('takes what a logger said for the head of a trace whose every line the carrier calls an error', async () => {
    const lines = said.slice(0, 8).map((line, i) => `<11>1 ${at(i)} host api 812 - - ${line}`);
    assert.deepEqual(await groupsOf(Buffer.from(`${lines.join('\n')}\n`)), expected.slice(0, 1));
  });

  it('goes on with a trace that another thread has interrupted, and not with what is none', async () => {
    const busy = '2026-03-02 10:00:00,200 INFO shop.pool: 3 of 8 busy';
    const cut = said.slice(1, 7).flatMap((line) => [line, busy]);
    assert.deepEqual(await groupsOf(Buffer.from(`${cut.join('\n')}\n`)), expected.slice(0, 1));
    const java = said.slice(19, 22).flatMap((line) => [line, busy, busy]);
    assert.deepEqual(await groupsOf(Buffer.from(`${java.join('\n')}\n`)), expected.slice(3, 4));
    const two = [...said.slice(1, 7), busy, '    of the pool', ...said.slice(1, 7)];
    assert.deepEqual(await groupsOf(Buffer.from(`${two.join('\n')}\n`)), [
      "2 error exception KeyError: 'sku-17' :7",
    ]);
  });

  it('keeps processes apart whose lines are mixed', async () => {
    const trace = said.slice(1, 7);
    const mixed = trace.flatMap((line) => [`api-1  | ${line}`, `worker-1  | ${line}`]);
    assert.deepEqual(await groupsOf(Buffer.from(`${mixed.join('\n')}\n`)), [
      "2 error exception KeyError: 'sku-17' :7",
    ]);
  });
});
