import { type Follow, type Grammar, type ParsedException } from '../grammar.ts';
import { nativeFrame, nativeLanguage } from '../languages/nativeFrame.ts';
import { failedExpectation, failure } from './testFailure.ts';

/** How one framework names the place of a failed check, and what stands below it. */
interface Form {
  /** File, line (behind a colon or in brackets), and what else the line says. */
  readonly head: RegExp;
  /** Default: nothing follows. */
  readonly follow?: () => Follow;
  message(said: string, rest: readonly string[]): string;
}

const maxLines = 60;

/** googletest: `a.cc:6: Failure`, `unknown file: Failure`, `a.cc(6): error: Expected …`; then what was expected. */
const googleTest: Form = {
  head: /^(\S.{0,1000}?)(?:(?::(\d{1,9}))?: Failure|\((\d{1,9})\): (?:Failure|error: (?=(?:Expected|Value of|Failed|Death test)\b)))(.{0,4000})$/,
  follow: untilEmpty,
  message: (said, rest) => [said, ...rest].join('\n'),
};

/** Catch2: the expression and its values, a message, or an exception, each below a line that says which. */
const catch2: Form = {
  head: /^(\S.{0,1000}?)(?::(\d{1,9})|\((\d{1,9})\)): FAILED:(.{0,10})$/,
  follow: untilEmpty,
  message(_said, rest) {
    const at = rest.findIndex((line) =>
      /^(?:explicitly with messages?|due to (?:unexpected exception with messages?|a fatal error condition)):$/.test(
        line,
      ),
    );
    return (at < 0 ? rest : rest.slice(at + 1)).map((line) => line.trim()).join('\n');
  },
};
const catch2Compact: Form = {
  head: /^(\S.{0,1000}?\.\w{1,4})(?::(\d{1,9})|\((\d{1,9})\)): failed: (.{1,4000})$/,
  message: (said) =>
    /^(?:explicitly|unexpected exception) with (?:\d{1,4} )?messages?: '(.{0,2000}?)'(?:;|$)/.exec(
      said,
    )?.[1] ?? said,
};

/** doctest: `a.cpp:8: ERROR: CHECK( … ) is NOT correct!`, its values below. */
const doctest: Form = {
  head: /^(\S.{0,1000}?\.(?:c|cc|cpp|cxx|h|hh|hpp|ipp|mm?))(?::(\d{1,9})|\((\d{1,9})\)): (?:FATAL )?ERROR: (.{1,4000})$/,
  follow: untilEmpty,
  message: (said, rest) => [said, ...rest.map((line) => line.trim())].join('\n'),
};

/** Boost.Test: `a.cpp(7): error: in "suite/case": check … has failed`. */
const boost: Form = {
  head: /^(\S.{0,1000}?|unknown location)(?::(\d{1,9})|\((\d{1,9})\)): (?:fatal )?error: in "[^"]{1,500}": (.{1,4000})$/,
  message: (said) => said,
};

/** CppUTest: `a.cpp:8: error: Failure in TEST(Group, Name)`, what was expected below. */
const cppUTest: Form = {
  head: /^(\S.{0,1000}?):(\d{1,9})(): error: (Failure in (?:IGNORE_)?TEST\(.{1,400}\))$/,
  follow: untilEmpty,
  message: (said, rest) => rest.map((line) => line.trim()).join('\n') || said,
};

