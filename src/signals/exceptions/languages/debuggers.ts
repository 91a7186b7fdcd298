import type { Frame } from '../../../core/signal.ts';
import { type Follow, type Grammar, maxFrames, type ParsedException } from '../grammar.ts';
import { crash, nativeFrame, nativeLanguage, shortName } from './nativeFrame.ts';

const debuggerFrame =
  /^(?:\s{0,4}\*?\s{0,2}(?:frame )?#(\d{1,5}):?\s{1,4})?(?:0x[0-9a-f]{1,16}\s(?:in )?)?(.{1,2000}?)(?: at |\s{1,8}at )(\S.{0,1000}?):(\d{1,9})(?::(\d{1,9}))?$/;
const debuggerLine =
  /^(?:#\d|0x[0-9a-f]{4,16} in |\d{1,9}\t|\s|\[|$|->|\* ?(?:thread|frame)|Thread \d|\(gdb\)|\(lldb\)|warning: )/;

const stop =
  /^(?:\(gdb\) )?(?:(?:Program|Thread .{1,100}) (?:received|terminated with) signal|Program terminated with signal) (SIG(?:SEGV|ABRT|BUS|FPE|ILL|SYS)), (.{1,200})$|^\s{0,4}\*? ?thread #\d{1,6}.{0,300}?stop reason = (?:signal (SIG(?:SEGV|ABRT|BUS|FPE|ILL|SYS))|(EXC_\w{1,40}))(.{0,200})$/;

/** gdb and lldb: the signal, then where it stands, then the stack if it was asked for. */
export const debuggers: Grammar = {
  language: 'cpp',
  hints: [' signal SIG', 'stop reason = '],
  saysEnough: () => true,
  begin: (line) => (isStop(line) ? followStop() : undefined),
  *parse(lines) {
    const parsed = parseStop(lines);
    if (parsed) yield parsed;
  },
};

export function isStop(line: string): boolean {
  return /signal SIG|stop reason/.test(line) && stop.test(line);
}

function followStop(): Follow {
  let lines = 0;
  return (line) => (++lines <= 3 || (debuggerLine.test(line) && lines < 600) ? 'enough' : 'no');
}

/** What a program said of its end, and the stack that a debugger it ran in shows below. */
export function followedByDebugger(follow: Follow): Follow {
  let stopped: Follow | undefined;
  let between = 0;
  return (line, leveled) => {
    if (stopped) return stopped(line, leveled);
    const verdict = between === 0 ? follow(line, leveled) : 'no';
    if (verdict !== 'no') return verdict;
    if (isStop(line)) {
      stopped = followStop();
      return 'enough';
    }
    return /^(?:$|\[(?:New )?Thread )/.test(line) && ++between <= 10 ? 'enough' : 'no';
  };
}

export function parseStop(lines: readonly string[]): ParsedException | undefined {
  const head = stop.exec(lines[0] ?? '');
  if (!head) return undefined;
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
}

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
  const run = matches.slice(0, end < 0 ? matches.length : end);
  // lldb shows the frame where it stopped before the stack that was asked for.
  return run.length === 1 && end > 0 ? firstRun(matches.slice(end)) : run;
}

function toFrame(match: RegExpExecArray): Frame {
  const name = shortName((match[2] ?? '').replace(/^\S{1,200}`/, '').replace(/ \(.*$/, ''));
  return nativeFrame(name, match[3] ?? '', match[4], match[5]);
}
