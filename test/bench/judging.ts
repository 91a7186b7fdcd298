import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { compose } from '../../src/compose.ts';
import { type GateReport, gatesPassed } from '../../src/core/gate.ts';
import { parseSettings } from '../../src/core/settings.ts';
import { gitDiff } from '../support/diffs.ts';
import { createRepository, type Tree } from '../support/repository.ts';

/** A program in a repository of its own, to judge patches of it. */
export interface Subject {
  readonly name: string;
  readonly files: Tree;
  readonly test: { readonly path: string };
}

/** What a patch makes of a program's files; it holds its test like any other. */
export interface BenchPatch {
  readonly kind: string;
  readonly after: Tree;
}

export interface Judged {
  readonly program: string;
  readonly kind: string;
  readonly passed: boolean;
  readonly marks: readonly string[];
  readonly reasons: readonly string[];
  /** What the gates took beyond the runs of the tests that they tell of. */
  readonly overheadMs: number;
}

const testSeconds = 5;

/** Through the same door as any patch: `gates --patch`. Each is printed as it comes. */
export async function judgeAll(
  root: string,
  subject: Subject,
  patches: readonly BenchPatch[],
): Promise<readonly Judged[]> {
  const folder = join(root, 'program');
  mkdirSync(folder, { recursive: true });
  await createRepository(folder, subject.files);
  const app = await compose({
    folder,
    settings: () => parseSettings({ 'patchwright.test.timeoutSeconds': testSeconds }),
    apiKey: () => Promise.resolve(undefined),
    environment: { ...process.env, PATCHWRIGHT_CACHE: join(root, 'cache') },
    log: () => undefined,
    trusted: true,
    readOnly: true,
  });
  try {
    const judged: Judged[] = [];
    for (const { kind, after } of patches) {
      const given = {
        diff: Buffer.from(gitDiff(subject.files, after)),
        tests: [{ name: subject.test.path }],
      };
      const times: number[] = [];
      const noted = { started: () => times.push(performance.now()), ended: () => undefined };
      const { reports } = await app.pipeline.judge(given, { useCache: false }, noted);
      const tookMs = performance.now() - (times[0] ?? 0);
      const one: Judged = {
        program: subject.name,
        kind,
        passed: gatesPassed(reports),
        marks: reports.flatMap(({ marks }) => marks),
        reasons: reports.filter(({ verdict }) => verdict === 'failed').map(({ reason }) => reason),
        overheadMs: tookMs - reports.reduce((sum, report) => sum + testsOf(report), 0),
      };
      judged.push(one);
      console.error(line(one));
    }
    return judged;
  } finally {
    await app.dispose();
    rmSync(root, { recursive: true, force: true });
  }
}

/** To look at some alone: names, separated by commas. */
export function isWanted(variable: string, name: string): boolean {
  const wanted = process.env[variable]?.split(',');
  return !wanted || wanted.includes(name);
}

export function isCaught({ passed, marks }: Judged): boolean {
  return !passed || marks.length > 0;
}

export function percent(part: number, all: number): number {
  return all === 0 ? 0 : (100 * part) / all;
}

function line({ program, kind, passed, marks, reasons }: Judged): string {
  const verdict = !passed ? 'stopped' : marks.length > 0 ? 'marked' : 'passed';
  return `${program}: ${kind}: ${verdict} ${[...reasons, ...marks].join(' | ').slice(0, 600)}`;
}

/** The time of its test runs, as the evidence tells it: `…: 1 passed, … (0.4 s)`. */
function testsOf({ evidence }: GateReport): number {
  return evidence
    .filter((line) => !line.startsWith('patch, in the whole suite')) // the suite's gate tells it, too
    .flatMap((line) => /\((\d+\.\d) s\)$/.exec(line)?.[1] ?? [])
    .reduce((sum, seconds) => sum + Number(seconds) * 1000, 0);
}
