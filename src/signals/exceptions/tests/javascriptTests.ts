import type { Grammar, ParsedException } from '../grammar.ts';
import { smallSections } from './javascriptSmallTests.ts';
import { languageOf } from '../languages/javascriptFrame.ts';
import {
  dedented,
  failedExpectation,
  failure,
  javascriptFailure,
  silentFailure,
} from './testFailure.ts';
import { type Section, some } from './testSection.ts';

const maxLines = 400;

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
    if (title < 0) return;
    const body = lines.slice(title + 1);
    yield* some(javascriptFailure(body) ?? placedByTitle(lines[0] ?? '', body));
  },
};

/** Playwright has all titles and the place in one line, mocha a line each and a colon behind the last. */
function titleEnd(lines: readonly string[]): number {
  if (/^ {2}\d{1,6}\) .{0,1000} › /.test(lines[0] ?? '')) return 0;
  return lines.slice(0, 12).findIndex((line) => line.endsWith(':'));
}

/** A test of Playwright that took too long says no more than that. */
function placedByTitle(title: string, body: readonly string[]): ParsedException | undefined {
  const place = /^ {2}\d{1,6}\) (?:\[.{1,100}\] › )?(\S.{0,500}?):(\d{1,9}):\d{1,9} › /.exec(title);
  const said = body.find((line) => line.trim() !== '')?.trim();
  if (!place || said === undefined) return undefined;
  const frames = [{ file: place[1] ?? '', line: Number(place[2]), inApp: true }];
  return failure(languageOf(frames), failedExpectation, said, frames);
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
    // A file that Jest cannot parse: much advice, then the error.
    const details = lines.findIndex((line) => /^\s{0,8}Details:$/.test(line));
    const body = lines.slice(Math.max(details, 0) + 1);
    yield* some(
      javascriptFailure(dedented(body.filter((line) => !/^\s{0,8}thrown: ?$/.test(line)))),
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
    const parsed = inFileOf(
      lines[0] ?? '',
      javascriptFailure(lines.filter((line) => !vitestHead.test(line) && !vitestRule.test(line))),
    );
    if (parsed) yield* Array.from({ length: heads }, () => parsed);
  },
};

/** A test that took too long has no frames. */
function inFileOf(head: string, parsed: ParsedException | undefined): ParsedException | undefined {
  const file = /FAIL {2}(?:\|[^|]{1,100}\| )?(\S{1,1000}\.[cm]?[jt]sx?) /.exec(head)?.[1];
  if (!parsed || file === undefined || parsed.frames.length > 0) return parsed;
  return { ...parsed, frames: [{ file, inApp: true }] };
}

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
const nodeMark = /^(\s{0,60})[✖⚠] .{1,2000} \(\d{1,9}(?:\.\d{1,12})?ms\)(?: #.{0,300})?$/;
const nodeFirst: Section = {
  head: nodeMark,
  follow(head) {
    const own = head.search(/[✖⚠]/);
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
    yield nodeTodo.test(lines[1] ?? '')
      ? silentFailure('javascript')
      : nodeFailure(lines.slice(2), lines[0] ?? '');
  },
};
/** What is still to do may fail. */
const nodeTodo = /^\s{0,60}⚠ |ms\) # TODO\b/;
/** The dot reporter says it only in the end, without a time where a test did not run. */
const nodeDot = /^[✖⚠] \S/;
const nodeDots: Section = {
  head: /^Failed tests:$/,
  follow() {
    let lines = 0;
    return (line) =>
      ++lines <= 900 && (/^(?: {2}|\s{0,8}$)/.test(line) || nodeDot.test(line)) ? 'enough' : 'no';
  },
  *parse(lines) {
    const starts = lines.flatMap((line, at) => (nodeDot.test(line) ? [at] : []));
    for (const [index, at] of starts.entries())
      if (!nodeTodo.test(lines[at] ?? ''))
        yield nodeFailure(lines.slice(at + 1, starts[index + 1]), '');
  },
};

const consequence =
  /^'(?:\d{1,6} subtests? failed|test failed|test did not finish before its parent and was cancelled)'$/;

function nodeFailure(body: readonly string[], head: string): ParsedException {
  const lines = dedented(body);
  const parsed = javascriptFailure(lines);
  if (parsed) return parsed;
  const said = lines.find((line) => line.trim() !== '')?.trim() ?? '';
  const place = nodeAgainHead.exec(head);
  // A suite fails because of its tests, a file because of what it printed above.
  if (said === '' || consequence.test(said)) return silentFailure('javascript');
  const frames = place ? [{ file: place[1] ?? '', line: Number(place[2]), inApp: true }] : [];
  return failure(
    languageOf(frames),
    failedExpectation,
    said.replace(/^'(.{0,2000})'$/, '$1'),
    frames,
  );
}

// jasmine: `1) suite test`, then for each failed expectation its message and its stack.
const jasmineOwn = /^ {2}Stack:$|^\s{1,12}at <Jasmine>$/;
const jasmineHead = /^\d{1,6}\) \S/;
const jasmine: Section = {
  head: jasmineHead,
  follow() {
    let lines = 0;
    return (line) => {
      if (++lines === 1) return line === '  Message:' ? 'more' : 'no';
      return lines <= maxLines && /^(?:\s|$)/.test(line) ? 'enough' : 'no';
    };
  },
  *parse(lines) {
    const starts = lines.flatMap((line, at) => (line === '  Message:' ? [at] : []));
    for (const [index, at] of starts.entries()) {
      const body = lines.slice(at + 1, starts[index + 1]);
      yield* some(javascriptFailure(body.filter((line) => !jasmineOwn.test(line))));
    }
  },
};

// karma: the browser, the titles and FAILED; the error behind tabs.
const karma: Section = {
  head: /^[A-Z].{1,100} \([^()]{1,60}\)(?:: Executed .{0,200})? \S.{0,1000} FAILED$/,
  follow() {
    let lines = 0;
    return (line) => (line.startsWith('\t') && ++lines <= maxLines ? 'enough' : 'no');
  },
  *parse(lines) {
    const body = lines.slice(1).map((line) => line.slice(1));
    yield* some(javascriptFailure(body.filter((line) => !jasmineOwn.test(line))));
  },
};

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
  jasmine,
  karma,
  ...smallSections,
];
const anyHead =
  /^(?: {2})?\d+\) |failing|● |FAIL {2}|^error: (?:expect\(|$)|^ {2}\S.{0,500}sx?:\d{1,9}$|⎯ |✖ |⚠ |^test at |^Failed tests:$| FAILED$| => \S{1,500}:\d|✘ /;

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
    ' › ',
    '  Message:',
    ' FAILED\n\t',
    '   FAIL  "',
    'error: expect(',
    'error: \n',
    'Difference (- actual',
    'Value is not ',
  ],
  begin(line) {
    if (!anyHead.test(line)) return undefined;
    return sections.find(({ head }) => head.test(line))?.follow(line);
  },
  *parse(lines) {
    const section = sections.find(({ head }) => head.test(lines[0] ?? ''));
    if (section) yield* section.parse(lines);
  },
};
