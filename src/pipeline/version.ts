import type { Git } from '../core/ports.ts';
import {
  manifestNames,
  type NamedAt,
  namesRelease,
  nothingVersioned,
  versionIn,
  type WorkspaceVersion,
} from '../core/versions.ts';
import { errorMessage, isPatchwrightError } from '../core/errors.ts';
import type { House } from './house.ts';

/** Kept with each closed ticket. */
const maxTags = 20;

/** What the repository says of its version at HEAD; nothing where there is none, or no commit. */
export async function readVersion(
  { git, log }: Pick<House, 'git' | 'log'>,
  signal?: AbortSignal,
): Promise<WorkspaceVersion> {
  try {
    const head = await git.code(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], {
      okCodes: [0, 1, 128],
      signal,
    });
    if (head.code !== 0) return nothingVersioned;
    const [manifest, tags, [tag]] = await Promise.all([
      readManifest(git, signal),
      readTags(git, [], signal),
      readTags(git, ['--merged=HEAD'], signal),
    ]);
    return {
      ...(manifest ? { manifest } : {}),
      ...(tag ? { tag } : {}),
      tags,
    };
  } catch (error) {
    if (signal?.aborted) throw error;
    // Only one of two reasons to open a closed ticket again is lost.
    if (!isPatchwrightError(error, 'no_git')) {
      log(`The workspace's version could not be read: ${errorMessage(error)}`);
    }
    return nothingVersioned;
  }
}

/** The first manifest that has a version, and when it was last changed. */
async function readManifest(git: Git, signal?: AbortSignal): Promise<NamedAt | undefined> {
  const listed = await git.run(['ls-tree', '--name-only', 'HEAD', '--', ...manifestNames], {
    signal,
  });
  const there = new Set(listed.split('\n'));
  for (const name of manifestNames.filter((one) => there.has(one))) {
    const version = versionIn(
      name,
      await git.run(['cat-file', 'blob', `HEAD:./${name}`], { signal }),
    );
    if (version === undefined) continue;
    const at = await git.run(['log', '-1', '--format=%cI', '--', name], { signal });
    return { name: version, at: iso(at) };
  }
  return undefined;
}

/** The newest that name a release, the newest first. */
async function readTags(
  git: Git,
  which: readonly string[],
  signal?: AbortSignal,
): Promise<readonly NamedAt[]> {
  const out = await git.run(
    [
      'for-each-ref',
      ...which,
      '--sort=-v:refname', // of those of one second
      '--sort=-creatordate',
      `--count=${maxTags * 5}`,
      '--format=%(creatordate:iso-strict) %(refname:strip=2)',
      'refs/tags',
    ],
    { signal },
  );
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const space = line.indexOf(' ');
      return { at: iso(line.slice(0, space)), name: line.slice(space + 1).slice(0, 200) };
    })
    .filter(({ name }) => namesRelease(name))
    .slice(0, maxTags);
}

function iso(at: string): string {
  const time = Date.parse(at);
  return Number.isNaN(time) ? '' : new Date(time).toISOString();
}
