import type { Frame } from '../../core/signal.ts';
import {
  type Follow,
  type Grammar,
  maxFrames,
  maxMessageChars,
  type ParsedException,
  type Verdict,
} from './grammar.ts';
import { nativeFrame, nativeLanguage, shortName } from './nativeFrame.ts';

/** One way in which a C or C++ program tells its end. */
interface Report {
  readonly head: RegExp;
  readonly follow: () => Follow;
  parse(head: RegExpExecArray, lines: readonly string[]): ParsedException;
}

const oneLine = (): Follow => (line) => (/^(?:Aborted|Abort trap)\b/.test(line) ? 'last' : 'no');
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
      if (/^(?:Aborted|Abort trap)\b/.test(line)) return 'last';
      if (said === 0) return whatLine.test(line) && ++said ? 'enough' : 'no';
      return /^\s+\S/.test(line) && ++said < 20 ? 'enough' : 'no';
    };
  },
  parse(head, lines) {
    const what = whatLine.exec(lines[1] ?? '')?.[1];
    const rest = lines.slice(2).filter((line) => !line.startsWith('Abort'));
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
  follow: oneLine,
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
  head: /^(?:[^:]{1,300}: line \d{1,9}: \s{0,8}\d{1,12} (Segmentation fault|Aborted|Bus error|Illegal instruction|Floating point exception)(?:\s{1,20}\(core dumped\))?\s{1,20}(.{1,500})|(?:make(?:\[\d{1,3}\])?: \*{3} \[[^\]]{1,300}\] |\[\d{1,3}\]\s{1,8}[+-]?\s{0,4}\d{1,12}\s)?(?:(Segmentation fault|Bus error)|(Aborted|Illegal instruction|Floating point exception)(?= \(core dumped\)))(?: \(core dumped\)(?:\s{1,20}\S.{0,500})?)?)$/,
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

const debuggerFrame =
  /^(?:\s{0,4}\*?\s{0,2}(?:frame )?#(\d{1,5}):?\s{1,4})?(?:0x[0-9a-f]{1,16}\s(?:in )?)?(.{1,2000}?)(?: at |\s{1,8}at )(\S.{0,1000}?):(\d{1,9})(?::(\d{1,9}))?$/;
const debuggerLine =
  /^(?:#\d|0x[0-9a-f]{4,16} in |\d{1,9}\t|\s|\[|$|\* ?(?:thread|frame)|Thread \d|\(gdb\)|\(lldb\)|warning: )/;

/** gdb and lldb: the signal, then where it stands, then the stack if it was asked for. */
const debuggers: Report = {
  head: /^(?:\(gdb\) )?(?:(?:Program|Thread .{1,100}) (?:received|terminated with) signal|Program terminated with signal) (SIG(?:SEGV|ABRT|BUS|FPE|ILL|SYS)), (.{1,200})$|^\s{0,4}\*? ?thread #\d{1,6}.{0,300}?stop reason = (?:signal (SIG(?:SEGV|ABRT|BUS|FPE|ILL|SYS))|(EXC_\w{1,40}))(.{0,200})$/,
  follow: () => {
    let lines = 0;
    return (line): Verdict =>
      ++lines <= 3 || (debuggerLine.test(line) && lines < 600) ? 'enough' : 'no';
  },
  parse(head, lines) {
    const texts = unwrapped(lines.slice(1).map((line) => line.replace(/^\((?:gdb|lldb)\) /, '')));
    const matches = texts.map((line) => debuggerFrame.exec(line)).filter((match) => match !== null);
    const numbered = matches.filter((match) => match[1] !== undefined);
    const chosen = numbered.length > 0 ? firstRun(numbered) : matches.slice(0, 1);
    const frames = chosen.slice(0, maxFrames).map(toFrame);
    const top = frames.find((frame) => frame.inApp);
    const message = head[2] ?? (head[5] ?? '').replace(/^: /, '');
    return crash(
      head[1] ?? head[3] ?? head[4] ?? 'signal',
      message,
      frames,
      nativeLanguage(top?.file, top?.function),
    );
  },
};

/** gdb breaks long lines before `at`. */
function unwrapped(lines: readonly string[]): string[] {
  const joined: string[] = [];
  for (const line of lines) {
    const last = joined.at(-1);
    if (last !== undefined && /^ {4}(?:at|from) /.test(line))
      joined[joined.length - 1] = `${last}${line.slice(3)}`;
    else joined.push(line);
  }
  return joined;
}

/** The first thread's stack: numbers that rise. */
function firstRun(matches: readonly RegExpExecArray[]): RegExpExecArray[] {
  const end = matches.findIndex(
    (match, at) => at > 0 && Number(match[1]) <= Number(matches[at - 1]?.[1]),
  );
  return matches.slice(0, end < 0 ? matches.length : end);
}

function toFrame(match: RegExpExecArray): Frame {
  const name = shortName((match[2] ?? '').replace(/^\S{1,200}`/, '').replace(/ \(.*$/, ''));
  return nativeFrame(name, match[3] ?? '', match[4], match[5]);
}

function crash(
  type: string,
  message: string,
  frames: readonly Frame[],
  language: string,
): ParsedException {
  return {
    language,
    type,
    message: message.trim().slice(0, maxMessageChars),
    frames,
    causes: [],
    severity: 'fatal',
  };
}

const reports: readonly Report[] = [
  assertion,
  assertionFailed,
  terminated,
  terminating,
  foundation,
  heap,
  debuggers,
  killed,
  kernel,
];

/** A word that each report's head has, so that other lines cost little. */
const anyHead =
  /Assertion|terminat|signal SIG|stop reason|\(\): |corrupt|\*\*\* |core dumped|Segmentation fault|segfault at |Bus error|^Aborted|exception$/;

export const native: Grammar = {
  language: 'cpp',
  hints: [
    ': Assertion ',
    'Assertion failed: ',
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
    ' signal SIG',
    'stop reason = ',
    'Segmentation fault',
    'segfault at ',
    '(core dumped)',
    'Bus error',
  ],
  saysEnough: () => true,
  begin(line) {
    if (!anyHead.test(line)) return undefined;
    return reports.find(({ head }) => head.test(line))?.follow();
  },
  *parse(lines) {
    for (const one of reports) {
      const head = one.head.exec(lines[0] ?? '');
      if (!head) continue;
      yield one.parse(head, lines);
      return;
    }
  },
};
