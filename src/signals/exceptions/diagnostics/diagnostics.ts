import type { Grammar } from '../grammar.ts';
import { bundlerForms } from './bundlerForms.ts';
import { buildForms } from './buildForms.ts';
import { compilerForms } from './compilerForms.ts';
import { checkerForms } from './checkerForms.ts';
import { jvmForms } from './jvmForms.ts';
import { arrow, type Form, found, nothing, quoted, quoting, single } from './diagnosticForm.ts';
import { toolForms } from './toolForms.ts';
import { workflowCommand } from './workflowCommand.ts';

/** MSBuild's terminal logger indents all of them. */
const placed = /\(\d{1,9}(?:,\d{1,9})?\): (?:error|warning) /;
/** `a.ts(1,14): error TS2322: …`, also of C#, F# and Visual C++. */
const parenthesised: Form = {
  head: /^(?:\d{1,4}>| {4})?(\S[^():]{0,500}(?::[^():]{1,500})?)\((\d{1,9})(?:,(\d{1,9}))?(?:,\d{1,9},\d{1,9})?\)\s?: (?:fatal )?error ([A-Z]{1,8}\d{1,6}): (.{1,4000})$/,
  follow: () => {
    const inner = quoted();
    return (line) => (placed.test(line) ? 'no' : inner(line));
  },
  *parse(head) {
    const message = (head[5] ?? '').replace(/ \[[^\]]{1,500}proj(?:::[^\]]{1,100})?\]$/, '');
    yield found(head[1] ?? '', head[2], head[3], head[4], message);
  },
};

/** `a.ts:1:14 - error TS2322: …` */
const pretty: Form = {
  head: /^(\S.{0,1000}?):(\d{1,9}):(\d{1,9}) - error (TS\d{1,6}): (.{1,4000})$/,
  *parse(head) {
    yield found(head[1] ?? '', head[2], head[3], head[4], head[5] ?? '');
  },
};

/** `a.c:5:3: error: …` of gcc, clang, swiftc, mypy, rustc's short form; `A.java:5: error: …` of javac. */
const colons: Form = {
  head: /^(?:ERROR: )?((?:[A-Za-z]:)?[^\s:][^:]{0,1000}\.\w{1,8}):(\d{1,9})(?::(\d{1,9}))?(?:-\d{1,9})?: (?:fatal )?error(?:\[([A-Z]\d{1,6})\])?: (.{1,4000})$/,
  *parse(head, lines) {
    const said = head[5] ?? '';
    const code = /^(.{1,4000}?) {1,2}\[(-W[\w=+-]{1,80}|[a-z][a-z-]{2,60})\]$/.exec(said);
    const type = head[4] ?? code?.[2];
    yield quoting(found(head[1] ?? '', head[2], head[3], type, code?.[1] ?? said), lines);
  },
};

/** GHC says what is wrong on the lines below: `src/Cart.hs:7:12: error: [GHC-88464]`. */
const ghc: Form = {
  head: /^(\S.{0,1000}?\.l?hs):(?:(\d{1,9}):(\d{1,9})(?:-\d{1,9})?|\((\d{1,9}),(\d{1,9})\)-\(\d{1,9},\d{1,9}\)): error:(?: \[([A-Z]{1,8}-\d{1,8})\])?(?: (.{1,4000}))?$/,
  *parse(head, lines) {
    const said = lines
      .slice(1)
      .map((line) => line.trim().replace(/^• /, ''))
      .find((line) => line !== '');
    const message = head[7] ?? said ?? '';
    yield found(head[1] ?? '', head[2] ?? head[4], head[3] ?? head[5], head[6], message);
  },
};

/** `./main.go:4:14: cannot use …`: the go tool says no more than that. */
const goTool: Form = {
  head: /^(?:vet: )?((?:[A-Za-z]:)?[\w@./\\+-]{1,500}\.go):(\d{1,9}):(\d{1,9}): (?!(?:warning|note|info)\b)(.{1,4000})$/,
  follow: () => (line) => (/^\t\S/.test(line) ? 'enough' : 'no'),
  *parse(head) {
    yield found(head[1] ?? '', head[2], head[3], undefined, head[4] ?? '');
  },
};

