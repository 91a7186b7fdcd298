import { millisecondsPer } from './units.ts';

/** Units of time as programs write them, the longer ones first. */
const unit =
  'milliseconds|millisecond|millis|msec|ms|microseconds|microsecond|micros|[µμ]s|us|nanoseconds|nanosecond|nanos|ns|seconds|second|secs|sec|s|minutes|minute|mins|min';
const number = '\\d{1,3}(?:,\\d{3}){1,3}(?:\\.\\d{1,9})?|\\d{1,15}(?:[.,]\\d{1,9})?';
const clock = '\\d{1,3}:\\d\\d:\\d\\d(?:[.,]\\d{1,9})?';
/** As ISO 8601 has it; as Go prints it, and people. */
const composed = [
  'PT(?:\\d{1,4}H)?(?:\\d{1,6}M)?(?:\\d{1,9}(?:\\.\\d{1,9})?S)?',
  '(?:\\d{1,4}\\s?h(?:ours?)?,?\\s?)?\\d{1,4}\\s?m(?:in(?:ute)?s?)?,?\\s?\\d{1,2}(?:\\.\\d{1,9})?\\s?s(?:ec(?:ond)?s?)?',
].join('|');
const simple = `(?:${number})\\s?(?:${unit})`;
const end = '(?!\\w|:\\d)';

/** Sources of patterns: a time with its unit; that or a clock's; or a number alone. */
export const timeWithUnit = `(?:${composed}|${simple})${end}`;
export const timeOrClock = `(?:${composed}|${clock}|${simple})${end}`;
export const timeOrNumber = `(?:${composed}|${clock}|(?:${number})(?:\\s?(?:${unit}))?)${end}`;

const plainTime = new RegExp(`^(${number})\\s?([a-zµμ]{0,15})$`, 'i');
const clockTime = /^(\d{1,3}):(\d\d):(\d\d(?:\.\d{1,9})?)$/;
const parts =
  /^(?:PT)?(?:(\d{1,4})h[ours]{0,4})?(?:(\d{1,6})m[inutes]{0,6})?(?:(\d{1,9}(?:\.\d{1,9})?)s[econds]{0,6})?$/i;

/** Milliseconds of a time as the patterns above find it; undefined for what is none. */
export function inMs(text: string, usualUnit: string): number | undefined {
  const plain = plainTime.exec(text);
  if (plain) {
    const factor = millisecondsPer(plain[2] === '' ? usualUnit : (plain[2] ?? ''));
    return factor === undefined ? undefined : numberIn(plain[1] ?? '') * factor;
  }
  const whole =
    clockTime.exec(text.replace(',', '.')) ?? parts.exec(text.replace(/[\s,]{1,3}/g, ''));
  if (!whole || whole.slice(1).every((part) => part === undefined)) return undefined;
  const [hours = 0, minutes = 0, seconds = 0] = whole.slice(1).map((part) => Number(part ?? 0));
  return 1_000 * (3_600 * hours + 60 * minutes + seconds);
}

/** A comma before three digits parts thousands, but not behind a nought. */
function numberIn(digits: string): number {
  const isParted = /^[1-9]\d{0,2}(?:,\d{3}){1,3}(?:\.|$)/.test(digits);
  return Number(isParted ? digits.replaceAll(',', '') : digits.replace(',', '.'));
}
