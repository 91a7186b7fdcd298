import type { Follow, Grammar } from '../grammar.ts';
import { parsePanic, rust } from '../languages/rust.ts';
import { dedented, failedExpectation, failure, silentFailure } from './testFailure.ts';

const head = /^---- (\S.{0,500}) (?:stdout|stderr) ----$/;
const end = /^(?:failures:|successes:|test result: )/;
const noPanic = /^note: test did not panic as expected(?: at (\S.{0,500}?):(\d{1,9}):\d{1,9})?/;

/** nextest indents what a test wrote, or, before 0.9.90, put a headline with the test's name above it. */
const nextestHead = /^ {2}(?:stdout|stderr) ─{3,200}$|^--- STD(?:OUT|ERR): {1,40}\S.{0,500} ---$/;

/** A signal that ended a test, by nextest; or all tests of a program, by cargo. */
const killed =
  /^ {2,12}(SIG[A-Z]{3,5}) \[\s{0,6}[\d.]{1,12}s\] (?:\(.{1,40}\) )?(\S.{0,500})$|^ {2}process didn't exit successfully: `(.{1,500})` \(signal: \d{1,3}, (SIG[A-Z]{3,5}): (.{1,200})\)$/;
/** Of nextest, which names what failed once more. */
const summary = /^ {2,8}Summary \[\s{0,6}[\d.]{1,12}s\] /;

/** `cargo test` and nextest: what each failed test wrote. */
export const rustTests: Grammar = {
  language: 'rust',
  standsAlone: true,
  hints: [' stdout ----', ' stderr ───', '--- STDERR: ', '     SIG', '  SIGABRT [', ', SIG'],
  begin(line) {
    if (nextestHead.test(line)) return followNextest(line.startsWith(' '));
    if (killed.test(line)) return () => 'no';
    if (summary.test(line)) return () => 'enough';
    if (!line.startsWith('---- ') || !head.test(line)) return undefined;
    let lines = 0;
    return (next) => (head.test(next) || end.test(next) || ++lines > 900 ? 'no' : 'enough');
  },
  saysEnough: (line) => killed.test(line),
  *parse(printed) {
    const [first = ''] = printed;
    const death = killed.exec(first);
    if (death) yield failure('rust', death[1] ?? death[4] ?? '', deathOf(death), []);
    if (summary.test(first)) yield silentFailure('rust');
    if (death || summary.test(first)) return;
    const lines = nextestHead.test(printed[0] ?? '') ? dedented(printed.slice(1)) : printed;
    const at = lines.findIndex((line) => line.startsWith("thread '"));
    const panic = at < 0 ? undefined : parsePanic(lines.slice(at));
    const error = lines.findIndex((line) => line.startsWith('Error: '));
    const [parsed] = panic ? [panic] : error < 0 ? [] : [...rust.parse(lines.slice(error))];
    if (parsed) {
      yield { ...parsed, kind: 'test', severity: 'error' };
      return;
    }
    const quiet = lines.map((line) => noPanic.exec(line)).find((match) => match !== null);
    if (!quiet) return;
    const frames =
      quiet[1] === undefined ? [] : [{ file: quiet[1], line: Number(quiet[2]), inApp: true }];
    yield failure(
      'rust',
      failedExpectation,
      `${head.exec(lines[0] ?? '')?.[1] ?? ''} did not panic as expected`,
      frames,
    );
  },
};

function deathOf([, , test, program, , why]: RegExpExecArray): string {
  return test ?? `${program}: ${why}`;
}

function followNextest(isIndented: boolean): Follow {
  let lines = 0;
  return (line) => {
    if (
      ++lines > 900 ||
      nextestHead.test(line) ||
      /^(?:─{3}|--- | {4,16}(?:FAIL|PASS|SIG[A-Z]{3,5}|Summary) \[)/.test(line)
    )
      return 'no';
    return !isIndented || line === '' || line.startsWith('    ') ? 'enough' : 'no';
  };
}
