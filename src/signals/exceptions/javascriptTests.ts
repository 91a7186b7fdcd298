import type { Follow, Grammar, ParsedException } from './grammar.ts';
import {
  dedented,
  failedExpectation,
  failure,
  javascriptFailure,
  languageOf,
  silentFailure,
} from './testFailure.ts';
import { javascript } from './javascript.ts';

const maxLines = 400;

/** A part of a runner's report: its first line, how far it goes, and what it says. */
interface Section {
  readonly head: RegExp;
  follow(head: string): Follow;
  parse(lines: readonly string[]): Iterable<ParsedException>;
}

function* some(parsed: ParsedException | undefined): Iterable<ParsedException> {
  if (parsed) yield parsed;
}

// mocha: `  2 failing`, then each failure with its number, its titles, and the error.
const mochaCount: Section = {
  head: /^\s{0,4}\d{1,6} failing$/,
  follow: () => (line) => (line.trim() === '' ? 'more' : 'no'),
  *parse() {},
};
const mochaHead = /^ {2}\d{1,6}\) \S/;
const mocha: Section = {
  head: mochaHead,
  follow() {
    let lines = 0;
    let blanks = 0;
    let framed = false;
    return (line) => {
      if (++lines > maxLines || mochaHead.test(line) || mochaCount.head.test(line)) return 'no';
      if (line.trim() === '') {
        blanks++;
        return framed ? 'enough' : 'more';
      }
      const isFrame = /^\s+at /.test(line);
      if (!/^\s/.test(line) && (framed || blanks > 2)) return 'no';
      blanks = 0;
      framed ||= isFrame;
      return framed ? 'enough' : 'more';
    };
  },
  *parse(lines) {
    const title = titleEnd(lines);
    if (title >= 0) yield* some(javascriptFailure(lines.slice(title + 1)));
  },
};

/** Playwright has all titles and the place in one line, mocha a line each and a colon behind the last. */
function titleEnd(lines: readonly string[]): number {
  if (/^ {2}\d{1,6}\) .{0,1000} › /.test(lines[0] ?? '')) return 0;
  return lines.slice(0, 12).findIndex((line) => line.endsWith(':'));
}

// jest: `  ● suite › test`, the error, a piece of source, the frames; all indented.
const jestHead =
  /^\s{0,4}● (?!Console$|Deprecation|Validation|Cannot log after|Multiple configurations)\S/;
const jest: Section = {
  head: jestHead,
  follow() {
    let lines = 0;
    return (line) => {
      if (++lines > maxLines || jestHead.test(line)) return 'no';
      return line.trim() === '' || /^ {2}/.test(line) ? 'enough' : 'no';
    };
  },
  *parse(lines) {
    yield* some(
      javascriptFailure(
        dedented(lines.slice(1).filter((line) => !/^\s{0,8}thrown: ?$/.test(line))),
      ),
    );
  },
};
/** Jest says all failures again when there were many files. */
const jestSummary: Section = {
  head: /^Summary of all failing tests$/,
  follow() {
    let lines = 0;
    return (line) => (line.startsWith('Test Suites: ') ? 'last' : ++lines > 900 ? 'no' : 'enough');
  },
  *parse() {
    yield silentFailure('javascript');
  },
};

