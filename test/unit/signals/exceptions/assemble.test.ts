import assert from 'node:assert/strict';
import { createAssembler } from '../../../../src/signals/exceptions/assemble.ts';
import { eventsIn, findIn, linesOf, summaries } from '../support/readLines.ts';

const stack = 'TypeError: boom\n    at f (/srv/a.js:1:2)';
const trace =
  'Traceback (most recent call last):\n  File "/srv/a.py", line 3, in g\n    h()\nValueError: no';

describe('assembling lines', () => {
  const json: readonly (readonly [string, unknown, string])[] = [
    [
      'pino',
      {
        level: 50,
        time: 1795157523300,
        pid: 1,
        err: { type: 'TypeError', message: 'boom', stack },
        msg: 'failed',
      },
      'error TypeError: boom @ f /srv/a.js:1',
    ],
    [
      'bunyan fatal',
      { name: 'x', level: 60, pid: 1, err: { name: 'TypeError', message: 'boom', stack } },
      'fatal TypeError: boom @ f /srv/a.js:1',
    ],
    [
      'winston',
      { level: 'error', message: 'failed boom', stack, timestamp: '2026-03-02T10:00:00Z' },
      'error TypeError: boom @ f /srv/a.js:1',
    ],
    [
      'structlog',
      { event: 'failed', level: 'error', exception: trace },
      'error ValueError: no @ g /srv/a.py:3',
    ],
    [
      'python-json-logger',
      { levelname: 'CRITICAL', message: 'failed', exc_info: trace },
      'fatal ValueError: no @ g /srv/a.py:3',
    ],
    [
      'structlog dict tracebacks',
      {
        event: 'failed',
        level: 'error',
        exception: [
          {
            exc_type: 'ValueError',
            exc_value: 'no',
            frames: [{ filename: '/srv/a.py', lineno: 3, name: 'g' }],
          },
        ],
      },
      'error ValueError: no @ g /srv/a.py:3',
    ],
    [
      'frames as records below type and value',
      {
        level: 'error',
        exception: {
          type: 'ValueError',
          value: 'no',
          stacktrace: [
            { filename: '/srv/main.py', lineno: 9, function: 'main' },
            { filename: '/srv/a.py', lineno: 3, function: 'g' },
          ],
        },
      },
      'error ValueError: no @ g /srv/a.py:3',
    ],
    [
      'ECS',
      {
        'log.level': 'error',
        'error.type': 'TypeError',
        'error.message': 'boom',
        'error.stack_trace': stack,
      },
      'error TypeError: boom @ f /srv/a.js:1',
    ],
    [
      'an error without a stack',
      { level: 'error', err: { type: 'QuotaError', message: 'full' } },
      'error QuotaError: full',
    ],
    [
      'a message alone',
      { level: 50, pid: 1, msg: 'quota 17 exceeded' },
      'error LoggedError: quota 17 exceeded',
    ],
    [
      'an error that was only warned of',
      { level: 40, pid: 1, err: { type: 'TypeError', message: 'boom', stack } },
      'warning TypeError: boom @ f /srv/a.js:1',
    ],
  ];
  for (const [name, record, expected] of json) {
    it(`reads JSON lines: ${name}`, () =>
      assert.deepEqual(summaries(JSON.stringify(record)), [expected]));
  }

  it('is quiet about records that are no errors, cut or not records at all', () => {
    const text = [
      '{"level":30,"msg":"no error"}',
      '{"level":40,"msg":"slow"}',
      '{"a":',
      '{}',
      '[1]',
      '{"level":"error"',
    ].join('\n');
    assert.deepEqual(summaries(text), []);
  });

  it('is not led astray by __proto__', () => {
    const [event] = eventsIn('{"level":"error","__proto__":{"msg":"y","approved":true},"msg":"x"}');
    assert.equal(event?.message, 'x');
    assert.equal(({} as Record<string, unknown>)['approved'], undefined);
  });

  it('takes the time from the record', () => {
    const [event] = eventsIn('{"level":50,"time":1795157523300,"pid":1,"msg":"x"}');
    assert.equal(event?.timestamp, new Date(1795157523300).toISOString());
  });

  const logged: readonly (readonly [string, string])[] = [
    [
      '2026-03-02T10:11:12.000Z ERROR api - cannot write: disk full',
      'error LoggedError: cannot write: disk full',
    ],
    [
      '2026-03-02 10:11:12,123 ERROR    [MainThread] shop.api: payment timed out',
      'error LoggedError: payment timed out',
    ],
    ['ERROR:root:payment timed out', 'error LoggedError: payment timed out'],
    [
      '[ERROR]\t2026-03-02T10:11:12.123Z\t8f5c1d2e-3b4a-4c5d-9e6f-7a8b9c0d1e2f\tpayment timed out',
      'error LoggedError: payment timed out',
    ],
    ['[2026-03-02 10:11:12] app.CRITICAL: all is lost', 'fatal LoggedError: all is lost'],
    [
      '2026/03/02 10:11:12 [error] 12#12: *1 upstream timed out',
      'error LoggedError: upstream timed out',
    ],
    ['[10:11:12.597] ERROR (14417): pricing failed', 'error LoggedError: pricing failed'],
    [
      '2026-03-02 10:11:12.082 | ERROR    | __main__:<module>:12 - pricing failed',
      'error LoggedError: pricing failed',
    ],
    [
      '\u001b[2m2026-03-02T10:11:12Z\u001b[0m [\u001b[31m\u001b[1merror    \u001b[0m] \u001b[1msync failed\u001b[0m',
      'error LoggedError: sync failed',
    ],
    [
      'time="2026-03-02T10:11:12Z" level=error msg="lease \\"a\\" expired" x=1',
      'error LoggedError: lease "a" expired',
    ],
    ['error: could not connect', 'error LoggedError: could not connect'],
    [
      '2026-03-02T10:11:12.000Z ERROR api - AssertionError: expected 1',
      'error AssertionError: expected 1',
    ],
  ];
  for (const [line, expected] of logged) {
    it(`reads a logged message: ${line.slice(0, 60)}`, () =>
      assert.deepEqual(summaries(line), [expected]));
  }

  it('gives no false alarm for words about errors', () => {
    const text = `2026-03-02T10:11:12.000Z INFO  error handler installed
2026-03-02T10:11:12.000Z INFO  Caused by: feature flag
2026-03-02T10:11:12.000Z INFO  user searched for "panic: at the disco"
2026-03-02T10:11:12.000Z DEBUG no error here; 0 failed
2026-03-02T10:11:12.000Z WARN  retrying
Error budget remaining: 99.95%
ErrorBoundary mounted
error: false
--- PASS: TestPanicRecovery (0.00s)
error handling is described below
Errors: 0
FATALITY reached
[error]
level = error
CRITICAL = 50
{
  "errors": {
    "fatal": "the app must close",
    "stack": "Traceback"
  }
}
Trace: where am I
    at load (/srv/app/cache.js:3:4)
    at main (/srv/app/main.js:1:1)`;
    assert.deepEqual(summaries(text), []);
  });

  for (const [name, prefix] of [
    ['compose', ['api-1  | ', 'web-1  | ']],
    ['pm2', ['0|api   | ', '1|web   | ']],
    [
      'CRI',
      ['2026-03-02T10:11:12.123456789Z stderr F ', '2026-03-02T10:11:12.123456789Z stdout F '],
    ],
    ['foreman', ['10:11:12 api.1 | ', '10:11:12 web.1 | ']],
    ['kubectl', ['[pod/api-1/app] ', '[pod/web-1/app] ']],
    ['syslog', ['Mar  2 10:11:12 host api[12]: ', 'Mar  2 10:11:12 host web[13]: ']],
  ] as const) {
    it(`keeps streams apart by the prefix of ${name}`, () => {
      const [a, b] = [trace.split('\n'), stack.split('\n')];
      const lines: string[] = [];
      for (let i = 0; i < 4; i++) {
        if (a[i] !== undefined) lines.push(prefix[0] + a[i]);
        if (b[i] !== undefined) lines.push(prefix[1] + b[i]);
      }
      assert.deepEqual(summaries(lines.join('\n')).sort(), [
        'error TypeError: boom @ f /srv/a.js:1',
        'error ValueError: no @ g /srv/a.py:3',
      ]);
    });
  }

  it('joins what docker and CRI cut', () => {
    const record = (log: string) =>
      JSON.stringify({ log, stream: 'stderr', time: '2026-03-02T10:11:12Z' });
    const [head = '', frame = ''] = stack.split('\n');
    const docker = [record(head.slice(0, 5)), record(`${head.slice(5)}\n`), record(`${frame}\n`)];
    const cri = [
      `2026-03-02T10:11:12Z stderr P ${head.slice(0, 5)}`,
      `2026-03-02T10:11:12Z stderr F ${head.slice(5)}`,
      `2026-03-02T10:11:12Z stderr F ${frame}`,
    ];
    for (const lines of [docker, cri]) {
      assert.deepEqual(summaries(lines.join('\n')), ['error TypeError: boom @ f /srv/a.js:1']);
    }
  });

  it('reads a stack whose every line is a record', () => {
    const lines = trace
      .split('\n')
      .map((message, i) =>
        JSON.stringify({ severity: i % 3 === 0 ? 'ERROR' : 'DEFAULT', message }),
      );
    assert.deepEqual(summaries(lines.join('\n')), ['error ValueError: no @ g /srv/a.py:3']);
  });

  it('points at the first line of each, in bytes', () => {
    const text = `né\n${stack}\n${trace}\n`;
    assert.deepEqual(
      findIn(text).map(({ offset }) => offset),
      [Buffer.byteLength('né\n'), Buffer.byteLength(`né\n${stack}\n`)],
    );
  });

  for (const words of [
    'Error: no answer (Timeout)',
    'An error occurred while loading plugins',
    'Model 5.1 GB [100%]\n',
    'tests/test_a.py F  [100%]\n\n=== warnings summary ===',
  ]) {
    it(`does not hold back what is logged below ${JSON.stringify(words)}`, () => {
      const assembler = createAssembler();
      const lines = Array.from({ length: 90 }, (_, i) => `ERROR order ${i} failed`);
      for (const line of linesOf([words, ...lines].join('\n'))) assembler.push(line, line.offset);
      assembler.close(false);
      assert.equal(assembler.take().length, 90);
    });
  }

  for (const above of ['>>> Running migrations', '~~~~~~~~', '```text\nnpm install\n```']) {
    it(`tells of exceptions below ${JSON.stringify(above)}`, () => {
      assert.deepEqual(summaries(`${above}\n${trace}\n`), ['error ValueError: no @ g /srv/a.py:3']);
      assert.deepEqual(summaries(`${above}\n${stack}\n`), [
        'error TypeError: boom @ f /srv/a.js:1',
      ]);
    });
  }

  it('tells nothing of what is quoted between fences, or was typed at a prompt', () => {
    for (const text of [
      `\`\`\`\n${stack}\n\`\`\``,
      `\`\`\`python\n${trace}\n\`\`\``,
      `~~~ text\n${stack}\n~~~`,
      '>>> h()\nTraceback (most recent call last):\n    ...\nValueError: no',
      `>>> h()\n${trace.replace('/srv/a.py', '<python-input-3>')}`,
    ]) {
      assert.deepEqual(summaries(`You may see\n\n${text}\n`), []);
    }
  });

  it('is bounded: endless stacks, streams and messages', () => {
    const deep = `TypeError: x\n${'    at f (/srv/a.js:1:2)\n'.repeat(5_000)}`;
    const [event] = eventsIn(deep);
    assert.ok(event && event.frames.length <= 250 && event.raw.length <= 10_000);
    const streams = Array.from(
      { length: 2_000 },
      (_, i) => `svc-${i}  | Traceback (most recent call last):`,
    );
    assert.deepEqual(eventsIn(streams.join('\n')), []);
    assert.ok((eventsIn(`ERROR ${'x'.repeat(3_000_000)}`)[0]?.message.length ?? 0) <= 4_000);
  });
});
