import { stripVTControlCharacters } from 'node:util';
import type { GateId, Verdict } from '../core/gate.ts';
import { redact } from '../core/secrets.ts';
import type { TestRun } from '../core/testRun.ts';
import type { GateFinding } from './context.ts';

const maxOutputChars = 20_000;
const maxLineChars = 400;
const maxLines = 60;

interface Details {
  readonly evidence?: readonly string[];
  readonly marks?: readonly string[];
  readonly output?: string;
}

export function passed(reason: string, details?: Details): GateFinding {
  return finding('passed', reason, details);
}

export function failed(reason: string, details?: Details): GateFinding {
  return finding('failed', reason, details);
}

export function skipped(reason: string): GateFinding {
  return finding('skipped', reason);
}

export function switchedOff(id: GateId): GateFinding {
  return finding('not_configured', `Switched off by patchwright.gates.${id}.enabled.`);
}

/** This workspace has nothing for the gate to judge. */
export function notConfigured(reason: string, details?: Details): GateFinding {
  return finding('not_configured', reason, details);
}

/** Everything here may quote a patch or a test: masked, one line each, bounded. */
function finding(verdict: Verdict, reason: string, details: Details = {}): GateFinding {
  return {
    verdict,
    reason: oneLine(reason),
    evidence: lines(details.evidence ?? []),
    marks: lines(details.marks ?? []),
    output: tail(redact(plain(details.output ?? ''))),
  };
}

function lines(texts: readonly string[]): readonly string[] {
  const shown = texts.slice(0, maxLines).map(oneLine);
  return texts.length > maxLines ? [...shown, `… and ${texts.length - maxLines} more.`] : shown;
}

function oneLine(text: string): string {
  const line = redact(
    plain(text.slice(0, 10 * maxLineChars))
      .replace(/\s+/g, ' ')
      .trim(),
  );
  return line.length > maxLineChars ? `${line.slice(0, maxLineChars)}…` : line;
}

/** What a failure says, without its stack. */
export function firstWords(message = ''): string {
  return oneLine(message.split(/\n\s+at /)[0] ?? '');
}

function plain(text: string): string {
  const printable = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;
  return stripVTControlCharacters(text).replace(printable, (c) =>
    /[\n\t]/.test(c) ? c : '\ufffd',
  );
}

function tail(text: string): string {
  return text.length > maxOutputChars ? `[…]\n${text.slice(-maxOutputChars)}` : text;
}

/** `npm test: failed, 3 passed, 1 failed, 0 skipped (1.2 s)`. */
export function runLine(label: string, run: TestRun): string {
  const count = (status: string): number =>
    run.cases?.filter((test) => test.status === status).length ?? 0;
  const counts = run.cases
    ? `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`
    : `exit code ${run.exitCode ?? 'none'}`;
  return `${label}: ${counts} (${(run.durationMs / 1000).toFixed(1)} s)`;
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The largest number of passing tests that a report's run lines tell of. */
export function passedTests(report: { readonly evidence: readonly string[] }): number {
  const counts = report.evidence.flatMap((line) => /: (\d+) passed, /.exec(line)?.[1] ?? []);
  return Math.max(0, ...counts.map(Number));
}