/** Check: `a.c:7:F:core:test_total:0: Assertion 'x' failed`; E is for a signal, the place is the last that was passed. */
const check: Form = {
  head: /^([^\s`'"]{1,1000}?\.\w{1,4}):(\d{1,9})():[FE]:[^:]{1,200}:\w{1,200}:\d{1,9}: (.{1,4000})$/,
  message: (said) => said,
};

/** Check counts before it lists what failed. */
const checkCounts = /^\d{1,3}%: Checks: \d{1,9}, Failures: \d{1,9}, Errors: \d{1,9}$/;

/** Criterion: `[----] a.c:6: Assertion Failed`, then why. */
const criterion: Form = {
  head: /^\[----\] (\S.{0,1000}?):(\d{1,9})(): ((?:Assertion Failed|Unexpected signal caught below this line!).{0,100})$/,
  follow: () => (line) => (/^\[----\](?: {2}|$)/.test(line) ? 'enough' : 'no'),
  message: (said, rest) =>
    rest
      .map((line) => line.slice('[----]'.length).trim())
      .filter((line) => line !== '')
      .join('\n') || said,
};
const criterionTap: Form = {
  head: /^ {2}- (\S.{0,1000}?):(\d{1,9})(): \|\+$/,
  follow: () => (line) => (/^ {6}/.test(line) ? 'enough' : 'no'),
  message: (_said, rest) =>
    rest.map((line) => line.trim().replace(/^Assertion failed: /, '')).join('\n'),
};
const criterionTapSignal: Form = {
  head: /^not ok - \S{1,300} unexpected signal after (\S.{0,1000}?):(\d{1,9})()()$/,
  message: () => 'unexpected signal',
};

/** Unity: `test_cart.c:14:test_total:FAIL: Expected 3 Was 4.` */
const unity: Form = {
  head: /^([^\s`'"]{1,1000}?\.\w{1,4}):(\d{1,9})():\w{1,200}:FAIL: ?(.{0,4000})$/,
  message: (said) => said,
};

/** cmocka: what was expected, then the place. */
const cmocka: Form = {
  head: /^\[ {2}ERROR {3}\] --- ()()()(.{1,4000})$/,
  follow: () => {
    let lines = 0;
    return (line) =>
      cmockaPlace.test(line) ? 'last' : line.startsWith('[ ') || ++lines > 20 ? 'no' : 'more';
  },
  message: (said, rest) => [said, ...rest.slice(0, -1)].join('\n'),
};
const cmockaPlace = /^\[ {3}LINE {3}\] --- (\S.{0,1000}?):(\d{1,9}): error: Failure!$/;

const forms: readonly Form[] = [
  unity,
  cmocka,
  cppUTest,
  googleTest,
  catch2,
  catch2Compact,
  doctest,
  boost,
  check,
  criterion,
  criterionTap,
  criterionTapSignal,
];
const anyHead =
  /: (?:Failure$|FAILED:|failed: |ERROR: |FATAL ERROR: |error: |fatal error: in ")|:[FE]:|:FAIL: ?|^\[ {2}ERROR |^\[----\] |: \|\+$| unexpected signal after /;

function formOf(line: string): Form | undefined {
  return anyHead.test(line) ? forms.find(({ head }) => head.test(line)) : undefined;
}

/** What belongs to a failed check ends with an empty line, a rule, or a line of the runner's own. */
function untilEmpty(): Follow {
  let lines = 0;
  return (line) =>
    line.trim() === '' || /^(?:\[[ =-]|[-=.~]{20})/.test(line) || formOf(line) || ++lines > maxLines
      ? 'no'
      : 'enough';
}

/** What the frameworks for tests in C and C++ print of a failed check. */
export const cppTests: Grammar = {
  language: 'cpp',
  standsAlone: true,
  hints: [
    ': Failure',
    ': FAILED:',
    'mFAILED:',
    ': failed: ',
    ': Assertion Failed',
    ': Unexpected signal ',
    '%: Checks: ',
    ':FAIL: ',
    ':FAIL:\n',
    '   LINE   ] --- ',
    '  ERROR   ] --- ',
    ' unexpected signal after',
    '\n  failures:',
  ],
  saysEnough: () => true,
  begin(line) {
    if (checkCounts.test(line)) return (next) => (check.head.test(next) ? 'enough' : 'no');
    const form = formOf(line);
    return form && (form.follow?.() ?? (() => 'no'));
  },
  *parse(lines) {
    const [first = '', ...rest] = lines;
    for (const line of checkCounts.test(first) ? rest : []) {
      const listed = check.head.exec(line);
      if (listed) yield read(listed, listed[4] ?? '');
    }
    const form = formOf(first);
    const head = form?.head.exec(first);
    const place = form === cmocka ? cmockaPlace.exec(rest.at(-1) ?? '') : head;
    if (form && head && place) yield read(place, form.message(head[4] ?? '', rest));
  },
};

function read(head: RegExpExecArray, message: string): ParsedException {
  const [, file = '', behindColon, inBrackets] = head;
  const line = behindColon ?? inBrackets;
  // An exception that left the test: `unknown file`, `unknown location(0)`.
  if (line === undefined || line === '0') return failure('cpp', failedExpectation, message, []);
  const frame = nativeFrame(undefined, file, line);
  return failure(nativeLanguage(file), failedExpectation, message, [frame]);
}
