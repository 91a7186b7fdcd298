import type { Severity } from '../../../core/signal.ts';

/** What a logger thought of its line; `none` is below a warning. */
export type Level = Severity | 'none';

const fatal = /^(?:fatal|critical|crit|emerg|emergency|alert|panic|dpanic|pnc|ftl|f)$/;
const error = /^(?:error|err|severe|schwerwiegend|grave|eror|erro|failure|fail|e)$/;
const warning = /^(?:warn|warning|warnung|avertissement|advertencia|avvertenza|wrn|w)$/;
const quiet =
  /^(?:info|information|infos|informazioni|notice|debug|trace|verbose|silly|http|success|fine|finer|finest|config|default|log|inf|dbg|vrb|trc|i|d|v|t)$/;

export function levelOf(word: string): Level | undefined {
  const text = word.toLowerCase();
  if (error.test(text)) return 'error';
  if (fatal.test(text)) return 'fatal';
  if (warning.test(text)) return 'warning';
  return quiet.test(text) ? 'none' : undefined;
}

/** pino and bunyan count upwards from trace 10 to fatal 60. */
export function numericLevel(value: number): Level | undefined {
  if (value >= 60 && value < 100) return 'fatal';
  if (value >= 50 && value < 60) return 'error';
  if (value >= 40 && value < 50) return 'warning';
  return value >= 10 && value < 40 ? 'none' : undefined;
}

/** Of a syslog priority: facility times eight and the severity, 0 for an emergency to 7. */
export function syslogLevel(priority: number): Level | undefined {
  if (!Number.isInteger(priority) || priority < 0 || priority > 191) return undefined;
  const severity = priority % 8;
  if (severity <= 2) return 'fatal';
  return severity === 3 ? 'error' : severity === 4 ? 'warning' : 'none';
}

const rank: Readonly<Record<Level, number>> = { none: 0, warning: 1, error: 2, fatal: 3 };

export function isAtLeast(level: Level | undefined, floor: Level): boolean {
  return level !== undefined && rank[level] >= rank[floor];
}
