import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Frame } from 'playwright-core';
import { draftOne } from '../integration/support/workspaces.ts';
import type { Change } from '../../src/core/change.ts';
import { eventsOf, windowOf } from '../../src/core/metric.ts';
import { open, ticketChange } from '../support/backlog.ts';
import { openWindow, themeNames, type Window } from './window.ts';
import { type Demo, openDemo } from './workspace.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Review panel and dashboard in the real window. */
describe('pages', () => {
  let demo: Demo;
  let window: Window;
  before(async () => {
    demo = await openDemo();
    await draftOne(demo.folder, demo.env);
    await seenLately(demo.folder, [1, 4, 0, 2, 9, 3]);
    await ticketsLately(demo.folder, 6);
    window = await openWindow({ folder: demo.folder, env: demo.env });
    await window.showViews();
    await window.statusItem().filter({ hasText: 'to review' }).waitFor();
  });
  after(async () => {
    await window?.close();
    await demo?.dispose?.();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.shot(`failed-${Date.now()}`);
  });

  const openPage = async (title: string, heading: string): Promise<Frame> => {
    await window.run(title);
    await window.page
      .frameLocator('iframe.webview.ready')
      .frameLocator('iframe#active-frame')
      .getByRole('heading', { level: 1, name: heading })
      .waitFor();
    return window.webview();
  };
  const closeTab = async (): Promise<void> => {
    await window.page.locator('.tabs-container .tab.active .tab-actions .action-label').click();
    await window.page.locator('iframe.webview.ready').waitFor({ state: 'detached' });
  };

  it('the review panel tells why, what, proof, how and history, in every theme', async () => {
    const page = await openPage('Open Review Panel', 'TypeError');
    for (const name of ['Why', 'What', 'Proof', 'How', 'History']) {
      await page.getByRole('heading', { level: 2, name }).waitFor();
    }
    await page.getByRole('heading', { name: 'Without the patch' }).waitFor();
    // The log's own errors are of the days in which the demo was made.
    await page.getByText(/\d+× in 12 days, 3× of these in the last one/).waitFor();
    await lookAtAll('review-panel', page);
    await inNarrowWindow(async () => {
      assert.deepEqual(await brokenNumbers(page), []);
      await window.shot('review-panel-narrow');
    });
    await closeTab();
  });

  it('the dashboard shows figures, and says where there are too few, in every theme', async () => {
    const page = await openPage('Open Dashboard', 'Patchwright Dashboard');
    await page.getByText('patch request to review').waitFor();
    await page.getByText('from 5 on this is drawn').first().waitFor();
    await page.getByText('Tickets a day as a table').waitFor();
    const untouched = await page.evaluate(`[...document.querySelectorAll('tbody th')]
      .filter((one) => getComputedStyle(one, '::first-letter').textTransform === 'none')
      .map((one) => one.textContent)`);
    assert.deepEqual(untouched, ['recorded-demo']); // as its server spells it
    await lookAtAll('dashboard', page);
    await closeTab();
  });

  /** As it opens, and with all that can be opened open. */
  const lookAtAll = async (name: string, page: Frame): Promise<void> => {
    for (const theme of themeNames) {
      await window.useTheme(theme);
      await window.shot(`${theme}-${name}`);
    }
    await setOpen(page, 'details', true);
    for (const theme of [...themeNames].reverse()) {
      await window.useTheme(theme);
      assert.deepEqual(await findings(page), [], theme);
      assert.deepEqual(await faint(page), [], theme);
    }
  };

  /** As at 200 % beside other things: with 400 pixels for all. */
  const inNarrowWindow = async (look: () => Promise<void>): Promise<void> => {
    const wide = window.page.viewportSize();
    assert.ok(wide);
    await window.page.setViewportSize({ width: 400, height: wide.height });
    await look();
    await window.page.setViewportSize(wide);
  };

  it('drops no hunk while none is ticked, but shows them', async () => {
    const page = await openPage('Open Review Panel', 'TypeError');
    await setOpen(page, '.hunks', false);
    await page.getByRole('button', { name: 'Drop Ticked Hunks…' }).click();
    await page.locator('input[name=hunk]:focus').waitFor();
    await closeTab();
  });

  it('approves from the panel, by keyboard alone, and shows what came of it', async () => {
    const page = await openPage('Open Review Panel', 'TypeError');
    const before = git('rev-parse', 'HEAD');
    await page.getByRole('button', { name: 'Request Changes…' }).focus();
    await window.page.keyboard.press('ArrowLeft');
    await page.locator('button.primary:focus').waitFor();
    await window.page.keyboard.press('Enter');
    await page.getByRole('status').filter({ hasText: 'landed' }).waitFor();
    assert.notEqual(git('rev-parse', 'HEAD'), before);
    await page.getByRole('button', { name: 'Roll Back Release…' }).waitFor();
    await page.getByText('Landed on').waitFor();
    await page.locator('h1:focus').waitFor(); // and not the button in the place of the one that is gone
  });

  it('opens the failing line from the panel, and is there again after a reload', async () => {
    const page = await window.webview();
    await page
      .getByRole('button', { name: /^src\/.*:\d+$/ })
      .first()
      .click();
    await window.page.locator('.tabs-container .tab.active', { hasText: '.js' }).waitFor();
    await window.page.locator('.tabs-container .tab', { hasText: 'exception-' }).click();
    await window.reload();
    await window.page
      .locator('.tabs-container .tab', { hasText: 'exception-' })
      .click({ timeout: 90_000 });
    await window.page
      .frameLocator('iframe.webview.ready')
      .frameLocator('iframe#active-frame')
      .getByRole('heading', { level: 1, name: 'TypeError' })
      .waitFor();
  });

  function git(...args: string[]): string {
    return execFileSync('git', args, { cwd: demo.folder, encoding: 'utf8' }).trim();
  }
});

