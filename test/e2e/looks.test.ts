import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWindow, themeNames, type Window, type WindowOptions } from './window.ts';
import { draftOne } from '../integration/support/workspaces.ts';
import { type Demo, openDemo } from './workspace.ts';

/** Screenshots to look at (test/e2e/screenshots), and that what they should show is there. */
describe('how it looks', () => {
  describe('with a patch to review', () => {
    let demo: Demo;
    let window: Window;
    before(async () => {
      demo = await openDemo();
      await draftOne(demo.folder, demo.env);
      window = await openWindow({ folder: demo.folder, env: demo.env });
      await window.showViews();
    });
    after(async () => {
      await window?.close();
      await demo?.dispose?.();
    });
    const approve = () =>
      window.page.locator('.editor-actions .action-label[aria-label^="Approve Patch"]').first();
    const tab = (text: string) => window.page.locator('.tabs-container .tab', { hasText: text });

    for (const theme of themeNames) {
      it(`${theme}: views, diffs with their buttons, status bar and gates`, async () => {
        await window.useTheme(theme);
        const request = window.rows('Review').first();
        await window.statusItem().filter({ hasText: 'to review' }).waitFor();
        await request.hover();
        await request.locator('.actions .action-label[aria-label^="Reject Patch"]').waitFor();
        await window.shot(`${theme}-views`);
        await request.click();
        await tab('(2 files)').waitFor();
        await window.page.locator('.multiDiffEntry .line-insert').first().waitFor();
        await approve().waitFor();
        await window.shot(`${theme}-multi-diff`);
        await window.rows('Review').filter({ hasText: '· src' }).first().click();
        await tab('coupons.js (exception-').waitFor();
        await window.page.locator('.editor-instance .line-insert').first().waitFor();
        await approve().waitFor();
        await window.shot(`${theme}-diff`);
        await window.statusItem().click();
        await window.page.locator('.quick-input-list .monaco-list-row').first().waitFor();
        await window.shot(`${theme}-gates`);
        await window.page.keyboard.press('Escape');
        // The focus goes back to the status bar, and its tooltip would stay over the rows of the view.
        await tab('coupons.js (exception-').click();
        await window.page.locator('.hover-contents').first().waitFor({ state: 'hidden' });
      });
    }
  });

  describe('with nothing to show', () => {
    let root: string;
    before(() => {
      root = mkdtempSync(join(tmpdir(), 'pw-looks-'));
      execFileSync('git', ['init', '-q', join(root, 'quiet')]);
      execFileSync('git', ['init', '-q', join(root, 'stranger')]);
      mkdirSync(join(root, 'loose'));
      writeFileSync(join(root, 'loose/readme.txt'), 'No repository.\n');
    });
    after(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));

    it('a damaged backlog: says whole what was done, and what to do', async () => {
      const folder = join(root, 'damaged');
      execFileSync('git', ['init', '-q', folder]);
      mkdirSync(join(folder, '.patchwright'));
      writeFileSync(join(folder, '.patchwright/backlog.sqlite'), 'no database');
      await inWindow({ folder }, async (window) => {
        const toast = window.page.locator('.notifications-toasts .notification-list-item');
        const text = toast.locator('.notification-list-item-message', {
          hasText: 'bring back .patchwright from a backup.',
        });
        await text.waitFor();
        await toast.locator('.monaco-button', { hasText: 'Show Log' }).waitFor();
        assert.equal(await text.evaluate(isCut), false);
        await window.shot('damaged');
      });
    });

    const states: readonly [string, () => WindowOptions, string, string][] = [
      ['no-folder', () => ({}), 'Open Folder', 'It works on a folder'],
      ['no-git', () => ({ folder: join(root, 'loose') }), 'Initialize Repository', 'not a git'],
      [
        'untrusted',
        () => ({ folder: join(root, 'stranger'), trusted: false }),
        'Manage Workspace Trust',
        'restricted mode',
      ],
      ['no-key', () => ({ folder: join(root, 'quiet') }), 'Set Up Model', 'takes a language model'],
      [
        'no-tickets',
        () => ({ folder: join(root, 'quiet'), env: { ANTHROPIC_API_KEY: 'any' } }),
        'Scan Workspace',
        'All quiet',
      ],
    ];
    for (const [name, options, button, text] of states) {
      it(`${name}: says one thing and offers what to do`, async () => {
        await inWindow(options(), async (window) => {
          const welcome = window.page.locator('.welcome-view-content');
          await welcome.filter({ hasText: text }).first().waitFor();
          const buttons = await welcome.locator('.monaco-button').allTextContents();
          assert.ok(buttons.includes(button), buttons.join());
          await window.shot(`welcome-${name}`);
          if (name !== 'no-key') return; // one of them in every theme
          for (const theme of themeNames) {
            await window.useTheme(theme);
            await welcome.first().waitFor();
            await window.shot(`welcome-${name}-${theme}`);
          }
        });
      });
    }
  });
});

async function inWindow(
  options: WindowOptions,
  look: (window: Window) => Promise<void>,
): Promise<void> {
  const window = await openWindow(options);
  try {
    await window.showViews();
    await look(window);
  } catch (error) {
    await window.shot(`failed-${Date.now()}`);
    throw error;
  } finally {
    await window.close();
  }
}

/** Of an element in the page. */
function isCut(one: unknown): boolean {
  const box = one as Readonly<Record<`${'scroll' | 'client'}${'Width' | 'Height'}`, number>>;
  return box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
}
