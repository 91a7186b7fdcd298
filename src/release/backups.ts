import type { Git } from '../core/ports.ts';
import { atTopLevel } from './ownGit.ts';

/** Where a branch was before a landing or a rollback. */
export interface Backup {
  readonly ref: string;
  readonly commit: string;
  /** When the ref was made; where git has not noted that, the commit's own time. */
  readonly at: string;
}

const folder = 'refs/patchwright/backup/';

/** All of them. A ref's file says when it was written only until it is packed, so the commit's time serves. */
export async function backups(deps: { readonly git: Git }): Promise<readonly Backup[]> {
  const git = await atTopLevel(deps.git);
  const format = '%(refname) %(objectname) %(committerdate:iso-strict)';
  const lines = await git.run(['for-each-ref', `--format=${format}`, folder]);
  return lines
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [ref = '', commit = '', at = ''] = line.split(' ');
      return { ref, commit, at: new Date(at).toISOString() };
    });
}

/** Deletes a backup where it still is what was listed. */
export async function dropBackup(deps: { readonly git: Git }, { ref, commit }: Backup) {
  await deps.git.run(['update-ref', '-d', ref, commit]);
}
