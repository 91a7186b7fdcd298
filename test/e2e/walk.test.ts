import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import type { Locator } from 'playwright-core';
import { clickDraft } from './clickDraft.ts';
import { openPalette, openWindow, type ThemeName, type Window } from './window.ts';
import { walkRecording, wish } from './walkRecording.ts';
import { type Demo, openDemo } from './workspace.ts';

/** The whole review, from a log to a rollback, with each kind of hand alone. */
interface Hands {
  draft(window: Window): Promise<void>;
  openDiff(window: Window): Promise<void>;
  /** Drops the needless hunk of the source, up to the question. */
  dropHunk(window: Window): Promise<void>;
  /** Answers a modal question. */
  answer(window: Window, button: string): Promise<void>;
  openSource(window: Window): Promise<void>;
  comment(window: Window, text: string): Promise<void>;
  requestChanges(window: Window): Promise<void>;
  approve(window: Window): Promise<void>;
  rollBack(window: Window): Promise<void>;
  openActivity(window: Window): Promise<void>;
}

const mouse: Hands = {
  draft: (window) => clickDraft(window, bug(window)),
  openDiff: (window) => request(window).click(),
  async dropHunk(window) {
    const file = window.rows('Review').filter({ hasText: 'coupons.js' }).first();
    await file.locator('.monaco-tl-twistie').click();
    const hunk = window.rows('Review').filter({ hasText: 'Cents off' });
    await hunk.hover();
    await hunk.locator('.actions .action-label[aria-label^="Drop Hunk"]').click();
  },
  answer: (window, name) =>
    window.page.locator('.monaco-dialog-box .monaco-button', { hasText: name }).click(),
  openSource: (window) => window.rows('Review').filter({ hasText: '· src' }).first().click(),
  async comment(window, text) {
    const line = patched(window).locator('.view-line', { hasText: 'coupon.until === undefined' });
    await line.hover();
    const at = await line.boundingBox();
    assert.ok(at);
    const glyph = patched(window).locator('.comment-range-glyph.line-hover, .comment-diff-added');
    await glyph.first().waitFor();
    const box = await glyph.first().boundingBox();
    assert.ok(box);
    await window.page.mouse.click(box.x + box.width / 2, at.y + at.height / 2);
    await commentBox(window).waitFor();
    await window.page.keyboard.insertText(text);
    await addComment(window).click();
  },
  async requestChanges(window) {
    await request(window).click({ button: 'right' });
    await menuItem(window, 'Request Changes').click();
    await window.page.locator('.quick-input-widget .quick-input-box input').waitFor();
    await window.page.keyboard.press('Enter');
  },
  async approve(window) {
    await titleButton(window, 'Approve Patch').click();
  },
  async rollBack(window) {
    const applied = window.rows('Backlog').filter({ hasText: 'TypeError' }).first();
    await applied.hover();
    await applied.locator('.actions .action-label[aria-label^="Roll Back"]').click();
    await input(window).fill('Only a rehearsal');
    await input(window).press('Enter');
  },
  openActivity: (window) => window.page.locator('.pane-header[aria-label^="Activity"]').click(),
};

/** Nothing here points at anything: all goes through keys, and what they reach. */
const keyboard: Hands = {
  async draft(window) {
    await palette(window, 'Patchwright: Draft Patch');
    await pick(window, "(reading 'split')");
  },
  async openDiff(window) {
    await palette(window, 'Patchwright: Focus on Review View');
    await reach(window, 'TypeError');
    await window.page.keyboard.press('Enter');
  },
  async dropHunk(window) {
    await palette(window, 'Patchwright: Focus on Review View');
    await reach(window, 'coupons.js');
    await window.page.keyboard.press('ArrowRight');
    await window.rows('Review').filter({ hasText: 'Cents off' }).waitFor();
    await reach(window, 'Cents off');
    await window.page.keyboard.press('Shift+F10');
    await menuItem(window, 'Drop Hunk').waitFor();
    await choose(window, 'Drop Hunk');
  },
  async answer(window, name) {
    const focused = window.page.locator('.monaco-dialog-box .monaco-button:focus');
    await focused.filter({ hasText: name }).waitFor();
    await window.page.keyboard.press('Enter');
  },
  async openSource(window) {
    await reach(window, 'coupons.js');
    await window.page.keyboard.press('Enter');
  },
  async comment(window, text) {
    await palette(window, 'View: Focus Active Editor Group');
    await window.page.locator('.monaco-diff-editor .monaco-editor.focused').first().waitFor();
    await window.page.keyboard.press('Control+f');
    const find = window.page.locator('.find-widget.visible .find-part').first();
    await find.locator('textarea:focus').waitFor();
    await window.page.keyboard.insertText('coupon.until === undefined');
    // It is looked for a little later; before that the selection is elsewhere.
    await find.locator('.matchesCount', { hasText: '1 of 1' }).waitFor();
    await window.page.keyboard.press('Escape');
    await find.waitFor({ state: 'hidden' });
    await palette(window, 'Comments: Add Comment on Current Selection');
    await window.page.locator('.review-widget .monaco-editor.focused').waitFor();
    await window.page.keyboard.insertText(text);
    // The keys do what the button does, which is off until the text has been seen.
    await addComment(window).waitFor();
    await window.page.keyboard.press('Control+Enter');
  },
  async requestChanges(window) {
    await palette(window, 'Patchwright: Request Changes');
    await titled(window, 'Request Changes');
    await window.page.keyboard.press('Enter');
  },
  async approve(window) {
    await palette(window, 'Patchwright: Approve Patch');
  },
  async rollBack(window) {
    await palette(window, 'Patchwright: Roll Back Release');
    await titled(window, 'Roll Back Release');
    await window.page.keyboard.insertText('Only a rehearsal');
    await window.page.keyboard.press('Enter');
  },
  openActivity: (window) => palette(window, 'Patchwright: Focus on Activity View'),
};

