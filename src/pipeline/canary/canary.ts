import { join } from 'node:path';
import type { Worktree } from '../../attempt/worktree.ts';
import {
  type Canary,
  canaryWords,
  type LoadPlan,
  type LoadReport,
  type LoadRequest,
  type RunningApp,
  type Start,
} from '../../core/canary.ts';
import { PatchwrightError, throwIfCancelled } from '../../core/errors.ts';
import type { PatchRequest } from '../../core/patchRequest.ts';
import type { Progress } from '../../core/progress.ts';
import { noSandbox } from '../../core/sandbox.ts';
import { redact } from '../../core/secrets.ts';
import type { Settings } from '../../core/settings.ts';
import { audit } from '../changes.ts';
import { requestOf } from '../lookUp.ts';
import type { House } from '../house.ts';
import { compare, type Pair, starts } from './compare.ts';

const batches = 4;
const maxTimes = 200;
/** In a batch, unless the whole load takes long. */
const leastRequests = 12;
const slowPassMs = 1_000;
const readyMs = 60_000;
const requestMs = 30_000;
/** Whatever the app does: so long at most it is let run, from its start on. */
const appMs = 10 * 60_000;

/**
 * Starts the app from the base and from the patch, several times, each in a sandbox and with a port of its
 * own, and sends both the same load in turns. What comes of it is kept with the request.
 */