// vitest: ` FAIL  file > suite > test`, one for each test that failed alike, then the error.
// (jest writes `FAIL  file` when it may use colours.)
const vitestHead = /^\s{0,2}FAIL {2}\S.{0,2000}? (?:>|\[) /;
const vitestRule = /^\s{0,2}⎯{5}/;
const vitest: Section = {
  head: vitestHead,
  follow() {
    let lines = 0;
    let said = false;
    return (line) => {
      if (vitestHead.test(line)) return said ? 'no' : 'more';
      said ||= line.trim() !== '';
      if (vitestRule.test(line)) return 'last';
      return ++lines > maxLines || /^\s{1,2}Test Files {2}/.test(line) ? 'no' : 'enough';
    };
  },
  *parse(lines) {
    const heads = lines.filter((line) => vitestHead.test(line)).length;
    const parsed = javascriptFailure(
      lines.filter((line) => !vitestHead.test(line) && !vitestRule.test(line)),
    );
    if (parsed) yield* Array.from({ length: heads }, () => parsed);
  },
};
const vitestUnhandled: Section = {
  head: /^⎯{3,200} (?:Unhandled (?:Rejection|Error|Exception)|Uncaught Exception|Error) ⎯{3,200}$/,
  follow() {
    let lines = 0;
    return (line) =>
      vitestRule.test(line)
        ? 'no'
        : ++lines > maxLines || /^(?:This error originated|The latest test)/.test(line)
          ? 'no'
          : 'enough';
  },
  *parse(lines) {
    const parsed = javascriptFailure(lines.slice(1));
    if (parsed) yield { ...parsed, kind: 'exception' };
  },
};

// node --test: each failure at once, and again in the end; the second time it is counted.
const nodeMark = /^(\s{0,60})✖ .{1,2000} \(\d{1,9}(?:\.\d{1,12})?ms\)(?: #.{0,300})?$/;
const nodeFirst: Section = {
  head: nodeMark,
  follow(head) {
    const own = head.indexOf('✖');
    let lines = 0;
    return (line) => {
      const indent = line.length - line.trimStart().length;
      return line.trim() === '' || (indent > own && !nodeMark.test(line))
        ? ++lines > maxLines
          ? 'no'
          : 'enough'
        : 'no';
    };
  },
  *parse() {
    yield silentFailure('javascript');
  },
};
const nodeAgainHead = /^test at (\S.{0,1000}):(\d{1,9}):(\d{1,9})$/;
const nodeAgain: Section = {
  head: nodeAgainHead,
  follow() {
    let lines = 0;
    return (line) => {
      if (++lines === 1) return nodeMark.test(line) ? 'more' : 'no';
      return lines <= maxLines && /^(?: {2}|\s{0,8}$)/.test(line) ? 'enough' : 'no';
    };
  },
  *parse(lines) {
    yield nodeFailure(lines.slice(2), lines[0] ?? '');
  },
};
/** The dot reporter says it only in the end. */
const nodeDots: Section = {
  head: /^Failed tests:$/,
  follow() {
    let lines = 0;
    return (line) =>
      ++lines <= 900 && (/^(?: {2}|\s{0,8}$)/.test(line) || nodeMark.test(line)) ? 'enough' : 'no';
  },
  *parse(lines) {
    const starts = lines.flatMap((line, at) => (nodeMark.test(line) ? [at] : []));
    for (const [index, at] of starts.entries())
      yield nodeFailure(lines.slice(at + 1, starts[index + 1]), '');
  },
};

function nodeFailure(body: readonly string[], head: string): ParsedException {
  const lines = dedented(body);
  const parsed = javascriptFailure(lines);
  if (parsed) return parsed;
  const said = lines.find((line) => line.trim() !== '')?.trim() ?? '';
  const place = nodeAgainHead.exec(head);
  // A suite fails because of its tests, a file because of what it printed above.
  if (!place || said === '' || /^'(?:\d{1,6} subtests? failed|test failed)'$/.test(said))
    return silentFailure('javascript');
  const frames = [{ file: place[1] ?? '', line: Number(place[2]), inApp: true }];
  return failure(
    languageOf(frames),
    failedExpectation,
    said.replace(/^'(.{0,2000})'$/, '$1'),
    frames,
  );
}

// TAP: `not ok 2 - name`, then a YAML block, or with mocha the error.
const notOk = /^(\s{0,60})not ok \d{1,9}\b(?!.{0,1000}# (?:TODO|SKIP|todo|skip)\b)/;
const tap: Section = {
  head: notOk,
  follow(head) {
    const own = head.length - head.trimStart().length;
    let lines = 0;
    return (line) => {
      if (++lines > maxLines) return 'no';
      if (line.trim() === '...') return 'last';
      const indent = line.length - line.trimStart().length;
      return line.trim() === '' || indent > own ? 'enough' : 'no';
    };
  },
  *parse(lines) {
    const body = dedented(lines.slice(1));
    yield body[0]?.trim() === '---'
      ? yamlFailure(body)
      : (plainTap(body) ?? silentFailure('javascript'));
  },
};

/** mocha prints the message, then the error with it once more. */
function plainTap(body: readonly string[]): ParsedException | undefined {
  const head = body.findIndex((line) =>
    /^[A-Z][\w.]{0,80}(?:Error|Exception)?(?: \[\w{1,80}\])?: /.test(line),
  );
  return javascriptFailure(head > 0 ? body.slice(head) : body);
}

function yamlFailure(body: readonly string[]): ParsedException {
  const value = (key: string): string => yamlValue(body, key);
  if (
    /subtestsFailed/.test(value('failureType')) ||
    /^\d{1,6} subtests? failed$/.test(value('error'))
  )
    return silentFailure('javascript');
  const stack = value('stack')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const lines = stack.map((line) => `    at ${line.trim().replace(/^at /, '')}`);
  const [parsed] = lines.length === 0 ? [] : [...javascript.parse(['Error: of a test', ...lines])];
  const place = /^(.{1,1000}):(\d{1,9}):\d{1,9}$/.exec(value('location') || value('at'));
  const own = parsed?.frames.some((frame) => frame.inApp) ? parsed.frames : [];
  const frames =
    own.length > 0 || !place
      ? own
      : [{ file: place[1] ?? '', line: Number(place[2]), inApp: true }];
  const type = value('name') || (/ERR_ASSERTION/.test(value('code')) ? 'AssertionError' : 'Error');
  return failure(languageOf(frames), type, value('error') || value('message'), frames);
}

/** The few kinds of YAML that TAP producers write: plain, quoted, and blocks. */
function yamlValue(body: readonly string[], key: string): string {
  const at = body.findIndex(
    (line) => line.trimStart().startsWith(`${key}: `) || line.trim() === `${key}:`,
  );
  const line = body[at];
  if (line === undefined) return '';
  const indent = line.length - line.trimStart().length;
  const said = line
    .trim()
    .slice(key.length + 1)
    .trim();
  if (!/^[|>][-+]?\d?$/.test(said))
    return said.replace(/^(['"])(.{0,8000})\1$/, '$2').replace(/\\(["\\])/g, '$1');
  const end = body.findIndex(
    (other, index) =>
      index > at && other.trim() !== '' && other.length - other.trimStart().length <= indent,
  );
  return dedented(body.slice(at + 1, end < 0 ? body.length : end))
    .join('\n')
    .trim();
}

const sections: readonly Section[] = [
  mochaCount,
  mocha,
  jest,
  jestSummary,
  vitest,
  vitestUnhandled,
  nodeFirst,
  nodeAgain,
  nodeDots,
  tap,
];
const anyHead = /^ {2}\d+\) |failing|● |FAIL {2}|⎯ |✖ |^test at |^Failed tests:$|not ok \d/;

export const javascriptTests: Grammar = {
  language: 'javascript',
  standsAlone: true,
  hints: [
    ' failing\n',
    ' failing\r',
    ' failing\x1b',
    '  ● ',
    'm● ',
    'Summary of all failing',
    ' FAIL  ',
    ' FAIL \x1b',
    '⎯ Unhandled ',
    '\ntest at ',
    'Failed tests:',
    'not ok ',
    ' › ',
  ],
  saysEnough: (line) => notOk.test(line),
  begin(line) {
    if (!anyHead.test(line)) return undefined;
    return sections.find(({ head }) => head.test(line))?.follow(line);
  },
  *parse(lines) {
    const section = sections.find(({ head }) => head.test(lines[0] ?? ''));
    if (section) yield* section.parse(lines);
  },
};
