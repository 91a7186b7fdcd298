import { parsePanic } from '../languages/go.ts';
import { isInApp } from '../languages/goFrames.ts';
import { type Grammar, type ParsedException } from '../grammar.ts';
import { dedented, failedExpectation, failure, silentFailure } from './testFailure.ts';

const maxLines = 900;
/** `--- FAIL: TestX/case (0.00s)`; gotestsum writes `=== FAIL: pkg TestX (0.00s)`. */
const failed = /^\s{0,40}(?:---|===) FAIL: (?:\S{1,300} )?(\S{1,500}) \(/;
const other = /^\s{0,40}(?:---|===) (?:PASS|SKIP|BENCH): /;
/** How gotestsum repeats results, and closes lists of them. */
const summary = /^(?:PASS|FAIL|SKIP) \S{1,500} \(|^=== (?:Failed|Skipped|Errors)$|^DONE \d/;
const running = /^=== (?:RUN|CONT|NAME|PAUSE)\s{1,4}(\S{1,500})?$/;
const packageEnd = /^(?:FAIL|ok {0,2}|\?)\s{1,4}\S{1,500}\s{1,4}(?:\(cached\)|\d|\[)/;
const place = /^\s{2,60}([\w@.+/\\-]{1,300}\.go):(\d{1,9}): ?(.{0,4000})$/;
const panicking = /^(?:panic|fatal error): /;

/** `go test`, with and without -v: what a test says stands below its result, or before it. */
export const goTests: Grammar = {
  language: 'go',
  standsAlone: true,
  hints: ['--- FAIL: ', '=== FAIL: ', '=== RUN '],
  begin(line) {
    if (!failed.test(line) && !running.test(line)) return undefined;
    let lines = 0;
    return (next) => (packageEnd.test(next) ? 'last' : ++lines > maxLines ? 'no' : 'enough');
  },
  *parse(lines) {
    const said = new Map<string, string[]>();
    const results: string[] = [];
    let current = '';
    for (const line of lines) {
      const fail = failed.exec(line);
      const run = fail ? null : running.exec(line);
      if (fail) results.push(fail[1] ?? '');
      if (fail || run) current = (fail ?? run)?.[1] ?? '';
      else if (other.test(line) || summary.test(line)) current = '';
      else {
        const known = said.get(current);
        if (known) known.push(line);
        else said.set(current, [line]);
      }
    }
    yield silentFailure('go');
    const names = new Set(results);
    for (const name of names) {
      const heard = said.get(name) ?? [];
      const failures = failuresOf(heard);
      yield* failures;
      const isParent = [...names].some((other) => other.startsWith(`${name}/`));
      if (failures.length === 0 && !isParent) yield wordless(name, heard);
    }
    const crash = lines.findIndex((line) => panicking.test(line));
    const inTest = [...names].some((name) =>
      (said.get(name) ?? []).some((line) => panicking.test(line)),
    );
    const parsed = crash >= 0 && !inTest ? parsePanic(lines.slice(crash)) : undefined;
    if (parsed) yield { ...parsed, kind: 'test', severity: 'error' };
  },
};

function failuresOf(lines: readonly string[]): ParsedException[] {
  const crash = lines.findIndex((line) => panicking.test(line));
  const panic = crash < 0 ? undefined : parsePanic(lines.slice(crash));
  const before = crash < 0 ? lines : lines.slice(0, crash);
  const places = before.flatMap((line, at) => (place.test(line) ? [at] : []));
  const asserted = places.filter((at) => /^\s+Error Trace:/.test(lines[at + 1] ?? ''));
  // What a test logs looks like what it fails with; the failure is the last, or has testify's table below.
  const failed = asserted.length > 0 ? asserted : panic ? [] : places.slice(-1);
  const failures = failed.flatMap((at) => {
    const next = places.find((other) => other > at);
    const parsed = failureAt(before.slice(at, next));
    return parsed ? [parsed] : [];
  });
  return panic ? [...failures, { ...panic, kind: 'test', severity: 'error' }] : failures;
}

function failureAt(lines: readonly string[]): ParsedException | undefined {
  const match = place.exec(lines[0] ?? '');
  if (!match) return undefined;
  const file = match[1] ?? '';
  const said = match[3] ?? '';
  const start = lines.findIndex((line) => /^\s+goroutine \d/.test(line));
  const stack = dedented(lines.slice(start).filter((line) => /^\s/.test(line)));
  const panic = /\bpanic/.test(said) ? parsePanic(stack) : undefined;
  // testify's suites recover from a panic, and print it as what the test failed with.
  if (panic) return { ...panic, kind: 'test', message: said.replace(/^test panicked: /, '') };
  const frame = { file, line: Number(match[2]), inApp: isInApp('test', file) };
  return failure('go', failedExpectation, messageOf(said, lines.slice(1)), [frame]);
}

/** A test that fails without a place: by `FailNow` in a helper, or an example by what it prints. */
function wordless(name: string, heard: readonly string[]): ParsedException {
  const printed = heard.filter((line) => /^\S/.test(line) && !packageEnd.test(line));
  const shown = printed.filter((line) => !/^(?:FAIL|PASS|exit status \d{1,3})$/.test(line));
  return failure('go', failedExpectation, [`${name} failed`, ...shown.slice(0, 10)].join('\n'), []);
}

/** testify writes a table below; others go on with deeper lines. */
function messageOf(first: string, rest: readonly string[]): string {
  const error = rest.findIndex((line) => /^\s+Error:\s+\S/.test(line));
  if (first.trim() !== '' || error < 0) {
    const end = rest.findIndex((line) => !/^\s{6,}\S/.test(line));
    return [
      first,
      ...rest.slice(0, end < 0 ? 10 : Math.min(end, 10)).map((line) => line.trim()),
    ].join('\n');
  }
  const end = rest.findIndex(
    (line, index) => index > error && /^\s+(?:Test|Messages|Error Trace):/.test(line),
  );
  return rest
    .slice(error, end < 0 ? error + 10 : end)
    .map((line) => line.replace(/^\s+(?:Error:)?\s*/, '').trimEnd())
    .join('\n');
}
