import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { browser, open as openPage, start } from '../host/host.mjs';
import { openWindow, type Window } from '../e2e/window.ts';
import { type Demo, openDemo } from '../e2e/workspace.ts';
import { compose } from '../../src/compose.ts';
import { defaultSettings } from '../../src/core/settings.ts';
import type { TicketStatus } from '../../src/core/ticket.ts';
import { dashboardViewOf } from '../../src/editor/dashboardView.ts';
import { draftOne } from '../integration/support/workspaces.ts';
import { open, ticketChange } from '../support/backlog.ts';
import type { Bench, Figure } from './bench.ts';

const isQuick = process.env.PATCHWRIGHT_BENCH_QUICK === '1';
const tickets = isQuick ? 5_000 : 100_000;
/** Of these in one group, collapsed until it is opened. */
const children = isQuick ? 1_000 : 10_000;
const rounds = isQuick ? 1 : 3;
const dist = join(import.meta.dirname, '../../dist');

type Report = (figure: Figure) => void;

export const bench: Bench = {
  title: 'What people look at: bundles, start, pages and tree, in a real window',
  async run(report) {
    reportSizes(report);
    await reportStart(report);
    const demo = await openDemo();
    try {
      await draftOne(demo.folder, demo.env);
      await fill(demo.folder);
      await reportModels(report, demo);
      const window = await openWindow({ folder: demo.folder, env: demo.env });
      try {
        await reportPages(report, window);
        await reportTree(report, window);
      } finally {
        await window.close();
      }
    } finally {
      await demo.dispose?.();
    }
  },
};

function reportSizes(report: Report): void {
  for (const folder of [dist, join(dist, 'page')]) {
    for (const name of readdirSync(folder).sort()) {
      const stats = statSync(join(folder, name));
      if (stats.isFile())
        report({ what: `size of ${name}`, value: stats.size / 1024, unit: 'KiB' });
    }
  }
}

/** From the address to the window's explorer, with nothing installed and with Patchwright, in turn. */
async function reportStart(report: Report): Promise<void> {
  const without: number[] = [];
  const withIt: number[] = [];
  const demo = await openDemo();
  try {
    for (let round = 0; round < rounds; round += 1) {
      without.push(await startWithout(demo));
      withIt.push(await startWith(demo));
    }
  } finally {
    await demo.dispose?.();
  }
  const [before, after] = [median(without), median(withIt)];
  report({
    what: 'window until its files are shown, without the extension',
    value: before,
    unit: 'ms',
  });
  report({ what: 'the same with it', value: after, unit: 'ms' });
  report({ what: 'with it, to without', value: after / before, unit: '×' });
}

const explorer = '.explorer-folders-view .monaco-list-row';

async function startWithout({ folder }: Demo): Promise<number> {
  const server = await start();
  const chrome = await browser();
  try {
    return await sinceOpened(await openPage(server, chrome, { folder }));
  } finally {
    await chrome.close();
    await server.stop();
  }
}

async function startWith({ folder, env }: Demo): Promise<number> {
  const window = await openWindow({ folder, env });
  try {
    return await sinceOpened(window.page);
  } finally {
    await window.close();
  }
}

async function sinceOpened(page: Window['page']): Promise<number> {
  await page.locator(explorer).first().waitFor();
  return page.evaluate(() => performance.now());
}

async function fill(folder: string): Promise<void> {
  const backlog = await open(folder);
  const perWrite = 5_000;
  for (let from = 0; from < tickets; from += perWrite) {
    const ids = Array.from({ length: Math.min(perWrite, tickets - from) }, (_, at) => from + at);
    await backlog.write(
      ids.map((id) =>
        ticketChange(`t-${id}`, {
          title: `TypeError number ${id}`,
          status: id < children ? 'snoozed' : 'open',
          metadata: id < children ? { snoozedUntil: '2999-01-01T00:00:00.000Z' } : {},
          createdAt: new Date(Date.now() - (id % 60) * 86_400_000).toISOString(),
        }),
      ),
    );
  }
  await backlog.dispose();
}

