import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

const chain = String.raw`Traceback (most recent call last):\n  File "/srv/app/db.py", line 9, in find\n    return rows[key]\n           ~~~~^^^^^\nKeyError: 'x1'\n\nThe above exception was the direct cause of the following exception:\n\nTraceback (most recent call last):\n  File "/srv/app/orders.py", line 17, in reserve\n    raise NoStock(key) from exc\norders.NoStock: no stock for x1`;

describe('python without lines of its own for its frames', () => {
  it('reads a traceback that a formatter has put into one line, with its chain', () => {
    const [event, ...others] = eventsIn(`2026-03-02 10:00:00,123 ERROR api failed: ${chain}`);
    assert.equal(others.length, 0);
    assert.equal(event?.type, 'orders.NoStock');
    assert.equal(event.message, 'no stock for x1');
    assert.equal(event.frames[0]?.line, 17);
    assert.deepEqual(
      event.causes.map((cause) => cause.type),
      ['KeyError'],
    );
  });

  it('reads one in which rsyslog wrote the line ends', () => {
    const line = `Nov 20 10:00:01 web1 shop[4121]: ERROR unhandled: ${chain.replaceAll(String.raw`\n`, '#012')}`;
    assert.deepEqual(summaries(line), [
      'error orders.NoStock: no stock for x1 @ reserve /srv/app/orders.py:17',
    ]);
  });

  it('reads one that is the quoted value of a field', () => {
    const quoted = chain.replaceAll("'", String.raw`\'`);
    assert.deepEqual(summaries(`event='failed' level='error' exception='${quoted}' order=7`), [
      'error orders.NoStock: no stock for x1 @ reserve /srv/app/orders.py:17',
    ]);
  });

  it('reads one that is quoted and keeps its line ends', () => {
    const lines = [
      'timestamp=2026-03-02T10:00:00Z level=error event="job failed" n=3 exception="Traceback (most recent call last):',
      String.raw`  File \"/srv/app/jobs.py\", line 10, in job`,
      String.raw`    return take(\"tea\", n)`,
      'stock.OutOfStock: only 2 of tea left"',
      'timestamp=2026-03-02T10:00:01Z level=error event="mail bounced"',
    ];
    assert.deepEqual(summaries(lines.join('\n')), [
      'error stock.OutOfStock: only 2 of tea left @ job /srv/app/jobs.py:10',
      'error LoggedError: mail bounced',
    ]);
  });

  it('reads what the interpreter says before there is a program', () => {
    assert.deepEqual(
      summaries(
        [
          "python: can't open file '/srv/app/manage.py': [Errno 2] No such file or directory",
          '/usr/bin/python3.11: No module named shop.tool',
          String.raw`C:\Python312\python.exe: can't find '__main__' module in 'C:\\app'`,
          "SyntaxError: Non-UTF-8 code starting with '\\xe9' in file /srv/app/names.py on line 3, but no encoding declared; see https://peps.python.org/pep-0263/ for details",
        ].join('\n'),
      ),
      [
        "error PythonError: can't open file '/srv/app/manage.py': [Errno 2] No such file or directory",
        'error PythonError: No module named shop.tool',
        String.raw`error PythonError: can't find '__main__' module in 'C:\\app'`,
        "error SyntaxError: Non-UTF-8 code starting with '\\xe9' in file /srv/app/names.py on line 3, but no encoding declared; see https://peps.python.org/pep-0263/ for details @ - /srv/app/names.py:3",
      ],
    );
  });

  it("reads asyncio's future that failed without being raised, and once what was", () => {
    assert.deepEqual(
      summaries(`Future exception was never retrieved
future: <Future finished exception=ConnectionResetError('peer went away')>
ConnectionResetError: peer went away
Task exception was never retrieved
future: <Task finished name='t' coro=<pay() done, defined at /srv/app/pay.py:3> exception=Broken('no')>
Traceback (most recent call last):
  File "/srv/app/pay.py", line 5, in pay
    raise Broken('no')
Broken: no`),
      ['error ConnectionResetError: peer went away', 'error Broken: no @ pay /srv/app/pay.py:5'],
    );
  });

  it('takes none of them from talk', () => {
    const lines = [
      'python: the module named tool is fine',
      'the docs say that "No module named x" means a missing package',
      'future: <Future pending>',
      'INFO header is Traceback (most recent call last):',
    ];
    assert.deepEqual(summaries(lines.join('\n')), []);
  });
});
