import type { Grammar } from '../grammar.ts';
import { failedExpectation, failure } from './testFailure.ts';

/** `# (in test file a.bats, line 8)`; a helper that failed is named first, the test's own line below it. */
const head =
  /^(#? {0,8})\((?:from function .{1,300} in (?:test )?file (\S.{0,500}), line (\d{1,9}),|in (?:setup|test)? ?file (\S.{0,500}), line (\d{1,9})\))$/;
const maxLines = 60;

/** bats, as TAP, as it prints to a terminal, and what its XML holds. */
export const batsTests: Grammar = {
  language: 'shell',
  hints: ['(in test file ', '(from function `'],
  saysEnough: (line) => head.test(line),
  begin(line) {
    const match = line.endsWith(')') || line.endsWith(',') ? head.exec(line) : null;
    if (!match) return undefined;
    const indent = match[1] ?? '';
    let lines = 0;
    return (next) => {
      const belongs = indent === '' ? /^\s/.test(next) : next.startsWith(indent);
      return belongs && !head.test(next) && ++lines <= maxLines ? 'enough' : 'no';
    };
  },
  *parse(lines) {
    const match = head.exec(lines[0] ?? '');
    if (!match) return;
    const frame = {
      file: match[2] ?? match[4] ?? '',
      line: Number(match[3] ?? match[5]),
      inApp: true,
    };
    const said = lines.slice(1).map((line) => line.replace(/^#? {0,8}/, ''));
    const message = said.filter((line) => !/^in test file .{1,500}\)$/.test(line)).join('\n');
    yield failure('shell', failedExpectation, message, [frame]);
  },
};