/** Events of the drafted ticket, a number a day, the last one today. */
async function seenLately(folder: string, counts: readonly number[]): Promise<void> {
  const backlog = await open(folder);
  try {
    const ticketId = backlog.requests.list()[0]?.ticketId;
    const hourMs = 3_600_000;
    await backlog.write(
      counts.map((value, index): Change => {
        const at = Date.now() - (counts.length - 1 - index) * 24 * hourMs - hourMs;
        return {
          kind: 'metric',
          window: windowOf([{ ...eventsOf(ticketId), unit: '', value, at }], 'patchwright'),
        };
      }),
    );
  } finally {
    await backlog.dispose();
  }
}

/** So many, one a day: enough to be drawn. */
async function ticketsLately(folder: string, count: number): Promise<void> {
  const backlog = await open(folder);
  try {
    await backlog.write(
      Array.from({ length: count }, (_, day) =>
        ticketChange(`earlier-${day}`, {
          createdAt: new Date(Date.now() - day * 86_400_000).toISOString(),
        }),
      ),
    );
  } finally {
    await backlog.dispose();
  }
}

async function setOpen(page: Frame, which: string, isOpen: boolean): Promise<void> {
  await page.locator(which).evaluateAll((all, open) => {
    for (const one of all) one.toggleAttribute('open', open);
  }, isOpen);
}

/** Signs that stand out from what is behind them less than WCAG 1.4.11 asks for; axe looks at words only. */
async function faint(page: Frame): Promise<string[]> {
  return page.evaluate(`(() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const luminance = (...layers) => {
      for (const colour of layers) {
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
      }
      const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data]
        .map((part) => part / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = getComputedStyle(document.body).backgroundColor;
    const contrast = (colour) => {
      const [low, high] = [luminance(behind), luminance(behind, colour)].sort((a, b) => a - b);
      return (high + 0.05) / (low + 0.05);
    };
    const signs = [['.mark', 'color'], ['.meter', 'borderTopColor'], ['.meter .fill', 'fill'], ['.line', 'stroke']];
    const weak = signs.flatMap(([which, property]) =>
      [...document.querySelectorAll(which)]
        .map((one) => getComputedStyle(one)[property])
        .filter((colour) => contrast(colour) < 3)
        .map((colour) => which + ': ' + colour));
    const isDark = luminance(behind) < 0.2;
    const boxes = [...document.querySelectorAll('input, select')]
      .map((one) => getComputedStyle(one).colorScheme)
      .filter((scheme) => scheme !== (isDark ? 'dark' : 'light'))
      .map((scheme) => 'box: ' + scheme);
    return [...new Set([...weak, ...boxes])];
  })()`);
}

/** Numbers that are on several lines. */
async function brokenNumbers(page: Frame): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('dd')]
    .filter(({ textContent }) => /^[+−]?[0-9.]+$/.test(textContent.trim()))
    .filter((one) => {
      const range = document.createRange();
      range.selectNodeContents(one);
      return new Set([...range.getClientRects()].map(({ top }) => top)).size > 1;
    })
    .map(({ textContent }) => textContent.trim())`);
}

/** What axe finds wrong, with the elements. */
async function findings(page: Frame): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(where: unknown, options: unknown): Promise<Results> };
    };
    interface Results {
      readonly violations: readonly { id: string; nodes: readonly { html: string }[] }[];
    }
    const { violations } = await axe.run('patchwright-page', { iframes: false });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
}
