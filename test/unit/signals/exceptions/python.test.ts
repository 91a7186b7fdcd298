import assert from 'node:assert/strict';
import { eventsIn, findIn, summaries } from '../support/readLines.ts';

const traceback = (message = "KeyError: 'sku-1'") => `Traceback (most recent call last):
  File "/srv/app/main.py", line 9, in <module>
    run(sku)
  File "/srv/app/shop/cart.py", line 7, in price_of
    return PRICES[sku]
           ~~~~~~^^^^^
${message}`;

describe('python grammar', () => {
  it('reads a traceback with caret lines, innermost frame first', () => {
    const [event] = eventsIn(traceback());
    assert.equal(event?.type, 'KeyError');
    assert.equal(event.message, "'sku-1'");
    assert.deepEqual(event.frames, [
      {
        file: '/srv/app/shop/cart.py',
        line: 7,
        function: 'price_of',
        source: 'return PRICES[sku]',
        inApp: true,
      },
      { file: '/srv/app/main.py', line: 9, function: '<module>', source: 'run(sku)', inApp: true },
    ]);
  });

  it('tells tracebacks apart that follow each other without a gap', () => {
    assert.equal(eventsIn(`${traceback()}\n${traceback('QueueFull')}\n${traceback()}`).length, 3);
  });

  for (const [name, sentence] of [
    ['handling', 'During handling of the above exception, another exception occurred:'],
    ['cause', 'The above exception was the direct cause of the following exception:'],
  ]) {
    it(`makes one event of a chain (${name}), the outermost first`, () => {
      const [event, ...others] = eventsIn(
        `${traceback("KeyError: 'users'")}\n\n${sentence}\n\n${traceback('shop.db.StorageError: order 77 lost')}\n`,
      );
      assert.equal(others.length, 0);
      assert.equal(event?.type, 'shop.db.StorageError');
      assert.deepEqual(
        event.causes.map((cause) => [cause.type, cause.message]),
        [['KeyError', "'users'"]],
      );
    });
  }

  it('takes level and time from the log line above, and fatal from CRITICAL', () => {
    const [event, ...others] = findIn(
      `2026-03-02 10:11:12,000 CRITICAL [MainThread] shop.api: order service down\n${traceback()}\n2026-03-02 10:11:13,000 INFO     [MainThread] shop.api: up`,
    );
    assert.equal(others.length, 0);
    assert.equal(event?.event.severity, 'fatal');
    assert.equal(event.offset, 0);
    assert.match(event.event.timestamp ?? '', /^2026-03-0\dT\d\d:11:12\.000Z$/);
    assert.match(event.event.raw, /order service down/);
  });

  it('reads syntax errors, with and without a header', () => {
    assert.deepEqual(
      summaries(
        '  File "/srv/app/bad.py", line 6\n    def broken(:\n               ^\nSyntaxError: invalid syntax',
      ),
      ['error SyntaxError: invalid syntax @ - /srv/app/bad.py:6'],
    );
    assert.deepEqual(
      summaries(`Traceback (most recent call last):
  File "/srv/app/main.py", line 1, in <module>
    import tabs
  File "/srv/app/tabs.py", line 5
    return 2
TabError: inconsistent use of tabs`),
      ['error TabError: inconsistent use of tabs @ - /srv/app/tabs.py:5'],
    );
  });

  it('reads an exception group with its children', () => {
    const [event, ...others] = eventsIn(`  + Exception Group Traceback (most recent call last):
  |   File "/srv/app/group.py", line 12, in main
  |     raise ExceptionGroup("jobs", errors)
  | ExceptionGroup: jobs (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/srv/app/group.py", line 5, in job
    |     raise ValueError(1)
    | ValueError: 1
    +---------------- 2 ----------------
    | Traceback (most recent call last):
    |   File "/srv/app/group.py", line 7, in other
    |     raise KeyError(2)
    | KeyError: 2
    +------------------------------------
next line`);
    assert.equal(others.length, 0);
    assert.equal(event?.type, 'ExceptionGroup');
    assert.deepEqual(
      event.causes.map((cause) => cause.type),
      ['ValueError', 'KeyError'],
    );
    assert.equal(event.frames[0]?.function, 'main');
  });

  const group = `  + Exception Group Traceback (most recent call last):
  |   File "/srv/app/mirror.py", line 6, in fetch
  |     raise ExceptionGroup("hosts", errors)
  | ExceptionGroup: hosts (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | ValueError: 1
    +---------------- 2 ----------------
    | ExceptionGroup: inner (1 sub-exception)
    +-+---------------- 1 ----------------
      | OSError: 2
      +------------------------------------
`;

  it('makes one event of a group that led to an exception, and of what led to a group', () => {
    const sentence = 'The above exception was the direct cause of the following exception:';
    const [led, second] = eventsIn(
      `${group}\n${sentence}\n\n${traceback('LookupError: no mirror')}\nnext line`,
    );
    assert.equal(second, undefined);
    assert.equal(led?.type, 'LookupError');
    const inGroup = ['ValueError', 'ExceptionGroup', 'OSError'];
    const types = (causes: readonly { readonly type: string }[]) => causes.map(({ type }) => type);
    assert.deepEqual(types(led.causes), ['ExceptionGroup', ...inGroup]);

    const [groups, ...others] = eventsIn(`${traceback()}\n\n${sentence}\n\n${group}next line`);
    assert.deepEqual(others, []);
    assert.equal(groups?.type, 'ExceptionGroup');
    assert.equal(groups.frames[0]?.function, 'fetch');
    assert.deepEqual(types(groups.causes), [...inGroup, 'KeyError']);
  });

  it('reads names that are not of ASCII, and a header behind an open bar of progress', () => {
    const place = '@ price_of /srv/app/shop/cart.py:7';
    assert.deepEqual(summaries(traceback('Überfällig: Rechnung 4711')), [
      `error Überfällig: Rechnung 4711 ${place}`,
    ]);
    assert.deepEqual(summaries(` 66%|##| 2/3 [00:00<00:01, 31.2it/s]${traceback()}`), [
      `error KeyError: 'sku-1' ${place}`,
    ]);
  });

  for (const [name, header] of [
    [
      'mod_wsgi',
      '[Fri Nov 20 10:00:00.123456 2026] [wsgi:error] [pid 12:tid 1] [client 10.0.0.1:5] ',
    ],
    ['OpenStack', '2026-11-20 10:00:00.123 4121 ERROR shop.manager '],
    ['PyTorch', '[rank0]: '],
  ]) {
    it(`reads a traceback with a header before each of its lines (${name})`, () => {
      const lines = `${traceback()}\n\nDuring handling of the above exception, another exception occurred:\n\n${traceback('shop.Lost: order 7')}`;
      const [event, ...others] = eventsIn(`${lines.replace(/^/gm, header ?? '')}\n`);
      assert.deepEqual(others, []);
      assert.equal(event?.type, 'shop.Lost');
      assert.equal(event.frames[0]?.line, 7);
      assert.equal(event.causes.length, 1);
    });
  }

  const inside = (module = 'job') => `Traceback (most recent call last):
  File "/srv/app/tasks.py", line 12, in ${module}
    return fn()
  File "/srv/app/shop/cart.py", line 7, in price_of
    return PRICES[sku]
KeyError: 'sku-1'`;
  const found = "error KeyError: 'sku-1' @ price_of /srv/app/shop/cart.py:7";
  const message =
    '2026-11-20 10:00:00,123 ERROR shop.tasks: job failed\nargs: (1, 2)\nkept in the queue\n';

  it('makes one event of a message of several lines and the traceback that was logged with it', () => {
    assert.deepEqual(summaries(message + inside()), [found]);
    const [event] = eventsIn(message + inside());
    assert.match(event?.raw ?? '', /job failed\nargs/);
  });

  it('but two of a message and the end of the program below it, or what another wrote', () => {
    const two = ['error LoggedError: job failed', found];
    assert.deepEqual(summaries(message + inside('<module>')), two);
    for (const line of ['Exception in thread Thread-1 (job):', 'Unhandled exception in worker:'])
      assert.deepEqual(summaries(`${message}${line}\n${inside()}`), two);
    const lines = Array.from({ length: 9 }, (_, at) => `row ${at} written\n`).join('');
    assert.deepEqual(summaries(message + lines + inside()), two);
    assert.deepEqual(
      summaries(`${message}TypeError: x is no function\n    at f (/srv/app/a.js:1:2)`),
      ['error LoggedError: job failed', 'error TypeError: x is no function @ f /srv/app/a.js:1'],
    );
  });

  it('tells apart what is logged right behind a traceback that is the message itself', () => {
    assert.deepEqual(summaries(`ERROR:root:${traceback()}\nERROR:root:order lost`), [
      "error KeyError: 'sku-1' @ price_of /srv/app/shop/cart.py:7",
      'error LoggedError: order lost',
    ]);
  });

  it('knows frames of the library and of dependencies', () => {
    const [event] = eventsIn(`Traceback (most recent call last):
  File "/srv/app/conf.py", line 6, in read
    return json.loads(text)
  File "/usr/lib/python3.11/json/decoder.py", line 337, in decode
    raise JSONDecodeError("Expecting value", s, 0)
  File "/srv/app/.venv/lib/python3.11/site-packages/x/y.py", line 3, in z
    boom()
json.decoder.JSONDecodeError: Expecting value: line 1 column 7 (char 6)`);
    assert.deepEqual(
      event?.frames.map((frame) => frame.inApp),
      [false, false, true],
    );
  });

  it("reads Twisted's, with its mark within the frames and its failures without any", () => {
    assert.deepEqual(
      summaries(`2026-03-02 10:00:00+0000 [-] Unhandled Error
\tTraceback (most recent call last):
\t  File "/srv/app/main.py", line 36, in <module>
\t    reactor.run()
\t--- <exception caught here> ---
\t  File "/usr/lib/python3/dist-packages/twisted/internet/base.py", line 991, in runUntilCurrent
\t    call.func(*call.args, **call.kw)
\t  File "/srv/app/feeds.py", line 25, in tick
\t    {}["tick"]
\tbuiltins.KeyError: 'tick'
\t
2026-03-02 10:00:00+0000 [-] while rotating
\tTraceback (most recent call last):
\tFailure: builtins.RuntimeError: disk quota
\t
2026-03-02 10:00:00+0000 [-] Main loop terminated.`),
      [
        "error builtins.KeyError: 'tick' @ tick /srv/app/feeds.py:25",
        'error builtins.RuntimeError: disk quota',
      ],
    );
  });

  it("reads Rich's box where it stands below an indented message", () => {
    const text = `[10:00:00] ERROR    job failed                                jobs.py:36
╭─────────────── Traceback (most recent call last) ────────────────╮
│ /srv/app/stock.py:15 in take                                     │
│                                                                  │
│ ❱ 15 │   │   raise OutOfStock(sku, n)                            │
╰──────────────────────────────────────────────────────────────────╯
OutOfStock: only 2 of tea left          `;
    const indented = text.replace(/\n/g, `\n${' '.repeat(20)}`);
    for (const form of [text, indented])
      assert.deepEqual(summaries(form), [
        'error OutOfStock: only 2 of tea left @ take /srv/app/stock.py:15',
      ]);
  });

  it('begins anew with each exception group, whatever it follows', () => {
    const group = (n: number): string => `  + Exception Group Traceback (most recent call last):
  |   File "/srv/app/jobs.py", line 21, in run
  |     raise ExceptionGroup("run failed", errors)
  | ExceptionGroup: run ${n} failed (1 sub-exception)
  +-+---------------- 1 ----------------
    | ExceptionGroup: inner (1 sub-exception)
    +-+---------------- 1 ----------------
      | OSError: [Errno 5] disk fault
      +------------------------------------
`;
    assert.deepEqual(
      eventsIn(`${traceback()}\n${group(1)}${group(2)}${traceback()}\n`).map(
        ({ message }) => message,
      ),
      ["'sku-1'", 'run 1 failed (1 sub-exception)', 'run 2 failed (1 sub-exception)', "'sku-1'"],
    );
  });

  it('says nothing for a traceback without its exception, and for talk about one', () => {
    const cut = traceback().split('\n').slice(0, -1).join('\n');
    assert.deepEqual(eventsIn(cut), []);
    assert.deepEqual(eventsIn(`handle: <Handle boom(42) at /srv/app/main.py:9>\n${cut}`), []);
    assert.deepEqual(
      eventsIn('A Traceback (most recent call last) header is printed\n  File formats: csv'),
      [],
    );
  });
});