/** What the views ask of the house, without a window: CPU time, so that others on the machine don't count. */
async function reportModels(report: Report, { folder, env }: Demo): Promise<void> {
  const app = await compose({
    folder,
    settings: () => defaultSettings,
    apiKey: async () => undefined,
    environment: { ...process.env, ...env },
    log: () => undefined,
    trusted: true,
  });
  try {
    const { backlog, pipeline } = app;
    const now = new Date();
    const [drafted] = backlog.requests.list();
    const ticket = backlog.tickets.get(drafted?.ticketId ?? '');
    const page = (status: TicketStatus) =>
      backlog.tickets.list({ statuses: [status], order: 'score', limit: 500 });
    const parts: readonly (readonly [string, () => unknown])[] = [
      ['figures of the dashboard', () => pipeline.insight(30)],
      ['history of the dashboard', () => pipeline.history()],
      [
        'all of the dashboard',
        async () => dashboardViewOf(pipeline.insight(30), await pipeline.history(), 30, now),
      ],
      ['odds of a ticket, for the review panel', () => ticket && pipeline.outlook()(ticket)],
      ['groups of the tree', () => backlog.tickets.countByStatus()],
      [`a page of a group of ${children}`, () => page('snoozed')],
      [`a page of a group of ${tickets - children}`, () => page('open')],
    ];
    for (const [what, work] of parts) {
      const times: number[] = [];
      for (let round = 0; round < rounds; round += 1) times.push(await cpuMs(work));
      const of = `of ${tickets} tickets, CPU time`;
      report({ what: `${what}, ${of}, first`, value: times[0] ?? Number.NaN, unit: 'ms' });
      report({ what: `${what}, ${of}, median`, value: median(times), unit: 'ms' });
    }
  } finally {
    await app.dispose();
  }
}

async function cpuMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

async function reportPages(report: Report, window: Window): Promise<void> {
  await window.showViews();
  await window.statusItem().filter({ hasText: 'to review' }).waitFor({ timeout: 120_000 });
  const heading = (name: string) =>
    window.page
      .frameLocator('iframe.webview.ready')
      .frameLocator('iframe#active-frame')
      .getByRole('heading', { level: 1, name });
  const pages = [
    ['review panel', 'Open Review Panel', 'TypeError'],
    ['dashboard', 'Open Dashboard', 'Patchwright Dashboard'],
  ] as const;
  for (const [what, command, title] of pages) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      times.push(
        await timed(async () => {
          await window.run(command);
          await heading(title).waitFor({ timeout: 120_000 });
        }),
      );
      await window.page.locator('.tabs-container .tab.active .tab-actions .action-label').click();
      await window.page.locator('iframe.webview.ready').waitFor({ state: 'detached' });
    }
    const about = `${what} painted after its command was typed, ${tickets} tickets`;
    report({ what: `${about}, first`, value: times[0] ?? Number.NaN, unit: 'ms' });
    report({ what: `${about}, median`, value: median(times), unit: 'ms' });
  }
}

async function reportTree(report: Report, window: Window): Promise<void> {
  const backlog = window.rows('Backlog');
  const group = (name: string) => backlog.filter({ hasText: name }).first();
  await group('Open').waitFor({ timeout: 120_000 });
  await collapse(window, 'Open');
  await group('Snoozed').waitFor();
  const expanded = await timed(async () => {
    await group('Snoozed').locator('.monaco-tl-twistie').click();
    await backlog.filter({ hasText: 'TypeError number' }).first().waitFor({ timeout: 120_000 });
  });
  report({ what: `a group of ${children} opened`, value: expanded, unit: 'ms' });
  const more = await timed(async () => {
    await window.page.keyboard.press('End');
    await backlog.filter({ hasText: 'Show more' }).click();
    await backlog.filter({ hasText: 'Show more' }).waitFor({ state: 'detached' });
  });
  report({ what: 'its next 500 rows', value: more, unit: 'ms' });
}

async function collapse(window: Window, name: string): Promise<void> {
  const row = window.rows('Backlog').filter({ hasText: name }).first();
  if ((await row.getAttribute('aria-expanded')) === 'true') {
    await row.locator('.monaco-tl-twistie').click();
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