export async function canary(
  house: House,
  requestId: string,
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Canary> {
  const request = requestOf(house, requestId);
  const settings = house.settings();
  const plan = planOf(settings);
  await assertApart(house, settings);
  const say = (text: string): void =>
    tell({ kind: 'canary', ticketId: request.ticketId, requestId, text });
  const open = async (): Promise<Worktree> =>
    house
      .worktrees(settings)
      .open({ branch: 'improvement/canary', base: request.base, onProgress: say }, signal);
  const base = await open();
  try {
    const patch = await open();
    try {
      await patch.lay(request.commit, signal);
      const bench = { house, settings, plan, base, patch, say, signal };
      const result = await measure(bench, request);
      await keep(house, request, result);
      return result;
    } finally {
      await patch.close({ keepBranch: false });
    }
  } finally {
    await base.close({ keepBranch: false });
  }
}

/** Throws `invalid_settings` where there is no start command, or a request is none. */
function planOf({ canary }: Settings): LoadPlan {
  if (canary.start.trim() === '') {
    throw invalid(
      'It is not said how the app is started.',
      'Set patchwright.canary.start, `node server.js` for one.',
    );
  }
  if (canary.requests.length === 0 && canary.load.trim() === '') {
    throw invalid(
      'There is nothing to send.',
      'Set patchwright.canary.requests or patchwright.canary.load.',
    );
  }
  return {
    start: canary.start,
    ready: canary.ready,
    port: canary.port,
    readyMs,
    requestMs,
    requests: canary.requests.map(parseRequest),
    command: canary.load.trim(),
  };
}

/** `POST /orders {"item":1}`; the method may be left out. */
function parseRequest(text: string): LoadRequest {
  const match = /^\s*(?:([A-Za-z]+)\s+)?(\/\S*)(?:\s+(.*))?$/s.exec(text);
  if (!match) {
    throw invalid(
      `${JSON.stringify(text)} is no request.`,
      'Requests in patchwright.canary.requests read `GET /path` or `POST /path BODY`.',
    );
  }
  const [, method = 'GET', path = '/', body = ''] = match;
  return { method: method.toUpperCase(), path, body };
}

function invalid(why: string, remedy: string): PatchwrightError {
  return new PatchwrightError('invalid_settings', {
    what: 'The app was not compared under load.',
    why,
    remedy,
  });
}

/** A port that is set belongs to the user's own app, unless the sandbox has a network of its own. */
async function assertApart(house: House, settings: Settings): Promise<void> {
  const sandbox = await house.sandbox(settings);
  if (sandbox.kind === 'refused') throw noSandbox(sandbox);
  const isApart = sandbox.kind === 'held' && !sandbox.network;
  if (isApart || settings.canary.port === 0) return;
  throw invalid(
    `Port ${settings.canary.port} is set, and ${sandbox.kind === 'held' ? 'the sandbox shares the network with' : 'without a sandbox it is one of'} everything else here: it may be your own running app.`,
    'Set patchwright.canary.port to 0 and have the app listen on the port in PORT, or switch patchwright.sandbox.network off.',
  );
}

interface Bench {
  readonly house: House;
  readonly settings: Settings;
  readonly plan: LoadPlan;
  readonly base: Worktree;
  readonly patch: Worktree;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

type Side = 'base' | 'patch';

async function measure(bench: Bench, { base, commit }: PatchRequest): Promise<Canary> {
  const { plan, house, say } = bench;
  const load = plan.command ? [plan.command] : plan.requests.map(nameOf);
  const common = { at: house.clock.now().toISOString(), base, commit, load };
  const pairs: Pair[] = [];
  let times: number | undefined;
  for (let start = 0; start < starts; start++) {
    say(`Start ${start + 1} of ${starts}, without and with the patch`);
    const apps = await startBoth(bench);
    if ('why' in apps) {
      const { why, output } = apps;
      const findings = [`The app does not start with the patch: ${why}`];
      const judged = { requests: 0, figures: [], findings, output: redact(output) };
      return { ...common, starts: start, verdict: 'worse', ...judged };
    }
    try {
      times = await warmUp(apps, bench, times);
      pairs.push(await inTurns(apps, times, start, bench.signal));
    } finally {
      await Promise.all([apps.base.stop(), apps.patch.stop()]);
    }
  }
  const judged = compare(pairs, load);
  return { ...common, starts, ...judged, output: redact(judged.output) };
}

function nameOf({ method, path }: LoadRequest): string {
  return `${method} ${path}`;
}

/** Throws `app_not_started` where it does not start without the patch either. */
async function startBoth(
  bench: Bench,
): Promise<Readonly<Record<Side, RunningApp>> | { readonly why: string; readonly output: string }> {
  const started = await Promise.allSettled([start(bench, 'base'), start(bench, 'patch')]);
  const running = started.flatMap((one) =>
    one.status === 'fulfilled' && one.value.kind === 'running' ? [one.value.app] : [],
  );
  const [base, patch] = started;
  try {
    if (base.status === 'rejected') throw base.reason;
    if (patch.status === 'rejected') throw patch.reason;
    if (base.value.kind === 'failed') throw notStarted(bench, base.value);
    if (patch.value.kind === 'running') return { base: base.value.app, patch: patch.value.app };
    await base.value.app.stop();
    return patch.value;
  } catch (error) {
    await Promise.all(running.map((app) => app.stop()));
    throw error;
  }
}

async function start(
  { house, settings, plan, signal, ...bench }: Bench,
  side: Side,
): Promise<Start> {
  throwIfCancelled(signal);
  const worktree = bench[side];
  const root = join(worktree.path, worktree.prefix);
  const shell = await house.held(root, settings);
  return house.startApp({ plan, root, shell, timeoutMs: appMs }, signal);
}

function notStarted(
  { plan }: Bench,
  { why, output }: Start & { kind: 'failed' },
): PatchwrightError {
  const last = redact(output).trim().split('\n').slice(-15).join('\n');
  return new PatchwrightError('app_not_started', {
    what: `The app does not start, without the patch already: ${plan.start}`,
    why: last ? `${why}. It said: ${last}` : why,
    remedy:
      'Correct patchwright.canary.start and patchwright.canary.ready; it has to listen on the port in PORT, and runs in the sandbox (try `patchwright sandbox -- COMMAND`).',
  });
}

/** Until both have settled a little; tells how often the load fits into the time there is. */
async function warmUp(
  { base, patch }: Readonly<Record<Side, RunningApp>>,
  { settings, plan }: Bench,
  known: number | undefined,
): Promise<number> {
  // A command is a load by itself.
  const inPass = plan.command ? leastRequests : plan.requests.length;
  const first = Math.max(Math.ceil((known ?? 0) / 4), Math.ceil(leastRequests / inPass));
  await base.load(first);
  await patch.load(first);
  if (known !== undefined) return known;
  const started = performance.now();
  await base.load(1);
  const tookMs = Math.max(0.1, performance.now() - started);
  const batchMs = (1_000 * settings.canary.seconds) / (starts * batches);
  // Where the machine is slow, rather a little longer than too few to tell anything.
  const least = tookMs < slowPassMs ? Math.ceil(leastRequests / inPass) : 1;
  return Math.min(maxTimes, Math.max(least, Math.floor(batchMs / tookMs)));
}

/** The order changes, so that what the machine does meanwhile meets both. */
async function inTurns(
  apps: Readonly<Record<Side, RunningApp>>,
  times: number,
  offset: number,
  signal: AbortSignal,
): Promise<Pair> {
  const reports: Record<Side, LoadReport[]> = { base: [], patch: [] };
  for (let batch = 0; batch < batches; batch++) {
    const order: readonly Side[] =
      (batch + offset) % 2 === 0 ? ['base', 'patch'] : ['patch', 'base'];
    for (const side of order) {
      throwIfCancelled(signal);
      reports[side].push(await apps[side].load(times));
    }
  }
  return reports;
}

async function keep(house: House, request: PatchRequest, result: Canary): Promise<void> {
  const { verdict, starts: started, requests, findings } = result;
  await house.backlog.write([
    { kind: 'request', id: request.id, fields: { canary: result } },
    audit({
      actor: await house.reviewer(),
      action: 'canary.ended',
      subject: request.id,
      after: { commit: request.commit, verdict, starts: started, requests, findings },
    }),
  ]);
  house.log(`Canary of ${request.id.slice(0, 8)}: ${canaryWords[verdict]}.`);
}
