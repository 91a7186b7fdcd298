import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PatchwrightError } from '../core/errors.ts';
import type { Clock, Git } from '../core/ports.ts';
import type { Protection } from '../core/protection.ts';
import type { Ticket } from '../core/ticket.ts';
import type { CodeFacts } from '../core/triage.ts';
import { readLcov } from '../signals/quality/lcov.ts';

const maxFileBytes = 4 << 20;
const maxReportBytes = 16 << 20;
const churnDays = 90;

export interface FactSources {
  readonly folder: string;
  readonly git: Git;
  readonly clock: Clock;
  readonly protection: Protection;
  /** Part of a file's lines that tests run, 0–1, where a report says so. */
  readonly coverageOf: (file: string) => number | undefined;
}

/** What files, git and reports say about a ticket's code; each is left out where it can't be had. */
export async function readFacts(
  { folder, git, clock, protection, coverageOf }: FactSources,
  { metadata }: Pick<Ticket, 'metadata'>,
  signal?: AbortSignal,
): Promise<CodeFacts | undefined> {
  const file = metadata.location?.file;
  if (file === undefined) return undefined;
  const verdict = protection.check(file);
  const near = [...new Set((metadata.stack ?? []).map((one) => one.file))].filter(
    (path) => path !== file && isBlocked(protection, path),
  );
  const [text, commits] = await Promise.all([
    textOf(join(folder, file), maxFileBytes),
    churnOf(git, file, clock.now(), signal),
  ]);
  const coverage = coverageOf(file);
  return {
    ...(text === undefined ? {} : { lines: text.split('\n').length }),
    ...(commits === undefined ? {} : { commits }),
    ...(coverage === undefined ? {} : { coverage }),
    ...(verdict.ok || verdict.verdict !== 'block' ? {} : { protectedBy: verdict.rule }),
    ...(near.length > 0 ? { protectedNear: near } : {}),
  };
}

/** Frames outside the workspace are no paths of ours to protect. */
function isBlocked(protection: Protection, path: string): boolean {
  if (/^[/\\]|^[A-Za-z]+:/.test(path)) return false;
  const verdict = protection.check(path);
  return !verdict.ok && verdict.verdict === 'block';
}

/** undefined for what is gone, no plain file (a pipe would never end), or too large. */
async function textOf(path: string, maxBytes: number): Promise<string | undefined> {
  try {
    const found = await stat(path);
    if (!found.isFile() || found.size > maxBytes) return undefined;
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}

async function churnOf(
  git: Git,
  file: string,
  now: Date,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  const since = new Date(now.getTime() - churnDays * 86_400_000).toISOString();
  const asked = git.code(['rev-list', '--count', `--since=${since}`, 'HEAD', '--', file], {
    okCodes: [0, 128],
    extraEnv: { GIT_LITERAL_PATHSPECS: '1', GIT_NO_LAZY_FETCH: '1' },
    signal,
  });
  const { code, out } = await asked.catch(withoutGit);
  return code === 0 ? Number(out) : undefined;
}

/** A folder without git, or a machine: what is asked of it has no answer. */
export function withoutGit(error: unknown): { readonly code: number; readonly out: string } {
  if (error instanceof PatchwrightError && error.code === 'no_git') return { code: 128, out: '' };
  throw error;
}

const reports = ['coverage/lcov.info', 'lcov.info'];

/** Reads the workspace's lcov report, if there is one, to be asked for each file. */
export async function readCoverage(folder: string): Promise<FactSources['coverageOf']> {
  for (const name of reports) {
    const report = await textOf(join(folder, name), maxReportBytes);
    if (report === undefined) continue;
    const covered = lcovLines(report);
    return (file) =>
      covered.get(file) ?? covered.get(join(folder, file)) ?? endingWith(covered, `/${file}`);
  }
  return () => undefined;
}

/** Of each file, lines that were hit of those there are. */
function lcovLines(report: string): ReadonlyMap<string, number> {
  return new Map(
    readLcov(report).map(({ path, found, hit }) => [path.replaceAll('\\', '/'), hit / found]),
  );
}

/** A report made elsewhere has that machine's paths; one that fits two files says nothing. */
function endingWith(covered: ReadonlyMap<string, number>, end: string): number | undefined {
  const fitting = [...covered].filter(([path]) => path.endsWith(end));
  return fitting.length === 1 ? fitting[0]?.[1] : undefined;
}