/** A box that asks for something, and not the palette that it comes after. */
async function titled({ page }: Window, title: string): Promise<void> {
  await page.locator('.quick-input-title', { hasText: title }).waitFor();
  await page.locator('.quick-input-widget .quick-input-box input:focus').waitFor();
}

async function palette(window: Window, title: string): Promise<void> {
  await openPalette(window.page);
  await window.page.keyboard.insertText(title);
  await pick(window, title);
}

/** Takes the row of a quick pick whose label has the text, and little else. */
async function pick({ page }: Window, text: string): Promise<void> {
  const rows = page.locator('.quick-input-list .monaco-list-row', {
    has: page.locator('.label-name').getByText(text, { exact: text.includes(': ') }),
  });
  await rows.first().waitFor();
  const focused = page.locator('.quick-input-list .monaco-list-row.focused');
  await focused.waitFor();
  const [from, to] = await Promise.all([focused, rows.first()].map(indexOf));
  for (let at = from ?? 0; at !== to; at += 1) {
    await page.keyboard.press('ArrowDown');
    await page.locator(`.quick-input-list .focused[data-index="${at + 1}"]`).waitFor();
  }
  await page.keyboard.press('Enter');
}

async function indexOf(row: Locator): Promise<number> {
  return Number(await row.getAttribute('data-index'));
}

/** Arrow keys down the Review view, to the row with the text. */
async function reach(window: Window, text: string): Promise<void> {
  const focused = window.rows('Review').and(window.page.locator('.focused'));
  await window.page
    .locator('.pane:has(.pane-header[aria-label^="Review"]) .monaco-list:focus-within')
    .waitFor();
  await window.page.keyboard.press('Home');
  const count = await window.rows('Review').count();
  for (let index = 0; index < count; index += 1) {
    await window
      .rows('Review')
      .and(window.page.locator(`.focused[data-index="${index}"]`))
      .waitFor();
    if ((await focused.filter({ hasText: text }).count()) > 0) return;
    await window.page.keyboard.press('ArrowDown');
  }
  throw new Error(`No row with ${text}.`);
}

/** Arrow keys down a menu in which nothing has the focus yet, each once the one before has done its work. */
async function choose({ page }: Window, name: string): Promise<void> {
  const items = page.locator('.monaco-menu .action-item:not(.disabled)');
  const count = await items.count();
  for (let index = 0; index < count; index += 1) {
    await page.keyboard.press('ArrowDown');
    const item = items.nth(index).and(page.locator('.focused'));
    await item.waitFor();
    if (((await item.textContent()) ?? '').includes(name)) break;
  }
  await page.keyboard.press('Enter');
}

/** A draft and its gates, on a machine that does ten other things. */
const patience = 240_000;

/** The walks take a while, so each is in one theme; `PATCHWRIGHT_WALK_THEMES=hc-dark,hc-light` to look at others. */
const [first = 'dark', second = 'light'] = (process.env.PATCHWRIGHT_WALK_THEMES?.split(',') ??
  []) as ThemeName[];
const all: readonly (readonly [string, Hands, ThemeName, { readonly reloads: boolean }])[] = [
  ['by mouse', mouse, first, { reloads: true }],
  ['by keyboard alone', keyboard, second, { reloads: false }],
];

