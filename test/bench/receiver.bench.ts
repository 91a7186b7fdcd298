import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { open } from '../support/backlog.ts';
import { createRepository } from '../support/repository.ts';
import { shopError, shopFiles } from '../support/shop.ts';
import type { Bench } from './bench.ts';

const entry = resolve(import.meta.dirname, '../../dist/cli.cjs');
const connections = 64;
const seconds = 8;
const batch = 50;

/** Reads each body and answers; nothing else. */
const bare = `require('node:http').createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(202, { 'content-type': 'application/json' });
    response.end('{"accepted":1,"rejected":[]}');
  });
}).listen(0, '127.0.0.1', function () {
  console.log(JSON.stringify({ port: this.address().port }));
});`;

interface Load {
  readonly accepted: number;
  readonly perSecond: number;
  readonly p99: number;
}

/** What programs hand in while it is read beside: events a second, and none of what was acknowledged lost. */
export const bench: Bench = {
  title: `Receiver: ${connections} connections for ${seconds} s, each server a process of its own`,
  async run(report) {
    const root = mkdtempSync(join(tmpdir(), 'pw-bench-receiver-'));
    try {
      const plain = await withServer(process.execPath, ['-e', bare], {}, (at) =>
        load(at.port, '', 1),
      );
      const folder = join(root, 'shop');
      await createRepository(folder, shopFiles);
      const environment = { XDG_CONFIG_HOME: join(root, 'config') };
      const args = [entry, 'serve', '--port', '0', '--json', '--folder', folder];
      let handedIn = 0;
      const measured = await withServer(process.execPath, args, environment, async (at) => {
        const single = await load(at.port, at.ingestKey, 1);
        const many = await load(at.port, at.ingestKey, batch);
        handedIn = single.accepted + many.accepted;
        return { single, many };
      });
      const { single, many } = measured;
      const per = (of: Load): number => Math.round(of.perSecond);
      report({ what: 'bare server, requests a second', value: per(plain), unit: '' });
      report({ what: 'bare server, p99', value: plain.p99, unit: 'ms' });
      const better = 'larger' as const;
      report({ what: 'one event a request, events a second', value: per(single), unit: '' });
      report({
        what: 'of that to the bare server',
        value: single.perSecond / plain.perSecond,
        unit: '×',
      });
      report({ what: 'one event a request, p99', value: single.p99, unit: 'ms' });
      report({
        what: `${batch} events a request, events a second`,
        value: per(many),
        unit: '',
        target: 5_000,
        better,
      });
      report({ what: `${batch} events a request, p99`, value: many.p99, unit: 'ms' });
      report({
        what: 'acknowledged and lost',
        value: handedIn - (await counted(folder, environment)),
        unit: '',
        target: 0,
      });
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
};

async function withServer<T>(
  file: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  work: (at: { readonly port: number; readonly ingestKey: string }) => Promise<T>,
): Promise<T> {
  const child = spawn(file, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    return await work(JSON.parse(await firstLine(child)));
  } finally {
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGINT');
    await ended;
  }
}

function firstLine({ stdout }: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    if (!stdout) return fail(new Error('no output'));
    createInterface({ input: stdout })
      .once('line', done)
      .once('close', () => fail(new Error('it ended')));
  });
}

/** Each connection sends again as soon as it was answered. */
async function load(port: number, key: string, events: number): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const event = {
    type: 'TypeError',
    message: shopError.slice(11),
    stack: `${shopError}\n    at total (/srv/shop/src/cart.js:4:19)\n    at handle (/srv/shop/src/cart.js:9:3)`,
    release: '1.4.2',
  };
  const body = Buffer.from(
    JSON.stringify(events === 1 ? event : Array.from({ length: events }, () => event)),
  );
  const times: number[] = [];
  let accepted = 0;
  const end = performance.now() + seconds * 1_000;
  const one = async (): Promise<void> => {
    while (performance.now() < end) {
      const started = performance.now();
      if ((await post(agent, port, key, body)) !== 202) continue;
      accepted += events;
      times.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
  agent.destroy();
  const sorted = times.toSorted((a, b) => a - b);
  return {
    accepted,
    perSecond: accepted / seconds,
    p99: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
  };
}

function post(agent: Agent, port: number, key: string, body: Buffer): Promise<number> {
  return new Promise((done, fail) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': body.length,
      authorization: `Bearer ${key}`,
    };
    const call = request(
      { agent, host: '127.0.0.1', port, path: '/ingest/errors', method: 'POST', headers },
      (response) => {
        response.resume();
        response.on('end', () => done(response.statusCode ?? 0));
      },
    );
    call.on('error', fail);
    call.end(body);
  });
}

/** What the backlog has counted once all is read. */
async function counted(
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  const child = spawn(process.execPath, [entry, 'scan', '--folder', folder], {
    env: { ...process.env, ...environment },
    stdio: 'ignore',
  });
  await new Promise((done) => child.once('exit', done));
  const backlog = await open(folder);
  try {
    const tickets = backlog.tickets.list();
    return tickets.reduce((sum, { id }) => sum + (backlog.groups.get(id)?.count ?? 0), 0);
  } finally {
    await backlog.dispose();
  }
}
