import { stripVTControlCharacters } from 'node:util';
import type { TestStatus } from '../../core/testRun.ts';
import {
  list,
  type Outcome,
  parseJson,
  type RawCase,
  record,
  records,
  text,
  toCases,
} from './outcome.ts';

const statuses: Readonly<Record<string, TestStatus>> = {
  passed: 'passed',
  failed: 'failed',
  pending: 'skipped',
  skipped: 'skipped',
  todo: 'skipped',
  disabled: 'skipped',
};

/** Reads jest's `--json` file; vitest writes the same. undefined: it is not such a report. */
export function readJestReport(source: string, root: string): Outcome | undefined {
  const report = record(parseJson(source));
  if (!report || !Array.isArray(report['testResults'])) return undefined;
  const files = records(report['testResults']);
  return {
    cases: toCases(files.flatMap(casesOf), root),
    broken: files.filter(isBroken).map((file) => plain(text(file['message'])) || 'did not load'),
  };
}

/** A file that failed without a failed test broke while it was loaded. */
function isBroken(file: Readonly<Record<string, unknown>>): boolean {
  const failed = records(file['assertionResults']).some((test) => test['status'] === 'failed');
  return file['status'] === 'failed' && !failed;
}

function casesOf(file: Readonly<Record<string, unknown>>): readonly RawCase[] {
  return records(file['assertionResults']).flatMap((test) => {
    const status = statuses[text(test['status'])];
    if (!status) return [];
    return {
      titles: [...list(test['ancestorTitles']).map(text), text(test['title'])],
      file: text(file['name']) || undefined,
      status,
      message: plain(list(test['failureMessages']).map(text).join('\n')),
    };
  });
}

function plain(message: string): string {
  return stripVTControlCharacters(message);
}