for (const [how, hands, theme, { reloads }] of all) {
  describe(`the whole review, ${how}`, function () {
    this.timeout(patience + 60_000);
    let demo: Demo;
    let window: Window;
    let tree: string;
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: demo.folder, encoding: 'utf8' }).trim();
    const source = () => git('show', `${branch()}:src/coupons.js`);
    const branch = () => git('branch', '--list', 'improvement/*', '--format=%(refname:short)');
    const shot = (name: string) => window.shot(`walk-${how.replaceAll(' ', '-')}-${theme}-${name}`);

    before(async () => {
      demo = await openDemo(walkRecording);
      tree = git('rev-parse', 'HEAD^{tree}');
      // The gates run three times here; all of what they do is walked in flow.test.ts.
      const settings = {
        'patchwright.gates.loop.enabled': false,
        'patchwright.gates.reproduction.maxMutants': 0,
      };
      window = await openWindow({ folder: demo.folder, env: demo.env, theme, settings });
      window.page.setDefaultTimeout(90_000);
      await window.showViews();
    });
    after(async () => {
      await window?.close();
      await demo?.dispose?.();
    });
    afterEach(async function () {
      if (this.currentTest?.state === 'failed') await window.shot(`failed-${Date.now()}`);
    });

    it('drafts, and says with a badge that a patch waits', async () => {
      await bug(window).waitFor();
      await hands.draft(window);
      await request(window).waitFor({ timeout: patience });
      await window.page.locator('.activitybar .badge-content', { hasText: '1' }).first().waitFor();
      await shot('ready');
    });

    it('opens its diff', async () => {
      await hands.openDiff(window);
      await titleButton(window, 'Approve Patch').waitFor();
      await window.page.locator('.multiDiffEntry .line-insert').first().waitFor();
      await diffInFocus(window).waitFor();
      await shot('diff');
    });

    it('drops a hunk, and has the gates judge what is left', async () => {
      assert.match(source(), /each with sku/);
      await hands.dropHunk(window);
      await window.page.locator('.monaco-dialog-box').waitFor();
      await shot('drop');
      await hands.answer(window, 'Drop');
      // Its last word: before that it opens the diff anew, which closes whatever asks for keys meanwhile.
      await statusMessage(window, 'Dropped; the gates passed').waitFor({ timeout: patience });
      await request(window).filter({ hasText: '1 hunk dropped' }).waitFor({ timeout: patience });
      assert.doesNotMatch(source(), /each with sku/);
      await shot('dropped');
    });

    it('comments on a line', async () => {
      await hands.openSource(window);
      await patched(window)
        .locator('.view-line', { hasText: 'coupon.until === undefined' })
        .waitFor();
      await hands.comment(window, wish);
      await commentBox(window).waitFor({ state: 'detached' });
      await commentGlyph(window).waitFor();
      await shot('comment');
    });

    if (reloads)
      it('has the comment still after a reload', async () => {
        await window.reload();
        await window.page.locator('.monaco-workbench').waitFor({ timeout: patience });
        await window.showViews();
        await request(window).waitFor({ timeout: patience });
        await hands.openSource(window);
        await commentGlyph(window).waitFor();
      });

    it('requests changes with it, and gets them', async () => {
      const before = branch();
      await hands.requestChanges(window);
      await request(window).waitFor({ state: 'detached', timeout: patience });
      await shot('changing');
      await request(window).waitFor({ timeout: patience });
      assert.equal(branch(), before);
      assert.match(source(), /never ends/);
      assert.doesNotMatch(source(), /each with sku/);
      await shot('changed');
    });

    it('approves what came of it', async () => {
      await hands.openDiff(window);
      await titleButton(window, 'Approve Patch').waitFor();
      await diffInFocus(window).waitFor();
      await hands.approve(window);
      await request(window).waitFor({ state: 'detached', timeout: patience });
      assert.equal(git('log', '-1', '--format=%P').split(' ').length, 2);
      await shot('approved');
    });

    it('rolls it back', async () => {
      await hands.rollBack(window);
      await window
        .rows('Backlog')
        .filter({ hasText: 'Rolled Back' })
        .waitFor({ timeout: patience });
      assert.equal(git('rev-parse', 'HEAD^{tree}'), tree);
      assert.equal(git('status', '--porcelain'), '');
      await shot('rolled-back');
    });

    it('tells of all that in the Activity view', async () => {
      await hands.openActivity(window);
      for (const text of ['rolled back', 'landed', 'rejected', 'proposed'])
        await window.rows('Activity').filter({ hasText: text }).first().waitFor();
      await shot('activity');
    });
  });
}

const bug = (window: Window): Locator =>
  window.rows('Backlog').filter({ hasText: "(reading 'split')" }).first();
const request = (window: Window): Locator =>
  window.rows('Review').filter({ hasText: 'TypeError' }).first();
const statusMessage = ({ page }: Window, text: string): Locator =>
  page.locator('.statusbar-item', { hasText: text });
const titleButton = ({ page }: Window, name: string): Locator =>
  page.locator(`.editor-actions .action-label[aria-label^="${name}"]`).first();
const input = ({ page }: Window): Locator =>
  page.locator('.quick-input-widget .quick-input-box input');
const patched = ({ page }: Window): Locator => page.locator('.monaco-diff-editor .editor.modified');
const commentBox = ({ page }: Window): Locator =>
  page.locator('.review-widget .comment-form').first();
const addComment = ({ page }: Window): Locator =>
  page
    .locator('.review-widget .monaco-button:not(.disabled)', { hasText: 'Add to Review' })
    .first();
/** An editor that opens takes the focus, and so closes a palette that is opened meanwhile. */
const diffInFocus = ({ page }: Window): Locator =>
  page.locator('.multiDiffEntry .monaco-editor.focused').first();
const commentGlyph = (window: Window): Locator =>
  patched(window).locator('.comment-range-glyph.comment-thread').first();
const menuItem = ({ page }: Window, name: string): Locator =>
  page.locator('.monaco-menu .action-item', { hasText: name }).first();
