import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import {
  errorMessage,
  explainFileError,
  isPatchwrightError,
  throwIfCancelled,
} from '../core/errors.ts';
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
  /** Where a name is looked up that does not exist from here. */
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
  const { folder, shell, git } = options;
  const named = new Map<string, string>();
  for (const name of options.names) {
    for (const [path, shown] of await expand(name, folder, git, signal)) named.set(path, shown);
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
  for (const [path, name] of named) {
    throwIfCancelled(signal);
    const content = await readFile(path).catch((error: unknown) => {
      problems.add(errorMessage(explainFileError(error, name)));
    });
    if (!content) continue;
    if (content.length > maxFileBytes) {
      problems.add(`${name}: larger than ${maxFileBytes >> 20} MiB`);
      continue;
    }
    const source = { name, text: textOf(content) };
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

/** Path and shown name of the file itself, or of what lies below a folder and is not ignored. */
async function expand(
  name: string,
  folder: string,
  git: Git,
  signal?: AbortSignal,
): Promise<readonly (readonly [string, string])[]> {
  const path = existsSync(name) ? resolve(name) : resolve(folder, name);
  const info = await stat(path).catch((error: unknown) => {
    throw explainFileError(error, name);
  });
  if (!info.isDirectory()) return [[path, name]];
  const files = (await tracked(path, git, signal)) ?? (await walk(path, signal));
  return files.map((file) => [file, join(name, relative(path, file)).split(sep).join('/')]);
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
    if (isPatchwrightError(error, 'no_git')) return undefined;
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
