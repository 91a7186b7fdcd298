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

/** Reads `go test -json`, one event a line. A test that fails without a panic failed by its own check. */
export function readGoReport(source: string, root: string): Outcome | undefined {
  const events = source.split('\n').flatMap((line) => {
    const event = line.startsWith('{') ? record(parseJson(line)) : undefined;
    return event && text(event['Action']) ? [event] : [];
  });
  if (events.length === 0) return undefined;
  const output = new Map<string, string>();
  const raw: RawCase[] = [];
  const broken: string[] = [];
  for (const event of events) {
    const [pkg, test, action] = [
      text(event['Package']),
      text(event['Test']),
      text(event['Action']),
    ];
    const key = `${pkg}\0${test}`;
    if (action === 'output' || action === 'build-output') {
      output.set(key, ((output.get(key) ?? '') + text(event['Output'])).slice(-8_000));
    } else if (test && (action === 'pass' || action === 'fail' || action === 'skip')) {
      raw.push({ titles: [pkg, test], ...goStatus(action, output.get(key) ?? '') });
    } else if (!test && (action === 'build-fail' || isBuildFailure(action, output.get(key)))) {
      broken.push(`${pkg || text(event['ImportPath'])}: ${output.get(key) ?? 'did not build'}`);
    }
  }
  return { cases: toCases(raw, root), broken };
}

function isBuildFailure(action: string, output = ''): boolean {
  return action === 'fail' && /\[(build|setup) failed\]/.test(output);
}

function goStatus(action: 'pass' | 'fail' | 'skip', output: string) {
  if (action === 'pass') return { status: 'passed' as const };
  if (action === 'skip') return { status: 'skipped' as const };
  const panic = /^panic: .*$/m.exec(output)?.[0];
  return { status: 'failed' as const, message: `${panic ?? 'AssertionError:'}\n${output}` };
}

const cargoStatuses: Readonly<Record<string, TestStatus>> = {
  ok: 'passed',
  FAILED: 'failed',
  ignored: 'skipped',
};

/** Reads what `cargo test` prints; stable cargo has no other format. */
export function readCargoOutput(source: string, root: string): Outcome | undefined {
  if (!/^running \d+ tests?$/m.test(source)) {
    return /^error(\[E\d+\])?:/m.test(source)
      ? { cases: [], broken: [source.slice(-4_000)] }
      : undefined;
  }
  const raw: RawCase[] = [];
  for (const line of source.split('\n')) {
    const [, name, word] =
      /^test (.{1,500}?)(?: - should panic)? \.\.\. (ok|FAILED|ignored)/.exec(line) ?? [];
    const status = cargoStatuses[word ?? ''];
    if (!name || !status) continue;
    const message = status === 'failed' ? cargoMessage(source, name) : undefined;
    raw.push({ titles: [name], status, message });
  }
  return { cases: toCases(raw, root), broken: [] };
}

function cargoMessage(source: string, name: string): string {
  const start = source.indexOf(`---- ${name} stdout ----`);
  if (start < 0) return '';
  const body = source.slice(start, start + 4_000).split('stack backtrace:')[0] ?? '';
  const said = /panicked at [^\n]*\n([\s\S]*)/.exec(body)?.[1]?.trim() ?? body;
  return /^assertion\b/.test(said) ? `AssertionError: ${said}` : `panic: ${said}`;
}

/** Reads the report our own unittest runner writes (see python.ts). */
export function readUnittestReport(source: string, root: string): Outcome | undefined {
  const report = record(parseJson(source));
  if (!report || !Array.isArray(report['tests'])) return undefined;
  const tests = records(report['tests']);
  const isBroken = (test: Readonly<Record<string, unknown>>) =>
    text(test['name']).startsWith('unittest.loader._FailedTest');
  return {
    cases: toCases(
      tests
        .filter((test) => !isBroken(test))
        .map((test) => ({
          titles: [text(test['name'])],
          file: text(test['file']) || undefined,
          status: text(test['status']) as TestStatus,
          message: text(test['message']),
        })),
      root,
    ),
    broken: tests.filter(isBroken).map((test) => text(test['message'])),
  };
}
