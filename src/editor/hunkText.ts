import type { DiffHunk } from '../core/hunks.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import { msg, t } from './l10n.ts';
import { changes, shorten } from './text.ts';

/** What is said of a patch's hunks and of what people did to it. Pure. */

/** `line 12` or `lines 12–15` of the patched file. */
export function hunkLabel({ newStart, newLines }: DiffHunk): string {
  return newLines > 1
    ? t('Lines {0}–{1}', newStart, newStart + newLines - 1)
    : t('Line {0}', newStart);
}

/** `+2 −1 · first line that it changes`. */
export function hunkDescription(hunk: DiffHunk): string {
  const first = hunk.lines.slice(1).find((line) => /^[+-]\s*\S/.test(line)) ?? '';
  return [changes(hunk.added, hunk.removed), shorten(first.slice(1), 80)]
    .filter(Boolean)
    .join(' · ');
}

export function dropQuestion(count: number): string {
  return count === 1
    ? t('Drop this hunk from the patch?')
    : t('Drop {0} hunks from the patch?', count);
}

export const dropDetail = msg(
  'The gates run again on what is left. Only if they pass, the patch becomes that; it then needs your approval as before.',
);

/** `edited by hand, 2 hunks dropped`; undefined for a patch as the model made it. */
export function editsText({ edits = [] }: Pick<PatchRequest, 'edits'>): string | undefined {
  return edits.length === 0 ? undefined : edits.map(({ what }) => editText(what)).join(', ');
}

/** Whether the last change can be taken back. */
export function isEdited({ edits = [] }: Pick<PatchRequest, 'edits'>): boolean {
  return edits.at(-1)?.before !== undefined;
}

const byHand = msg('edited by hand');
const dropped = /^(\d+) hunks? dropped$/;

/** What is written down is English. */
export function editText(what: string): string {
  const [, count] = dropped.exec(what) ?? [];
  if (count) return count === '1' ? t('1 hunk dropped') : t('{0} hunks dropped', count);
  return t(what === byHand ? byHand : what);
}

/** The request for changes: what was typed, then the comments on lines. */
export function changesComment(
  typed: string,
  comments: readonly { readonly path: string; readonly line: number; readonly text: string }[],
): string {
  return [
    typed.trim(),
    ...comments.map(({ path, line, text }) => `${path}:${line}: ${text.trim()}`),
  ]
    .filter(Boolean)
    .join('\n');
}
