import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { slugOf } from '../../src/core/plan.ts';
import { betterWish, planRecording, wish } from './planRecording.ts';
import { openWindow, themeNames, type Window } from './window.ts';
import { type Demo, openDemo } from './workspace.ts';

describe('a plan, from a wish to a patch', () => {
  let demo: Demo;
  let window: Window;
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: demo.folder, encoding: 'utf8' }).trim();

  before(async () => {
    demo = await openDemo(planRecording);
    window = await openWindow({ folder: demo.folder, env: demo.env });
    await window.showViews();
    await window.rows('Backlog').filter({ hasText: "(reading 'split')" }).first().waitFor();
  });
  after(async () => {
    await window?.close();
    await demo?.dispose?.();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.shot(`failed-${Date.now()}`);
  });

  it('is a document with the decision in its title bar and above its text', async () => {
    await window.run('Improve');
    await say(wish);
    await line('Coupons may have no last day.').waitFor();
    for (const name of ['Confirm', 'Edit', 'Drop']) {
      await titleButton(name).waitFor();
      await lens(name).waitFor();
    }
    await window.page.locator('.detected-link', { hasText: 'src/coupons.js' }).waitFor();
    for (const theme of themeNames) {
      await window.useTheme(theme);
      await line('Coupons may have no last day.').waitFor();
      await window.shot(`${theme}-plan`);
    }
  });

  it('is made anew for a wish that was edited, and nothing is written until then', async () => {
    await lens('Edit').click();
    await input().waitFor();
    assert.equal(await input().inputValue(), wish);
    await say(betterWish);
    await line('Such a coupon is valid for ever.').waitFor();
    assert.equal(git('for-each-ref', '--format=%(refname)', 'refs/heads').split('\n').length, 1);
    assert.equal(git('status', '--porcelain'), '');
  });

  it('asks what then where its branch exists, and becomes a patch that waits', async () => {
    const branch = `auto-improve/${slugOf(betterWish)}`;
    git('branch', branch);
    await titleButton('Confirm').click();
    const dialog = window.page.locator('.monaco-dialog-box');
    await dialog.filter({ hasText: `There is a branch ${branch} already` }).waitFor();
    await window.shot('plan-branch-exists');
    await dialog.locator('.monaco-button', { hasText: 'Use a Numbered Name' }).click();
    const request = window.rows('Review').filter({ hasText: betterWish }).first();
    await request.waitFor({ timeout: 170_000 });
    await titleButton('Confirm').waitFor({ state: 'detached' });
    await lens('Confirm').waitFor({ state: 'detached' });
    await line('Decided: confirmed.').waitFor();
    assert.match(git('for-each-ref', 'refs/heads'), new RegExp(`${branch}-2$`, 'm'));
  });

  const input = () => window.page.locator('.quick-input-widget .quick-input-box input');
  const say = async (text: string): Promise<void> => {
    await window.page.locator('.quick-input-title', { hasText: 'Improve' }).waitFor();
    await input().fill(text);
    await input().press('Enter');
  };
  const line = (text: string) =>
    window.page.locator('.editor-instance .view-line').filter({ hasText: text }).first();
  const lens = (name: string) =>
    window.page.locator('.codelens-decoration a').filter({ hasText: name }).first();
  const titleButton = (name: string) =>
    window.page.locator(`.editor-actions .action-label[aria-label^="${name}"]`).first();
});
