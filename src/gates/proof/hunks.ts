import { structuredPatch } from 'diff';
import type { Git } from '../../core/ports.ts';
import { isTestFile } from '../testFiles.ts';
import type { TreeChange } from '../treeChanges.ts';
import { familyOf, readSource } from './sourceText.ts';

/** A source file of the fix, as it was and as the patch has it. */
export interface FixedFile {
  readonly path: string;
  readonly mode: string;
  /** Empty for a new file. */
  readonly before: string;
  readonly after: string;
  readonly hunks: readonly Hunk[];
}

/** Lines that the patch changed in one place, counted from 0; an end is the line after. */
export interface Hunk {
  readonly oldStart: number;
  readonly oldEnd: number;
  readonly newStart: number;
  readonly newEnd: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

const maxFileChars = 400_000;

interface Commits {
  readonly base: string;
  readonly commit: string;
}

/** Source files that are no tests, in a language whose rules are known. */
export function fixedFiles(
  git: Git,
  commits: Commits,
  changes: readonly TreeChange[],
  testFiles: readonly string[],
  signal?: AbortSignal,
): Promise<readonly FixedFile[]> {
  const isSource = (path: string): boolean =>
    !testFiles.includes(path) && familyOf(path) !== undefined;
  return changedFiles(git, commits, changes, isSource, signal);
}

/** What the code may read its answers from. */
export function dataFiles(
  git: Git,
  commits: Commits,
  changes: readonly TreeChange[],
  signal?: AbortSignal,
): Promise<readonly FixedFile[]> {
  const isData = (path: string): boolean => /\.(json|ya?ml|toml|csv|ini|txt)$/.test(path);
  return changedFiles(git, commits, changes, isData, signal);
}

/** Deleted ones hold nothing to look at. */
async function changedFiles(
  git: Git,
  { base, commit }: Commits,
  changes: readonly TreeChange[],
  isWanted: (path: string) => boolean,
  signal?: AbortSignal,
): Promise<readonly FixedFile[]> {
  const files: FixedFile[] = [];
  for (const { path, status, newMode } of changes) {
    if (path === undefined || status === 'D' || !newMode.startsWith('100')) continue;
    if (isTestFile(path) || !isWanted(path)) continue;
    const after = await textAt(git, commit, path, signal);
    const before = status === 'A' ? '' : await textAt(git, base, path, signal);
    if (Math.max(after.length, before.length) > maxFileChars) continue;
    files.push({ path, mode: newMode, before, after, hunks: hunksOf(before, after) });
  }
  return files;
}

export async function textAt(
  git: Git,
  commit: string,
  path: string,
  signal?: AbortSignal,
): Promise<string> {
  return (await git.bytes(['cat-file', 'blob', `${commit}:${path}`], { signal })).toString('utf8');
}

export function hunksOf(before: string, after: string): readonly Hunk[] {
  const options = { context: 0, maxEditLength: maxEdits };
  const patch = structuredPatch('a', 'b', before, after, '', '', options);
  if (!patch) return [rewritten(before.split('\n'), after.split('\n'))];
  return patch.hunks.map(({ oldStart, oldLines, newStart, newLines, lines }) => {
    // Of an empty side the line before is named.
    const [from, to] = [
      oldLines === 0 ? oldStart : oldStart - 1,
      newLines === 0 ? newStart : newStart - 1,
    ];
    const side = (sign: string): string[] =>
      lines.filter((line) => line.startsWith(sign)).map((line) => line.slice(1));
    return {
      oldStart: from,
      oldEnd: from + oldLines,
      newStart: to,
      newEnd: to + newLines,
      removed: side('-'),
      added: side('+'),
    };
  });
}

/** More than anyone reviews line by line; to find the shortest way there would take long. */
const maxEdits = 5_000;

function rewritten(removed: readonly string[], added: readonly string[]): Hunk {
  const [oldEnd, newEnd] = [removed.length, added.length];
  return { oldStart: 0, oldEnd, newStart: 0, newEnd, removed, added };
}

/** The file with all of the fix but one hunk. */
export function without({ before, after }: FixedFile, hunk: Hunk): string {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const kept = old.slice(hunk.oldStart, hunk.oldEnd);
  return [...now.slice(0, hunk.newStart), ...kept, ...now.slice(hunk.newEnd)].join('\n');
}

/** Whether the hunk changes anything but comments, blank lines and what only the type checker reads. */
export function changesCode({ path }: FixedFile, { removed, added }: Hunk): boolean {
  const bare = (lines: readonly string[]): string =>
    readSource(lines.join('\n'), path)
      .code.split('\n')
      .map((line) => line.trim())
      .filter(
        (line) => line !== '' && !/^(import type|export type|interface|type \w+ =)\b/.test(line),
      )
      .join('\n');
  const strings = (lines: readonly string[]): string =>
    readSource(lines.join('\n'), path)
      .strings.map(({ text }) => text)
      .join('\0');
  return bare(removed) !== bare(added) || strings(removed) !== strings(added);
}

export function placeOf(file: FixedFile, hunk: Hunk): string {
  const [first, last] = [hunk.newStart + 1, hunk.newEnd];
  return last > first ? `${file.path}:${first}-${last}` : `${file.path}:${first}`;
}
