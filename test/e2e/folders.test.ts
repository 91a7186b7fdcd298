import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { severalFolders } from '../integration/support/workspaces.ts';
import { openWindow, type Window } from './window.ts';

/** Two services with the same bug in one window: one view over both, and one dashboard. */
describe('several folders', () => {
  let root: string;
  let window: Window;
  before(async () => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'pw-e2e-')));
    const { folder, env } = await severalFolders(root);
    window = await openWindow({ folder, env });
    await window.showViews();
    window.page.setDefaultTimeout(60_000); // both folders are scanned meanwhile
  });
  after(async () => {
    await window?.close();
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.shot(`failed-${Date.now()}`);
  });

  it('have a row each in the Backlog, and tickets that name each other, without being asked', async () => {
    for (const name of ['api', 'web']) {
      await window
        .rows('Backlog')
        .filter({ hasText: new RegExp(`^${name}$`) })
        .waitFor();
      await window
        .rows('Backlog')
        .filter({ hasText: `also in ${name}` })
        .first()
        .waitFor();
    }
    await window.shot('folders-backlog');
  });

  it('are figured together, or one by one', async () => {
    await window.run('Open Dashboard');
    const inner = window.page
      .frameLocator('iframe.webview.ready')
      .frameLocator('iframe#active-frame');
    const folder = inner.getByRole('combobox', { name: 'Folder' });
    await folder.waitFor();
    const rows = inner
      .getByRole('table')
      .filter({ hasText: 'unresolved tickets' })
      .locator('tbody tr');
    assert.deepEqual(await firstCells(rows), ['api', 'web']);
    await window.shot('folders-dashboard');
    await folder.selectOption('web');
    await rows.filter({ hasText: 'api' }).waitFor({ state: 'detached' });
    assert.deepEqual(await firstCells(rows), ['web']);
  });

  async function firstCells(rows: ReturnType<Window['rows']>): Promise<string[]> {
    const texts = await rows.evaluateAll((all) =>
      all.map((row) => row.firstElementChild?.textContent?.trim() ?? ''),
    );
    return texts;
  }
});
