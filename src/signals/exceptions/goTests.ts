import { type Grammar, type ParsedException } from './grammar.ts';
import { isInApp, parsePanic } from './go.ts';
import { failedExpectation, failure, silentFailure } from './testFailure.ts';

const maxLines = 900;
/** `--- FAIL: TestX/case (0.00s)`; gotestsum writes `=== FAIL: pkg TestX (0.00s)`. */
const failed = /^\s{0,40}(?:---|===) FAIL: (?:\S{1,300} )?(\S{1,500}) \(/;
const other = /^\s{0,40}--- (?:PASS|SKIP|BENCH): /;
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
      else if (other.test(line)) current = '';
      else {
        const known = said.get(current);
        if (known) known.push(line);
        else said.set(current, [line]);
      }
    }
    yield silentFailure('go');
    for (const name of new Set(results)) {
      const parsed = failureOf(said.get(name) ?? []);
      if (parsed) yield parsed;
    }
    const crash = lines.findIndex((line) => panicking.test(line));
    const inTest = [...new Set(results)].some((name) =>
      (said.get(name) ?? []).some((line) => panicking.test(line)),
    );
    const parsed = crash >= 0 && !inTest ? parsePanic(lines.slice(crash)) : undefined;
    if (parsed) yield { ...parsed, kind: 'test', severity: 'error' };
  },
};

function failureOf(lines: readonly string[]): ParsedException | undefined {
  const crash = lines.findIndex((line) => panicking.test(line));
  const panic = crash < 0 ? undefined : parsePanic(lines.slice(crash));
  if (panic) return { ...panic, kind: 'test', severity: 'error' };
  // What a test logs looks like what it fails with; the failure is the last.
  const at = lines.findLastIndex((line) => place.test(line));
  const match = place.exec(lines[at] ?? '');
  if (!match) return undefined;
  const file = match[1] ?? '';
  const frame = { file, line: Number(match[2]), inApp: isInApp('test', file) };
  return failure('go', failedExpectation, messageOf(match[3] ?? '', lines.slice(at + 1)), [frame]);
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
