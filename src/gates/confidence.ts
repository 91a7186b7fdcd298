import type { Patch } from '../core/attempt.ts';
import { type GateReport, gatesPassed } from '../core/gate.ts';
import type { Confidence } from '../core/patchRequest.ts';
import { passedTests } from './finding.ts';

/** What each kind of evidence can add; together 1. */
const weights = { gates: 0.4, reproduction: 0.2, suite: 0.2, size: 0.1, tries: 0.1 } as const;
/** As many passing tests as make a suite count in full. */
const fullSuite = 50;
/** Changed lines up to which a patch counts as small, and from which it adds nothing. */
const [smallPatch, largePatch] = [20, 300];
/** What each finding that the reviewer must see takes away, and all of them at most. */
const [perMark, allMarks] = [0.05, 0.25];

/**
 * How much the executed evidence says for a patch, 0–1, as a sum of parts. A person's aid for ordering
 * requests, not a probability. 0 when a gate did not pass.
 */
export function confidenceOf(input: {
  readonly patch: Pick<Patch, 'files'>;
  readonly reports: readonly GateReport[];
  /** How often the attempt handed in before the gates passed, the last time included. */
  readonly submissions: number;
}): Confidence {
  const { patch, reports, submissions } = input;
  if (!gatesPassed(reports))
    return { value: 0, parts: [{ label: 'a gate did not pass', value: 0 }] };
  const reproduced = reports.some((r) => r.id === 'reproduction' && r.verdict === 'passed');
  const tests = Math.max(0, ...reports.filter((r) => r.id === 'suite').map(passedTests));
  const lines = patch.files.reduce(
    (sum, f) => sum + Math.max(0, f.added) + Math.max(0, f.removed),
    0,
  );
  const marks = reports.reduce((sum, r) => sum + r.marks.length, 0);
  const parts = [
    part('every gate passed', weights.gates),
    part('test fails without the patch, passes with it', reproduced ? weights.reproduction : 0),
    part(
      `suite of ${tests} tests`,
      weights.suite * Math.min(1, Math.log1p(tests) / Math.log1p(fullSuite)),
    ),
    part(`${lines} changed lines`, weights.size * smallness(lines)),
    part(
      submissions <= 1 ? 'first try' : `try ${submissions}`,
      weights.tries / Math.max(1, submissions),
    ),
    ...(marks > 0
      ? [part(`${marks} findings to look at`, -Math.min(allMarks, marks * perMark))]
      : []),
  ];
  const sum = parts.reduce((total, { value }) => total + value, 0);
  return { value: rounded(Math.min(1, Math.max(0, sum))), parts };
}

function smallness(lines: number): number {
  return Math.min(1, Math.max(0, (largePatch - lines) / (largePatch - smallPatch)));
}

function part(label: string, value: number): Confidence['parts'][number] {
  return { label, value: rounded(value) };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
