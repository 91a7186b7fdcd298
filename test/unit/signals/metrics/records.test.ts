import assert from 'node:assert/strict';
import { endpointOf } from '../../../../src/signals/metrics/endpoint.ts';
import { observationsIn } from '../../../../src/signals/metrics/durations.ts';
import { createOpenRequests } from '../../../../src/signals/metrics/openRequests.ts';
import { readMetric } from '../../../../src/signals/metrics/record.ts';

const now = Date.parse('2026-11-20T09:00:00Z');
const read = (record: unknown) =>
  readMetric(typeof record === 'string' ? record : JSON.stringify(record), now);
const observed = (record: unknown) => {
  const result = read(record);
  return result.kind === 'metric' ? result.observation : assert.fail(JSON.stringify(result));
};

describe('records of metrics', () => {
  it('are read with every field', () => {
    assert.deepEqual(
      observed({
        timestamp: '2026-11-20T08:00:00Z',
        metric: 'checkout',
        value: 2.5,
        unit: 's',
        type: 'response_time',
        endpoint: 'GET /orders/17?x=1',
        threshold: 2,
      }),
      {
        name: 'checkout',
        type: 'response_time',
        endpoint: 'GET /orders/:id',
        unit: 'ms',
        value: 2_500,
        at: Date.parse('2026-11-20T08:00:00Z'),
        threshold: 2_000,
      },
    );
  });

  it('tell their type and unit by their name where they say nothing', () => {
    assert.deepEqual([observed({ metric: 'latency_seconds', value: 2 }).value], [2_000]);
    assert.equal(observed({ metric: 'heap_used', value: 2 }).type, 'memory_usage');
    assert.equal(observed({ metric: 'error_rate', value: 8 }).value, 0.08);
    assert.equal(observed({ metric: 'queue', value: 2 }).type, 'other');
  });

  for (const bad of [
    '{"metric":"latency_ms","value":1e999,"threshold":-1,"ts":"2099-01-01"}',
    '{"metric":"x","value":1e300}',
    '{"metric":"x","value":"5"}',
    '{"metric":"x","value":null}',
    '{"metric":"x","value":1,"ts":"2099-01-01"}',
    '{"metric":"x","value":1,"timestamp":"soon"}',
    '{"value":1}',
    '{"metric":"heap","type":"memory_usage","value":-4}',
    '[1]',
    '{"metric":',
  ]) {
    it(`are malformed: ${bad}`, () => assert.equal(read(bad).kind, 'malformed'));
  }

  it('have no limit that nothing could keep', () => {
    assert.equal(observed({ metric: 'x', value: 1, threshold: -1 }).threshold, undefined);
    assert.equal(observed({ metric: 'x', value: 1, threshold: 'high' }).threshold, undefined);
  });

  it('have names of bounded length, without secrets', () => {
    const { name } = observed({
      metric: `token=ghp_${'a1B2'.repeat(9)} ${'x'.repeat(5_000)}`,
      value: 1,
    });
    assert.ok(name.length <= 100 && !name.includes('a1B2a1B2'));
  });
});

describe('endpoints', () => {
  for (const [address, endpoint] of [
    ['/users/123', 'GET /users/:id'],
    ['/users/550e8400-e29b-41d4-a716-446655440000/cart', 'GET /users/:id/cart'],
    ['/api/v1/orders?page=2', 'GET /api/v1/orders'],
    ['https://host.example:80/a/b#c', 'GET /a/b'],
    ['/by-mail/jane@example.com', 'GET /by-mail/:id'],
    ['/assets/app.8f3a2c1d.js', 'GET /assets/:file.js'],
    ['/', 'GET /'],
  ] as const) {
    it(`of ${address} is ${endpoint}`, () => assert.equal(endpointOf('get', address), endpoint));
  }
});

