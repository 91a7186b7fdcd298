/** What is said of the window's folders, and how they share what lies in them. Pure. */
import type { FolderPlan, ListedFolder } from '../core/folderPlan.ts';
import { join } from 'node:path';
import { t } from './l10n.ts';

/** A folder of the window that has no session. */
export interface Unopened {
  readonly name: string;
  readonly why: string;
}

export function unopenedWords(plan: Exclude<FolderPlan, { readonly kind: 'open' }>): string {
  switch (plan.kind) {
    case 'missing':
      return t('not there any more');
    case 'noGit':
      return t('not a git repository');
    case 'same':
      return t('the same folder as {0}', plan.other);
    case 'worktree':
      return t('a worktree of {0}, which has its tickets', plan.other);
  }
}

/** The top of the repository as the editor names it, which does not follow links. */
export function rootSeenFrom(folder: string, { real = '' }: ListedFolder, root: string): string {
  const inside = real.slice(root.length).split(/[\\/]/).filter(Boolean);
  return join(folder, ...inside.map(() => '..'));
}
