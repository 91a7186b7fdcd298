import type { Patch } from '../core/attempt.ts';
import { type GateReport, gatesPassed } from '../core/gate.ts';
import type { Confidence } from '../core/patchRequest.ts';
import { passedTests, plural } from './finding.ts';

/** What each kind of evidence can add; together 1. */
const weights = {
  gates: 0.35,
  reproduction: 0.2,
  suite: 0.15,
  coverage: 0.1,
  size: 0.1,
  tries: 0.05,
  history: 0.05,
} as const;
/** As many passing tests as make a suite count in full. */
const fullSuite = 50;
/** Changed lines up to which a patch counts as small, and from which it adds nothing. */
const [smallPatch, largePatch] = [20, 300];
/** What each finding that the reviewer must see takes away, and all of them at most. */
const [perMark, allMarks] = [0.05, 0.25];

/** Decided patches of tickets alike that make their history count in full. */
const fullHistory = 5;

/** What became of patches for tickets of the same kind. */
export interface History {
  readonly landed: number;
  /** Rejected or rolled back. */
  readonly refused: number;
}

/**
 * How much the executed evidence says for a patch, 0–1, as a sum of parts. A person's aid for ordering
 * requests, not a probability. 0 when a gate did not pass.
 */
export function confidenceOf(input: {
  readonly patch: Pick<Patch, 'files'>;
  readonly reports: readonly GateReport[];
  /** How often the attempt handed in before the gates passed, the last time included. */
  readonly submissions: number;
  readonly history?: History;
  /** The model's own, 0–1: words are no evidence, so it can only lower the value. */
  readonly estimate?: number | undefined;
}): Confidence {
  const { patch, reports, submissions, history, estimate } = input;
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
      `suite of ${plural(tests, 'test')}`,
      weights.suite * Math.min(1, Math.log1p(tests) / Math.log1p(fullSuite)),
    ),
    coveragePart(reports),
    part(plural(lines, 'changed line'), weights.size * smallness(lines)),
    part(
      submissions <= 1 ? 'first try' : `try ${submissions}`,
      weights.tries / Math.max(1, submissions),
    ),
    historyPart(history),
    ...(marks > 0
      ? [part(`${plural(marks, 'finding')} to look at`, -Math.min(allMarks, marks * perMark))]
      : []),
  ];
  const sum = rounded(clamped(parts.reduce((total, { value }) => total + value, 0)));
  if (estimate === undefined || !(clamped(estimate) < sum)) return { value: sum, parts };
  const lower = rounded(clamped(estimate));
  return { value: lower, parts: [...parts, part("the model's own estimate", lower - sum)] };
}

/** `11 of 12 changed lines covered`, of the gate that measures it. */
function coveragePart(reports: readonly GateReport[]): Confidence['parts'][number] {
  const gate: string = 'coverage';
  const report = reports.find(({ id, verdict }) => id === gate && verdict === 'passed');
  const [said, covered, all] =
    /(\d{1,7}) of (\d{1,7}) changed lines? covered/.exec(report?.reason ?? '') ?? [];
  if (said === undefined || !(Number(all) > 0)) return part('coverage was not measured', 0);
  return part(said, weights.coverage * clamped(Number(covered) / Number(all)));
}

function historyPart({ landed, refused }: History = { landed: 0, refused: 0 }) {
  const decided = landed + refused;
  if (decided === 0) return part('no patch of this kind was decided yet', 0);
  const weight = weights.history * Math.min(1, decided / fullHistory);
  return part(`${landed} of ${decided} patches of this kind landed`, (weight * landed) / decided);
}

function clamped(value: number): number {
  return Math.min(1, Math.max(0, value));
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
