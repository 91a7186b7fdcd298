import type { Cause, Frame } from '../../../core/signal.ts';
import {
  type Follow,
  type Grammar,
  maxFrames,
  maxMessageChars,
  type ParsedException,
} from '../grammar.ts';

/** Since Rust 1.73 the message is on the next line, since 1.91 the thread's id is in the head. */
const head =
  /^thread '([^'\n]{0,200})'(?: \((?:ThreadId\()?\d{1,12}\)?\))? panicked at (.{0,16000})$/;
const unnamed = /^thread (<unnamed>)(?: \(\d{1,12}\))? panicked at (.{0,16000})$/;
const newPlace = /^(\S.{0,1000}?):(\d{1,9}):(\d{1,9}):$/;
const oldPlace = /^'(.{0,8000})', (\S.{0,1000}?):(\d{1,9})(?::(\d{1,9}))?$/;
const oldEnd = /^(.{0,8000})', (\S.{0,1000}?\.rs):(\d{1,9})(?::(\d{1,9}))?$/;
const note = /^note: /;
const overflowed = /^thread '([^'\n]{0,200})'(?: \(\d{1,12}\))? has overflowed its stack$/;
const allocation = /^memory allocation of \d{1,20} bytes failed$/;
const backtrace = /^(?:stack backtrace|Stack backtrace):$/;
const frameLine = /^\s{1,8}\d{1,4}:\s{1,24}(?:0x[0-9a-f]{1,16} - )?(\S.{0,2000})$/;
const atLine = /^\s{4,40}at (\S.{0,1000}?):(\d{1,9})(?::(\d{1,9}))?$/;
const elided = /^\s{1,8}\[\.{3} omitted \d{1,6} frames? \.{3}\]$/;
const causes = /^(?:Caused by:|Caused by)$/;
const causeItem = /^\s{1,8}(?:(\d{1,3}): {1,4})?(\S.{0,4000})$/;
/** How `main` prints an error that it returns: by Debug. */
const mainError = /^Error: (.{1,8000})$/;
const debugValue = /^(?:"(?:[^"\\]|\\.){0,4000}"$|[A-Z]\w{0,80}(?: \{ |\())/;
const maxMessageLines = 40;

/** The panic handler of color-eyre and human-panic's kin. */
const reported = 'The application panicked (crashed).';
const reportMessage = /^Message: {1,4}(.{0,8000})$/;
const reportPlace = /^Location: {1,4}(\S.{0,1000}?):(\d{1,9})(?::\d{1,9})?$/;

export const rust: Grammar = {
  language: 'rust',
  hints: ['memory allocation of ', 'panicked at ', 'has overflowed its stack', reported],
  saysEnough: (line) =>
    overflowed.test(line) ||
    allocation.test(line) ||
    (line.startsWith('Error: ') && debugValue.test(line.slice('Error: '.length))),
  isApart: (first) => first.startsWith('thread '),
  begin(line) {
    if (line.startsWith('thread ')) {
      if (overflowed.test(line))
        return (next) => (next.startsWith('fatal runtime error') ? 'last' : 'no');
      const match = head.exec(line) ?? unnamed.exec(line);
      return match ? followPanic(match[2] ?? '') : undefined;
    }
    if (allocation.test(line)) return (next) => (note.test(next) ? 'last' : 'no');
    if (line === reported) return followReport();
    if (/^Error:\s{0,4}$/.test(line)) return followList();
    const error = line.startsWith('Error: ') ? mainError.exec(line) : null;
    return error ? followError(debugValue.test(error[1] ?? '')) : undefined;
  },
  *parse(lines) {
    const parsed =
      parsePanic(lines) ??
      parseReport(lines) ??
      parseError(lines) ??
      parseList(lines) ??
      parseOverflow(lines) ??
      parseAllocation(lines);
    if (parsed) yield parsed;
  },
};

function followPanic(place: string): Follow {
  let state: 'message' | 'frames' = 'message';
  let lines = 0;
  const isOld = !newPlace.test(place);
  let open = isOld && !oldPlace.test(place);
  return (line) => {
    if (backtrace.test(line)) {
      state = 'frames';
      return 'enough';
    }
    if (note.test(line)) return state === 'frames' ? 'last' : 'enough';
    if (state === 'frames') return isFrameLine(line) ? 'enough' : 'no';
    if (isOld && !open) return 'no';
    if (open && oldEnd.test(line)) {
      open = false;
      return 'enough';
    }
    // Only a process's first panic has a note behind it, so a message goes on only where it is indented.
    return ++lines > maxMessageLines || (lines > 1 && !/^\s+\S/.test(line)) ? 'no' : 'enough';
  };
}

