import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { errorMessage, isPatchwrightError, throwIfCancelled } from '../../core/errors.ts';
import { type GateId, type GateReport, gatesPassed } from '../../core/gate.ts';
import type { Git } from '../../core/ports.ts';
import { type CanaryResult, catchRates, type SelfTest } from '../../core/selfTest.ts';
import type { Settings } from '../../core/settings.ts';
import type { Bench, House } from '../house.ts';
import { type Canary, canaries, type Files, program, rightPatch } from './canaries.ts';

/** A patch of so few lines that takes longer is held up by something else. */
const secondsPerPatch = 150;
const secondsPerRun = 10;

/** Told before each patch. */
export type SelfTestProgress = (done: number, of: number, id: string) => void;

/**
 * Runs the gates, as they are configured here, over patches that none may let through and over one that
 * all must. In a repository of its own: nothing of the user's is read but settings and lists.
 */
export async function selfTest(
  house: House,
  tell: SelfTestProgress,
  signal: AbortSignal,
): Promise<SelfTest> {
  const started = performance.now();
  const settings = house.settings();
  const lists = await house.lists();
  const known = canaries(settings);
  const root = await realpath(await mkdtemp(join(tmpdir(), 'patchwright-selftest-')));
  try {
    const repository = await createScratch(house.git.at(root), root, lists);
    const bench = await house.elsewhere(root, forScratch);
    try {
      const judge = (canary: Omit<Canary, 'id' | 'kind'>) =>
        judgeOne(bench, repository, canary, signal);
      tell(0, known.length + 1, 'right');
      const right = await judge({ expected: [], changes: rightPatch });
      const results: CanaryResult[] = [];
      for (const canary of known) {
        tell(results.length + 1, known.length + 1, canary.id);
        const { id, kind, expected } = canary;
        const { by, reason, marked } = await judge(canary);
        const caught = expected.some((gate) => by.includes(gate));
        results.push({ id, kind, expected, caught, by, reason, ...(marked ? { marked } : {}) });
      }
      const { passed, by, reason } = right;
      return {
        at: house.clock.now().toISOString(),
        durationMs: Math.round(performance.now() - started),
        passed: passed && results.every(({ caught }) => caught),
        right: { passed, by, reason },
        canaries: results,
        gates: catchRates(results),
        configuration: configurationOf(settings, lists),
      };
    } finally {
      await bench.dispose();
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** A hash of what the result depends on. */
export function configurationOf(
  { gates, limits, sandbox }: Settings,
  lists: Readonly<Record<string, string>>,
): string {
  const about = JSON.stringify([gates, limits, sandbox, Object.entries(lists)]);
  return createHash('sha256').update(about).digest('hex');
}

/** The settings of now, but for commands: those know nothing of the scratch program. */
function forScratch(settings: Settings): Settings {
  const { gates, test } = settings;
  return {
    ...settings,
    test: {
      command: '',
      single: '',
      setup: '',
      timeoutSeconds: Math.min(test.timeoutSeconds, secondsPerRun),
    },
    gates: {
      ...gates,
      // Mutants lead to marks alone, and to many runs.
      reproduction: { ...gates.reproduction, maxMutants: 0 },
      coverage: { ...gates.coverage, command: '' },
      loop: { ...gates.loop, benchmark: '' },
    },
  };
}

interface Scratch {
  readonly root: string;
  readonly git: Git;
  readonly base: string;
}

async function createScratch(
  git: Git,
  root: string,
  lists: Readonly<Record<string, string>>,
): Promise<Scratch> {
  await git.run(['init', '-q', '-b', 'scratch']);
  await git.run(['config', 'user.name', 'Patchwright']);
  await git.run(['config', 'user.email', 'patchwright@localhost']);
  await git.run(['config', 'commit.gpgsign', 'false']);
  await git.run(['config', 'core.autocrlf', 'false']);
  await write(root, program);
  await git.run(['add', '-A']);
  await git.run(['commit', '-q', '-m', 'A small program']);
  // Below .patchwright, which is no part of the program.
  const own = Object.entries(lists).map(([name, text]) => [`.patchwright/${name}`, text] as const);
  await write(root, { '.patchwright/.gitignore': '*\n', ...Object.fromEntries(own) });
  return { root, git, base: await git.run(['rev-parse', 'HEAD']) };
}

async function write(root: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    if (content === undefined) await rm(join(root, path), { force: true });
    else {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), content);
    }
  }
}

interface Outcome {
  readonly passed: boolean;
  readonly by: readonly GateId[];
  readonly reason: string;
  readonly marked?: true;
}

function stops({ verdict, marks }: GateReport, { mayBeMarked }: Pick<Canary, 'mayBeMarked'>) {
  return verdict === 'failed' || (mayBeMarked === true && marks.length > 0);
}

/** Ends as soon as an expected gate has stopped it. */
async function judgeOne(
  bench: Bench,
  scratch: Scratch,
  canary: Omit<Canary, 'id' | 'kind'>,
  signal: AbortSignal,
): Promise<Outcome> {
  throwIfCancelled(signal);
  const enough = new AbortController();
  const tooLong = AbortSignal.timeout(secondsPerPatch * 1000);
  const either = AbortSignal.any([signal, enough.signal, tooLong]);
  const reports: GateReport[] = [];
  const on = {
    started: () => undefined,
    ended: (report: GateReport) => {
      reports.push(report);
      if (stops(report, canary) && canary.expected.includes(report.id)) enough.abort();
    },
  };
  const options = { useCache: false };
  let problem: string | undefined;
  try {
    const { base, diff } = await diffOf(scratch, canary);
    await bench.judge({ diff, tests: [], base }, options, on, either);
  } catch (error) {
    throwIfCancelled(signal);
    const isEnd = isPatchwrightError(error, 'cancelled') && enough.signal.aborted;
    const slow = `It was given up after ${secondsPerPatch} s.`;
    if (!isEnd) problem = tooLong.aborted ? slow : errorMessage(error);
  }
  const stopping = reports.filter((report) => stops(report, canary));
  const meant = stopping.find(({ id }) => canary.expected.includes(id)) ?? stopping[0];
  const held = reports.filter(({ id, verdict }) => {
    return verdict === 'skipped' || (canary.expected.includes(id) && verdict !== 'failed');
  });
  return {
    passed: problem === undefined && gatesPassed(reports),
    by: stopping.map(({ id }) => id),
    ...(meant && meant.verdict !== 'failed'
      ? { marked: true, reason: meant.marks.join(' ') }
      : { reason: meant?.reason ?? problem ?? held[0]?.reason ?? '' }),
  };
}

/** Made by git itself from the two trees, as any patch is. */
async function diffOf(
  { root, git, base: start }: Scratch,
  { base: before = {}, changes, links = {} }: Omit<Canary, 'id' | 'kind'>,
): Promise<{ readonly base: string; readonly diff: Uint8Array }> {
  const base = Object.keys(before).length > 0 ? await commitOf(root, git, before) : start;
  try {
    await write(root, changes);
    for (const [path, target] of Object.entries(links)) await symlink(target, join(root, path));
    await git.run(['add', '-A']);
    const diff = await git.bytes(['diff', '--cached', '--binary', '--full-index', base]);
    return { base, diff };
  } finally {
    await git.run(['reset', '-q', '--hard', start]);
    await git.run(['clean', '-qfd']);
  }
}

async function commitOf(root: string, git: Git, files: Files): Promise<string> {
  await write(root, files);
  await git.run(['add', '-A']);
  await git.run(['commit', '-q', '-m', 'What lies beside it']);
  return git.run(['rev-parse', 'HEAD']);
}
