import type { Grammar } from './grammar.ts';
import { parsePanic, rust } from './rust.ts';
import { failedExpectation, failure } from './testFailure.ts';

const head = /^---- (\S.{0,500}) (?:stdout|stderr) ----$/;
const end = /^(?:failures:|successes:|test result: )/;
const noPanic = /^note: test did not panic as expected(?: at (\S.{0,500}?):(\d{1,9}):\d{1,9})?/;

/** `cargo test`: what each failed test wrote. */
export const rustTests: Grammar = {
  language: 'rust',
  standsAlone: true,
  hints: [' stdout ----'],
  begin(line) {
    if (!line.startsWith('---- ') || !head.test(line)) return undefined;
    let lines = 0;
    return (next) => (head.test(next) || end.test(next) || ++lines > 900 ? 'no' : 'enough');
  },
  *parse(lines) {
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
