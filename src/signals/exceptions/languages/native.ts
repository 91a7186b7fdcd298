import type { Frame } from '../../../core/signal.ts';
import { followedByDebugger, isStop, parseStop } from './debuggers.ts';
import type { Follow, Grammar, ParsedException } from '../grammar.ts';
import { crash, nativeFrame, nativeLanguage } from './nativeFrame.ts';

/** One way in which a C or C++ program tells its end. */
interface Report {
  readonly head: RegExp;
  readonly follow: () => Follow;
  parse(head: RegExpExecArray, lines: readonly string[]): ParsedException;
}

/** What a shell says of the same end. */
const aborted = /^(?:(?:[^:]{1,300}: line \d{1,9}: \s{0,8}\d{1,12} )?Aborted|Abort trap)\b/;
const oneLine = (): Follow => (line) => (aborted.test(line) ? 'last' : 'no');
const whatLine = /^\s{0,4}what\(\):\s{1,4}(.{0,8000})$/;

/** glibc: `prog: a.cpp:10: void f(int): Assertion `x' failed.` */
const assertion: Report = {
  head: /^(?:[^:\s][^:]{0,200}: )?(\S[^:]{0,500}):(\d{1,9}): (.{1,2000}?): (Assertion [`'‘].{1,4000}['’] failed\.)$/,
  follow: oneLine,
  parse: (head) => asserted(head[4] ?? '', head[3], head[1] ?? '', head[2]),
};

/** musl: `Assertion failed: x (a.c: f: 10)`; macOS: `…, function f, file a.c, line 10.`; Windows: `…, file a.c, line 10`. */
const assertionFailed: Report = {
  head: /^(Assertion failed: .{1,4000}?)(?:, function (\S{1,500}), file (.{1,500}?), line (\d{1,9})\.?| \(([^():]{1,500}): ([^:()]{1,300}): (\d{1,9})\)|, file (.{1,500}?), line (\d{1,9}))$/,
  follow: oneLine,
  parse: (head) =>
    asserted(
      head[1] ?? '',
      head[2] ?? head[6],
      head[3] ?? head[5] ?? head[8] ?? '',
      head[4] ?? head[7] ?? head[9],
    ),
};

/** Qt: `ASSERT: "x" in file a.cpp, line 10`, `ASSERT failure in f: "x", file a.cpp, line 10`. */
const qtAssert: Report = {
  head: /^(ASSERT(?: failure in .{1,300}?)?: ".{1,2000}"),? (?:in )?file (\S.{0,500}), line (\d{1,9})$/,
  follow: oneLine,
  parse: (head) => asserted(head[1] ?? '', undefined, head[2] ?? '', head[3]),
};

function asserted(
  message: string,
  name: string | undefined,
  file: string,
  line: string | undefined,
): ParsedException {
  const top = nativeFrame(name, file, line);
  return crash('Assertion', message, [top], nativeLanguage(file, name));
}

const terminated: Report = {
  head: /^terminate called (?:after throwing an instance of '(.{1,1000})'|(without an active exception|recursively))$/,
  follow: () => {
    let said = 0;
    return (line) => {
      if (aborted.test(line)) return 'last';
      if (said === 0) return whatLine.test(line) && ++said ? 'enough' : 'no';
      return /^\s+\S/.test(line) && ++said < 20 ? 'enough' : 'no';
    };
  },
  parse(head, lines) {
    const what = whatLine.exec(lines[1] ?? '')?.[1];
    const rest = lines.slice(2).filter((line) => !aborted.test(line));
    const message =
      what === undefined
        ? head[2]
          ? `terminate called ${head[2]}`
          : ''
        : [what, ...rest].join('\n');
    return crash(head[1] ?? 'terminate', message, [], 'cpp');
  },
};

const terminating: Report = {
  head: /^libc\+\+abi(?:\.dylib)?: terminating (?:due to|with) uncaught (?:foreign )?exception(?: of type ([^\n]{1,500}?))?(?:: (.{0,8000}))?$/,
  follow: oneLine,
  parse: (head) => crash(head[1] ?? 'terminate', head[2] ?? '', [], 'cpp'),
};

/** Apple's Foundation says what was thrown before the C++ runtime does. */
const foundation: Report = {
  head: /^(?:.{0,120}\] )?\*\*\* Terminating app due to uncaught exception '(\w{1,120})', reason: '(.{0,8000}?)'?$/,
  follow: () => {
    let lines = 0;
    return (line) => {
      if (terminating.head.test(line)) return 'last';
      return ++lines < 200 && /^(?:\*\*\* First throw|[()]|\s)/.test(line) ? 'enough' : 'no';
    };
  },
  parse: (head) => crash(head[1] ?? 'NSException', head[2] ?? '', [], 'objective-c'),
};

const heap: Report = {
  head: /^((?:free|malloc|realloc|calloc|munmap_chunk|malloc_consolidate|malloc_printerr)\(\): (?=.{0,80}(?:invalid|corrupt|unaligned|unsorted|too many|mismatch|double|smash|not in |size)).{1,200}|double free or corruption.{0,60}|corrupted (?:size vs\. prev_size|double-linked list).{0,60}|\*{3} (?:stack smashing|buffer overflow) detected \*{3}.{0,200}|\*{3} Error in `.{1,1000})$/,
  follow: () => {
    const end = oneLine();
    let lines = 0;
    // Older versions of glibc print a backtrace and the memory map.
    return (line) =>
      /^(?:={3,} |\S{1,300}(?:\([^()]{0,300}\))?\[0x|[0-9a-f]{8,16}-[0-9a-f]{8,16} )/.test(line) &&
      ++lines < 400
        ? 'enough'
        : end(line);
  },
  parse: (head) => crash('SIGABRT', head[1] ?? '', [], 'cpp'),
};

/** What the C++ runtime says before it terminates. */
const pureVirtual: Report = {
  head: /^(?:libc\+\+abi: )?((?:[Pp]ure|[Dd]eleted) virtual (?:method|function) called)!?$/,
  follow: () => (line) =>
    line.startsWith('terminate called without') ? 'enough' : aborted.test(line) ? 'last' : 'no',
  parse: (head) => crash('SIGABRT', head[1] ?? '', [], 'cpp'),
};

const names: Readonly<Record<string, string>> = {
  'Segmentation fault': 'SIGSEGV',
  Aborted: 'SIGABRT',
  'Bus error': 'SIGBUS',
  'Illegal instruction': 'SIGILL',
  'Floating point exception': 'SIGFPE',
};

/** What a shell or the kernel says of a program that a signal ended. */
const killed: Report = {
  head: /^(?:[^:]{1,300}: line \d{1,9}: \s{0,8}\d{1,12} (Segmentation fault|Aborted|Bus error|Illegal instruction|Floating point exception)(?:\s{1,20}\(core dumped\))?\s{0,20}(.{1,500})|(?:make(?:\[\d{1,3}\])?: \*{3} \[[^\]]{1,300}\] |\[\d{1,3}\]\s{1,8}[+-]?\s{0,4}\d{1,12}\s)?(?:(Segmentation fault|Bus error)|(Aborted|Illegal instruction|Floating point exception)(?= \(core dumped\)))(?: \(core dumped\)(?:\s{1,20}\S.{0,500})?)?)$/,
  follow: () => () => 'no',
  parse(head) {
    const what = head[1] ?? head[3] ?? head[4] ?? '';
    return crash(names[what] ?? 'signal', said(what, head[2]), [], 'cpp');
  },
};

const kernel: Report = {
  head: /(?:^|\] |: )([\w.-]{1,40})\[\d{1,9}\]: segfault at [0-9a-f]{1,16} ip [0-9a-f:]{1,20} sp [0-9a-f:]{1,20} error \d{1,3}(?: in (\S{1,200}?)\[.{0,80})?.{0,200}$/,
  follow: () => (line) => (/(?:^|\] )Code: /.test(line) ? 'last' : 'no'),
  parse: (head) => crash('SIGSEGV', `segfault in ${head[2] ?? head[1]}`, [], 'cpp'),
};

