import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { makeSmallDisk, type Undo } from '../../support/disks.ts';
import { type Receiver, type Sending, startReceiver } from '../../support/receiver.ts';
import { createRepository } from '../../support/repository.ts';
import { shopError, shopFiles } from '../../support/shop.ts';
import { tempFolder } from '../../support/tempFolder.ts';

describe('receiver', function () {
  this.timeout(60_000);
  const temp = tempFolder('pw-receiver');
  let folder = '';
  let receiver: Receiver;
  const inbox = (): string[] => {
    const place = join(folder, '.patchwright/inbox');
    return existsSync(place) ? readdirSync(place) : [];
  };
  const start = async (
    ...args: Parameters<typeof startReceiver> extends [string, ...infer R] ? R : never
  ) => {
    receiver = await startReceiver(folder, ...args);
  };
  const status = async (path: string, sending: Sending = {}): Promise<number> =>
    (await receiver.send(path, sending)).status;
  const stack = `${shopError}\n    at total (/srv/shop/src/cart.js:4:19)\n    at handle (/srv/shop/src/cart.js:9:3)`;
  const error = { type: 'TypeError', message: shopError.slice(11), stack };

  beforeEach(async () => {
    folder = temp.path('shop');
    await createRepository(folder, shopFiles);
  });
  afterEach(() => receiver.dispose());

  describe('hands on', () => {
    it('an error as a log would have told it', async () => {
      mkdirSync(join(folder, 'logs'));
      writeFileSync(join(folder, 'logs/a.log'), `2026-03-02T10:00:00Z ERROR failed\n${stack}\n`);
      await start();
      await receiver.app.pipeline.scan();
      const [ticket] = receiver.app.backlog.tickets.list();
      assert.ok(ticket);
      const { status: code, value } = await receiver.send('/ingest/errors', { body: error });
      assert.deepEqual([code, value], [202, { accepted: 1, rejected: [] }]);
      await receiver.app.pipeline.scan();
      assert.equal(receiver.app.backlog.tickets.list().length, 1);
      assert.equal(receiver.app.backlog.groups.get(ticket.id)?.count, 2);
    });

    it('metrics and feedback, in arrays and in lines, with what is wrong of each', async () => {
      await start();
      const metric = { metric: 'api_time', value: 12, unit: 'ms', endpoint: '/cart' };
      const metrics = [metric, { ...metric, value: 14 }, { metric: 'x', value: 'y' }, 7];
      const { value } = await receiver.send('/ingest/metrics', { body: metrics });
      assert.equal(value.accepted, 2);
      assert.deepEqual(
        value.rejected.map(({ index }: { index: number }) => index),
        [2, 3],
      );
      const lines = '{"rating":"down","text":"The cart is broken"}\nno json\n\n{"rating":4}\n';
      const headers = { 'content-type': 'application/x-ndjson' };
      const said = await receiver.send('/ingest/feedback', { body: lines, headers });
      assert.deepEqual([said.status, said.value.accepted], [202, 2]);
      await receiver.app.pipeline.scan();
      const series = receiver.app.backlog.metrics.series();
      assert.deepEqual(
        series.map(({ name, endpoint }) => [name, endpoint]),
        [['api_time', '/cart']],
      );
      const negative = receiver.app.backlog.feedback.negativeSince('2020-01-01', 10);
      assert.deepEqual(
        negative.map(({ text }) => text),
        ['The cart is broken'],
      );
    });

    it('two thumbs of one moment as two', async () => {
      await start();
      const at = new Date().toISOString();
      const thumb = { rating: 'down', timestamp: at };
      await receiver.send('/ingest/feedback', { body: [thumb, thumb] });
      await receiver.app.pipeline.scan();
      assert.equal(receiver.app.backlog.feedback.negativeSince('2020-01-01', 10).length, 2);
    });

    it('what is compressed', async () => {
      await start();
      const body = JSON.stringify(error);
      for (const [name, packed] of [
        ['gzip', gzipSync(body)],
        ['deflate', deflateSync(body)],
        ['br', brotliCompressSync(body)],
      ] as const) {
        const headers = { 'content-encoding': name };
        assert.equal(await status('/ingest/errors', { body: packed, headers }), 202, name);
      }
    });

    it('nothing twice, and nothing less, when it was ended before all was read', async () => {
      await start();
      for (let i = 0; i < 20; i++) await receiver.send('/ingest/errors', { body: error });
      await receiver.dispose();
      await start();
      await receiver.app.pipeline.scan();
      const count = () => {
        const [ticket] = receiver.app.backlog.tickets.list();
        return receiver.app.backlog.groups.get(ticket?.id ?? '')?.count;
      };
      assert.equal(count(), 20);
      await receiver.app.pipeline.scan();
      assert.equal(count(), 20);
    });

    it('everything that comes while it is read, and keeps no file that was', async () => {
      await start({}, { inbox: { bytes: 64 << 20, fileBytes: 4_096 } });
      const sent = Array.from({ length: 400 }, () =>
        receiver.send('/ingest/errors', { body: error }),
      );
      const replies = await Promise.all(sent);
      assert.ok(replies.every((reply) => reply.status === 202));
      await receiver.app.pipeline.scan();
      const [ticket] = receiver.app.backlog.tickets.list();
      assert.equal(receiver.app.backlog.groups.get(ticket?.id ?? '')?.count, 400);
      await receiver.serving.dispose();
      assert.deepEqual(inbox(), []);
    });
  });

  it('keeps no secrets, addresses or names on the disk', async () => {
    await start();
    const secret = `ghp_${'a1B2'.repeat(9)}`;
    await receiver.send('/ingest/errors', {
      body: {
        ...error,
        message: `no access with ${secret}`,
        user: 'x',
        extra: { password: 'hunter2zz' },
      },
    });
    await receiver.send('/ingest/feedback', {
      body: { text: 'Write to ann@example.com', user: 'ann@example.com', rating: 1 },
    });
    const place = join(folder, '.patchwright');
    const files = readdirSync(place, { recursive: true, encoding: 'utf8' })
      .map((name) => join(place, name))
      .filter((file) => statSync(file).isFile());
    const all = files.map((file) => readFileSync(file, 'latin1')).join('\n');
    assert.match(all, /no access with/);
    for (const text of [secret, 'hunter2zz', 'ann@example.com']) {
      assert.ok(!all.includes(text), text);
    }
  });

  describe('gets along with', () => {
    beforeEach(() => start());
    const body = JSON.stringify(error);

    /** Whatever is written, as it is, and the codes of all that is answered until the connection ends. */
    async function codesOf(...parts: readonly (string | Buffer)[]): Promise<readonly number[]> {
      const socket = connect(receiver.serving.port, '127.0.0.1');
      const heard = new Promise<string>((done) => {
        let text = '';
        socket.on('data', (part) => (text += part.toString('latin1')));
        socket.on('close', () => done(text));
      });
      for (const part of parts) socket.write(part);
      return [...(await heard).matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, code]) => Number(code));
    }
    function head(...more: readonly string[]): string {
      return lines('POST /ingest/errors HTTP/1.1', 'Connection: close', ...more);
    }
    function lines(first: string, ...more: readonly string[]): string {
      const { port, ingestKey } = receiver.serving;
      const usual = [`Host: 127.0.0.1:${port}`, `Authorization: Bearer ${ingestKey}`];
      return [first, ...usual, 'Content-Type: application/json', ...more, '', ''].join('\r\n');
    }
    const length = (of: string | Buffer) => `Content-Length: ${Buffer.byteLength(of)}`;

    it('chunks with extensions and trailers, old HTTP, a BOM, and addresses of any form', async () => {
      const chunks = `${body.length.toString(16)};x=1\r\n${body}\r\n0\r\nT: 1\r\n\r\n`;
      assert.deepEqual(await codesOf(head('Transfer-Encoding: chunked'), chunks), [202]);
      const old = lines('POST /ingest/errors/ HTTP/1.0', length(body));
      assert.deepEqual(await codesOf(old, body), [202]);
      const marked = `\ufeff${body}`;
      assert.deepEqual(await codesOf(head(length(marked)), marked), [202]);
      const whole = `POST http://127.0.0.1:${receiver.serving.port}/ingest/errors HTTP/1.1`;
      assert.deepEqual(await codesOf(lines(whole, 'Connection: close', length(body)), body), [202]);
      const none = lines('POST //[ HTTP/1.1', 'Connection: close', length(body));
      assert.deepEqual(await codesOf(none, body), [400]);
      const looked = lines('HEAD /health HTTP/1.1', 'Connection: close');
      assert.deepEqual(await codesOf(looked), [200]);
    });

    it('deflate without its head, and gzip by its old name', async () => {
      for (const [name, packed] of [
        ['deflate', deflateRawSync(body)],
        ['x-gzip', gzipSync(body)],
      ] as const) {
        const asked = head(`Content-Encoding: ${name}`, length(packed));
        assert.deepEqual(await codesOf(asked, packed), [202], name);
      }
      const cut = Buffer.from('x');
      assert.deepEqual(await codesOf(head('Content-Encoding: deflate', length(cut)), cut), [400]);
    });

    it('several requests at once on one connection, a bad one among them', async () => {
      const one = lines('POST /ingest/errors HTTP/1.1', length(body)) + body;
      const bad = lines('POST /ingest/errors HTTP/1.1', length('{')) + '{';
      const last = head(length(body)) + body;
      assert.deepEqual(await codesOf(one + bad + last), [202, 400, 202]);
    });

    it('who asks first whether to send: no body is wanted that would be refused', async () => {
      const expect = 'Expect: 100-continue';
      assert.deepEqual(await codesOf(head(expect, length(body)), body), [100, 202]);
      const wrong = head(expect, length(body)).replace(/Bearer \w+/, 'Bearer nonsense');
      assert.deepEqual(await codesOf(wrong), [401]);
      assert.deepEqual(await codesOf(head(expect, 'Content-Length: 99999999')), [413]);
    });
  });

  describe('refuses', () => {
    beforeEach(() => start({}, { bytes: 20_000, unpackedBytes: 50_000, requestMs: 1_000 }));

    it('who has no key, or the wrong one', async () => {
      const body = error;
      assert.equal(await status('/ingest/errors', { body, headers: { authorization: '' } }), 401);
      const headers = { authorization: 'Bearer nonsense' };
      assert.equal(await status('/ingest/errors', { body, headers }), 401);
      assert.equal((await receiver.ask('/api/v1/status')).status, 200);
      assert.equal(await status('/api/v1/status', { method: 'GET' }), 403);
    });

    it('who guesses too often', async () => {
      const headers = { authorization: 'Bearer nonsense' };
      const guesses = Array.from({ length: 40 }, () =>
        status('/ingest/errors', { body: error, headers }),
      );
      assert.ok((await Promise.all(guesses)).includes(429));
      assert.equal(await status('/ingest/errors', { body: error }), 202);
    });

    it('other hosts and pages', async () => {
      const body = error;
      const sent = (headers: Record<string, string>) => status('/ingest/errors', { body, headers });
      assert.equal(await sent({ host: 'evil.example' }), 403);
      assert.equal(await sent({ host: `evil.example:${receiver.serving.port}` }), 403);
      assert.equal(await sent({ host: `localhost:${receiver.serving.port}` }), 202);
      assert.equal(await sent({ origin: 'https://evil.example' }), 403);
      const headers = { authorization: `Bearer ${receiver.token}`, origin: 'https://evil.example' };
      assert.equal(await status('/api/v1/status', { method: 'GET', headers }), 403);
    });

    it('what is too large, also once it is unpacked', async () => {
      const large = JSON.stringify({ message: 'x'.repeat(30_000) });
      assert.equal(await status('/ingest/errors', { body: large }), 413);
      const chunked = { body: large, headers: { 'transfer-encoding': 'chunked' } };
      assert.equal(await status('/ingest/errors', chunked), 413);
      const bomb = gzipSync(JSON.stringify({ message: 'x'.repeat(1_000_000) }));
      assert.ok(bomb.length < 20_000);
      const packed = { body: bomb, headers: { 'content-encoding': 'gzip' } };
      assert.equal(await status('/ingest/errors', packed), 413);
    });

    it('what it does not understand', async () => {
      const headers = (name: string, value: string) => ({ headers: { [name]: value } });
      assert.equal(await status('/ingest/errors', { body: '{"message":' }), 400);
      assert.equal(await status('/ingest/errors', { body: '[]' }), 400);
      assert.equal(await status('/ingest/errors', { body: '{"a":1}' }), 400);
      assert.equal(await status('/ingest/metrics', { body: '{"metric":"x"}' }), 400);
      assert.equal(await status('/ingest/feedback', { body: '{"rating":9}' }), 400);
      const xml = { body: '<a/>', ...headers('content-type', 'text/xml') };
      assert.equal(await status('/ingest/errors', xml), 415);
      const odd = { body: error, ...headers('content-encoding', 'zstd-of-mine') };
      assert.equal(await status('/ingest/errors', odd), 415);
      const cut = {
        body: gzipSync('{"a":1}').subarray(0, 12),
        ...headers('content-encoding', 'gzip'),
      };
      assert.equal(await status('/ingest/errors', cut), 400);
      assert.equal(await status('/ingest/nothing', { body: error }), 404);
      const wrong = await receiver.send('/ingest/errors', { method: 'GET' });
      assert.deepEqual([wrong.status, wrong.headers.allow], [405, 'POST, OPTIONS']);
      assert.equal(await status('/health', { body: error }), 405);
      assert.equal(await status('/health', { method: 'GET' }), 200);
    });

    it('who takes too long', async () => {
      const slow = connect(receiver.serving.port, '127.0.0.1');
      const heard = new Promise<string>((done) => {
        let text = '';
        slow.on('data', (part) => (text += part.toString()));
        slow.on('close', () => done(text));
      });
      slow.write(
        `POST /ingest/errors HTTP/1.1\r\nHost: 127.0.0.1:${receiver.serving.port}\r\nAuthorization: Bearer ${receiver.serving.ingestKey}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"mess`,
      );
      assert.match(await heard, /^HTTP\/1\.1 408 /);
    });
  });

  it('asks for patience when more comes in than it may', async () => {
    await start({ 'patchwright.server.eventsPerSecond': 10 });
    const body = Array.from({ length: 500 }, () => error);
    assert.equal(await status('/ingest/errors', { body }), 202);
    const { status: code, headers } = await receiver.send('/ingest/errors', { body: error });
    assert.deepEqual([code, headers['retry-after']], [429, '1']);
  });

  it('asks for patience when too much waits to be read', async () => {
    await start({}, { inbox: { bytes: 2_000, fileBytes: 1_000 } });
    const body = { message: 'x'.repeat(900) };
    const codes: number[] = [];
    for (let i = 0; i < 3; i++) codes.push(await status('/ingest/errors', { body }));
    assert.ok(codes.includes(503), codes.join());
  });

  it('lets pages of an allowed origin in, and only to hand in', async () => {
    const origin = 'http://localhost:5173';
    await start({ 'patchwright.server.origins': [origin] });
    const asked = await receiver.send('/ingest/feedback', {
      method: 'OPTIONS',
      headers: { origin, authorization: '', 'access-control-request-method': 'POST' },
    });
    assert.deepEqual([asked.status, asked.headers['access-control-allow-origin']], [204, origin]);
    const sent = await receiver.send('/ingest/feedback', {
      body: { rating: 'up' },
      headers: { origin },
    });
    assert.deepEqual([sent.status, sent.headers['access-control-allow-origin']], [202, origin]);
    const headers = { origin, authorization: `Bearer ${receiver.token}` };
    assert.equal(await status('/api/v1/status', { method: 'GET', headers }), 403);
  });

  it('answers 503 on a full disk, and loses nothing that it acknowledged', async () => {
    let undo: Undo | undefined;
    const disk = temp.path('disk');
    try {
      undo = makeSmallDisk(disk, '4m');
      if (!undo) {
        await start();
        return;
      }
      folder = join(disk, 'shop');
      await createRepository(folder, shopFiles);
      await start();
      // Far more than there is room for, whatever is read meanwhile: an open file of the inbox only grows.
      const lot = (i: number) =>
        Array.from({ length: 20 }, (_, j) => ({
          id: `f${20 * i + j}`,
          text: `failure ${i} ${'x'.repeat(7_900)}`,
        }));
      let acknowledged = 0;
      let last = 0;
      for (let i = 0; i < 300 && last !== 503; i++) {
        last = await status('/ingest/feedback', { body: lot(i) });
        if (last === 202) acknowledged += 20;
      }
      assert.equal(last, 503);
      assert.ok(acknowledged > 5);
      const lines = inbox().flatMap((name) =>
        readFileSync(join(folder, '.patchwright/inbox', name), 'utf8')
          .split('\n')
          .slice(0, -1),
      );
      const ids = new Set(lines.map((line) => JSON.parse(line).id));
      const kept = receiver.app.backlog.feedback;
      const lost = Array.from({ length: acknowledged }, (_, i) => `f${i}`).filter(
        (id) => !ids.has(id) && !kept.has(id),
      );
      assert.deepEqual(lost, []);
    } finally {
      await receiver.dispose().catch(() => undefined);
      undo?.();
      folder = temp.path('shop');
      await start(); // for what ends each test
    }
  });
});
