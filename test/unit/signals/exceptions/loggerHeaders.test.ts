import assert from 'node:assert/strict';
import { summaries } from '../support/readLines.ts';

const message = 'replica 10.0.0.4 lags by 812 ms';
const said = `error LoggedError: ${message}`;
const forms: Readonly<Record<string, string>> = {
  'Airflow, with the place in braces': '[2026-03-02 10:00:00,301] {sync.py:33} ERROR - ',
  'Airflow 2.3': '[2026-03-02, 10:00:00 UTC] {sync.py:33} ERROR - ',
  'milliseconds twice': '2026-03-02 10:00:00,480,480 ERROR    [sync.py:33] ',
  'the place alone': '2026-03-02 10:00:00,480 ERROR /srv/app/sync.py:33 ',
  'a level in the middle of its brackets': '2026-03-02 10:00:00,480 [ ERROR  ] shop.orders: ',
  'fields before the level': '2026-03-02 10:00:00,480 PID  1351 MainThread ERROR   ',
  'fields between bars': '2026-03-02 10:00:00,738 | 1301 | MainThread | ERROR | shop.orders | ',
  'fields between bars without blanks':
    '2026-03-02 10:00:00,738|1301|MainThread|ERROR|shop.orders|',
  'several fields behind the level, between bars':
    '2026-03-02 10:00:00,738.738 | ERROR    | MainThread | shop.orders:16 | ',
  'the place behind the name': 'ERROR    shop.orders:sync.py:33 ',
  'a name and no time': 'shop.orders ERROR: ',
  'a name and no time, between dashes': 'shop.orders - ERROR - ',
  'milliseconds since 1970': '1772445600123 ERROR [main] ',
  'a Java class and its thread': '2026-03-02 10:00:00,480 ERROR com.acme.shop.Cart [main] ',
  'a Java class and an empty field': '10:00:00.480 ERROR com.acme.shop.Cart  ',
  'all in brackets, the thread first': '[main] [03-02 10:00:00] [ERROR] [shop.Cart] ',
  'Flask names the module': '[2026-03-02 10:00:00,123] ERROR in app: ',
  "bunyan's command line": '[2026-03-02T10:00:00.123Z] ERROR: shop/4512 on web-1: ',
  'uvicorn fills up with blanks': 'ERROR:    ',
  'coloredlogs names host, logger and process':
    '2026-03-02 10:00:00 web01 shop.orders[20900] ERROR ',
};

describe('headers of log lines', () => {
  for (const [name, header] of Object.entries(forms)) {
    it(name, () => {
      const [only = '', ...others] = summaries(`${header}${message}`);
      assert.deepEqual(others, []);
      assert.equal(only.replace(/ @ - \S*sync\.py:33$/, ''), said);
    });
  }

  it('Rich, with and without the time, and the place behind', () => {
    const place = `${' '.repeat(12)}sync.py:41`;
    assert.deepEqual(summaries(`           ERROR    ${message}${place}`), [said]);
    assert.deepEqual(summaries(`[10:00:00] ERROR    ${message}${place}`), [said]);
    assert.deepEqual(summaries(`           INFO     0 ERROR lines${place}`), []);
    assert.deepEqual(summaries('           ERROR    an indented word, see sync.py'), []);
  });

  it("structlog's pairs, quoted by either of its renderers", () => {
    const quoted = [
      `timestamp='2026-03-02T10:00:00.327676Z' level='error' event='${message}' request_id='r-9'`,
      `timestamp=2026-03-02T10:00:00.576068Z level=error event="${message}" request_id=r-9`,
    ];
    for (const line of quoted) assert.deepEqual(summaries(line), [said]);
    assert.deepEqual(summaries("level='info' event='0 error lines'"), []);
  });

  it('a record as the message of a logger of text', () => {
    const trace =
      'Traceback (most recent call last):\n  File "/srv/a.py", line 3, in g\n    h()\nKeyError: 1';
    const lines = [
      `2026-03-02 10:00:00,123 ERROR ${JSON.stringify({ event: message, order: 7 })}`,
      `ERROR:shop:${JSON.stringify({ event: 'failed', level: 'error', exception: trace })}`,
      `INFO:shop:${JSON.stringify({ event: 'no error', level: 'info' })}`,
      `ERROR:shop:${JSON.stringify({ code: 17 })}`,
    ];
    assert.deepEqual(summaries(lines.join('\n')), [
      said,
      'error KeyError: 1 @ g /srv/a.py:3',
      'error LoggedError: {"code":17}',
    ]);
    assert.deepEqual(summaries(`${lines[0]}\n${lines[0]}`), [said, said]);
  });

  it('but not in sentences, and not of what is no error', () => {
    const sentences = [
      '2026-03-02 10:00:00,480 Handled 12 ERROR records of the batch',
      '2026-03-02 10:00:00,480 Found 3 lines with ERROR in app.log',
      '2026-03-02 10:00:00,738|1301|MainThread|INFO|shop.orders|a|ERROR|b',
      '2026-03-02 10:00:00,738 | 1301 | MainThread | INFO | shop.orders | ERROR | b',
      'see the ERROR: it is explained below',
      'the codes - ERROR - are explained below',
      'shop.orders - INFO - ERROR - 0 times',
      '[2026-03-02 10:00:00,301] {sync.py:33} INFO - 0 ERROR lines',
    ];
    for (const sentence of sentences) assert.deepEqual(summaries(sentence), [], sentence);
  });
});
