import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, compose } from '../../src/compose.ts';
import { type GateReport, gatesPassed } from '../../src/core/gate.ts';
import { parseSettings } from '../../src/core/settings.ts';
import { gitDiff } from '../support/diffs.ts';
import { createRepository } from '../support/repository.ts';
import type { Bench, Figure } from './bench.ts';
import { javascriptPrograms } from './programs/javascript.ts';
import type { Program } from './programs/program.ts';
import { pythonPrograms } from './programs/python.ts';
import { type BenchPatch, rightPatch, wrongPatches } from './programs/wrongPatches.ts';

const testSeconds = 5;
/** Cores are few; runs that wait for each other would be taken for ones that hang. */
const sideBySide = 2;

interface Judged {
  readonly program: string;
  readonly kind: string;
  readonly passed: boolean;
  readonly marks: readonly string[];
  readonly reasons: readonly string[];
  /** What the gates took beyond the runs of the tests that they tell of. */
  readonly overheadMs: number;
}

/** Right patches and wrong ones of many kinds, through the same door as any patch: `gates --patch`. */
export const bench: Bench = {
  title: 'Gates over small programs',
  async run(report) {
    const programs = [...javascriptPrograms, ...pythonPrograms].filter(({ name }) =>
      isWanted('PATCHWRIGHT_BENCH_PROGRAMS', name),
    );
    const root = mkdtempSync(join(tmpdir(), 'pw-bench-gates-'));
    try {
      const waiting = programs.map((program, turn) => ({ program, turn }));
      const judged: Judged[] = [];
      const work = async (): Promise<void> => {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          judged.push(...(await judgeAll(join(root, String(next.turn)), next.program, next.turn)));
        }
      };
      await Promise.all(Array.from({ length: sideBySide }, work));
      tell(judged, programs.length, report);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
};

/** To look at some alone: names, separated by commas. */
function isWanted(variable: string, name: string): boolean {
  const wanted = process.env[variable]?.split(',');
  return !wanted || wanted.includes(name);
}

function line({ program, kind, passed, marks, reasons }: Judged): string {
  const verdict = !passed ? 'stopped' : marks.length > 0 ? 'marked' : 'passed';
  return `${program}: ${kind}: ${verdict} ${[...reasons, ...marks].join(' | ').slice(0, 600)}`;
}

async function judgeAll(root: string, program: Program, turn: number): Promise<Judged[]> {
  const folder = join(root, 'program');
  mkdirSync(folder, { recursive: true });
  await createRepository(folder, program.files);
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
    for (const patch of [rightPatch(program), ...wrongPatches(program, turn)]) {
      if (!isWanted('PATCHWRIGHT_BENCH_KINDS', patch.kind)) continue;
      const one = await judge(app, program, patch);
      judged.push(one);
      console.error(line(one));
    }
    return judged;
  } finally {
    await app.dispose();
    rmSync(root, { recursive: true, force: true });
  }
}

async function judge(app: App, program: Program, { kind, after }: BenchPatch): Promise<Judged> {
  const given = {
    diff: Buffer.from(gitDiff(program.files, after)),
    tests: [{ name: program.test.path }],
  };
  const times: number[] = [];
  const noted = { started: () => times.push(performance.now()), ended: () => undefined };
  const { reports } = await app.pipeline.judge(given, { useCache: false }, noted);
  const tookMs = performance.now() - (times[0] ?? 0);
  return {
    program: program.name,
    kind,
    passed: gatesPassed(reports),
    marks: reports.flatMap(({ marks }) => marks),
    reasons: reports.filter(({ verdict }) => verdict === 'failed').map(({ reason }) => reason),
    overheadMs: tookMs - reports.reduce((sum, one) => sum + testsOf(one), 0),
  };
}

/** The time of its test runs, as the evidence tells it: `…: 1 passed, … (0.4 s)`. */
function testsOf({ evidence }: GateReport): number {
  return evidence
    .filter((line) => !line.startsWith('patch, in the whole suite')) // the suite's gate tells it, too
    .flatMap((line) => /\((\d+\.\d) s\)$/.exec(line)?.[1] ?? [])
    .reduce((sum, seconds) => sum + Number(seconds) * 1000, 0);
}

function tell(judged: readonly Judged[], programs: number, report: (figure: Figure) => void): void {
  const right = judged.filter(({ kind }) => kind === 'right');
  const wrong = judged.filter(({ kind }) => kind !== 'right');
  const caught = (one: Judged): boolean => !one.passed || one.marks.length > 0;
  const percent = (part: number, all: number): number => (all === 0 ? 0 : (100 * part) / all);
  const larger = { unit: '%', better: 'larger' } as const;
  report({ what: 'programs', value: programs, unit: '', target: 40, better: 'larger' });
  const passing = right.filter(({ passed }) => passed);
  report({
    what: 'right passed',
    value: percent(passing.length, right.length),
    target: 100,
    ...larger,
  });
  const marked = passing.filter(({ marks }) => marks.length > 0);
  report({
    what: 'right passed, but with a mark',
    value: percent(marked.length, right.length),
    unit: '%',
  });
  const all = percent(wrong.filter(caught).length, wrong.length);
  report({ what: 'wrong stopped or marked', value: all, target: 99, ...larger });
  for (const kind of new Set(wrong.map((one) => one.kind))) {
    const these = wrong.filter((one) => one.kind === kind);
    const stopped = these.filter(({ passed }) => !passed).length;
    report({ what: `${kind}: stopped`, value: percent(stopped, these.length), ...larger });
    const value = percent(these.filter(caught).length, these.length);
    report({ what: `${kind}: stopped or marked`, value, ...larger });
  }
  const overheads = passing.map(({ overheadMs }) => overheadMs).sort((a, b) => a - b);
  const median = overheads[Math.floor(overheads.length / 2)] ?? 0;
  report({
    what: 'gates beyond their test runs, median of right ones',
    value: median,
    unit: 'ms',
    target: 1000,
  });
  const lines = [
    ...right
      .filter(({ passed }) => !passed)
      .map((one) => `right refused: ${one.program}: ${one.reasons.join(' ')}`),
    ...marked.map((one) => `right marked: ${one.program}: ${one.marks.join(' | ')}`),
    ...wrong.filter((one) => !caught(one)).map((one) => `not stopped: ${one.program}: ${one.kind}`),
  ];
  console.log(`\n${lines.map((line) => `- ${line}`).join('\n')}`);
}
