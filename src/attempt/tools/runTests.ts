import { stripVTControlCharacters } from 'node:util';
import * as z from 'zod/mini';
import { redact } from '../../core/secrets.ts';
import type { TestRun } from '../../core/testRun.ts';
import { cutMiddle, maxResultChars } from './output.ts';
import { locateForReading, unreadable } from './paths.ts';
import { defineTool, failed } from './tool.ts';

const maxFailures = 20;
const maxMessageChars = 600;

export const runTests = defineTool({
  name: 'run_tests',
  description:
    'Runs the given test files, or the whole suite, and gives the verdict and the output.',
  readOnly: false,
  failureAnswers: true,
  input: z.object({
    files: z
      .optional(z.array(z.string().check(z.minLength(1))).check(z.maxLength(20)))
      .check(z.describe('Test files, relative to the repository; left out: the whole suite.')),
  }),
  detail: ({ files }) => files?.join(' ') ?? 'whole suite',

  async run({ files }, { root, tests }, signal) {
    if (!tests) {
      return failed('No test command is known for this repository. Work without running tests.');
    }
    const found: string[] = [];
    for (const file of files ?? []) {
      const place = await locateForReading(root, file);
      if (!place.ok) return unreadable(file, place.reason);
      found.push(place.path);
    }
    const run = files ? await tests.files(root, found, signal) : await tests.all(root, signal);
    return { ok: run.verdict === 'passed', text: describeRun(run, root) };
  },
});

/** Deterministic for the same outcome: no times, no paths of this machine. */
export function describeRun(run: TestRun, root: string): string {
  const cases = run.cases ?? [];
  const count = (status: string) => cases.filter((one) => one.status === status).length;
  const failures = cases.filter((one) => one.status === 'failed');
  const head = [
    `Verdict: ${verdicts[run.verdict]} (exit code ${run.exitCode ?? 'none'}).`,
    ...(run.cases
      ? [`${count('passed')} passed, ${failures.length} failed, ${count('skipped')} skipped.`]
      : []),
    ...failures
      .slice(0, maxFailures)
      .map((one) => `- ${one.name}: ${clean(one.message ?? '', root).slice(0, maxMessageChars)}`),
    ...(failures.length > maxFailures ? [`- and ${failures.length - maxFailures} more`] : []),
  ].join('\n');
  const shown = cutMiddle(head, maxResultChars / 2);
  const output = cutMiddle(clean(run.output, root), maxResultChars - shown.length - 100);
  return `${shown}\nOutput:\n${output}`;
}

/** Redacted before it is cut: half a secret is no longer recognised. */
function clean(text: string, root: string): string {
  return redact(stripVTControlCharacters(text).replaceAll(root, '.').trim());
}

const verdicts: Readonly<Record<TestRun['verdict'], string>> = {
  passed: 'passed',
  failed: 'failed',
  error:
    'the run broke before any test could decide (an import or syntax error, a missing command)',
  timeout: 'did not end within the time limit and was stopped',
  no_tests: 'no test ran',
};
