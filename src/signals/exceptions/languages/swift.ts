import type { Frame } from '../../../core/signal.ts';
import type { Grammar, ParsedException } from '../grammar.ts';
import { addFrame, exceptionOf, frameOf, messageOf } from '../parts.ts';

const placed =
  /^(.{1,500}\.swift):(\d{1,9}): (Fatal error|Precondition failed|Assertion failed)(?:: (.*)|)$/;
/** Before Swift 5.4 the place came last. */
const trailing =
  /^(Fatal error|Precondition failed|Assertion failed)(?:: (.*?))?: file (.{1,500}\.swift), line (\d{1,9})$/;
const backtrace =
  /^(?:\*\*\* |Crash: |Thread \d|Backtrace took|Registers:|Images |Current stack trace:|Stack dump:|[💣✔✘] )|^\s*$/u;
const frameLine =
  /^\s{0,6}\d{1,4} (?:\[[\w.]{1,12}\] ){0,3}(?:0x[0-9a-f]{1,16} )?(.{1,500}?)(?: \+ \d{1,9})? in (\S.{0,200}?)(?: at (.{1,500}\.swift):(\d{1,9})(?::\d{1,9})?)?$/;
const sourceLine = /^\s{0,12}\d{0,7}[│|]/;
/** `path/Tests.swift:12: error: CartTests.testAdds : XCTAssertEqual failed: …` */
const xctest = /^(.{1,500}\.swift):(\d{1,9}): error: (?:-\[)?([\w. ]{1,200}?)\]? : (.*)$/;

export const swift: Grammar = {
  language: 'swift',
  hints: ['.swift:', '.swift, line'],
  begin(line) {
    if (!line.includes('.swift')) return undefined;
    if (xctest.test(line)) return () => 'no';
    if (!placed.test(line) && !trailing.test(line)) return undefined;
    return (next) =>
      backtrace.test(next) || frameLine.test(next) || sourceLine.test(next) ? 'enough' : 'no';
  },
  saysEnough: () => true,
  *parse(lines) {
    const parsed = parseTest(lines[0] ?? '') ?? parseCrash(lines);
    if (parsed) yield parsed;
  },
};

function parseTest(line: string): ParsedException | undefined {
  const match = xctest.exec(line);
  if (!match) return undefined;
  const frames = [frameOf(match[1] ?? '', true, { function: match[3], line: Number(match[2]) })];
  return exceptionOf(
    'swift',
    { type: 'XCTestFailure', message: messageOf([match[4] ?? '']), frames },
    [],
    { kind: 'test' },
  );
}

function parseCrash(lines: readonly string[]): ParsedException | undefined {
  const [first = ''] = lines;
  const late = trailing.exec(first);
  const match = late ? [first, late[3], late[4], late[1], late[2]] : placed.exec(first);
  if (!match) return undefined;
  const file = match[1] ?? '';
  const own = frameOf(file, isInApp(file), { line: Number(match[2]) });
  const stack: Frame[] = [];
  for (const line of lines.slice(1)) {
    const frame = frameLine.exec(line);
    if (frame?.[3] !== undefined)
      addFrame(
        stack,
        frameOf(frame[3], isInApp(frame[3]), { function: frame[1], line: Number(frame[4]) }),
      );
  }
  const known = stack.some(
    (frame) => frame.line === own.line && frame.file.endsWith(file.split('/').at(-1) ?? file),
  );
  return exceptionOf(
    'swift',
    {
      type: (match[3] ?? '').replace(' e', 'E').replace(' f', 'F'),
      message: messageOf([match[4] ?? '']),
      frames: known ? stack : [own, ...stack],
    },
    [],
    { severity: 'fatal' },
  );
}

/** The standard library's own files have no folder that exists here. */
function isInApp(file: string): boolean {
  return !/^Swift\/|^_?[A-Z]\w*\/(?:ContiguousArrayBuffer|ErrorType)\.swift$|[\\/]\.build[\\/]checkouts[\\/]|[\\/]swift-[\d.]+-RELEASE|\/DerivedData\/.*\/SourcePackages\//.test(
    file,
  );
}
