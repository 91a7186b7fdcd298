import assert from 'node:assert/strict';
import { draftOne } from '../integration/support/workspaces.ts';
import { openWindow, type Window } from './window.ts';
import { type Demo, openDemo } from './workspace.ts';

describe('in a window whose language is Japanese', () => {
  let demo: Demo;
  let window: Window;
  before(async () => {
    demo = await openDemo();
    await draftOne(demo.folder, demo.env);
    window = await openWindow({ folder: demo.folder, env: demo.env, language: 'ja' });
    await window.page
      .locator('.activitybar .action-item:has(> .action-label[aria-label^="Patchwright"])')
      .click();
  });
  after(async () => {
    await window?.close();
    await demo?.dispose?.();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.shot(`failed-${Date.now()}`);
  });

  it('has Japanese views, rows and commands', async () => {
    const { page } = window;
    await page.locator('.pane-header[aria-label^="バックログ"]').waitFor();
    await page.locator('.pane-header[aria-label^="レビュー"]').waitFor();
    await window.statusItem().filter({ hasText: 'レビュー待ち' }).waitFor();
    await page.locator('.monaco-list-row', { hasText: '再現テスト' }).first().waitFor();
    await window.shot('japanese-views');
  });

  it('has Japanese pages', async () => {
    await window.run('レビュー パネルを開く');
    const page = window.page
      .frameLocator('iframe.webview.ready')
      .frameLocator('iframe#active-frame');
    await page.getByRole('heading', { level: 2, name: '検証' }).waitFor();
    await page.getByRole('button', { name: 'パッチを承認' }).waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'ja');
    await page.getByText('パッチにシークレットは含まれていません').waitFor({ state: 'attached' }); // what a gate found
    await window.shot('japanese-review-panel');
    await window.page.locator('.tabs-container .tab.active .tab-actions .action-label').click();
    await window.run('ダッシュボードを開く');
    await page.getByRole('heading', { level: 1, name: 'Patchwright ダッシュボード' }).waitFor();
    await page.getByText('レビュー待ちのパッチリクエスト').waitFor();
    await window.shot('japanese-dashboard');
  });

  it('lets the doctor speak Japanese', async () => {
    await window.run('診断');
    await window.page
      .locator('.view-line', { hasText: 'フォルダーは信頼されています' })
      .first()
      .waitFor();
    await window.shot('japanese-doctor');
  });
});
