import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { newest, oldest } from '../host/install.mjs';
import { clickDraft } from './clickDraft.ts';
import { openWindow, type Window } from './window.ts';
import { type Demo, openDemo } from './workspace.ts';

for (const version of [newest, oldest]) {
  describe(`the main job, in the window of VS Code ${version}`, () => {
    let demo: Demo;
    let window: Window;
    let tree: string;
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: demo.folder, encoding: 'utf8' }).trim();

    before(async () => {
      demo = await openDemo();
      tree = git('rev-parse', 'HEAD^{tree}');
      // Low enough that the patch is told of, whatever the gates come to think of it.
      const settings = { 'patchwright.notifications.minConfidence': 0.5 };
      window = await openWindow({ folder: demo.folder, env: demo.env, version, settings });
      await window.showViews();
    });
    after(async () => {
      await window?.close();
      await demo?.dispose?.();
    });
    afterEach(async function () {
      if (this.currentTest?.state === 'failed') await window.shot(`failed-${Date.now()}`);
    });

    it('shows the errors of the log as tickets by itself', async () => {
      await bug().waitFor();
      assert.match((await bug().getAttribute('aria-label')) ?? '', /^Bug, priority \w+: TypeError/);
    });

    it('drafts the ticket from its row, and then says that one waits', async () => {
      await clickDraft(window, bug());
      await request().waitFor({ timeout: 170_000 });
      assert.match((await request().getAttribute('aria-label')) ?? '', /(\d)\/\1 gates/);
      await badge('1').waitFor();
      await window
        .statusItem()
        .filter({ hasText: /(\d)\/\1 gates · 1 to review/ })
        .waitFor();
      assert.equal(
        await window.page.locator('.tabs-container .tab').count(),
        0,
        'a tab was opened',
      );
      const toast = window.page.locator('.notifications-toasts .notification-list-item');
      await toast.filter({ hasText: 'A patch is ready to review (confidence 0.' }).waitFor();
      assert.equal(await toast.count(), 1);
      await toast.hover();
      for (const name of ['Open Diff', "Don't Show Again"])
        await toast.locator('.monaco-button', { hasText: name }).waitFor();
      await window.shot(`notification-${version}`);
      await toast.locator('.action-label[aria-label^="Clear Notification"]').click();
    });

    it('opens the diff of all files, with the decision in its title bar', async () => {
      await request().click();
      await titleButton('Approve Patch').waitFor();
      await titleButton('Reject Patch').waitFor();
      const files = await window.page.locator('.multiDiffEntry .file-path').allTextContents();
      assert.ok(
        files.some((file) => file.includes('.test.js')),
        files.join(),
      );
    });

    it('lists the gates on a click on the status bar', async () => {
      await window.statusItem().click();
      const list = window.page.locator('.quick-input-list .monaco-list-row');
      await list.first().waitFor();
      const gates = await list.allTextContents();
      assert.ok(
        gates.length >= 4 && gates.every((gate) => /passed|not configured/.test(gate)),
        gates.join(),
      );
      await window.page.keyboard.press('Escape');
    });

    it('merges on approval, and takes the buttons away', async () => {
      await titleButton('Approve Patch').click();
      await request().waitFor({ state: 'detached', timeout: 60_000 });
      assert.equal(git('log', '-1', '--format=%P').split(' ').length, 2);
      await titleButton('Approve Patch').waitFor({ state: 'detached' });
      execFileSync('npm', ['test', '--silent'], {
        cwd: demo.folder,
        stdio: 'ignore',
        env: plain(),
      });
    });

    it('rolls back to the tree before', async () => {
      const applied = window.rows('Backlog').filter({ hasText: 'TypeError' }).first();
      await applied.hover();
      await applied.locator('.actions .action-label[aria-label^="Roll Back"]').click();
      const input = window.page.locator('.quick-input-widget .quick-input-box input');
      await input.fill('Only a rehearsal');
      await input.press('Enter');
      await window.rows('Backlog').filter({ hasText: 'Rolled Back' }).waitFor({ timeout: 60_000 });
      assert.equal(git('rev-parse', 'HEAD^{tree}'), tree);
      assert.equal(git('status', '--porcelain'), '');
    });

    const bug = () => window.rows('Backlog').filter({ hasText: "(reading 'split')" }).first();
    const request = () => window.rows('Review').filter({ hasText: 'TypeError' }).first();
    const badge = (count: string) =>
      window.page.locator('.activitybar .badge-content', { hasText: count }).first();
    const titleButton = (name: string) =>
      window.page.locator(`.editor-actions .action-label[aria-label^="${name}"]`).first();
  });
}

function plain(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...env } = process.env;
  return env;
}
