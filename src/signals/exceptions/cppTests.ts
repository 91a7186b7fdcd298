import { type Follow, type Grammar, type ParsedException } from './grammar.ts';
import { nativeFrame, nativeLanguage } from './nativeFrame.ts';
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
  head: /^(\S.{0,1000}?\.\w{1,4})(?::(\d{1,9})|\((\d{1,9})\)): (?:FATAL )?ERROR: (.{1,4000})$/,
  follow: untilEmpty,
  message: (said, rest) => [said, ...rest.map((line) => line.trim())].join('\n'),
};

/** Boost.Test: `a.cpp(7): error: in "suite/case": check … has failed`. */
const boost: Form = {
  head: /^(\S.{0,1000}?|unknown location)(?::(\d{1,9})|\((\d{1,9})\)): (?:fatal )?error: in "[^"]{1,500}": (.{1,4000})$/,
  message: (said) => said,
};

const forms: readonly Form[] = [googleTest, catch2, catch2Compact, doctest, boost];
const anyHead = /: (?:Failure$|FAILED:|failed: |ERROR: |FATAL ERROR: |error: |fatal error: in ")/;

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
  hints: [': Failure', ': FAILED:', ': failed: '],
  saysEnough: () => true,
  begin(line) {
    const form = formOf(line);
    return form && (form.follow?.() ?? (() => 'no'));
  },
  *parse(lines) {
    const [first = '', ...rest] = lines;
    const form = formOf(first);
    const head = form?.head.exec(first);
    if (form && head) yield read(head, form.message(head[4] ?? '', rest));
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
