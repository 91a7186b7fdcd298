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
  return text.trim() === '' ? 'A few words, please.' : undefined;
}

export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

const steps = [
  { unit: 'min', ms: 60_000 },
  { unit: 'h', ms: 3_600_000 },
  { unit: 'd', ms: 86_400_000 },
] as const;

/** `just now`, `2 min ago`, `3 h ago`, `4 d ago`. */
export function ago(at: string, now: Date): string {
  const passed = now.getTime() - Date.parse(at);
  if (Number.isNaN(passed)) return '';
  const step = steps.findLast(({ ms }) => passed >= ms);
  return step ? `${Math.floor(passed / step.ms)} ${step.unit} ago` : 'just now';
}

/** `2026-11-20 09:58:00 UTC`: exact, for where `ago` is too vague. */
export function exactly(at: string): string {
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) return at;
  return `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 60_000
    ? `${(ms / 1000).toFixed(1)} s`
    : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
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
  return added < 0 ? 'binary' : `+${added} −${removed}`;
}
