import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type Receiver, startReceiver } from '../../support/receiver.ts';
import { createRepository } from '../../support/repository.ts';
import { shopFiles } from '../../support/shop.ts';
import { tempFolder } from '../../support/tempFolder.ts';

const senders = resolve(import.meta.dirname, '../../support/senders');

describe('receiver: SDKs', function () {
  this.timeout(120_000);
  const temp = tempFolder('pw-sdks');
  let folder = '';
  let receiver: Receiver;

  beforeEach(async () => {
    folder = temp.path('shop');
    await createRepository(folder, shopFiles);
    receiver = await startReceiver(folder);
  });
  afterEach(() => receiver.dispose());

  /** The real SDK in a process of its own; resolves when it has handed in everything. */
  const send = async (name: string, ...args: string[]): Promise<void> => {
    const { stdout } = await promisify(execFile)(process.execPath, [join(senders, name), ...args]);
    assert.deepEqual(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''), { sent: true });
    await receiver.app.pipeline.scan();
  };
  const tickets = () =>
    receiver.app.backlog.tickets
      .list()
      .map(({ id, title, metadata }) => ({
        title,
        count: receiver.app.backlog.groups.get(id)?.count,
        place: metadata.location,
      }))
      .toSorted((a, b) => (a.title < b.title ? -1 : 1));
  const endpoints = () =>
    receiver.app.backlog.metrics
      .series()
      .map(({ name, endpoint }) => `${name} ${endpoint}`.trim())
      .toSorted();

  it("takes what Sentry's sends", async () => {
    await send('sentry.mjs', receiver.serving.dsn);
    assert.deepEqual(
      tickets().map(({ title, count }) => [title, count]),
      [
        ['Error: The cart could not be added up', 1],
        ['No route to the warehouse', 1],
      ],
    );
    const [error] = receiver.app.backlog.tickets.list().filter(({ title }) => /cart/.test(title));
    assert.ok(error);
    const said = error.evidence.map(({ text }) => text).join('\n');
    assert.match(said, /Cannot read properties of undefined/);
    assert.ok(endpoints().includes('duration GET /cart'), endpoints().join());
    const feedback = receiver.app.backlog.feedback.negativeSince('2020-01-01', 10);
    assert.deepEqual(
      feedback.map(({ text }) => text),
      ['The cart is broken'],
    );
  });

  for (const form of ['json', 'protobuf']) {
    it(`takes what OpenTelemetry's exports as ${form}`, async () => {
      await send('otlp.mjs', receiver.serving.url, receiver.serving.ingestKey, form);
      assert.deepEqual(
        tickets().map(({ title, count }) => [title, count]),
        [
          ['No route to the warehouse', 1],
          ["TypeError: Cannot read properties of undefined (reading 'cents')", 1],
        ],
      );
      assert.deepEqual(endpoints(), [
        'duration GET /cart',
        'errors GET /cart',
        'http.server.request.duration POST /pay',
        'queue_length',
      ]);
      const series = receiver.app.backlog.metrics.series();
      const paid = series.find(({ endpoint }) => endpoint === 'POST /pay');
      assert.ok(paid);
      const [window] = receiver.app.backlog.metrics.windows(paid, 1);
      assert.deepEqual([window?.unit, window?.count, window?.sum], ['ms', 1, '500000000']);
    });
  }

  it('makes one ticket of an error that a log, Sentry and OpenTelemetry tell of', async () => {
    const stack = [
      "TypeError: Cannot read properties of undefined (reading 'cents')",
      '    at total (/srv/shop/src/cart.js:4:19)',
      '    at handle (/srv/shop/src/cart.js:9:3)',
    ].join('\n');
    mkdirSync(join(folder, 'logs'));
    writeFileSync(join(folder, 'logs/a.log'), `2026-03-02T10:00:00Z ERROR failed\n${stack}\n`);
    const frame = { filename: '/srv/shop/src/cart.js', in_app: true, colno: 3 };
    const frames = [
      { ...frame, function: 'handle', lineno: 9 },
      { ...frame, function: 'total', lineno: 4, context_line: 'return articles' },
    ];
    const value = "Cannot read properties of undefined (reading 'cents')";
    const event = {
      platform: 'node',
      exception: { values: [{ type: 'TypeError', value, stacktrace: { frames } }] },
    };
    const payload = JSON.stringify(event);
    const lines = ['{}', `{"type":"event","length":${Buffer.byteLength(payload)}}`, payload];
    const auth = {
      authorization: '',
      'x-sentry-auth': `Sentry sentry_version=7, sentry_key=${receiver.serving.ingestKey}`,
    };
    const sent = await receiver.send('/api/1/envelope/', {
      body: gzipSync(lines.join('\n')),
      headers: { ...auth, 'content-encoding': 'gzip' },
    });
    assert.equal(sent.status, 200);
    const stored = await receiver.send(`/api/1/store/?sentry_key=${receiver.serving.ingestKey}`, {
      body: event,
      headers: { authorization: '' },
    });
    assert.equal(stored.status, 200);
    const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
    const record = {
      severityNumber: 17,
      attributes: [
        attribute('exception.type', 'TypeError'),
        attribute('exception.stacktrace', stack),
      ],
    };
    const logs = { resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] };
    assert.equal((await receiver.send('/v1/logs', { body: logs })).status, 200);
    await receiver.app.pipeline.scan();
    assert.deepEqual(
      tickets().map(({ count, place }) => [count, place?.file]),
      [[4, 'src/cart.js']],
    );
  });

  it('takes the key of an envelope that came through a tunnel', async () => {
    const header = (key: string): string => JSON.stringify({ dsn: `http://${key}@127.0.0.1/1` });
    const headers = { authorization: '' };
    const sent = (key: string) =>
      receiver.send('/api/1/envelope/', { body: `${header(key)}\n`, headers });
    assert.equal((await sent(receiver.serving.ingestKey)).status, 200);
    assert.equal((await sent('0'.repeat(32))).status, 401);
  });

  it('refuses what is no envelope and no message', async () => {
    const status = async (path: string, body: unknown, type = 'application/json') =>
      (await receiver.send(path, { body, headers: { 'content-type': type } })).status;
    assert.equal(await status('/api/1/envelope/', 'nonsense'), 400);
    assert.equal(await status('/api/1/envelope/', '{}\n{"type":"event","length":99}\n{}'), 400);
    assert.equal(await status('/v1/logs', '[]'), 400);
    assert.equal(await status('/v1/logs', Buffer.from([7, 7, 7]), 'application/x-protobuf'), 400);
    assert.equal(await status('/v1/logs', '{}', 'text/plain'), 415);
  });
});