function isFrameLine(line: string): boolean {
  return frameLine.test(line) || atLine.test(line) || elided.test(line);
}

/** The panic that `lines` report, the head being the first. */
export function parsePanic(lines: readonly string[]): ParsedException | undefined {
  const match = head.exec(lines[0] ?? '') ?? unnamed.exec(lines[0] ?? '');
  if (!match) return undefined;
  const ends = (line: string) => note.test(line) || backtrace.test(line) || head.test(line);
  const end = lines.findIndex((line, at) => at > 0 && ends(line));
  const body = lines.slice(1, end < 0 ? lines.length : end);
  const said = readPlace(match[2] ?? '', body);
  if (!said) return undefined;
  const traced = readFrames(lines, lines.findIndex((line) => backtrace.test(line)) + 1);
  const same = traced.findIndex(
    (frame) => frame.line === said.line && sameFile(frame.file, said.file),
  );
  // A full backtrace has the whole path.
  const file = (traced[same]?.file ?? said.file).replace(/^\.\//, '');
  const top: Frame = { file, line: said.line, inApp: isInApp(file) };
  const isTest = (match[1] ?? '').includes('::');
  return {
    language: 'rust',
    ...(isTest ? { kind: 'test' as const } : {}),
    type: 'panic',
    message: said.message.trim().slice(0, maxMessageChars),
    // The place has no function: the same panic prints with and without a backtrace, and is the same bug.
    frames: [top, ...traced.slice(same + 1)].slice(0, maxFrames),
    causes: [],
    severity: isTest ? 'error' : 'fatal',
  };
}

/** All up to the place, and a few lines of the message before it. */
function followReport(): Follow {
  let lines = 0;
  return (line) => {
    if (reportPlace.test(line)) return 'last';
    if (++lines === 1) return reportMessage.test(line) ? 'more' : 'no';
    return lines > maxMessageLines ? 'no' : 'more';
  };
}

function parseReport(lines: readonly string[]): ParsedException | undefined {
  const message = reportMessage.exec(lines[1] ?? '');
  const place = reportPlace.exec(lines.at(-1) ?? '');
  if (lines[0] !== reported || !message || !place) return undefined;
  const file = place[1] ?? '';
  const text = [message[1] ?? '', ...lines.slice(2, -1)].join('\n').trim();
  return {
    language: 'rust',
    type: 'panic',
    message: text.slice(0, maxMessageChars),
    frames: [{ file, line: Number(place[2]), inApp: isInApp(file) }],
    causes: [],
    severity: 'fatal',
  };
}

function parseOverflow(lines: readonly string[]): ParsedException | undefined {
  const name = overflowed.exec(lines[0] ?? '')?.[1];
  if (name === undefined) return undefined;
  const message = `thread '${name}' has overflowed its stack`;
  const none = { frames: [], causes: [] };
  return { language: 'rust', type: 'stack overflow', message, ...none, severity: 'fatal' };
}

function parseAllocation([message = '']: readonly string[]): ParsedException | undefined {
  if (!allocation.test(message)) return undefined;
  const none = { frames: [], causes: [] };
  return { language: 'rust', type: 'out of memory', message, ...none, severity: 'fatal' };
}

function sameFile(a: string, b: string): boolean {
  const [left, right] = [a.replace(/^\.\//, ''), b.replace(/^\.\//, '')];
  return left.endsWith(right) || right.endsWith(left);
}

interface Said {
  readonly message: string;
  readonly file: string;
  readonly line: number;
}

function readPlace(text: string, body: readonly string[]): Said | undefined {
  const place = newPlace.exec(text);
  if (place) return { message: body.join('\n'), file: place[1] ?? '', line: Number(place[2]) };
  const old = oldPlace.exec(text);
  if (old) return { message: old[1] ?? '', file: old[2] ?? '', line: Number(old[3]) };
  const last = oldEnd.exec(body.at(-1) ?? '');
  if (!last || !text.startsWith("'")) return undefined;
  const message = [text.slice(1), ...body.slice(0, -1), last[1] ?? ''].join('\n');
  return { message, file: last[2] ?? '', line: Number(last[3]) };
}

function readFrames(lines: readonly string[], from: number): Frame[] {
  const frames: Frame[] = [];
  if (from === 0) return frames;
  for (let at = from; at < lines.length; at++) {
    const named = frameLine.exec(lines[at] ?? '');
    const where = atLine.exec(lines[at + 1] ?? '');
    if (!named || !where || frames.length >= maxFrames) continue;
    const file = where[1] ?? '';
    const name = (named[1] ?? '').replace(/::h[0-9a-f]{16}$/, '').replace(/\[[0-9a-f]{16}\]/g, '');
    frames.push({ file, function: name, line: Number(where[2]), inApp: isInApp(file, name) });
  }
  return frames;
}

/** The standard library, crates, and the C start-up are not ours. */
function isInApp(file: string, name = ''): boolean {
  if (
    /^\/rustc\/|[\\/]rustlib[\\/]|[\\/]\.?cargo[\\/](?:registry|git)[\\/]|^library[\\/]|^\.\/csu\/|[\\/]sysdeps[\\/]|^\.{2}\/(?:csu|sysdeps)\//.test(
      file,
    )
  )
    return false;
  return !/^(?:std|core|alloc|__rustc|rust_begin_unwind)(?:::|\b)/.test(
    name.replace(/^<{0,3}/, ''),
  );
}

function followError(isDebug: boolean): Follow {
  let state: 'head' | 'causes' | 'frames' = 'head';
  let lines = 0;
  return (line) => {
    lines++;
    if (lines > 200) return 'no';
    if (line === '') return state === 'head' && !isDebug ? 'more' : 'enough';
    if (causes.test(line)) {
      state = 'causes';
      return 'more';
    }
    if (backtrace.test(line)) {
      state = 'frames';
      return 'more';
    }
    if (state === 'frames') return isFrameLine(line) ? 'enough' : 'no';
    if (state === 'causes') return causeItem.test(line) ? 'enough' : 'no';
    const place =
      /^Location:$/.test(line) ||
      (lines <= 6 && /^ {4}\S.{0,1000}\.rs:\d{1,9}(?::\d{1,9})?$/.test(line));
    return place
      ? 'enough'
      : lines === 1 && !isDebug && !/^\s+at |^[A-Z]\w*Error: /.test(line)
        ? 'more'
        : 'no';
  };
}

/** `Error: …` of a main that returned it: anyhow's and eyre's chain, or one value printed by Debug. */
function parseError(lines: readonly string[]): ParsedException | undefined {
  const said = mainError.exec(lines[0] ?? '')?.[1];
  if (said === undefined) return undefined;
  const start = lines.findIndex((line) => causes.test(line));
  const traced = readFrames(lines, lines.findIndex((line) => backtrace.test(line)) + 1);
  const located = lines.flatMap(
    (line) => / {4}(\S.{0,1000}\.rs):(\d{1,9})(?::\d{1,9})?$/.exec(line) ?? [],
  );
  const debug = debugValue.test(said);
  if (start < 0 && traced.length === 0 && located.length === 0 && !debug) return undefined;
  const place: Frame[] =
    located.length > 0
      ? [{ file: located[1] ?? '', line: Number(located[2]), inApp: isInApp(located[1] ?? '') }]
      : [];
  const message = said.startsWith('"') && said.endsWith('"') ? said.slice(1, -1) : said;
  return {
    language: 'rust',
    type: 'Error',
    message: message.slice(0, maxMessageChars),
    frames: [...place, ...traced.filter((frame) => frame.inApp || place.length > 0)],
    causes: start < 0 ? [] : readCauses(lines.slice(start + 1)),
    severity: 'fatal',
  };
}

/** color-eyre numbers the whole chain. */
function followList(): Follow {
  let lines = 0;
  let items = 0;
  return (line) => {
    if (++lines > 300) return 'no';
    if (causeItem.exec(line)?.[1] !== undefined) items++;
    if (items === 0) return 'no';
    return line === '' || /^(?:\s|Location:)/.test(line) ? 'enough' : 'no';
  };
}

function parseList(lines: readonly string[]): ParsedException | undefined {
  if (!/^Error:\s{0,4}$/.test(lines[0] ?? '')) return undefined;
  const [first, ...rest] = readCauses(lines.slice(1));
  if (!first) return undefined;
  const at = lines.findIndex((line) => /^\s{0,4}Location:$/.test(line));
  const place = /^\s{1,8}(\S.{0,1000}):(\d{1,9})(?::\d{1,9})?$/.exec(lines[at + 1] ?? '');
  const file = place?.[1] ?? '';
  const frames = at >= 0 && place ? [{ file, line: Number(place[2]), inApp: isInApp(file) }] : [];
  return { language: 'rust', ...first, frames, causes: rest, severity: 'fatal' };
}

function readCauses(lines: readonly string[]): Cause[] {
  const found: Cause[] = [];
  for (const line of lines) {
    const item = causeItem.exec(line);
    if (!item || line === '') break;
    const last = found.at(-1);
    const message = (item[2] ?? '').slice(0, maxMessageChars);
    const goesOn = last !== undefined && item[1] === undefined;
    if (goesOn) found[found.length - 1] = { ...last, message: `${last.message}\n${message}` };
    else if (found.length < 20) found.push({ type: 'Error', message, frames: [] });
  }
  return found;
}
