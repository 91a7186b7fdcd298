import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { explainFileError, isPatchwrightError, throwIfCancelled } from '../core/errors.ts';
import type { Git, Shell } from '../core/ports.ts';
import { runGitleaks } from '../gates/secrets/gitleaks.ts';
import { findSecrets, type Secret, type Source, textOf } from '../gates/secrets/scanner.ts';
import { splitNul } from '../gates/treeChanges.ts';

export interface FileFinding {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly rule: string;
  readonly masked: string;
}

export interface FileFindings {
  readonly findings: readonly FileFinding[];
  /** How many were looked through, and how large they are together. */
  readonly files: number;
  readonly bytes: number;
  /** What could not be read or asked. */
  readonly problems: readonly string[];
}

export interface ScanFilesOptions {
  readonly names: readonly string[];
  /** Names are shown relative to it. */
  readonly folder: string;
  readonly git: Git;
  readonly shell: Shell;
}

const maxFileBytes = 256 << 20;
/** How much is handed to another tool at a time. */
const batchBytes = 32 << 20;

/** Looks for secrets in files, and in folders: in all that git tracks or would add there. */
export async function scanFiles(
  options: ScanFilesOptions,
  signal?: AbortSignal,
): Promise<FileFindings> {
  const { folder, shell } = options;
  const paths = new Set<string>();
  for (const name of options.names) {
    for (const path of await expand(resolve(folder, name), options.git, signal)) paths.add(path);
  }
  const secrets: Secret[] = [];
  const problems = new Set<string>();
  let batch: Source[] = [];
  let [files, bytes, batched] = [0, 0, 0];
  const flush = async (): Promise<void> => {
    const { secrets: others, problem } = await runGitleaks(shell, batch, signal);
    secrets.push(...others.filter((one) => !secrets.some((other) => isSameLine(one, other))));
    if (problem) problems.add(problem);
    batch = [];
    batched = 0;
  };
  for (const path of paths) {
    throwIfCancelled(signal);
    const content = await readFile(path).catch((error: unknown) => {
      problems.add(`${shownAs(path, folder)}: ${String(explainFileError(error, path))}`);
    });
    if (!content || content.length > maxFileBytes) {
      if (content) problems.add(`${shownAs(path, folder)}: larger than ${maxFileBytes >> 20} MiB`);
      continue;
    }
    const source = { name: shownAs(path, folder), text: textOf(content) };
    secrets.push(...(await findSecrets(source, signal)));
    batch.push(source);
    files += 1;
    bytes += content.length;
    batched += content.length;
    if (batched > batchBytes) await flush();
  }
  await flush();
  return { findings: secrets.map(toFinding), files, bytes, problems: [...problems] };
}

function toFinding({ source, line, column, rule, masked }: Secret): FileFinding {
  return { file: source, line, column, rule, masked };
}

function isSameLine(a: Secret, b: Secret): boolean {
  return a.source === b.source && a.line <= b.lastLine && b.line <= a.lastLine;
}

function shownAs(path: string, folder: string): string {
  const inside = relative(folder, path);
  return (inside.startsWith('..') ? path : inside).split(sep).join('/');
}

/** The file itself, or what lies below a folder and is not ignored. */
async function expand(path: string, git: Git, signal?: AbortSignal): Promise<readonly string[]> {
  const info = await stat(path).catch((error: unknown) => {
    throw explainFileError(error, path);
  });
  if (!info.isDirectory()) return [path];
  const known = await tracked(path, git, signal);
  return known ?? (await walk(path, signal));
}

/** undefined: no repository. */
async function tracked(
  folder: string,
  git: Git,
  signal?: AbortSignal,
): Promise<readonly string[] | undefined> {
  try {
    const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const out = await git.at(folder).bytes(args, { signal, maxOutputBytes: maxFileBytes });
    const paths = new Set(splitNul(out).map((name) => join(folder, name.toString('utf8'))));
    return await existing([...paths]);
  } catch (error) {
    if (isPatchwrightError(error, 'git_failed')) return undefined;
    throw error;
  }
}

/** Without what is deleted but still tracked, links (their target is scanned where it lies) and submodules. */
async function existing(paths: readonly string[]): Promise<readonly string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const info = await stat(path).catch(() => undefined);
    if (info?.isFile()) files.push(path);
  }
  return files;
}

async function walk(folder: string, signal?: AbortSignal): Promise<readonly string[]> {
  throwIfCancelled(signal);
  const files: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isFile()) files.push(path);
    if (entry.isDirectory() && entry.name !== '.git') files.push(...(await walk(path, signal)));
  }
  return files;
}
