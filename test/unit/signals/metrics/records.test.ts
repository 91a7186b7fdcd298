import assert from 'node:assert/strict';
import { endpointOf } from '../../../../src/signals/metrics/endpoint.ts';
import { observationsIn } from '../../../../src/signals/metrics/durations.ts';
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
    ['GET /wp-login.php 404 3ms'],
    ['retrying in 5s'],
    ['connection timeout after 3000ms'],
    ['nightly backup took 340s'],
    ['GET of the list 200 times'],
    ['{"duration": "a while"}'],
  ] as const) {
    it(`of “${line}”`, () => assert.deepEqual(times(line), expected));
  }

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
