import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import picomatch from 'picomatch';
import { systemCode } from '../core/errors.ts';
import { inboxFolder, inboxKindOf } from '../core/inbox.ts';
import type { Settings } from '../core/settings.ts';

export type SourceKind = 'log' | 'feedback' | 'metrics' | 'interactions';

/** Which of the workspace's files are sources, and which folders need not be looked into. */
export interface SourceRules<Kind = SourceKind> {
  /** @param path relative to the workspace, with `/` */
  kindOf(path: string): Kind | undefined;
  prunes(folder: string): boolean;
  /** A folder that is looked into though it lies in one that is not. */
  readonly besides?: string;
}

export interface Walked<Kind = SourceKind> {
  readonly sources: readonly { readonly file: string; readonly kind: Kind }[];
  /** All other files by base name: where frames are looked for. */
  readonly byName: ReadonlyMap<string, readonly string[]>;
  readonly folders: readonly string[];
  readonly problems: readonly { readonly file: string; readonly reason: string }[];
}

const maxEntries = 200_000;

export function createSourceRules({ sources }: Pick<Settings, 'sources'>): SourceRules {
  const match = (globs: readonly string[]) =>
    globs.length > 0 ? picomatch([...globs], { dot: true }) : () => false;
  const isIgnored = match(sources.ignore);
  const kinds = (
    [
      ['feedback', sources.feedback, sources.enabled.feedback],
      ['metrics', sources.metrics, sources.enabled.metrics],
      ['interactions', sources.interactions, sources.enabled.interactions],
      ['log', sources.logs, sources.enabled.logs],
    ] as const
  ).map(([kind, globs, isOn]) => ({ kind, isOn, matches: match(globs) }));
  return {
    besides: inboxFolder,
    kindOf(path) {
      // What was handed in was acknowledged, so it is read whatever files are to be read besides.
      const handedIn = inboxKindOf(path);
      if (handedIn) return handedIn;
      if (isIgnored(path)) return undefined;
      // The first kind that claims a file decides, also when it is off: off does not mean read as a log.
      const first = kinds.find(({ matches }) => matches(path));
      return first?.isOn ? first.kind : undefined;
    },
    // A glob that covers anything at any depth covers the folder; one for some of its files does not.
    prunes: (folder) => isIgnored(`${folder}/\u0001/\u0001`),
  };
}

/** Looks through the workspace once. Never throws for what lies in it. */
export async function walk<Kind = SourceKind>(
  folder: string,
  rules: SourceRules<Kind>,
): Promise<Walked<Kind>> {
  const sources: { file: string; kind: Kind }[] = [];
  const byName = new Map<string, string[]>();
  const problems: { file: string; reason: string }[] = [];
  const folders: string[] = [];
  const root = await realpath(folder).catch(() => folder);
  const { besides } = rules;
  const isApart = besides !== undefined && (await isOwnFolder(root, besides));
  const queue = isApart ? ['', besides] : [''];
  let entries = 0;

  for (let next = 0; next < queue.length; next++) {
    const current = queue[next] ?? '';
    const listed = await readdir(join(folder, current), { withFileTypes: true }).catch(
      (error: unknown) => {
        problems.push({ file: current || '.', reason: reasonOf(error) });
        return [];
      },
    );
    folders.push(current);
    for (const entry of listed) {
      const path = current === '' ? entry.name : `${current}/${entry.name}`;
      if (++entries > maxEntries) {
        problems.push({
          file: '.',
          reason: `more than ${maxEntries} files; the rest was left out`,
        });
        return { sources, byName, folders, problems };
      }
      if (entry.isDirectory()) {
        if (!rules.prunes(path) && path !== besides) queue.push(path);
        continue;
      }
      const kind = rules.kindOf(path);
      if (kind === undefined) {
        if (entry.isFile()) remember(byName, entry.name, path);
      } else if (entry.isFile()) {
        sources.push({ file: path, kind });
      } else if (entry.isSymbolicLink()) {
        const verdict = await judgeLink(root, join(folder, path), rules);
        if (verdict === 'read') sources.push({ file: path, kind });
        else if (verdict !== undefined) problems.push({ file: path, reason: verdict });
      } else {
        problems.push({ file: path, reason: 'not a regular file' });
      }
    }
  }
  return { sources, byName, folders, problems };
}

/** Links may lead out of the workspace. */
async function isOwnFolder(root: string, folder: string): Promise<boolean> {
  const path = join(root, folder);
  return (await realpath(path).catch(() => undefined)) === path;
}

function remember(byName: Map<string, string[]>, name: string, path: string): void {
  const known = byName.get(name);
  if (!known) byName.set(name, [path]);
  else if (known.length < 200) known.push(path);
}

/** A link is read when its target lies in the workspace and is not read under its own name. */
async function judgeLink(
  root: string,
  path: string,
  rules: SourceRules<unknown>,
): Promise<string | undefined> {
  try {
    const target = await realpath(path);
    if (!(await stat(target)).isFile()) return undefined;
    if (!target.startsWith(root + sep)) return 'a link that leads out of the workspace';
    const inside = target
      .slice(root.length + 1)
      .split(sep)
      .join('/');
    return rules.kindOf(inside) === undefined ? 'read' : undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

export function reasonOf(error: unknown): string {
  switch (systemCode(error)) {
    case 'ENOENT':
      return 'it is not there';
    case 'EACCES':
    case 'EPERM':
      return 'no permission to read it';
    case 'ELOOP':
      return 'a link that leads in a circle';
    case 'ENOTDIR':
      return 'not a folder';
    case 'EISDIR':
      return 'a folder, not a file';
    case 'EMFILE':
    case 'ENFILE':
      return 'too many open files';
    case 'EIO':
      return 'the disk could not read it';
    default:
      return error instanceof Error ? error.message.slice(0, 200) : 'it could not be read';
  }
}
