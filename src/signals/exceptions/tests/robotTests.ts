import type { Grammar } from '../grammar.ts';
import { failedExpectation, failure, silentFailure } from './testFailure.ts';

const head = /^\S.{0,300}? {1,80}\| FAIL \|$/;
const rule = /^[-=]{78}$/;
/** A suite fails because of its tests. */
const counts = /^\d{1,9} (?:tests?|critical tests?|tasks?)(?: total)?, \d{1,9} passed, /;
const typed = /^([A-Z]\w{0,100}(?:Error|Exception|Timeout)): (.*)$/;

/** Robot Framework's console: a test's name and FAIL, its message, a rule. */
export const robotTests: Grammar = {
  language: 'text',
  standsAlone: true,
  hints: ['| FAIL |'],
  begin(line) {
    if (!line.endsWith('| FAIL |') || !head.test(line)) return undefined;
    let lines = 0;
    return (next) => (rule.test(next) ? 'last' : ++lines > 100 ? 'no' : 'enough');
  },
  *parse(lines) {
    const said = lines.slice(1).filter((line) => !rule.test(line));
    const first = said[0] ?? '';
    if (said.length === 0 || counts.test(first)) {
      yield silentFailure('text');
      return;
    }
    const named = typed.exec(first);
    const message = [named?.[2] ?? first, ...said.slice(1)].join('\n');
    yield failure('text', named?.[1] ?? failedExpectation, message, []);
  },
};
