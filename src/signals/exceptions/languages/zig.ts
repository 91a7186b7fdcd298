import type { Frame } from '../../../core/signal.ts';
import type { Grammar, ParsedException } from '../grammar.ts';
import { addFrame, exceptionOf, frameOf, messageOf } from '../parts.ts';

const panic = /^thread \d{1,20} panic: (.{1,4000})$/;
/** An error that left main, with the trace of where it was returned. */
const returned = /^error: ([A-Za-z]\w{0,100})$/;
/** `1/3 main.test.total... FAIL (TestExpectedEqual)`; `zig build` says so with the step's name. */
const failedTest =
  /^(?:\d{1,6}\/\d{1,6} |error: ')(\S{1,300}?)(?:\.\.\. ?| ?)FAIL \((\w{1,100})\)$/;
/** `/srv/app/src/main.zig:8:17: 0x10347d4 in pick (main)` */
const frameLine =
  /^(\S.{0,1000}?):(\d{1,9}):(\d{1,9}): 0x[\da-f]{1,16} in (\S{1,400}) \([^()]{1,200}\)$/;
const nowhere = /^\?{3}:\?:\?: 0x[\da-f]{1,16} in /;
/** Below each frame its line and a caret. */
const quoted = /^(?:\s|$)/;

export const zig: Grammar = {
  language: 'zig',
  standsAlone: true,
  hints: [' panic: ', '.zig:', ' FAIL ('],
  begin(line) {
    const may = line.startsWith('thread ') || line.startsWith('error: ');
    if (!may && !/^\d/.test(line)) return undefined;
    if (!panic.test(line) && !returned.test(line) && !failedTest.test(line)) return undefined;
    let frames = 0;
    let lines = 0;
    return (next) => {
      if (frameLine.test(next) || nowhere.test(next)) {
        frames++;
        return 'enough';
      }
      if (frames > 0) return quoted.test(next) ? 'enough' : 'no';
      return ++lines <= 2 && !panic.test(next) ? 'more' : 'no';
    };
  },
  *parse(lines) {
    const parsed = parseTrace(lines);
    if (parsed) yield parsed;
  },
};

function parseTrace(lines: readonly string[]): ParsedException | undefined {
  const [first = ''] = lines;
  const frames: Frame[] = [];
  for (const line of lines) {
    const match = frameLine.exec(line);
    if (!match) continue;
    const [, file = '', number, , name] = match;
    addFrame(frames, frameOf(file, isInApp(file), { function: name, line: Number(number) }));
  }
  if (!frames.some(({ file }) => file.endsWith('.zig'))) return undefined;
  const test = failedTest.exec(first);
  if (test) {
    const said = { type: test[2] ?? '', message: test[1] ?? '', frames };
    return exceptionOf('zig', said, [], { kind: 'test' });
  }
  const type = returned.exec(first)?.[1];
  const message = type === undefined ? messageOf([panic.exec(first)?.[1] ?? '']) : '';
  return exceptionOf('zig', { type: type ?? 'panic', message, frames }, [], { severity: 'fatal' });
}

function isInApp(file: string): boolean {
  return !/[\\/](?:zig|lib)[\\/](?:lib[\\/])?(?:std|compiler|compiler_rt|test_runner)\b|[\\/]\.?cache[\\/]zig[\\/]|test_runner\.zig$/.test(
    file,
  );
}
