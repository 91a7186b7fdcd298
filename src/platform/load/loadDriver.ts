/**
 * A program of its own, run where the app runs (in a sandbox only that has the app's network): starts the
 * app, sends it what it is told to on stdin, and says what came of it on stdout, a line of JSON each. It
 * is copied to where the sandbox lets it be read, so it imports nothing of ours but types.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer, LoadPlan, LoadReport, LoadRequest } from '../../core/canary.ts';

/** In: the plan first. */
export type ToDriver = LoadPlan | { readonly times: number };
/** Out. */
export type FromDriver =
  | { readonly ready: true }
  | { readonly failed: string; readonly output: string }
  | LoadReport;

const maxOutputChars = 4_000;
const pollMs = 25;

interface App {
  readonly child: ChildProcess;
  /** The end of what it printed. */
  output(): string;
  /** Why it is not there any more. */
  ended(): string | undefined;
}

async function main(): Promise<void> {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const plan = (await nextOf(lines)) as LoadPlan | undefined;
  if (!plan) return;
  const port = plan.port === 0 ? await freePort() : plan.port;
  const app = startApp(plan, port);
  try {
    const host = await ready(app, plan, port);
    if (host === undefined) {
      say({ failed: notReady(app, plan), output: app.output() });
      return;
    }
    say({ ready: true });
    for (;;) {
      const order = (await nextOf(lines)) as { times: number } | undefined;
      if (!order) return;
      say(await load(app, plan, host, port, order.times));
    }
  } finally {
    app.child.kill('SIGKILL');
  }
}

async function nextOf(lines: AsyncIterator<string>): Promise<ToDriver | undefined> {
  const { done, value } = await lines.next();
  return done ? undefined : (JSON.parse(value) as ToDriver);
}

function say(message: FromDriver): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function environment(port: number): NodeJS.ProcessEnv {
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
  return { ...env, PORT: String(port), URL: `http://127.0.0.1:${port}` };
}

function startApp({ start }: LoadPlan, port: number): App {
  const child = spawn(start.replaceAll('{port}', String(port)), {
    shell: true,
    env: environment(port),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let ended: string | undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (piece: Buffer) => {
      output = (output + piece.toString('utf8')).slice(-maxOutputChars);
    });
  }
  child.on('error', (error) => {
    ended ??= error.message;
  });
  child.on('exit', (code, signal) => {
    ended ??= code === null ? `it was ended by ${signal}` : `it ended with exit code ${code}`;
  });
  return { child, output: () => output, ended: () => ended };
}

function notReady(app: App, { ready, readyMs }: LoadPlan): string {
  const limit = `it did not answer ${ready} within ${Math.round(readyMs / 1000)} s`;
  return app.ended() ?? limit;
}

/** Resolves to the address that it listens at. */
async function ready(app: App, plan: LoadPlan, port: number): Promise<string | undefined> {
  const deadline = performance.now() + plan.readyMs;
  const asked: LoadRequest = { method: 'GET', path: plan.ready, body: '' };
  while (app.ended() === undefined && performance.now() < deadline) {
    for (const host of ['127.0.0.1', '::1']) {
      const status = await send(asked, host, port, plan.requestMs);
      if (status !== undefined && status < 500) return host;
    }
    await wait(pollMs);
  }
  return undefined;
}

async function load(
  app: App,
  plan: LoadPlan,
  host: string,
  port: number,
  times: number,
): Promise<LoadReport> {
  const answers: Answer[] = [];
  const kinds = plan.command ? 1 : plan.requests.length;
  for (let i = 0; i < times * kinds; i++) {
    const request = i % kinds;
    // A dead app's refusals are no measurement, and each counts as an error all the same.
    if (app.ended() !== undefined) {
      answers.push({ request, ms: 0, ok: false });
      continue;
    }
    const started = performance.now();
    const ok = await once(plan, request, host, port);
    answers.push({ request, ms: performance.now() - started, ok });
  }
  const memoryBytes = app.ended() === undefined ? memoryOf(app.child.pid) : undefined;
  const ended = app.ended();
  return {
    answers,
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(ended === undefined ? {} : { ended: { why: ended, output: app.output() } }),
  };
}

async function once(plan: LoadPlan, index: number, host: string, port: number): Promise<boolean> {
  if (plan.command) return (await run(plan.command, port, plan.requestMs)) === 0;
  const request = plan.requests[index];
  const status = request && (await send(request, host, port, plan.requestMs));
  return status !== undefined && status < 400;
}

function run(command: string, port: number, timeout: number): Promise<number | null> {
  return new Promise((resolve) => {
    const line = command.replaceAll('{port}', String(port));
    const options = { shell: true, env: environment(port), stdio: 'ignore' as const, timeout };
    const child = spawn(line, options);
    child.on('error', () => resolve(null));
    child.on('exit', resolve);
  });
}

/** The status, once the whole body is there; undefined: no answer. A connection each, as of many users. */
function send(
  { method, path, body }: LoadRequest,
  host: string,
  port: number,
  timeoutMs: number,
): Promise<number | undefined> {
  return new Promise((resolve) => {
    const isJson = /^\s*[[{]/.test(body);
    const headers = {
      host: `localhost:${port}`,
      ...(body ? { 'content-length': Buffer.byteLength(body) } : {}),
      ...(isJson ? { 'content-type': 'application/json' } : {}),
    };
    const signal = AbortSignal.timeout(timeoutMs);
    const options = { host, port, method, path, headers, agent: false, signal };
    const sent = httpRequest(options, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
      response.on('error', () => resolve(undefined));
      response.on('close', () => resolve(undefined)); // cut short: `end` did not come before
    });
    sent.on('error', () => resolve(undefined));
    sent.end(body);
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** What the app and all that it started hold, in bytes. */
function memoryOf(pid: number | undefined): number | undefined {
  const processes = pid === undefined ? [] : listProcesses();
  const family = new Set([pid]);
  // A process is listed after its parent or before it; so look until nothing is added.
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const one of processes) if (family.has(one.parent)) family.add(one.pid);
  }
  const bytes = processes
    .filter((one) => family.has(one.pid))
    .reduce((sum, one) => sum + one.bytes, 0);
  return bytes > 0 ? bytes : undefined;
}

interface Listed {
  readonly pid: number;
  readonly parent: number;
  readonly bytes: number;
}

function listProcesses(): readonly Listed[] {
  try {
    if (process.platform !== 'linux') return listedByPs();
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap(statusOf);
  } catch {
    return []; // no `ps`: then memory is not measured
  }
}

function statusOf(pid: string): readonly Listed[] {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const numberOf = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
    return [{ pid: Number(pid), parent: numberOf('PPid'), bytes: numberOf('VmRSS') * 1024 }];
  } catch {
    return []; // ended meanwhile
  }
}

function listedByPs(): readonly Listed[] {
  const text = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' });
  return text.split('\n').flatMap((line) => {
    const [pid, parent, kib] = line.trim().split(/\s+/).map(Number);
    if (pid === undefined || parent === undefined || kib === undefined) return [];
    return [{ pid, parent, bytes: kib * 1024 }];
  });
}

// Not at the top level: bundles are CommonJS.
void main().finally(() => process.exit());
