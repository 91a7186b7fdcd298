import type { Settings } from './settings.ts';

/** Which of several folders are opened, each with a backlog of its own, and why the others are not. Pure. */

/** A folder as somebody listed it. */
export interface ListedFolder {
  /** As it is shown. */
  readonly name: string;
  /** With symbolic links followed; undefined: there is no such folder. */
  readonly real?: string;
  readonly repository?: Repository;
}

/** Both as on the disk, with symbolic links followed. */
export interface Repository {
  /** The top of the checkout. */
  readonly root: string;
  /** Where the objects and branches lie: all worktrees of a repository have the same. */
  readonly common: string;
}

export type FolderPlan<F extends ListedFolder = ListedFolder> =
  | {
      readonly kind: 'open';
      readonly folder: F;
      readonly root: string;
      /** Globs of what belongs to other folders that lie inside of this one. */
      readonly inner: readonly string[];
    }
  | { readonly kind: 'missing' | 'noGit'; readonly folder: F }
  /** It is, or is a worktree of the repository of, another one of the list. */
  | { readonly kind: 'same' | 'worktree'; readonly folder: F; readonly other: string };

/** One for each folder, in their order. */
export function planFolders<F extends ListedFolder>(
  folders: readonly F[],
): readonly FolderPlan<F>[] {
  const plans = folders.map((folder, at) => planned(folder, folders.slice(0, at), folders));
  const open = plans.flatMap(({ kind, folder }) => (kind === 'open' ? [folder] : []));
  return plans.map((plan) =>
    plan.kind === 'open' ? { ...plan, inner: innerGlobs(plan.folder, open) } : plan,
  );
}

function planned<F extends ListedFolder>(
  folder: F,
  before: readonly F[],
  all: readonly F[],
): FolderPlan<F> {
  const { real, repository } = folder;
  if (real === undefined) return { kind: 'missing', folder };
  const same = before.find((other) => other.real === real);
  if (same) return { kind: 'same', folder, other: same.name };
  if (!repository) return { kind: 'noGit', folder };
  const main = mainOf(repository.common, all);
  return main && main.repository?.root !== repository.root
    ? { kind: 'worktree', folder, other: main.name }
    : { kind: 'open', folder, root: repository.root, inner: [] };
}

/**
 * Worktrees share branches, and a ticket has the same branch in each: one checkout has them. The main one,
 * else the first that is listed.
 */
function mainOf<F extends ListedFolder>(common: string, all: readonly F[]): F | undefined {
  const sharing = all.filter(({ repository }) => repository?.common === common);
  return sharing.find(({ repository }) => isInside(common, repository?.root ?? '')) ?? sharing[0];
}

/** What two backlogs would read twice, the inner one reads. */
function innerGlobs(folder: ListedFolder, open: readonly ListedFolder[]): readonly string[] {
  const outer = folder.real ?? '';
  return open.flatMap(({ real = '' }) =>
    isInside(real, outer) ? [`${escaped(pathUnder(real, outer))}/**`] : [],
  );
}

function isInside(path: string, folder: string): boolean {
  return folder !== '' && pathUnder(path, folder) !== '';
}

/** With `/`; empty where it does not lie under it. */
function pathUnder(path: string, folder: string): string {
  const [inner, outer] = [path, folder].map((one) => one.replaceAll('\\', '/').replace(/\/+$/, ''));
  return inner?.startsWith(`${outer}/`) ? inner.slice(`${outer}/`.length) : '';
}

/** A name is no pattern. */
function escaped(path: string): string {
  return path.replace(/[*?[\]{}()!]/g, (character) => `\\${character}`);
}

/** What lies in another folder of the list is read there. */
export function withoutInner(settings: Settings, inner: readonly string[]): Settings {
  if (inner.length === 0) return settings;
  const { sources } = settings;
  return { ...settings, sources: { ...sources, ignore: [...sources.ignore, ...inner] } };
}
