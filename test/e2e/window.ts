import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Frame, Locator, Page } from 'playwright-core';
import { browser, open, start } from '../host/host.mjs';
import { installExtension, newest } from '../host/install.mjs';

const project = join(import.meta.dirname, '../..');

/** A real VS Code window with the extension installed in it, driven as a person would. */
export interface Window {
  readonly page: Page;
  /** Runs a command from the palette by its title. */
  run(title: string): Promise<void>;
  /** Shows our views. */
  showViews(): Promise<void>;
  /** Rows of a view. */
  rows(view: 'Backlog' | 'Review' | 'Activity'): Locator;
  statusItem(): Locator;
  /** The document of our webview in front. */
  webview(): Promise<Frame>;
  useTheme(name: ThemeName): Promise<void>;
  /** As the user's command does it: what is open is saved first. */
  reload(): Promise<void>;
  shot(name: string): Promise<void>;
  close(): Promise<void>;
}

export interface WindowOptions {
  readonly folder?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** False: the trust feature is on and nothing is trusted. */
  readonly trusted?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly version?: string;
  /** A packed extension; left out: the project itself, linked. */
  readonly vsix?: string;
  readonly theme?: ThemeName;
  /** That extensions are told: `ja` for instance. */
  readonly language?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
}

export const themes = {
  dark: { label: 'Dark Modern', shown: '.vs-dark' },
  light: { label: 'Light Modern', shown: '.vs:not(.hc-light)' },
  'hc-dark': { label: 'Dark High Contrast', shown: '.hc-black' },
  'hc-light': { label: 'Light High Contrast', shown: '.hc-light' },
} as const;
const themeIds: Readonly<Record<ThemeName, string>> = {
  dark: 'Default Dark Modern',
  light: 'Default Light Modern',
  'hc-dark': 'Default High Contrast',
  'hc-light': 'Default High Contrast Light',
};
export type ThemeName = keyof typeof themes;
export const themeNames = Object.keys(themes) as ThemeName[];

export const shots = join(project, 'test/e2e/screenshots');

export async function openWindow(options: WindowOptions): Promise<Window> {
  const extensions = mkdtempSync(join(tmpdir(), 'pw-ext-'));
  if (options.vsix) installExtension(options.version ?? newest, options.vsix, extensions);
  else linkExtension(extensions);
  const server = await start({
    ...(options.version ? { version: options.version } : {}),
    extensions,
    settings: {
      'patchwright.schedule.enabled': false, // no test may depend on the time of the day
      ...(options.theme ? { 'workbench.colorTheme': themeIds[options.theme] } : {}),
      ...options.settings,
    },
    trust: options.trusted === false,
    env: { ANTHROPIC_API_KEY: '', ...options.env },
  });
  let chrome: Browser | undefined;
  const close = async (): Promise<void> => {
    await chrome?.close();
    await server.stop();
    rmSync(extensions, { recursive: true, force: true });
  };
  try {
    chrome = await browser();
    const { folder, viewport, language } = options;
    const page = await open(server, chrome, {
      folder,
      ...(viewport ? { viewport } : {}),
      ...(language ? { language } : {}),
    });
    return windowOf(page, close);
  } catch (error) {
    await close();
    throw error;
  }
}

/** As an installed extension, in production mode: toasts, trust and menus are those that users get. */
function linkExtension(folder: string): void {
  const text = readFileSync(join(project, 'package.json'), 'utf8');
  const { publisher, name, version } = JSON.parse(text) as Record<string, string>;
  symlinkSync(project, join(folder, `${publisher}.${name}-${version}`), 'dir');
}

function windowOf(page: Page, close: () => Promise<void>): Window {
  const rows = (view: string) =>
    page.locator(`.pane:has(.pane-header[aria-label^="${view}"]) .monaco-list-row`);
  return {
    page,
    rows,
    close,
    statusItem: () => page.locator('.statusbar-item[id="patchwright.patchwright.gates"]'),
    async webview() {
      const inner = page.frameLocator('iframe.webview.ready').locator('iframe#active-frame');
      const frame = await (await inner.elementHandle())?.contentFrame();
      if (!frame) throw new Error('There is no webview.');
      return frame;
    },
    run: (title) => runCommand(page, `Patchwright: ${title}`),
    async useTheme(name) {
      const { label, shown } = themes[name];
      if (await page.locator(`.monaco-workbench${shown}`).isVisible()) return;
      await runCommand(page, 'Preferences: Color Theme');
      await page.locator('.quick-input-widget .quick-input-box input').fill(label);
      await page
        .locator('.quick-input-list .monaco-list-row.focused', { hasText: label })
        .waitFor();
      await page.keyboard.press('Enter');
      await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
      await page.locator(`.monaco-workbench${shown}`).waitFor();
    },
    async showViews() {
      const pane = page.locator('.pane-header[aria-label^="Backlog"]');
      if (await pane.isVisible()) return;
      await page
        .locator('.activitybar .action-item:has(> .action-label[aria-label^="Patchwright"])')
        .click();
      await pane.waitFor();
    },
    async reload() {
      const loaded = page.waitForEvent('domcontentloaded', { timeout: 60_000 });
      await runCommand(page, 'Developer: Reload Window');
      await loaded;
    },
    async shot(name) {
      mkdirSync(shots, { recursive: true });
      await page.screenshot({ path: join(shots, `${name}.png`) });
    },
  };
}

async function runCommand(page: Page, title: string): Promise<void> {
  const input = await openPalette(page);
  await input.fill(`>${title}`);
  await page
    .locator('.quick-input-list .monaco-list-row')
    .filter({ hasText: title })
    .first()
    .click();
}

/** With its box in focus, for keys. */
export async function openPalette(page: Page): Promise<Locator> {
  const input = page.locator('.quick-input-widget .quick-input-box input');
  // A page that is just being shown may take the key and not hand it on yet.
  for (let tries = 1; !(await input.isVisible()); tries++) {
    await page.keyboard.press('F1');
    const shown = input.waitFor({ timeout: 5_000 });
    await (tries < 6 ? shown.catch(() => undefined) : shown);
  }
  await page.locator('.quick-input-widget .quick-input-box input:focus').waitFor();
  return input;
}