describe('durations in log lines', () => {
  const times = (line: string) =>
    observationsIn(line, now).map(({ endpoint, name, value }) => `${endpoint} ${name} ${value}`);

  for (const [line, ...expected] of [
    ['GET /x 200 1834ms', 'GET /x response_time 1834', 'GET /x request_errors 0'],
    [
      '2026-11-20T08:00:00.123Z INFO GET /u/12?a=5 500 12.5 ms - 15',
      'GET /u/:id response_time 12.5',
      'GET /u/:id request_errors 1',
    ],
    [
      '127.0.0.1 - - [20/Nov/2026:08:55:36 +0000] "GET /a HTTP/1.1" 200 2326 "-" "Mozilla/5.0" 0.532',
      'GET /a response_time 532',
      'GET /a request_errors 0',
    ],
    [
      '[GIN] 2026/11/20 - 08:15:04 | 200 |    1.25ms |  10.0.0.1 | GET      "/ping"',
      'GET /ping response_time 1.25',
      'GET /ping request_errors 0',
    ],
    [
      'method=GET path=/orders/1 status=200 duration=58.33 view=40.43',
      'GET /orders/:id response_time 58.33',
      'GET /orders/:id request_errors 0',
    ],
    [
      'request handled endpoint=/checkout duration_ms=2310 status=503',
      '/checkout response_time 2310',
      '/checkout request_errors 1',
    ],
    ['POST /checkout took 2.3s', 'POST /checkout response_time 2300'],
    ['2026-11-20 08:00:00,123 INFO db - query users took 2.3s', 'query users response_time 2300'],
    [
      '{"level":30,"time":1795161600000,"req":{"method":"POST","url":"/cart/5"},"res":{"statusCode":201},"responseTime":42}',
      'POST /cart/:id response_time 42',
      'POST /cart/:id request_errors 0',
    ],
    [
      '1.2.3.4 - - [20/Nov/2026:08:15:04 +0000] "POST /a HTTP/1.1" 201 5 "https://a.b/" "Mozilla/5.0 (X11)" 2312 1.204 [shop-80] [] 10.2.0.4:80 5 1.200 201 a5f0',
      'POST /a response_time 1204',
      'POST /a request_errors 0',
    ],
    [
      '1.2.3.4 - - [20/Nov/2026:08:15:04 +0000] "GET /a.php HTTP/1.1" 200 2326 "-" "Mozilla/5.0" 183400',
      'GET /a.php response_time 183.4',
      'GET /a.php request_errors 0',
    ],
    [
      '1.2.3.4 - - [20/Nov/2026:08:15:04 +0000] "GET /a HTTP/1.1" 200 183400 "-" "Mozilla/5.0"',
      'GET /a request_errors 0',
    ],
    [
      'Nov 20 08:15:04 lb haproxy[4]: 1.2.3.4:5 [20/Nov/2026:08:15:04.123] in app/web1 0/0/1/1832/1834 200 512 - - ---- 1/1/0/0/0 0/0 "GET /cart HTTP/1.1"',
      'GET /cart response_time 1834',
      'GET /cart request_errors 0',
    ],
    [
      '[2026-11-20T08:15:04.123Z] "GET /orders HTTP/1.1" 200 - via_upstream - "-" 0 512 1834 1830 "-" "curl/7" "a1b2" "shop" "10.2.0.4:80"',
      'GET /orders response_time 1834',
      'GET /orders request_errors 0',
    ],
    [
      '\x1b[0mGET /users/42 \x1b[32m200\x1b[0m 1834.202 ms - 512\x1b[0m',
      'GET /users/:id response_time 1834.202',
      'GET /users/:id request_errors 0',
    ],
    [
      '08:15:04 | 200 |   1.2ms | 127.0.0.1 | GET | /health | -',
      'GET /health response_time 1.2',
      'GET /health request_errors 0',
    ],
    [
      '[GIN] 2026/11/20 - 08:15:04 | 200 | 1m2.5s | 127.0.0.1 | GET "/slow"',
      'GET /slow response_time 62500',
      'GET /slow request_errors 0',
    ],
    [
      '  --> GET /orders 200 1,834ms 12b',
      'GET /orders response_time 1834',
      'GET /orders request_errors 0',
    ],
    [
      '2026-11-20 08:15:04 INFO sync finished, elapsed: 00:01:02.3',
      'sync finished response_time 62300',
    ],
    ['POST /a 200 OK [1.2 s]', 'POST /a response_time 1200', 'POST /a request_errors 0'],
    [
      '"GET /a" 200 upstream_response_time=0.125 request_time=0.25',
      'GET /a response_time 250',
      'GET /a request_errors 0',
    ],
    ['INFO Task mail succeeded in 1.5s: None', 'Task mail response_time 1500'],
    ['INFO export duration=PT1M2.5S', 'export response_time 62500'],
    ['INFO lookup took 1 minute 3 seconds', 'lookup response_time 63000'],
    ['INFO lookup took 5 minutes', 'lookup response_time 300000'],
    ['INFO export completed in 5 min', 'export response_time 300000'],
    ['INFO 5 mints sold'],
    [
      'INFO Processed 12 payments in 1834 microseconds',
      'Processed <number> payments response_time 1.834',
    ],
    ['Executed DbCommand (1,834ms) [Parameters=[]]', 'Executed DbCommand response_time 1834'],
    [
      '2026-11-20 08:15:04 UTC [42] LOG:  duration: 834.2 ms  statement: SELECT * FROM orders WHERE id = 7',
      'SELECT * FROM orders WHERE id = <number> response_time 834.2',
    ],
    [
      '{"time":"2026-11-20T08:15:04.123456789Z","level":"INFO","msg":"x","method":"GET","path":"/a","status":200,"duration":18342027}',
      'GET /a response_time 18.342026999999998',
      'GET /a request_errors 0',
    ],
    [
      '{"level":"info","ts":1795161600.12,"msg":"handled request","request":{"method":"GET","uri":"/shop"},"duration":1.5,"status":200}',
      'GET /shop response_time 1500',
      'GET /shop request_errors 0',
    ],
    [
      '{"level":"info","ts":1772446272.123,"msg":"handled request","path":"/shop","duration":5}',
      '/shop response_time 5000',
    ],
    [
      '{"level":"info","ts":1772446272.123,"msg":"handled request","path":"/shop","duration":1834}',
      '/shop response_time 1834',
    ],
    [
      '{"level":"info","ts":1772446272,"msg":"handled request","path":"/shop","duration":5}',
      '/shop response_time 5',
    ],
    [
      '{"message":"x","meta":{"req":{"url":"/a","method":"GET"},"res":{"statusCode":200},"responseTime":7}}',
      'GET /a response_time 7',
      'GET /a request_errors 0',
    ],
    [
      '{"http":{"request":{"method":"GET"},"response":{"status_code":200}},"url":{"path":"/a"},"event":{"duration":2000000}}',
      'GET /a response_time 2',
      'GET /a request_errors 0',
    ],
    [
      '{"method":"GET","uri":"/a","status":200,"latency":1834202713,"latency_human":"1.5s"}',
      'GET /a response_time 1500',
      'GET /a request_errors 0',
    ],
    [
      '{"httpRequest":{"requestMethod":"GET","requestUrl":"https://x.y/a","status":500,"latency":"1.5s"}}',
      'GET /a response_time 1500',
      'GET /a request_errors 1',
    ],
    ['INFO video duration: 95 s uploaded'],
    ['Completed 200 OK in 45ms (Views: 30.1ms)'],
    ['GET /wp-login.php 404 3ms'],
    ['retrying in 5s'],
    ['connection timeout after 3000ms'],
    ['nightly backup took 340s'],
    ['GET of the list 200 times'],
    ['{"duration": "a while"}'],
  ] as const) {
    it(`of “${line}”`, () => assert.deepEqual(times(line), expected));
  }

  it('belong to the request that a line before began', () => {
    const requests = createOpenRequests();
    const told = [
      '[ab12-cd34] Started GET "/orders/7" for ::1 at 2026-11-20 08:15:04 +0000',
      '[ff00-0001] Started POST "/cart" for ::1 at 2026-11-20 08:15:04 +0000',
      '[ff00-0001] Completed 302 Found in 12ms (ActiveRecord: 5.2ms)',
      '[ab12-cd34] Completed 500 Internal Server Error in 2345ms',
      'request_id=F1 [info] GET /x',
      'request_id=F1 [info] Sent 200 in 1500µs',
    ].flatMap((line) => observationsIn(line, now, requests));
    assert.deepEqual(
      told.map(({ endpoint, value }) => `${endpoint} ${value}`),
      [
        'POST /cart 12',
        'POST /cart 0',
        'GET /orders/:id 2345',
        'GET /orders/:id 1',
        'GET /x 1.5',
        'GET /x 0',
      ],
    );
  });

  it('belong to no request where more than one may be meant', () => {
    const requests = createOpenRequests();
    const told = [
      'Started GET "/a" for ::1 at 2026-11-20 08:15:04 +0000',
      'Started GET "/b" for ::1 at 2026-11-20 08:15:04 +0000',
      'Completed 200 OK in 12ms',
      'Completed 200 OK in 13ms',
      'Started GET "/c" for ::1 at 2026-11-20 08:15:04 +0000',
      'Completed 200 OK in 14ms',
    ].flatMap((line) => observationsIn(line, now, requests));
    assert.deepEqual(
      told.map(({ endpoint, value }) => `${endpoint} ${value}`),
      ['GET /c 14', 'GET /c 0'],
    );
  });

  it('have the time of their line', () => {
    for (const line of [
      '2026-11-20T08:15:04Z GET /x 200 5ms',
      '2026-11-20 10:15:04.000+02:00 GET /x 200 5ms',
      '1.2.3.4 - - [20/Nov/2026:09:15:04 +0100] "GET /x HTTP/1.1" 200 5 "-" "-" 0.005',
      '{"ts":"2026-11-20T08:15:04Z","path":"/x","duration_ms":5}',
    ]) {
      assert.equal(
        new Date(observationsIn(line, now)[0]?.at ?? 0).toISOString(),
        '2026-11-20T08:15:04.000Z',
        line,
      );
    }
  });
});
