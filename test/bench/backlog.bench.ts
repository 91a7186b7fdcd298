import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Backlog } from '../../src/backlog/backlog.ts';
import { loadEngine } from '../../src/backlog/sqlite.ts';
import { open, startChild, ticketChange } from '../support/backlog.ts';
import { crashTest } from '../support/backlogCrash.ts';
import type { Bench } from './bench.ts';

const isQuick = process.env.PATCHWRIGHT_BENCH_QUICK === '1';
const [small, large] = isQuick ? [1_000, 5_000] : [10_000, 100_000];
const changes = isQuick ? 200 : 1_000;
const perWindow = isQuick ? 300 : 5_000;
const kills = isQuick ? 20 : 1_000;

export const bench: Bench = {
  title: 'Backlog',
  async run(report) {
    await loadEngine(); // 10 ms once a process, not part of a change
    const empty = await durableChange(0);
    report({ what: 'one durable change, empty backlog, median', value: empty.median, unit: 'ms' });
    const ten = await durableChange(small);
    const plain = await plainAppend(); // what the disk (and whoever else is at it) takes anyway
    report({ what: 'plain append and fdatasync, median', value: plain.median, unit: 'ms' });
    report({ what: 'plain append and fdatasync, p95', value: plain.p95, unit: 'ms' });
    report({
      what: `one durable change, ${small} tickets, p95`,
      value: ten.p95,
      unit: 'ms',
      target: 5,
    });
    report({
      what: `open ${small} tickets, with the check`,
      value: ten.openMs,
      unit: 'ms',
      target: 150,
    });
    const hundred = await durableChange(large);
    report({
      what: `one durable change, ${large} tickets, median`,
      value: hundred.median,
      unit: 'ms',
    });
    report({
      what: `one durable change, ${large} tickets against none`,
      value: hundred.median / empty.median,
      unit: '×',
      target: 2,
    });
    report({ what: `one durable change, ${large} tickets, p95`, value: hundred.p95, unit: 'ms' });
    report({ what: `open ${large} tickets, with the check`, value: hundred.openMs, unit: 'ms' });
    const two = await twoWindows();
    report({
      what: `two processes, ${perWindow} changes each: lost`,
      value: two.lost,
      unit: '',
      target: 0,
    });
    report({
      what: 'written by one process → seen by another',
      value: two.convergeMs,
      unit: 'ms',
      target: 2_000,
    });
    const crash = await crashTests();
    report({ what: `${kills} kills: acknowledged changes`, value: crash.acknowledged, unit: '' });
    report({
      what: `${kills} kills: acknowledged and lost`,
      value: crash.lost,
      unit: '',
      target: 0,
    });
    report({
      what: `${kills} kills: damage found on opening`,
      value: crash.damaged,
      unit: '',
      target: 0,
    });
  },
};

async function durableChange(tickets: number) {
  return inFolder(async (folder) => {
    const backlog = await open(folder);
    await fill(backlog, tickets);
    await backlog.snapshot();
    const times: number[] = [];
    for (let i = 0; i < changes; i++) {
      const id = `t-${tickets === 0 ? i : (i * 7919) % tickets}`;
      const start = performance.now();
      await backlog.write([
        ticketChange(id, { status: i % 2 ? 'open' : 'closed' }),
        { kind: 'audit', entry: { actor: 'user:bench', action: 'ticket.edited', subject: id } },
      ]);
      times.push(performance.now() - start);
    }
    await backlog.dispose();
    return {
      median: quantile(times, 0.5),
      p95: quantile(times, 0.95),
      openMs: await openMs(folder),
    };
  });
}

async function plainAppend() {
  return inFolder(async (folder) => {
    const file = openSync(join(folder, 'plain'), 'a');
    const line = Buffer.alloc(2_000, 'x');
    const times: number[] = [];
    for (let i = 0; i < changes; i++) {
      const start = performance.now();
      writeSync(file, line);
      fdatasyncSync(file);
      times.push(performance.now() - start);
    }
    closeSync(file);
    return { median: quantile(times, 0.5), p95: quantile(times, 0.95) };
  });
}

async function fill(backlog: Backlog, tickets: number): Promise<void> {
  for (let from = 0; from < tickets; from += 500) {
    await backlog.write(
      Array.from({ length: Math.min(500, tickets - from) }, (_, i) =>
        ticketChange(`t-${from + i}`),
      ),
    );
  }
}

async function openMs(folder: string): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    const backlog = await open(folder);
    times.push(performance.now() - start);
    await backlog.dispose();
  }
  return quantile(times, 0.5);
}

async function twoWindows() {
  return inFolder(async (folder) => {
    const here = await open(folder, { watch: true });
    const children = ['x', 'y'].map((prefix) =>
      startChild('write', folder, prefix, String(perWindow)),
    );
    const all = 2 * perWindow;
    const seen = new Promise<number>((resolve) => {
      here.onDidChange(() => {
        if ((here.tickets.countByStatus().open ?? 0) === all) resolve(performance.now());
      });
    });
    await Promise.all(children.map((child) => child.until(perWindow)));
    const written = performance.now();
    const convergeMs = Math.max(0, (await seen) - written);
    await Promise.all(children.map((child) => child.ended()));
    await here.dispose();
    const after = await open(folder);
    const there = after.tickets.list().length;
    await after.dispose();
    return { lost: all - there, convergeMs };
  });
}

/** In several folders: what is looked for is damage, not how long a large backlog takes to open. */
async function crashTests() {
  const sum = { acknowledged: 0, lost: 0, damaged: 0 };
  for (let left = kills; left > 0; left -= 50) {
    const result = await inFolder((folder) => crashTest(folder, Math.min(50, left)));
    sum.acknowledged += result.acknowledged;
    sum.lost += result.lost.length;
    sum.damaged += result.notices.length + result.brokenAudit + Math.abs(result.surplus);
  }
  return sum;
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'patchwright-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}
