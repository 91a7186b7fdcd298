import type { Frame } from '../../../core/signal.ts';
import { type Follow, type Grammar, maxFrames } from '../grammar.ts';
import { crash, nativeFrame, nativeLanguage } from './nativeFrame.ts';
import { messageOf } from '../parts.ts';

/** What programs say that catch a signal themselves: `Caught signal 11 (Segmentation fault)`, `Error: signal 11:`. */
const caught =
  /^(?:\S.{0,120}[\s(])?(?:caught|received|got|fatal|error:|unhandled|\*{3}) ?(?:fatal |unexpected )?(?:signal:? ?(\d{1,2})\b|(?:signal )?(SIG[A-Z]{2,6})\b).{0,200}$/i;
/** Of backtrace_symbols: `./prog(main+0x2e)[0x55d]`, `/lib/libc.so.6(+0x3c050) [0x7f8]`. */
const symbol =
  /^(?:\[bt\]:? ?)?(?:\(\d{1,3}\) |#\d{1,3} )?(\/?[\w./+-]{1,300})\(([\w.$]{0,300})(?:\+0x[0-9a-f]{1,16})?\) ?\[0x[0-9a-f]{1,16}\]$/;
/** Of Abseil and folly: `    @     0x55d0c0 main`. */
const at = /^\s{1,8}@\s{1,20}0x[0-9a-f]{1,16}\s{1,12}(?:\d{1,9}\s{2})?(\S.{0,500})$/;
const counter = /^PC: @/;
const signals: Readonly<Record<string, string>> = {
  4: 'SIGILL',
  5: 'SIGTRAP',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  11: 'SIGSEGV',
};

/** A signal that the program's own handler tells of, with a stack below: without one, it may be asked to end. */
export const caughtSignals: Grammar = {
  language: 'cpp',
  hints: [
    'aught signal',
    'eceived signal',
    'got signal',
    'Got signal',
    '*** SIG',
    'rror: signal',
    ' signal 11',
    '*** signal ',
  ],
  begin: (line) =>
    /signal|\*{3} SIG/i.test(line) && caught.test(line) ? followSymbols() : undefined,
  *parse(lines) {
    const [first = '', ...rest] = lines;
    const head = caught.exec(first);
    const frames = rest.map(symbolFrame).filter((frame) => frame !== undefined);
    if (!head || frames.length === 0) return;
    const type = head[2] ?? signals[head[1] ?? ''] ?? `signal ${head[1]}`;
    yield crash(type, messageOf([first]), frames.slice(0, maxFrames), 'cpp');
  },
};

function followSymbols(): Follow {
  let frames = 0;
  let lines = 0;
  return (line) => {
    if (symbolFrame(line)) {
      frames++;
      return 'enough';
    }
    if (counter.test(line)) return 'more';
    return frames > 0 || ++lines > 3 ? 'no' : 'more';
  };
}

function symbolFrame(line: string): Frame | undefined {
  const found = symbol.exec(line);
  if (found) return nativeFrame(found[2], found[1] ?? '', undefined);
  const called = at.exec(line);
  return called ? nativeFrame(called[1], '', undefined) : undefined;
}

/** Of Boost.Stacktrace and std::stacktrace: ` 0# shop::price(int) at /src/shop.cpp:18`, ` 1# main in ./shop`. */
const numbered = /^ {0,3}(\d{1,3})# (.{1,1000}?)(?: at (\S.{0,1000}):(\d{1,9})| in (\S.{0,500}))?$/;

/** A stack that a program prints of itself, below what it says of why. */
export const numberedStacks: Grammar = {
  language: 'cpp',
  hints: ['\n 0# ', '\n  0# ', '\n   0# '],
  takesLineAbove: () => true,
  begin(line) {
    if (numbered.exec(line)?.[1] !== '0') return undefined;
    let next = 1;
    return (text) => (Number(numbered.exec(text)?.[1] ?? -1) === next++ ? 'enough' : 'no');
  },
  *parse(lines, said = []) {
    const start = lines.findIndex((line) => numbered.test(line));
    const frames = lines.slice(start).flatMap((line) => {
      const [, , name, file, number, object = ''] = numbered.exec(line) ?? [];
      return name === undefined ? [] : [nativeFrame(name, file ?? object, number)];
    });
    const top = frames.find((frame) => frame.inApp);
    const message = messageOf([said[0] ?? (start > 0 ? (lines[0] ?? '') : '')]);
    if (frames.length < 2 || !frames.some(({ file }) => file !== '')) return;
    yield {
      ...crash('stacktrace', message, frames, nativeLanguage(top?.file, 'a::b')),
      severity: 'error',
    };
  },
};

const debugPlace = /^(\/.{1,500}\/debug\/[\w.+]{1,60}):(\d{1,9}):$/;

/** libstdc++'s debug mode: a place in its headers, the function, then what is wrong. */
export const debugMode: Grammar = {
  language: 'cpp',
  standsAlone: true,
  hints: ['\nIn function:'],
  begin(line) {
    if (!debugPlace.test(line)) return undefined;
    let told = false;
    let lines = 0;
    return (next) => {
      const ends = told && !/^(?:Objects involved|\s|container |$)/.test(next);
      told ||= next.startsWith('Error: ');
      return ends || ++lines > 40 ? 'no' : told ? 'enough' : 'more';
    };
  },
  *parse(lines) {
    const start = lines.findIndex((line) => line.startsWith('Error: '));
    if (start < 0) return;
    const end = lines.indexOf('', start);
    const said = lines.slice(start, end < 0 ? start + 1 : end).map((line) => line.trim());
    yield crash('Assertion', said.join(' ').replace(/^Error: /, ''), [], 'cpp');
  },
};
