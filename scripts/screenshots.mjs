// npm run screenshots: the README's pictures, made from the real product in a real window.
import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openWindow } from '../test/e2e/window.ts';
import { openDemo } from '../test/e2e/workspace.ts';
import { draftOne } from '../test/integration/support/workspaces.ts';
import { project } from '../test/host/node24.mjs';

const folder = join(project, 'media/screenshots');
const viewport = { width: 1200, height: 720 };

execFileSync(process.execPath, ['esbuild.js'], { cwd: project, stdio: 'inherit' });
mkdirSync(folder, { recursive: true });
const demo = await openDemo();
try {
  await draftOne(demo.folder, demo.env);
  const window = await openWindow({
    folder: demo.folder,
    env: demo.env,
    settings: { 'workbench.colorTheme': 'Default Dark Modern' },
    viewport,
  });
  try {
    await take(window);
  } finally {
    await window.close();
  }
} finally {
  await demo.dispose();
}

async function take(window) {
  const { page } = window;
  await window.showViews();
  await window.statusItem().filter({ hasText: 'to review' }).waitFor();
  const request = window.rows('Review').first();
  await request.click();
  await page.locator('.multiDiffEntry .line-insert').first().waitFor();
  await page
    .locator('.editor-actions .action-label[aria-label^="Approve Patch"]')
    .first()
    .waitFor();
  await picture(page, 'diff');
  await page.keyboard.press('Control+K');
  await page.keyboard.press('Control+W');
  await window.run('Open Review Panel');
  const inPage = page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  await inPage.getByRole('heading', { level: 2, name: 'History' }).waitFor();
  await picture(page, 'review-panel');
}

async function picture(page, name) {
  const path = join(folder, `${name}.png`);
  await page.mouse.move(viewport.width / 2, viewport.height - 4); // no row is pointed at
  await page.screenshot({ path });
  console.log(`${Math.round(statSync(path).size / 1024)} KiB  ${path}`);
}
