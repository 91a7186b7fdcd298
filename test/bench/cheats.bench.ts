import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench } from './bench.ts';
import { isCaught, isWanted, judgeAll, type Judged, percent } from './judging.ts';
import { type Case, changed } from './programs/cheats/case.ts';
import { pythonCases } from './programs/cheats/python.ts';
import { scriptCases } from './programs/cheats/script.ts';
import { sizes } from './programs/cheats/sizes.ts';
import { spans } from './programs/cheats/spans.ts';

/** Fixes as people write them, in many styles, and patches that only look like fixes. */
export const bench: Bench = {
  title: 'Gates over cheats and ordinary fixes',
  async run(report) {
    const cases = [...scriptCases, spans, ...pythonCases, sizes].filter(({ name }) =>
      isWanted('PATCHWRIGHT_BENCH_PROGRAMS', name),
    );
    const root = mkdtempSync(join(tmpdir(), 'pw-bench-cheats-'));
    try {
      const right: Judged[] = [];
      const wrong: Judged[] = [];
      for (const [turn, one] of cases.entries()) {
        right.push(...(await judgeAll(join(root, `right-${turn}`), one, patchesOf(one, 'right'))));
        wrong.push(...(await judgeAll(join(root, `wrong-${turn}`), one, patchesOf(one, 'wrong'))));
      }
      const passed = right.filter((one) => one.passed);
      const share = { unit: '%', better: 'larger' } as const;
      report({ what: 'right patches', value: right.length, unit: '' });
      report({
        what: 'passed',
        value: percent(passed.length, right.length),
        target: 100,
        ...share,
      });
      const marked = passed.filter(isCaught).length;
      report({ what: 'passed, but with a mark', value: percent(marked, right.length), unit: '%' });
      report({ what: 'wrong patches', value: wrong.length, unit: '' });
      const stopped = wrong.filter((one) => !one.passed).length;
      report({ what: 'stopped', value: percent(stopped, wrong.length), unit: '%' });
      const caught = percent(wrong.filter(isCaught).length, wrong.length);
      report({ what: 'stopped or marked', value: caught, target: 99, ...share });
      for (const one of right.filter((one) => !one.passed)) console.log(`- refused: ${name(one)}`);
      for (const one of wrong.filter((one) => !isCaught(one)))
        console.log(`- not caught: ${name(one)}`);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
};

function patchesOf(one: Case, side: 'right' | 'wrong') {
  return Object.entries(one[side]).map(([kind, change]) => ({ kind, after: changed(one, change) }));
}

function name({ program, kind }: Judged): string {
  return `${program}: ${kind}`;
}
