import type { Locator } from 'playwright-core';
import type { Window } from './window.ts';

/** Presses the button of a ticket's row that has it drafted. */
export async function clickDraft(window: Window, row: Locator): Promise<void> {
  await row.hover();
  await row.locator('.actions .action-label[aria-label^="Draft Patch"]').click();
  // A row that is drawn anew at that moment is asked for.
  const asked = window.page.locator('.quick-input-list .monaco-list-row').first();
  const started = window.rows('Backlog').filter({ hasText: 'In Progress' }).first();
  await asked.or(started).first().waitFor();
  if (await asked.isVisible()) await asked.click();
}
