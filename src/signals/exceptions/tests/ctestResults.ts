import type { Grammar } from '../grammar.ts';
import { failedExpectation, failure } from './testFailure.ts';

const head =
  /^\s{0,6}\d{1,6}\/\d{1,6} Test\s{1,4}#\d{1,6}: (\S.{0,300}?) ?\.{2,100} {0,3}\*{3}(Failed|Exception: \w{1,40}|Timeout|Not Run)\b.{0,60}$/;
/** What stands below a result when the test printed nothing, or was not asked to. */
const noOutput = /^\s{0,20}(?:$|Start {1,4}\d|\d{1,6}\/\d{1,6} Test\s|\d{1,3}% tests passed)/;

/** ctest's results: of a test that prints what failed, that says more, and only that is told. */
export const ctestResults: Grammar = {
  language: 'cpp',
  standsAlone: true,
  hints: ['***Failed', '***Exception', '***Timeout', '***Not Run'],
  saysEnough: () => true,
  begin(line) {
    const match = line.includes('.***') || line.includes(' ***') ? head.exec(line) : null;
    if (!match) return undefined;
    return (next) => (match[2] !== 'Failed' || noOutput.test(next) ? 'no' : 'last');
  },
  *parse(lines) {
    const match = head.exec(lines[0] ?? '');
    if (match && lines.length === 1)
      yield failure('cpp', failedExpectation, `${match[1]}: ${match[2]}`, []);
  },
};
