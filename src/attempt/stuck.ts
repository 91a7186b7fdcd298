/** Finds loops in what a model does, from the calls alone: equal calls with nothing between change nothing. */

const repeats = 3;
const alternations = 3;
const sameErrors = 4;

/** One step: what was called, and the first error that came of it. */
export interface StepTrace {
  readonly calls: string;
  readonly error: string | undefined;
}

/** Why the last steps are a loop, or undefined. */
export function findLoop(steps: readonly StepTrace[]): string | undefined {
  const calls = steps.map((step) => step.calls);
  if (isPeriodic(calls, 1, repeats)) return `the same tool call was made ${repeats} times in a row`;
  if (isPeriodic(calls, 2, alternations)) {
    return `it went back and forth between the same two calls ${alternations} times`;
  }
  const errors = steps.slice(-sameErrors).map((step) => step.error);
  if (errors.length === sameErrors && errors[0] !== undefined && new Set(errors).size === 1) {
    return `the same error came ${sameErrors} times in a row`;
  }
  return undefined;
}

/** Whether the end of the list is one pattern of `period` items, `times` times. */
function isPeriodic(items: readonly string[], period: number, times: number): boolean {
  const end = items.slice(-period * times);
  return end.length === period * times && end.every((item, index) => item === end[index % period]);
}
