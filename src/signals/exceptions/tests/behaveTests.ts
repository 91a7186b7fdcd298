import { frameAt } from './pythonTests.ts';
import type { Grammar } from '../grammar.ts';
import { failedExpectation, failure } from './testFailure.ts';

/** `    Then the total is 5    # features/steps/cart.py:26`, perhaps with the time it took. */
const step = /\s#\s(\S.{0,1000}?\.py):(\d{1,9})(?: \d{1,6}\.\d{1,6}s)?\s*$/;
/** Its plain form gives no place. */
const plainStep = /^\s{2,12}\S.{0,1000} \.{3} failed(?: in \d{1,6}\.\d{1,6}s)?$/;
const failed = /^\s{0,12}(?:Assertion Failed|ASSERT FAILED): (.{1,4000})$/;

/** behave: of an assertion with a message no traceback is shown, only the step above. */
export const behaveTests: Grammar = {
  language: 'python',
  standsAlone: true,
  hints: ['Assertion Failed: ', 'ASSERT FAILED: '],
  takesLineAbove: () => true,
  begin: (line) => (failed.test(line) ? () => 'no' : undefined),
  saysEnough: () => true,
  *parse(lines) {
    const message = failed.exec(lines.at(-1) ?? '')?.[1];
    const above = lines.at(-2) ?? '';
    const place = step.exec(above);
    if (message === undefined || !(place || plainStep.test(above))) return;
    const frames = place ? [frameAt(place[1] ?? '', place[2])] : [];
    yield failure('python', failedExpectation, message, frames);
  },
};
