import type { Run } from './lineForm.ts';

/** By what digits are moved on. */
const steps = [3, 7, 1, 9, 2, 8, 4, 6, 5];
/** How long a number of free length is in a variant; in the first ones as long as it was. */
const lengths = [undefined, undefined, 1, 12, 3, 2, 4, 6, 9];
/** Words of hexadecimal digits that begin like others: as `ab12`, `12ab` and `1e23` do. */
const beginnings = [undefined, undefined, 'fa0', '40f', '1e5'];

/** Numbers of ways in which a variable is replaced by others, and of those that tell the most. */
export const variants: readonly number[] = steps.map((_, variant) => variant);
export const fewVariants: readonly number[] = [0, 2, 3];

/** The text with other variables in these places. */
export function withOtherRuns(text: string, runs: readonly Run[], variant: number): string {
  let changed = '';
  let at = 0;
  for (const { from, end, isFree } of runs) {
    changed += text.slice(at, from) + otherRun(text.slice(from, end), isFree, variant);
    at = end;
  }
  return changed + text.slice(at);
}

function otherRun(run: string, isFree: boolean, variant: number): string {
  const by = steps[variant] as number;
  const length = isFree ? lengths[variant] : undefined;
  if (length === 1) return run.startsWith('0x') ? '0x0' : '0';
  if (run.startsWith('0x')) return `0x${sized(movedHex(run.slice(2), by), length)}`;
  if (/^\d+$/.test(run)) {
    const moved = sized(movedDigits(run, by), length);
    // None begins with a zero that did not, for then it might be no number any more.
    return moved.startsWith('0') && moved.length > 1 ? `5${moved.slice(1)}` : moved;
  }
  if (run.includes('-')) return movedHex(run, by);
  const moved = movedHex(run, by);
  const begun = beginnings[variant] ?? '';
  const other = begun + moved.slice(begun.length);
  // With a digit and a letter, as all of its form.
  return /\d/.test(other) && /[a-f]/.test(other) ? other : `${other.slice(0, -2)}4c`;
}

function movedDigits(run: string, by: number): string {
  return run.replace(/\d/g, (digit) => `${(Number(digit) + by) % 10}`);
}

function movedHex(run: string, by: number): string {
  return run.replace(/[0-9a-f]/g, (digit) => ((Number.parseInt(digit, 16) + by) % 16).toString(16));
}

function sized(run: string, length = run.length): string {
  return run.repeat(Math.ceil(length / run.length)).slice(0, length);
}
