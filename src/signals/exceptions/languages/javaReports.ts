import type { Follow, Grammar, ParsedException, Verdict } from '../grammar.ts';
import {
  bare,
  followStack,
  isHead,
  isStrong,
  parseFailedTest,
  parseStack,
  qualified,
} from './java.ts';
import { isFrame, languageOf } from './javaFrame.ts';
import { exceptionOf, frameOf, maxMessageLines } from '../parts.ts';
import { failedExpectation, silentFailure } from '../tests/testFailure.ts';

const junit4 = /^\d{1,5}\) \S.{0,300}\([\w$.]{1,300}\)$/;
const surefire = /^\S.{1,300}\s(?:-- )?Time elapsed: .{1,40}<<< (?:FAILURE|ERROR)!$/;
const gradle = /^\S.{0,200} > .{1,200} FAILED$/;
const junit5 = /^\s+(?:Method|Class)Source \[className = '/;
/** Gradle's short form. */
const gradleShort = new RegExp(
  String.raw`^\s+(${qualified}|${bare}) at (\w{1,100}\.(?:java|kt|scala|groovy)):(\d{1,7})$`,
);
const testHead = [junit4, surefire, gradle, junit5];
const bareType = new RegExp(String.raw`^\s{0,16}${bare}(?::|$)`);
/** sbt and Maven write it before every line. */
const buildPrefix = /^\[(?:error|ERROR)\] ?/;
const android = /^FATAL EXCEPTION: .{1,200}$/;
/** What Maven says once more, or about itself. */
const mavenEcho =
  /^\[ERROR\]\s*(?:$|Tests run: \d|Failures:\s*$|Errors:\s*$|There (?:are|were) test failures|Please refer to |-> \[Help \d|To see the full stack trace|Re-run Maven |For more information about the errors|\[Help \d|See .{1,300} for the individual test results|stack trace is suppressed)|^\[ERROR\] Failed to execute goal .{1,300}:test .{1,500}There (?:are|were) test failures|^\[error\] stack trace is suppressed/;
const mavenEchoed = /^\[ERROR\] {2,4}\S/;
/** A line of Surefire's list of results: `[ERROR]   CartTest.adds:10->check:7 expected…`; and a test that is none. */
const mavenResult =
  /^\[ERROR\] {2,4}[\w$.]{1,200}:\d{1,6}(?:->[\w$.:]{1,200}){0,20}[ »]|^\[ERROR\] [\w$.]{1,200}(?:\(.{0,200}\))?(?:\[.{1,200}\])? (?:-- Time elapsed: [\d.]{1,12} s|skipped)$/;

/** Failed tests, and stacks in the words of build tools: every line of theirs looks like a logger's. */
export const javaReports: Grammar = {
  language: 'java',
  hints: [
    'FATAL EXCEPTION',
    '<<< FAILURE!',
    '<<< ERROR!',
    'Source [className',
    ' FAILED\n',
    '\nCondition not satisfied',
  ],
  standsAlone: true,
  begin(line) {
    if (!mayReport(line)) return undefined;
    if (mavenResult.test(line)) return followResult();
    if (mavenEcho.test(line)) return (next) => (mavenEchoed.test(next) ? 'enough' : 'no');
    const text = line.replace(buildPrefix, '');
    if (testHead.some((head) => head.test(text))) return withoutPrefix(followTest());
    if (android.test(line)) return followAndroid();
    return text !== line && isStrong(text) ? withoutPrefix(followStack(text, true)) : undefined;
  },
  saysEnough: isEcho,
  *parse(lines) {
    const [first = ''] = lines;
    if (isEcho(first)) yield silentFailure('java');
    const parsed = parseReport(lines.map((line) => line.replace(buildPrefix, '')));
    if (parsed) yield parsed;
  },
};

function mayReport(line: string): boolean {
  const first = line.charCodeAt(0);
  if (first === 91) return true; // [ERROR]
  if (first === 70 && line.startsWith('FATAL EXCEPTION')) return true;
  if (line.endsWith(')')) return first >= 48 && first <= 57;
  return line.endsWith(' FAILED') || line.endsWith('!') || line.includes('Source [className');
}

function isEcho(line: string): boolean {
  return mavenEcho.test(line) || mavenResult.test(line);
}

function withoutPrefix(follow: Follow): Follow {
  return (line) => follow(line.replace(buildPrefix, ''));
}

/** The further lines of a message that is told again. */
function followResult(): Follow {
  let lines = 0;
  return (line) => (line === '' || /^\[[A-Z]{4,7}\]/.test(line) || ++lines > 20 ? 'no' : 'enough');
}

function followAndroid(): Follow {
  let inner: Follow | undefined;
  return (line) => {
    if (inner) return inner(line);
    if (line.startsWith('Process: ')) return 'more';
    if (!isHead(line)) return 'no';
    inner = followStack(line, true);
    return 'more';
  };
}

/** The test's name, then the exception it failed with, or only its message. */
function followTest(): Follow {
  let inner: Follow | undefined;
  let lines = 0;
  return (line) => {
    if (inner) return inner(line);
    if (gradleShort.test(line)) return 'last';
    if (isThrown(line)) {
      inner = followStack(line, true);
      return 'enough';
    }
    return followMessage(line, ++lines, () => {
      inner = followStack(line, false);
      return inner(line);
    });
  };
}

function followMessage(line: string, lines: number, atFrame: () => Verdict): Verdict {
  if (isFrame(line)) return lines > 1 ? atFrame() : 'no';
  const isOver = lines > maxMessageLines || testHead.some((head) => head.test(line));
  return isOver && !junit5.test(line) ? 'no' : 'more';
}

function isThrown(line: string): boolean {
  return isHead(line) || bareType.test(line);
}

function parseReport(lines: readonly string[]): ParsedException | undefined {
  const [first = ''] = lines;
  if (android.test(first)) {
    const start = lines.findIndex((line, at) => at > 0 && isHead(line));
    const parsed = start < 0 ? undefined : parseStack(lines.slice(start), false);
    return parsed && { ...parsed, severity: 'fatal' };
  }
  if (!testHead.some((head) => head.test(first))) return parseStack(lines, false);
  const short = gradleShort.exec(lines.at(-1) ?? '');
  if (short) return parseShort(short);
  const start = lines.findIndex((line, at) => at > 0 && (isThrown(line) || isFrame(line)));
  if (start < 0) return undefined;
  return isFrame(lines[start] ?? '')
    ? parseFailedTest([`${failedExpectation}: `, ...lines.slice(1)])
    : parseFailedTest(lines.slice(start));
}

function parseShort([, type = '', file = '', line]: RegExpExecArray): ParsedException {
  const frames = [frameOf(file, true, { line: Number(line) })];
  const language = languageOf(frames, frames);
  return exceptionOf(language, { type, message: '', frames }, [], { kind: 'test' });
}
