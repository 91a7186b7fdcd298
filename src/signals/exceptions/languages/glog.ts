import type { Grammar } from '../grammar.ts';
import { messageOf } from '../parts.ts';

/** What glog and Abseil print below a `CHECK` that failed; the message and its place stand above. */
const head = /^\*{3} Check failure stack trace: \*{3}$/;
const frameLine = /^\s{1,8}@\s+0x[0-9a-f]{1,16}\s/;
const aborted = /^Aborted(?: \(core dumped\))?$/;

export const glog: Grammar = {
  language: 'cpp',
  hints: ['*** Check failure'],
  begin(line) {
    if (!head.test(line)) return undefined;
    return (next) => (aborted.test(next) ? 'last' : frameLine.test(next) ? 'enough' : 'no');
  },
  saysEnough: () => true,
  *parse(_lines, said = []) {
    const message = messageOf(said.slice(0, 1)) || 'Check failed';
    const none = { frames: [], causes: [] };
    yield { language: 'cpp', type: 'CheckFailure', message, ...none, severity: 'fatal' };
  },
};
