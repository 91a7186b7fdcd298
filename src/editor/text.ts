import type { Moment } from '../shared/protocol.ts';
import { msg, t } from './l10n.ts';

/** Words and numbers for people. Pure; nothing here knows the editor. */

/** `$(name)` would be drawn as an icon in status bars and quick picks: text from outside must not do that. */
export function withoutIcons(text: string): string {
  return text.replaceAll('$(', '$ (');
}

/** Notifications turn `[text](command:…)` into links that act: text from outside must not do that. */
export function withoutLinks(text: string): string {
  return text.replaceAll('](', '] (');
}

export function shorten(text: string, maxChars: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= maxChars ? line : `${line.slice(0, maxChars - 1)}…`;
}

/** For input boxes: what is wrong with the text, if anything. */
export function required(text: string): string | undefined {
  return text.trim() === '' ? t('A few words, please.') : undefined;
}

/** Of what is counted: one of it, and several. Languages without plurals say the same twice. */
const counted = {
  attempt: [msg('{0} attempt'), msg('{0} attempts')],
  file: [msg('{0} file'), msg('{0} files')],
  line: [msg('{0} line'), msg('{0} lines')],
  'malformed record': [msg('{0} malformed record'), msg('{0} malformed records')],
  'more ticket': [msg('{0} more ticket'), msg('{0} more tickets')],
  'new ticket': [msg('{0} new ticket'), msg('{0} new tickets')],
  patch: [msg('{0} patch'), msg('{0} patches')],
  'patch request': [msg('{0} patch request'), msg('{0} patch requests')],
  problem: [msg('{0} problem'), msg('{0} problems')],
  step: [msg('{0} step'), msg('{0} steps')],
  ticket: [msg('{0} ticket'), msg('{0} tickets')],
  value: [msg('{0} value'), msg('{0} values')],
  time: [msg('{0} time'), msg('{0} times')],
} as const;

export function plural(count: number, noun: keyof typeof counted): string {
  return t(counted[noun][count === 1 ? 0 : 1], count.toLocaleString('en'));
}

const [minuteMs, hourMs, dayMs] = [60_000, 3_600_000, 86_400_000] as const;

const steps = [
  { words: msg('{0} min ago'), ms: minuteMs },
  { words: msg('{0} h ago'), ms: hourMs },
  { words: msg('{0} d ago'), ms: dayMs },
] as const;

/** `just now`, `2 min ago`, `3 h ago`, `4 d ago`. */
export function ago(at: string, now: Date): string {
  const passed = now.getTime() - Date.parse(at);
  if (Number.isNaN(passed)) return '';
  const step = steps.findLast(({ ms }) => passed >= ms);
  return step ? t(step.words, Math.floor(passed / step.ms)) : t('just now');
}

/** `2026-11-20 09:58:00 UTC`: exact, for where `ago` is too vague. */
export function exactly(at: string): string {
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) return at;
  return `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

const pairs = [
  { words: msg('{0} d {1} h'), large: dayMs, small: hourMs },
  { words: msg('{0} h {1} min'), large: hourMs, small: minuteMs },
  { words: msg('{0} min {1} s'), large: minuteMs, small: 1000 },
] as const;

/** `12 ms`, `1.8 s`; longer ones in two units: `1 min 1 s`, `3 h 26 min`, `2 d 4 h`. */
export function duration(ms: number): string {
  if (ms < 1000) return t('{0} ms', Math.round(ms));
  const rounded = (unit: number): number => Math.round(ms / unit) * unit;
  const pair = pairs.find(({ large, small }) => rounded(small) >= large);
  if (!pair) return t('{0} s', (ms / 1000).toFixed(1));
  const { words, large, small } = pair;
  const whole = rounded(small);
  return t(words, Math.floor(whole / large), (whole % large) / small);
}

/** For pages: in a few words, with the exact time at hand. */
export function moment(at: string, now: Date): Moment {
  return { words: ago(at, now), exact: exactly(at) };
}

export function dollars(usd: number | undefined): string | undefined {
  return usd === undefined ? undefined : `$${usd.toFixed(2)}`;
}

/** Joins what there is with the dot that VS Code's own views use. */
export function dotted(parts: readonly (string | undefined)[]): string {
  return parts.filter(Boolean).join(' · ');
}

/** `+42 −7`; binary files have no counts. */
export function changes(added: number, removed: number): string {
  return added < 0 ? t('binary') : `+${added} −${removed}`;
}
