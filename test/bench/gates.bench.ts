import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench, Figure } from './bench.ts';
import { isCaught, isWanted, judgeAll, type Judged, percent } from './judging.ts';
import { javascriptPrograms } from './programs/javascript.ts';
import type { Program } from './programs/program.ts';
import { pythonPrograms } from './programs/python.ts';
import { rightPatch, wrongPatches } from './programs/wrongPatches.ts';

/** Cores are few; runs that wait for each other would be taken for ones that hang. */
const sideBySide = 2;

/** Right patches and wrong ones of many kinds. */
export const bench: Bench = {
  title: 'Gates over small programs',
  async run(report) {
    const programs = [...javascriptPrograms, ...pythonPrograms].filter(({ name }) =>
      isWanted('PATCHWRIGHT_BENCH_PROGRAMS', name),
    );
    const root = mkdtempSync(join(tmpdir(), 'pw-bench-gates-'));
    try {
      const judged: Judged[] = [];
      // One after another: what they take is told, too.
      for (const [turn, program] of programs.entries()) {
        judged.push(...(await judgeAll(join(root, `right-${turn}`), program, rightOf(program))));
      }
      const waiting = programs.map((program, turn) => ({ program, turn }));
      const work = async (): Promise<void> => {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          const { program, turn } = next;
          const patches = wrongPatches(program, turn).filter(isWantedKind);
          judged.push(...(await judgeAll(join(root, String(turn)), program, patches)));
        }
      };
      await Promise.all(Array.from({ length: sideBySide }, work));
      tell(judged, programs.length, report);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
};

function rightOf(program: Program) {
  return [rightPatch(program)].filter(isWantedKind);
}

function isWantedKind({ kind }: { readonly kind: string }): boolean {
  return isWanted('PATCHWRIGHT_BENCH_KINDS', kind);
}

function tell(judged: readonly Judged[], programs: number, report: (figure: Figure) => void): void {
  const right = judged.filter(({ kind }) => kind === 'right');
  const wrong = judged.filter(({ kind }) => kind !== 'right');
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
  const all = percent(wrong.filter(isCaught).length, wrong.length);
  report({ what: 'wrong stopped or marked', value: all, target: 99, ...larger });
  for (const kind of new Set(wrong.map((one) => one.kind))) {
    const these = wrong.filter((one) => one.kind === kind);
    const stopped = these.filter(({ passed }) => !passed).length;
    report({ what: `${kind}: stopped`, value: percent(stopped, these.length), ...larger });
    const value = percent(these.filter(isCaught).length, these.length);
    report({ what: `${kind}: stopped or marked`, value, ...larger });
  }
  const overheads = passing.map(({ overheadMs }) => overheadMs).sort((a, b) => a - b);
  const median = overheads[Math.floor(overheads.length / 2)] ?? 0;
  report({
    what: 'gates beyond their test runs, median of right ones judged alone',
    value: median,
    unit: 'ms',
    target: 1000,
  });
  const lines = [
    ...right
      .filter(({ passed }) => !passed)
      .map((one) => `right refused: ${one.program}: ${one.reasons.join(' ')}`),
    ...marked.map((one) => `right marked: ${one.program}: ${one.marks.join(' | ')}`),
    ...wrong
      .filter((one) => !isCaught(one))
      .map((one) => `not stopped: ${one.program}: ${one.kind}`),
  ];
  console.log(`\n${lines.map((line) => `- ${line}`).join('\n')}`);
}
