import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Change } from '../../src/core/change.ts';
import { ticketChange } from '../support/backlog.ts';
import { bareRemote, type Clone, cloneOf, sharedOf } from '../support/team.ts';
import type { Bench } from './bench.ts';

const isQuick = process.env.PATCHWRIGHT_BENCH_QUICK === '1';
const events = isQuick ? 2_000 : 100_000;
const tickets = events / 5;
const perWrite = 500;

export const bench: Bench = {
  title: 'Sync',
  async run(report) {
    const root = mkdtempSync(join(tmpdir(), 'patchwright-bench-'));
    const remote = bareRemote(root);
    const anna = await cloneOf(root, remote, 'anna');
    const ben = await cloneOf(root, remote, 'ben');
    try {
      await write(anna);
      const sent = await timed(() => anna.sync());
      const received = await timed(() => ben.sync());
      const what = `${events} events of ${tickets} tickets`;
      report({ what: `${what}: sent`, value: sent.wall, unit: 'ms', target: 10_000 });
      report({ what: `${what}: sent, CPU time of ours`, value: sent.cpu, unit: 'ms' });
      report({ what: `${what}: sent, waited for a core`, value: sent.waited, unit: 'ms' });
      report({ what: `${what}: received`, value: received.wall, unit: 'ms', target: 10_000 });
      report({ what: `${what}: received, CPU time of ours`, value: received.cpu, unit: 'ms' });
      report({ what: `${what}: received, waited for a core`, value: received.waited, unit: 'ms' });
      const differs = JSON.stringify(sharedOf(anna)) === JSON.stringify(sharedOf(ben)) ? 0 : 1;
      report({ what: 'of these: differences', value: differs, unit: '', target: 0 });
      await anna.backlog.write([{ kind: 'ticket', id: 't-1', fields: { status: 'closed' } }]);
      for (const [which, clone] of [
        ['sent', anna],
        ['received', ben],
      ] as const) {
        const { wall, cpu } = await timed(() => clone.sync());
        report({ what: `one more change: ${which}`, value: wall, unit: 'ms' });
        report({ what: `one more change: ${which}, CPU time of ours`, value: cpu, unit: 'ms' });
      }
    } finally {
      for (const { backlog } of [anna, ben]) await backlog.dispose();
      rmSync(root, { recursive: true, force: true });
    }
  },
};

/** Each ticket is made, counted twice, closed and opened again. */
async function write({ backlog }: Clone): Promise<void> {
  const ids = Array.from({ length: tickets }, (_, number) => `t-${number}`);
  const each: readonly ((id: string) => Change)[] = [
    (id) => ticketChange(id),
    count,
    count,
    (id) => ({ kind: 'ticket', id, fields: { status: 'closed' } }),
    (id) => ({ kind: 'ticket', id, fields: { status: 'open' } }),
  ];
  for (const change of each) {
    for (let from = 0; from < ids.length; from += perWrite) {
      await backlog.write(ids.slice(from, from + perWrite).map(change));
    }
  }
}

function count(id: string): Change {
  return {
    kind: 'group',
    id,
    fingerprint: `of-${id}`,
    signal: 'exception',
    count: 3,
    firstSeen: '2026-03-01T08:00:00.000Z',
    lastSeen: '2026-03-01T09:00:00.000Z',
  };
}

interface Took {
  readonly wall: number;
  /** Of this process: what other work on the machine has no part in. */
  readonly cpu: number;
  /** While other work had the cores; git's processes wait besides. NaN where the system does not say. */
  readonly waited: number;
}

async function timed(work: () => Promise<unknown>): Promise<Took> {
  const start = performance.now();
  const before = process.cpuUsage();
  const waitedBefore = waitedForCore();
  await work();
  const { user, system } = process.cpuUsage(before);
  const waited = waitedForCore() - waitedBefore;
  return { wall: performance.now() - start, cpu: (user + system) / 1_000, waited };
}

/** Of the main thread, in milliseconds. */
function waitedForCore(): number {
  const file = '/proc/self/schedstat'; // ran, waited, turns; in nanoseconds
  return existsSync(file) ? Number(readFileSync(file, 'latin1').split(' ')[1]) / 1e6 : Number.NaN;
}
