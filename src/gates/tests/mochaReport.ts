import type { TestStatus } from '../../core/testRun.ts';
import {
  type Outcome,
  parseJson,
  type RawCase,
  record,
  records,
  text,
  toCases,
} from './outcome.ts';

/** Reads mocha's own `json` reporter. undefined: it is not such a report. */
export function readMochaReport(source: string, root: string): Outcome | undefined {
  const report = record(parseJson(source));
  if (!report || !record(report['stats'])) return undefined;
  const of = (key: string, status: TestStatus) =>
    records(report[key]).flatMap((test) => toRaw(test, status));
  const raw = [...of('passes', 'passed'), ...of('failures', 'failed'), ...of('pending', 'skipped')];
  return { cases: toCases(raw, root), broken: [] };
}

function toRaw(test: Readonly<Record<string, unknown>>, status: TestStatus): readonly RawCase[] {
  const title = text(test['title']);
  const full = text(test['fullTitle']);
  const suite = full.endsWith(title) ? full.slice(0, full.length - title.length).trim() : full;
  const file = text(test['file']);
  const message = status === 'failed' ? messageOf(record(test['err'])) : '';
  return [{ titles: [suite, title], file: file || undefined, status, message }];
}

function messageOf(error: Readonly<Record<string, unknown>> | undefined): string {
  const message = text(error?.['message']);
  const stack = text(error?.['stack']);
  const named = stack.includes(message.split('\n')[0] ?? '') ? stack : `${message}\n${stack}`;
  const code = text(error?.['code']);
  return code && !named.includes(code) ? `${named}\n[${code}]` : named;
}