/** `src/shop.erl:5:5: syntax error before: Z`: neither has the Erlang compiler. */
const erlc: Form = {
  head: /^((?:[A-Za-z]:)?[\w@./\\+-]{1,500}\.[eh]rl):(\d{1,9})(?::(\d{1,9}))?: (?!Warning: )(?=[^\s%])(.{1,4000})$/,
  follow: () => (line) => (/^%\s{1,8}(?:\d{1,9})?\|/.test(line) ? 'enough' : 'no'),
  *parse(head) {
    yield found(head[1] ?? '', head[2], head[3], undefined, head[4] ?? '');
  },
};

const goPackage: Form = {
  head: /^# [\w@./-]{1,300}(?: \[[\w@./-]{1,300}\])?$/,
  follow: single,
  needsMore: true,
  *parse() {},
};

/** rustc and deno lint: the code and message, then the place. */
const rustc: Form = {
  head: /^error(?:\[([A-Z]\w{1,20}|[a-z][a-z-]{2,60})\])?: (.{1,4000})$/,
  needsMore: true,
  follow: () => {
    let lines = 0;
    let placed = false;
    return (line) => {
      if (!placed) {
        placed = arrow.test(line);
        return placed ? 'enough' : /^\s/.test(line) && ++lines < 4 ? 'more' : 'no';
      }
      return /^(?:\s{0,8}\d{0,6} {0,8}[|=:]|\s{1,12}(?:-->|:::) |\.{3}$|\s+\S)/.test(line) &&
        ++lines < 200
        ? 'enough'
        : 'no';
    };
  },
  *parse(head, lines) {
    const place = lines.map((line) => arrow.exec(line)).find((match) => match !== null);
    if (!place) return;
    yield quoting(found(place[1] ?? '', place[2], place[3], head[1], head[2] ?? ''), lines);
  },
};

/** What cargo and deno say once more in the end. */
const cargoEnd: Form = {
  head: /^error: (?:could not compile `|aborting due to |(?:doc)?test failed, to rerun|test run failed$|\d{1,6} targets? failed|process didn't exit successfully|build failed|Type checking failed\.$|Test failed$)/,
  follow: () => (line) =>
    /^(?:\s+`|Caused by:|  process didn't|warning: build failed)/.test(line) ? 'enough' : 'no',
  *parse() {
    yield nothing();
  },
};

const maxProblemLines = 8;
const problem =
  /^\s{1,6}(\d{1,9}):(\d{1,9})\s{1,8}(error|warning|✖|×|⚠)\s{1,8}(\S.{0,2000}?)(?:\s{2,100}(\S{1,100}))?$/;

/** The last line of a message of several, with the rule. */
const problemEnd = /^\S.{0,2000}?\s{2,100}(@?[a-z][\w/-]{1,100})$/;

/** eslint's and stylelint's default: the file's name, then its problems. */
const stylish: Form = {
  head: /^((?:[A-Za-z]:[\\/]|\/|\.{1,2}[\\/])?(?:[^\s:\\/]{1,200}[\\/]){0,40}[^\s:\\/]{1,200}\.\w{1,8})$/,
  needsMore: true,
  follow: () => {
    let unended = 0;
    return (line) => {
      const match = problem.exec(line);
      if (match) unended = match[5] === undefined ? maxProblemLines : 0;
      else if (--unended < 0 || line.trim() === '') return 'no';
      else if (problemEnd.test(line)) unended = 0;
      else return 'more';
      return 'enough';
    };
  },
  *parse(head, lines) {
    let at = lines.findIndex((line) => problem.test(line));
    if (at > 0) yield nothing();
    while (at > 0) {
      const [, line, column, level, message = '', rule] = problem.exec(lines[at] ?? '') ?? [];
      const next = lines.findIndex((other, index) => index > at && problem.test(other));
      const last = (next < 0 ? lines : lines.slice(0, next)).at(-1) ?? '';
      at = next;
      if (level === 'warning' || level === '⚠') continue;
      yield found(head[1] ?? '', line, column, rule ?? problemEnd.exec(last)?.[1], message);
    }
  },
};

/** eslint's `compact` and `unix`. */
const compact: Form = {
  head: /^(\S.{0,1000}?): line (\d{1,9}), col (\d{1,9}), Error - (.{1,4000}?)(?: \(([^()\s]{1,100})\))?$/,
  follow: single,
  *parse(head) {
    yield found(head[1] ?? '', head[2], head[3], head[5], head[4] ?? '');
  },
};
const unix: Form = {
  head: /^(\S.{0,1000}?):(\d{1,9}):(\d{1,9}): (.{1,4000}) \[Error(?:\/([^\]\s]{1,100}))?\]$/,
  follow: single,
  *parse(head) {
    yield found(head[1] ?? '', head[2], head[3], head[5], head[4] ?? '');
  },
};

