import assert from 'node:assert/strict';
import { summaries } from '../support/readLines.ts';

const stack = `TypeError: pay is not a function
    at settle (/srv/till/pay.js:9:3)
    at main (/srv/till/main.js:2:1)`;
const java = `java.lang.IllegalStateException: no price
\tat shop.Cart.price(Cart.java:7)
\tat shop.Main.main(Main.java:3)`;
const found = 'error TypeError: pay is not a function @ settle /srv/till/pay.js:9';
const foundInJava =
  'error java.lang.IllegalStateException: no price @ shop.Cart.price shop/Cart.java:7';
const foundInRuby = 'error Till::Closed: till 7 is closed @ pay /srv/till/pay.rb:9';
const time = '2026-03-02T10:00:00.123Z';
const record = JSON.stringify({ level: 'error', message: 'not paid', stack });

/** What one line says in whole. */
const lines: Readonly<Record<string, readonly [line: string, ...found: readonly string[]]>> = {
  'a record behind a time and a tag': [`${time} docker.till: ${record}`, found],
  'a record behind a message': [`${time} ERROR not paid ${record}`, found],
  'a record in a record': [JSON.stringify({ time, log: record }), found],
  'a record in a record that has a level': [
    JSON.stringify({ level: 'error', message: record }),
    found,
  ],
  'a stack in a field of logfmt': [
    `ts=${time} level=error msg="not paid" err=refused stack=${JSON.stringify(stack)}`,
    found,
  ],
  'a message of logfmt': [`time=${time} level=ERROR msg=${JSON.stringify(java)}`, foundInJava],
  'a trace whose line ends were escaped': [
    `${time} ERROR not priced\\n${java.replaceAll('\n', '\\n').replaceAll('\t', '\\t')}`,
    foundInJava,
  ],
  "GELF's full message": [
    JSON.stringify({ short_message: 'not paid', full_message: `not paid\n${stack}`, level: 3 }),
    found,
  ],
  "lograge's pair and frames": [
    JSON.stringify({
      status: 500,
      exception: ['Till::Closed', 'till 7 is closed'],
      exception_backtrace: ["/srv/till/pay.rb:9:in `pay'", "/srv/till/main.rb:2:in `main'"],
    }),
    foundInRuby,
  ],
  "semantic_logger's list of frames": [
    JSON.stringify({
      level: 'error',
      message: 'not paid',
      exception: {
        name: 'Till::Closed',
        message: 'till 7 is closed',
        stack_trace: ["/srv/till/pay.rb:9:in `pay'"],
      },
    }),
    foundInRuby,
  ],
  "OpenTelemetry's protocol": [
    JSON.stringify({
      resourceLogs: [
        {
          scopeLogs: [
            {
              logRecords: [
                { severityNumber: 9, body: { stringValue: 'ERROR: none' } },
                {
                  timeUnixNano: '1772445602000000000',
                  severityNumber: 17,
                  body: { stringValue: 'not paid' },
                  attributes: [
                    { key: 'exception.type', value: { stringValue: 'TypeError' } },
                    { key: 'exception.stacktrace', value: { stringValue: stack } },
                  ],
                },
              ],
            },
          ],
        },
      ],
    }),
    found,
  ],
  'a dump of a table': [
    String.raw`INSERT INTO errors VALUES (1,'TypeError: x
    at pay (/app/pay.js:3:4)');`,
  ],
  'an example in a document': [`  example: ${record}`],
  'an error that a collector has read': [
    JSON.stringify({ container_id: '4f5a', log: `${time} ERROR [main] shop.Cart - out of stock` }),
    'error LoggedError: out of stock',
  ],
  'a message with values behind it': [
    `${time} ERROR not paid {"till":7,"message":"closed"}`,
    'error LoggedError: not paid {"till":7,"message":"closed"}',
  ],
  'a path of Windows': [
    String.raw`${time} ERROR no file C:\new\at home\nothing.txt`,
    String.raw`error LoggedError: no file C:\new\at home\nothing.txt`,
  ],
  'a record that only mentions an error': [JSON.stringify({ name: 'x', text: 'ERROR: see below' })],
};

describe('what one line holds', () => {
  for (const [name, [line, ...expected]] of Object.entries(lines)) {
    it(`is read: ${name}`, () => {
      const quiet = '{"level":"info","message":"up"}';
      assert.deepEqual(summaries([quiet, line, quiet].join('\n')), expected);
    });
  }

  it('keeps containers apart whose lines a collector has mixed', () => {
    const mixed = stack.split('\n').flatMap((log) =>
      ['web', 'job'].map((name) =>
        JSON.stringify({
          '@timestamp': time,
          kubernetes: { pod_name: name },
          stream: 'stderr',
          log: `${log}\n`,
        }),
      ),
    );
    assert.deepEqual(summaries(mixed.join('\n')), [found, found]);
  });
});
