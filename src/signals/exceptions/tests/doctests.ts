import type { Follow, Grammar, ParsedException } from '../grammar.ts';
import { asTest, frameAt } from './pythonTests.ts';
import { dedented, failedExpectation, failure } from './testFailure.ts';

const maxLines = 400;
const stars = /^\*{70}$/;
const examplePlace = /^File "(.{1,1000})", line (\d{1,9}), in (.{1,300})$/;
const part =
  /^(?:Expected|Expected nothing|Got|Got nothing|Exception raised|Differences .{0,60}):?$/;

/** Python's doctest: a rule of stars, the example's place, the example, what it should print and what it did. */
export const doctests: Grammar = {
  language: 'python',
  standsAlone: true,
  hints: ['Failed example:'],
  begin: (line) => (stars.test(line) ? followDoctest() : undefined),
  *parse(lines) {
    const parsed = parseDoctest(lines);
    if (parsed) yield parsed;
  },
};

function followDoctest(): Follow {
  let lines = 0;
  return (line) => {
    if (stars.test(line) || ++lines > maxLines) return 'no';
    if (lines === 1) return examplePlace.test(line) ? 'more' : 'no';
    if (lines === 2) return line === 'Failed example:' ? 'enough' : 'no';
    return line === '' || /^\s/.test(line) || part.test(line) ? 'enough' : 'no';
  };
}

function parseDoctest(lines: readonly string[]): ParsedException | undefined {
  const place = examplePlace.exec(lines[1] ?? '');
  if (!place) return undefined;
  const [, file = '', line, name] = place;
  const raised = lines.indexOf('Exception raised:');
  const thrown = raised < 0 ? undefined : asTest(dedented(lines.slice(raised + 1)));
  if (thrown?.frames.some((frame) => frame.inApp)) return thrown;
  const example = frameAt(file, line, name, lines[3]);
  if (thrown) return { ...thrown, frames: [example, ...thrown.frames] };
  const message = lines.slice(3).map((text) => text.trim());
  return failure('python', failedExpectation, message.join('\n'), [example]);
}