/** MSBuild on what has no line: `/src/Shop.csproj : error NU1101: …`, `CSC : error CS5001: … [/src/Shop.csproj]`. */
const msbuild: Form = {
  head: /^(\S.{0,1000}?\.(?:\w{0,8}proj|sln)|CSC|FSC|VBC|MSBUILD) : error ([A-Z]{1,8}\d{1,6}): (.{1,4000}?)(?: \[([^\]]{1,1000})\])?$/,
  follow: single,
  *parse([, origin = '', code, message = '', project]) {
    yield found(
      origin.includes('.') ? origin : (project ?? origin),
      undefined,
      undefined,
      code,
      message,
    );
  },
};

/** `Build FAILED.` of MSBuild repeats every error. */
const msbuildEnd: Form = {
  head: /^Build FAILED\.$/,
  follow: () => {
    let lines = 0;
    return (line) => (line.startsWith('Time Elapsed ') ? 'last' : ++lines > 900 ? 'no' : 'enough');
  },
  *parse() {
    yield nothing();
  },
};

const forms: readonly Form[] = [
  workflowCommand,
  parenthesised,
  pretty,
  ghc,
  ...jvmForms,
  colons,
  cargoEnd,
  rustc,
  ...bundlerForms,
  compact,
  unix,
  msbuild,
  msbuildEnd,
  goTool,
  erlc,
  goPackage,
  ...buildForms,
  ...compilerForms,
  ...checkerForms,
  ...toolForms,
  stylish,
];

/** What at least one form's head has; other lines cost one look. */
const anyHead =
  /error|ERROR|Error|\.(?:go|[eh]rl):\d|^# \S+(?: \[\S+\])?$|^e: |undefined reference|multiple definition|^Undefined symbols|^(?:\S{0,200}\/)?ld\b|awk: |: \*{3} |^go: |\.[fF](?:or|\d\d)?:\d|^In \S.{0,500} line \d{1,9}:$|^Build FAILED|^[^\s:]{1,1000}\.\w{1,8}$|\.pyi?:\d|\.rb:\d|\.groovy: \d|^ {2}[x×] |^ {2}Line {3}|━{5}$|^(?:[A-Z]{1,4}\d{3,4}|invalid-syntax)\b/;

function formOf(line: string): Form | undefined {
  return anyHead.test(line) ? forms.find(({ head }) => head.test(line)) : undefined;
}

export const diagnostics: Grammar = {
  language: 'text',
  standsAlone: true,
  hints: [
    '  warning  ',
    '[{"filePath":',
    ': E: ',
    'awk: cmd. line:',
    'mawk: ',
    ') fatal: ',
    '-- SC1',
    '-- SC2',
    ': F: ',
    // pylint's old form has no column.
    ': [E0',
    ': [E1',
    ': [F4',
    ': [F8',
    '  ,-[',
    '╭─[',
    '━━━━━',
    '  Line   ',
    'undefined reference to ',
    'multiple definition of ',
    'Undefined symbols for ',
    'ld: cannot find ',
    ' missing from command line',
    ': *** No rule ',
    ': *** missing ',
    '.  Stop.',
    'Build FAILED.',
    '\ne: file:///',
    '.groovy: ',
    ' is not in std',
    'no required module provides',
    'import cycle not allowed',
    'go: cannot find main ',
    'go: module ',
    'go: errors parsing ',
    'go: updates to ',
    'go: inconsistent ',
    ': reading http',
  ],
  placeHints: [
    // What Python's checkers, the go tool and Erlang's compiler say begins with a place.
    ...Array.from({ length: 9 }, (_, digit) =>
      ['py', 'go', 'erl'].map((extension) => `.${extension}:${digit + 1}`),
    ).flat(),
    '.pyi:',
    '.f90:',
    '.f95:',
    '.f03:',
    '.f08:',
    '.F90:',
    'ipynb:',
    ' --> ',
  ],
  saysEnough: (line) => formOf(line)?.needsMore !== true,
  begin(line) {
    const form = formOf(line);
    return form && (form.follow ?? quoted)();
  },
  *parse(lines) {
    const form = formOf(lines[0] ?? '');
    const head = form?.head.exec(lines[0] ?? '');
    if (form && head) yield* form.parse(head, lines);
  },
};
