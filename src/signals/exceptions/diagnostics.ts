import type { Grammar } from './grammar.ts';
import { buildForms } from './buildForms.ts';
import { compilerForms } from './compilerForms.ts';
import { checkerForms } from './checkerForms.ts';
import { arrow, type Form, found, nothing, quoted, quoting, single } from './diagnosticForm.ts';

/** `a.ts(1,14): error TS2322: …`, also of C#, F# and Visual C++. */
const parenthesised: Form = {
  head: /^(?:\d{1,4}>)?(\S[^():]{0,500}(?::[^():]{1,500})?)\((\d{1,9})(?:,(\d{1,9}))?(?:,\d{1,9},\d{1,9})?\)\s?: (?:fatal )?error ([A-Z]{1,8}\d{1,6}): (.{1,4000})$/,
  follow: quoted,
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

const goPackage: Form = {
  head: /^# [\w@./-]{1,300}(?: \[[\w@./-]{1,300}\])?$/,
  follow: single,
  needsMore: true,
  *parse() {},
};

/** rustc: the code and message, then the place. */
const rustc: Form = {
  head: /^error(?:\[([A-Z]\w{1,20})\])?: (.{1,4000})$/,
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

/** What cargo says once more in the end. */
const cargoEnd: Form = {
  head: /^error: (?:could not compile `|aborting due to |(?:doc)?test failed, to rerun|test run failed$|\d{1,6} targets? failed|process didn't exit successfully|build failed)/,
  follow: () => (line) =>
    /^(?:\s+`|Caused by:|  process didn't|warning: build failed)/.test(line) ? 'enough' : 'no',
  *parse() {
    yield nothing();
  },
};

const problem =
  /^\s{1,6}(\d{1,9}):(\d{1,9})\s{1,8}(error|warning|✖|×|⚠)\s{1,8}(\S.{0,2000}?)(?:\s{2,100}(\S{1,100}))?$/;

/** eslint's and stylelint's default: the file's name, then its problems. */
const stylish: Form = {
  head: /^((?:[A-Za-z]:[\\/]|\/|\.{1,2}[\\/])?(?:[^\s:\\/]{1,200}[\\/]){0,40}[^\s:\\/]{1,200}\.\w{1,8})$/,
  needsMore: true,
  follow: () => (line) => (problem.test(line) ? 'enough' : 'no'),
  *parse(head, lines) {
    const problems = lines.slice(1).flatMap((line) => {
      const match = problem.exec(line);
      return match ? [match] : [];
    });
    if (problems.length > 0) yield nothing();
    for (const [, line, column, level, message = '', rule] of problems) {
      if (level === 'warning' || level === '⚠') continue;
      yield found(head[1] ?? '', line, column, rule, message);
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

const esbuildPlace = /^\s{4}(\S.{0,1000}?):(\d{1,9}):(\d{1,9}):$/;

const esbuild: Form = {
  head: /^(?:✘|X) \[ERROR\] (.{1,4000})$/,
  needsMore: true,
  follow: () => {
    let lines = 0;
    return (line) => {
      if (++lines > 40) return 'no';
      if (line === '') return lines > 3 ? 'enough' : 'more';
      return /^\s/.test(line) ? 'enough' : 'no';
    };
  },
  *parse(head, lines) {
    const place = lines.map((line) => esbuildPlace.exec(line)).find((match) => match !== null);
    const message = (head[1] ?? '')
      .replace(/ \[[\w-]{1,60}\]$/, '')
      .replace(/ \[plugin [^\]]{1,100}\]$/, '');
    if (place) yield found(place[1] ?? '', place[2], place[3], undefined, message);
  },
};

/** webpack and its plugins: `ERROR in ./src/a.js 3:12`, then what. */
const webpack: Form = {
  head: /^(?:\[tsl\] )?ERROR in (\S[^\s():]{0,1000})(?:[ :(](\d{1,9})[:,](\d{1,9})\)?(?:-\d{1,9}(?::\d{1,9})?)?)?$/,
  needsMore: true,
  follow: () => {
    let lines = 0;
    return (line) => (line === '' || ++lines > 30 ? 'no' : 'enough');
  },
  *parse(head, lines) {
    const texts = lines.slice(1).map((line) => line.trim().replace(/^\[tsl\] /, ''));
    const coded = /^(TS\d{1,6}): (.{1,4000})$/.exec(texts[0] ?? '');
    const inner = /\((\d{1,9}):(\d{1,9})\)$/.exec(texts.find((text) => /Error: /.test(text)) ?? '');
    const type =
      coded?.[1] ??
      /^(\w{1,80}Error): /.exec(texts.find((text) => /^\w{1,80}Error: /.test(text)) ?? '')?.[1];
    yield found(
      head[1] ?? '',
      inner?.[1] ?? head[2],
      inner?.[2] ?? head[3],
      type,
      coded?.[2] ?? texts[0] ?? '',
    );
  },
};

/** Maven: `[ERROR] /src/A.java:[5,17] …`; in the end it says all again. */
const maven: Form = {
  head: /^\[ERROR\] (\S.{0,1000}?\.\w{1,8}):\[(\d{1,9}),(\d{1,9})\] (.{1,4000})$/,
  follow: () => (line) => (/^\[ERROR\] {2,6}\S/.test(line) ? 'enough' : 'no'),
  *parse(head) {
    yield found(head[1] ?? '', head[2], head[3], undefined, head[4] ?? '');
  },
};
const mavenEnd: Form = {
  head: /^\[ERROR\] (?:COMPILATION ERROR :|Failed to execute goal (?=.{0,2000}(?:Compilation failure|test failures)))/,
  follow: () => {
    let lines = 0;
    return (line) =>
      ++lines < 200 &&
      /^(?:\[ERROR\](?: {2,4}\S| (?:\/|Please|Refer|See|->|To see|Re-run|For more|\[Help)|\s*$)|\[INFO\] -+$)/.test(
        line,
      ) &&
      !/^\[INFO\] -+$/.test(line)
        ? 'enough'
        : 'no';
  },
  *parse(_head, lines) {
    // The list below `COMPILATION ERROR` is the one that is counted; it begins blocks of its own.
    yield nothing();
    if (!lines[0]?.includes('COMPILATION ERROR')) return;
    for (const line of lines.slice(1)) {
      const match = maven.head.exec(line);
      if (match) yield* maven.parse(match, [line]);
    }
  },
};

/** The counts of failed tests, and their list, which repeat what stands above. */
const mavenCounts: Form = {
  head: /^\[ERROR\] (?:Tests run: \d{1,9}, Failures: |(?:Failures|Errors): {0,4}$)/,
  follow: () => (line) => (/^\[ERROR\] {2,6}\S/.test(line) ? 'enough' : 'no'),
  *parse() {
    yield nothing();
  },
};

const kotlin: Form = {
  head: /^e: (?:file:\/\/)?(\/.{0,1000}?\.kts?)(?::(\d{1,9}):(\d{1,9}):?|: \((\d{1,9}), (\d{1,9})\):) (.{1,4000})$/,
  *parse(head) {
    yield found(head[1] ?? '', head[2] ?? head[4], head[3] ?? head[5], undefined, head[6] ?? '');
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
  parenthesised,
  pretty,
  ghc,
  colons,
  cargoEnd,
  rustc,
  esbuild,
  webpack,
  maven,
  mavenEnd,
  mavenCounts,
  compact,
  unix,
  kotlin,
  msbuildEnd,
  goTool,
  goPackage,
  ...buildForms,
  ...compilerForms,
  ...checkerForms,
  stylish,
];

/** What at least one form's head has; other lines cost one look. */
const anyHead =
  /error|ERROR|Error|\.go:\d|^# \S+(?: \[\S+\])?$|^e: |undefined reference|multiple definition|^Undefined symbols|^(?:\S{0,200}\/)?ld\b|: \*{3} |^go: |\.[fF](?:or|\d\d)?:\d|^Build FAILED|^[^\s:]{1,1000}\.\w{1,8}$|\.pyi?:\d|\.rb:\d|^ {2}[x×] |^ {2}Line {3}|━{5}$|^(?:[A-Z]{1,4}\d{3,4}|invalid-syntax)\b/;

function formOf(line: string): Form | undefined {
  return anyHead.test(line) ? forms.find(({ head }) => head.test(line)) : undefined;
}

export const diagnostics: Grammar = {
  language: 'text',
  standsAlone: true,
  hints: [
    '  warning  ',
    ': E: ',
    ': F: ',
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
    // What Python's checkers and the go tool say begins with a place.
    ...Array.from({ length: 9 }, (_, digit) => [`.py:${digit + 1}`, `.go:${digit + 1}`]).flat(),
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
