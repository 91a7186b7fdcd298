import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clickDraft } from './clickDraft.ts';
import { openWindow, themeNames, type Window } from './window.ts';

/** What somebody sees who has just installed it: no folder, no key. */
describe('the way of a newcomer', () => {
  let root: string;
  let window: Window;
  before(async () => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'pw-new-')));
    const env = { PATCHWRIGHT_CACHE: join(root, 'cache'), HOME: root };
    window = await openWindow({ env });
    await window.showViews();
  });
  after(async () => {
    await window?.close();
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.shot(`failed-${Date.now()}`);
  });

  const step = (title: string) =>
    window.page.locator('.getting-started-step', { hasText: title }).first();

  it('shows five steps, in every theme', async () => {
    await window.run('Get Started');
    await step('Open a folder with logs').waitFor();
    assert.equal(await window.page.locator('.getting-started-step').count(), 5);
    for (const theme of themeNames) {
      await window.useTheme(theme);
      await step('Open a folder with logs').click();
      await window.shot(`walkthrough-${theme}`);
    }
    for (const title of ['Choose a model', 'Protect files', 'first scan', 'first patch']) {
      await step(title).click();
      await window.page.locator('iframe.webview.ready').waitFor();
      await window.shot(`walkthrough-${title.replaceAll(' ', '-')}`);
    }
  });

  it('opens the demo workspace, and finds its bug', async () => {
    await window.run('Open Demo Workspace');
    const input = window.page.locator('.quick-input-widget .quick-input-box input');
    await input.waitFor();
    await input.fill(`${root}/`);
    await window.page.locator('.quick-input-action .monaco-button').first().click();
    await window.page.waitForURL(/patchwright-demo/, { timeout: 150_000, waitUntil: 'commit' });
    assert.ok(existsSync(join(root, 'patchwright-demo/.git')));
    await window.showViews();
    await bug().waitFor({ timeout: 60_000 });
  });

  it('drafts there without a key, by the recorded model', async () => {
    await clickDraft(window, bug());
    await window
      .rows('Review')
      .filter({ hasText: 'TypeError' })
      .first()
      .waitFor({ timeout: 170_000 });
    const branches = execFileSync('git', ['branch', '--list', 'improvement/*'], {
      cwd: join(root, 'patchwright-demo'),
      encoding: 'utf8',
    });
    assert.match(branches, /improvement\/exception-/);
  });

  it('has ticked the steps that are done', async () => {
    await window.run('Get Started');
    for (const title of ['Open a folder', 'Choose a model', 'first scan'])
      await step(title).locator('.codicon-getting-started-step-checked').waitFor();
  });

  it('lets the doctor say what is missing, with lines to follow', async () => {
    await window.run('Doctor');
    const lines = window.page.locator('.editor-instance .view-line');
    await lines.filter({ hasText: 'Patchwright:' }).first().waitFor();
    await lines.filter({ hasText: 'Patchwright:' }).first().click();
    await window.page.keyboard.press('Control+End'); // only lines on the screen exist
    await lines.filter({ hasText: 'Examine' }).first().waitFor();
    await window.page.locator('.editor-instance .detected-link').first().waitFor();
    await window.page.keyboard.press('Control+Home');
    for (const theme of themeNames) {
      await window.useTheme(theme);
      await window.shot(`doctor-${theme}`);
    }
  });

  const bug = () => window.rows('Backlog').filter({ hasText: "(reading 'split')" }).first();
});