function said(what: string, command: string | undefined): string {
  return command === undefined || command === '' ? what : `${what}: ${command}`;
}

/** Of a program itself, which a debugger may have held. */
const own: readonly Report[] = [
  assertion,
  assertionFailed,
  qtAssert,
  terminated,
  terminating,
  foundation,
  heap,
  pureVirtual,
];
const reports: readonly Report[] = [...own, killed, kernel];

/** A word that each report's head has, so that other lines cost little. */
const anyHead =
  /Assertion|ASSERT|line \d{1,9}: +\d|virtual (?:method|function) called|terminat|\(\): |corrupt|\*\*\* |core dumped|Segmentation fault|segfault at |Bus error|^Aborted|exception$/;

export const native: Grammar = {
  language: 'cpp',
  hints: [
    ': Assertion ',
    'Assertion failed: ',
    'ASSERT: "',
    'ASSERT failure in ',
    'terminate called ',
    ': terminating ',
    'Terminating app ',
    'free(): ',
    'lloc(): ',
    '_chunk(): ',
    'consolidate(): ',
    'double free or',
    'corrupted ',
    ' detected ***',
    '*** Error in `',
    'virtual method called',
    'virtual function called',
    'Floating point exception',
    ' Aborted   ',
    'Segmentation fault',
    'segfault at ',
    '(core dumped)',
    'Bus error',
  ],
  saysEnough: () => true,
  begin(line) {
    if (!anyHead.test(line)) return undefined;
    const report = reports.find(({ head }) => head.test(line));
    if (!report) return undefined;
    return own.includes(report) ? followedByDebugger(report.follow()) : report.follow();
  },
  *parse(lines) {
    for (const one of reports) {
      const head = one.head.exec(lines[0] ?? '');
      if (!head) continue;
      const at = lines.findIndex(isStop);
      const parsed = one.parse(head, at < 0 ? lines : lines.slice(0, at));
      const stack = at < 0 ? [] : (parseStop(lines.slice(at))?.frames ?? []);
      yield parsed.frames.length > 0 || stack.length === 0 ? parsed : withStack(parsed, stack);
      return;
    }
  },
};

function withStack(parsed: ParsedException, frames: readonly Frame[]): ParsedException {
  const top = frames.find((frame) => frame.inApp);
  return { ...parsed, frames, language: nativeLanguage(top?.file, top?.function) };
}
