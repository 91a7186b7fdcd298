import type { Grammar, ParsedException } from '../grammar.ts';
import { failedExpectation, failure } from './testFailure.ts';

/** swift-testing: `✘ Test take() recorded an issue at A.swift:4:3: Expectation failed: …`. */
const issue =
  /^\S{1,4} +Test .{1,500} recorded an issue(?: with .{1,1000})? at (\S.{0,500}?):(\d{1,9}):(\d{1,9}): (.{1,4000})$/;
/** XCTest: `A.swift:6: error: -[Tests.Bank testTake] : XCTAssertEqual failed: …`, on Linux `Bank.testTake`. */
const xctest =
  /^(\S.{0,1000}?):(\d{1,9}): error: (?:-\[\S{1,300} \S{1,300}\]|[\w.]{1,300}\.\w{1,300}) : (.{1,4000})$/;

/** Swift's two frameworks for tests; a report is a line. */
export const swiftTests: Grammar = {
  language: 'swift',
  standsAlone: true,
  hints: [' recorded an issue '],
  saysEnough: () => true,
  begin(line) {
    if (issue.test(line)) return (next) => (/^\s{0,4}↳ /.test(next) ? 'enough' : 'no');
    return line.includes(': error: ') && xctest.test(line) ? () => 'no' : undefined;
  },
  *parse(lines) {
    const [first = '', ...comments] = lines;
    const found = issue.exec(first);
    if (found) {
      const message = [found[4], ...comments.map((line) => line.trim())].join('\n');
      yield at(found[1], found[2], message);
      return;
    }
    const failed = xctest.exec(first);
    if (failed) yield at(failed[1], failed[2], failed[3] ?? '');
  },
};

/** A place that XCTest does not know is `<EXPR>:0` or `<unknown>:0`. */
function at(file = '', line = '0', message: string): ParsedException {
  const frames = line === '0' ? [] : [{ file, line: Number(line), inApp: true }];
  return failure('swift', failedExpectation, message, frames);
}
