import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pack } from '../../scripts/package.mjs';
import { clickDraft } from './clickDraft.ts';
import { openWindow, type Window } from './window.ts';
import { type Demo, openDemo } from './workspace.ts';

describe('the packed extension, installed from its file alone', () => {
  let demo: Demo;
  let window: Window;
  before(async () => {
    demo = await openDemo();
    const vsix = join(demo.root, 'patchwright.vsix');
    await pack(vsix);
    window = await openWindow({ folder: demo.folder, env: demo.env, vsix });
    await window.showViews();
  });
  after(async () => {
    await window?.close();
    await demo?.dispose?.();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.shot(`failed-${Date.now()}`);
  });

  const bug = () => window.rows('Backlog').filter({ hasText: "(reading 'split')" }).first();

  it('scans by itself, and drafts a patch that passes the gates', async () => {
    await clickDraft(window, bug());
    const request = window.rows('Review').filter({ hasText: 'TypeError' }).first();
    await request.waitFor({ timeout: 170_000 });
    assert.match((await request.getAttribute('aria-label')) ?? '', /(\d)\/\1 gates/);
  });

  it('shows its page, and merges on approval there', async () => {
    const before = git('rev-parse', 'HEAD');
    await window.run('Open Review Panel');
    await window.page
      .frameLocator('iframe.webview.ready')
      .frameLocator('iframe#active-frame')
      .getByRole('heading', { level: 1, name: 'TypeError' })
      .waitFor();
    const page = await window.webview();
    await page.getByRole('button', { name: 'Approve Patch' }).click();
    await page.getByRole('status').filter({ hasText: 'landed' }).waitFor({ timeout: 60_000 });
    assert.equal(git('log', '-1', '--format=%P').split(' ')[0], before);
  });

  function git(...args: string[]): string {
    return execFileSync('git', args, { cwd: demo.folder, encoding: 'utf8' }).trim();
  }
});
