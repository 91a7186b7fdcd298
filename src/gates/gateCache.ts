import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorMessage, systemCode } from '../core/errors.ts';
import { type GateId, gateIds, type GateReport } from '../core/gate.ts';
import type { Log } from '../core/ports.ts';
import type { TestRun } from '../core/testRun.ts';

/** Results of gates over one patch under one set of rules. Losing any costs time, nothing else. */
export interface GateCache {
  get(id: GateId): Promise<GateReport | undefined>;
  put(report: GateReport): Promise<void>;
}

/** A run of the whole suite that passed. Losing it costs time, nothing else. */
export interface RunCache {
  get(): Promise<TestRun | undefined>;
  put(run: TestRun): Promise<void>;
}

const maxEntries = 500;

/**
 * @param folder outside of every workspace: what a repository brings along must not pass for a result
 * @param about everything that results depend on
 */
export function createGateCache(folder: string, about: unknown, log: Log): GateCache {
  const key = keyOf(about);
  return {
    get: (id) => recall(join(folder, `${key}-${id}.json`), (value) => toReport(value, id)),
    put: (report) => keep(folder, `${key}-${report.id}.json`, report, log),
  };
}

/** The same for the suite on a base, whatever patch it is run for. */
export function createRunCache(folder: string, about: unknown, log: Log): RunCache {
  const name = `${keyOf(about)}-base.json`;
  return {
    get: () => recall(join(folder, name), toRun),
    put: (run) => keep(folder, name, run, log),
  };
}

function keyOf(about: unknown): string {
  return createHash('sha256').update(JSON.stringify(about)).digest('hex').slice(0, 32);
}

async function recall<T>(
  file: string,
  read: (value: unknown) => T | undefined,
): Promise<T | undefined> {
  try {
    const result = read(JSON.parse(await readFile(file, 'utf8')));
    if (result) await utimes(file, new Date(), new Date()); // what is used stays
    return result;
  } catch {
    return undefined; // not there, or damaged: it is run
  }
}

async function keep(folder: string, name: string, value: unknown, log: Log): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const temporary = join(folder, `${randomUUID()}.tmp`);
    await writeFile(temporary, JSON.stringify(value), { mode: 0o600 });
    await rename(temporary, join(folder, name));
    await dropOldest(folder);
  } catch (error) {
    log(`A gate's result could not be kept for later: ${errorMessage(error)}`);
  }
}

async function dropOldest(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (names.length <= maxEntries) return;
  const used = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const at = await stat(path).catch((error: unknown) => {
        if (systemCode(error) === 'ENOENT') return undefined; // another window was quicker
        throw error;
      });
      return { path, at: at?.mtimeMs ?? 0 };
    }),
  );
  const oldest = used.sort((a, b) => a.at - b.at).slice(0, names.length - maxEntries);
  await Promise.all(oldest.map(({ path }) => rm(path, { force: true })));
}

function toReport(value: unknown, id: GateId): GateReport | undefined {
  const report = value as Partial<GateReport> | null;
  const isText = (one: unknown): boolean => typeof one === 'string';
  const isList = (one: unknown): boolean => Array.isArray(one) && one.every(isText);
  const isReport =
    report?.id === id &&
    gateIds.includes(id) &&
    (report.verdict === 'passed' || report.verdict === 'failed') &&
    isText(report.reason) &&
    isText(report.output) &&
    typeof report.durationMs === 'number' &&
    isList(report.evidence) &&
    isList(report.marks);
  return isReport ? (report as GateReport) : undefined;
}

function toRun(value: unknown): TestRun | undefined {
  const run = value as Partial<TestRun> | null;
  const isRun =
    run?.verdict === 'passed' &&
    Array.isArray(run.cases) &&
    typeof run.output === 'string' &&
    typeof run.command === 'string' &&
    typeof run.durationMs === 'number' &&
    run.exitCode !== undefined;
  return isRun ? (run as TestRun) : undefined;
}
