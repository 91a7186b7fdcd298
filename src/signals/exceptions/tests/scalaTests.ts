import { isHead, parseFailedTest } from '../languages/java.ts';
import { isFrame } from '../languages/javaFrame.ts';
import type { Follow, Grammar, ParsedException } from '../grammar.ts';
import { messageOf } from '../parts.ts';
import { failedExpectation, failure } from './testFailure.ts';

/** sbt writes one before every line. */
const prefix = /^\[(?:info|error)\] ?/;
const scalatest = /^\s{0,20}- .{1,500} \*\*\* FAILED \*\*\*(?: \(.{1,60}\))?$/;
const specs2 = /^\s{0,20}[x!] \S.{0,500}$/;
const munit =
  /^==> X \S.{0,400}? {1,4}[\d.]{1,12}s {1,4}([\w.$]{1,200}): (?:(\S.{0,1000}?\.scala):(\d{1,9})|(\S.{0,1000}))$/;
/** Where an expectation stands, behind what it says. */
const placed = /^(.{0,4000}?)\s{0,4}\((\w[\w-]{0,100}\.scala):(\d{1,9})\)$/;
const maxLines = 120;

/** Failures of ScalaTest, specs2 and MUnit, within sbt and without. */
export const scalaTests: Grammar = {
  language: 'scala',
  standsAlone: true,
  hints: ['*** FAILED ***', '==> X ', '[error] x ', '[error]   x ', '[error]   ! '],
  begin(line) {
    if (line.startsWith('==> X ') && munit.test(line)) return followMunit();
    const text = line.replace(prefix, '');
    const isHeadline = scalatest.test(text) || (line.startsWith('[error] ') && specs2.test(text));
    return isHeadline ? followFailure() : undefined;
  },
  *parse(lines) {
    const match = munit.exec(lines[0] ?? '');
    const parsed = match
      ? parseMunit(match, lines.slice(1))
      : parseFailure(lines.slice(1).map((line) => line.replace(prefix, '')));
    if (parsed) yield parsed;
  },
};

function followFailure(): Follow {
  let lines = 0;
  return (line) => {
    const text = line.replace(prefix, '');
    if (++lines > maxLines || !/^\s/.test(text) || scalatest.test(text)) return 'no';
    return 'enough';
  };
}

function parseFailure(lines: readonly string[]): ParsedException | undefined {
  const start = lines.findIndex((line) => isHead(line));
  if (start >= 0 && lines.some(isFrame)) return parseFailedTest(lines.slice(start).map(asFrame));
  const end = lines.findIndex((line) => placed.test(line));
  const place = placed.exec(lines[end] ?? '');
  if (!place) return undefined;
  const message = messageOf([...lines.slice(0, end), place[1] ?? '']);
  return failure('scala', failedExpectation, message, [frameAt(place[2] ?? '', place[3] ?? '')]);
}

/** They have the indentation of a message. */
function asFrame(line: string): string {
  return line.replace(/^\s{1,20}(?=at )/, '\t');
}

function followMunit(): Follow {
  let lines = 0;
  let frames = 0;
  return (line) => {
    if (isFrame(line)) frames++;
    else if (frames > 0 || line.startsWith('==> X ') || ++lines > maxLines) return 'no';
    return 'enough';
  };
}

function parseMunit([, type = '', file, line, said]: RegExpExecArray, body: readonly string[]) {
  // Behind the piece of source stands what is wrong.
  const words = body.filter((text) => !/^\s{0,6}\d{1,6}: /.test(text) && !isFrame(text));
  const frames = file === undefined ? [] : [frameAt(file, line ?? '')];
  const stack = parseFailedTest([`${type}: `, ...body.filter(isFrame)]);
  return failure(
    'scala',
    type,
    said ?? messageOf(words),
    frames.length > 0 ? frames : (stack?.frames ?? []),
  );
}

function frameAt(file: string, line: string) {
  return { file, line: Number(line), inApp: true };
}
