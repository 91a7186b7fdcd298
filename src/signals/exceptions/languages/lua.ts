import type { Frame } from '../../../core/signal.ts';
import type { Grammar, ParsedException } from '../grammar.ts';
import { addFrame, exceptionOf, frameOf, maxMessageLines, messageOf } from '../parts.ts';

/** `lua5.4: shop.lua:4: msg`, `luajit: …`, `… runtime error: /srv/shop.lua:4: msg` in nginx. */
const byInterpreter =
  /^(?:[\w./\\-]{0,200}[\\/])?(?:lua(?:jit|c|rocks|u)?[\d.-]{0,8}|texlua|resty|love|tarantool|busted)(?:\.exe)?: (.*)$/;
const otherHosts = /^(?:resty|love|tarantool|busted): /;
const placed =
  /^(\.{0,3}[^\s:"']{0,500}\.(?:lua|luau|moon|t)|\[string ".{0,300}?"\]|stdin|input|\(command line\)|[\w./-]{1,300}):(\d{1,9}): (.*)$/;
const anywhere = /(?:^|[\s"'])(\.{0,3}[^\s:"']{0,500}\.lua):(\d{1,9}): (\S.*)$/;
const stackHead = /^\s*stack traceback:$/;
const frameLine =
  /^\s+(?:\[(C|builtin#\d{1,4}|builtin)\](?::|: )|(\.{0,3}[^\s:]{1,500}|\[string ".{0,300}?"\]):(?:(\d{1,9}):)?) (?:in |$)(.*)$/;
const elided = /^\s+\.\.\.\s*(?:\(skipping \d{1,9} levels\)|$)/;
const coroutine = /^coroutine \d{1,9}:$/;

export const lua: Grammar = {
  language: 'lua',
  hints: ['stack traceback:', '.lua:', 'lua: ['],
  begin(line) {
    if (!line.includes('lua') && !otherHosts.test(line)) return undefined;
    const own = byInterpreter.exec(line);
    if (!own && !anywhere.test(line)) return undefined;
    let stack = false;
    let lines = 0;
    return (next) => {
      if (stackHead.test(next)) {
        stack = true;
        return 'more';
      }
      if (stack)
        return frameLine.test(next) || elided.test(next) || coroutine.test(next) ? 'enough' : 'no';
      if (byInterpreter.test(next) || placed.test(next)) return 'no';
      return ++lines <= maxMessageLines ? 'more' : 'no';
    };
  },
  saysEnough: (line) => !byInterpreter.test(line) || isUnreadable(line),
  *parse(lines) {
    const parsed = parseStack(lines);
    if (parsed) yield parsed;
  },
};

/** A script that does not compile has no stack. */
function isUnreadable(line: string): boolean {
  const said = placed.exec(byInterpreter.exec(line)?.[1] ?? '')?.[3] ?? '';
  return /(?:expected|unfinished|malformed|unexpected|near) .{0,200}(?:near|at line|<eof>|')|^cannot use .{1,40} outside/.test(
    said,
  );
}

/** `cart.lua:6: the message`. */
export interface LuaPlace {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

export function luaPlace(text: string): LuaPlace | undefined {
  const match = placed.exec(text);
  return match
    ? { file: match[1] ?? '', line: Number(match[2]), message: match[3] ?? '' }
    : undefined;
}

/** The frames of the lines that are some. */
export function framesBelow(lines: readonly string[]): readonly Frame[] {
  const frames: Frame[] = [];
  for (const line of lines) {
    const frame = readFrame(line);
    if (frame) addFrame(frames, frame);
  }
  return frames;
}

function parseStack(lines: readonly string[]): ParsedException | undefined {
  const [first = ''] = lines;
  const own = byInterpreter.exec(first);
  const text = own?.[1] ?? first;
  const match = placed.exec(text) ?? anywhere.exec(first);
  const stack = lines.findIndex((line) => stackHead.test(line));
  if (!match && !own) return undefined;
  if (stack < 0 && !isUnreadable(first)) return undefined;
  const frames = stack < 0 ? [] : framesBelow(lines.slice(stack + 1));
  const top = match
    ? topFrame({ file: match[1] ?? '', line: Number(match[2]) }, frames)
    : undefined;
  const message = messageOf([match?.[3] ?? text, ...(stack < 0 ? [] : lines.slice(1, stack))]);
  return exceptionOf(
    'lua',
    {
      type: 'LuaError',
      message,
      frames: top ? [top, ...frames.filter((frame) => !isSame(frame, top))] : frames,
    },
    [],
  );
}

/** The place in the message is where it failed; `error()` itself may stand above it in the stack. */
export function topFrame(
  { file, line }: Pick<LuaPlace, 'file' | 'line'>,
  frames: readonly Frame[],
): Frame {
  const top = frameOf(file, isInApp(file), { line });
  return frames.find((frame) => isSame(frame, top)) ?? top;
}

function isSame(a: Frame, b: Frame): boolean {
  return a.file === b.file && a.line === b.line;
}

function readFrame(line: string): Frame | undefined {
  const match = frameLine.exec(line);
  if (!match) return undefined;
  const file = match[2] ?? '[C]';
  return frameOf(file, match[2] !== undefined && isInApp(file), {
    function: nameOf(match[4] ?? ''),
    line: match[3] === undefined ? undefined : Number(match[3]),
  });
}

function nameOf(shown: string): string | undefined {
  const quoted =
    /^(?:function|local|upvalue|method|field|global|metamethod|for iterator|hook) '([^']{1,200})'/.exec(
      shown,
    );
  return quoted?.[1] ?? (shown === 'main chunk' ? shown : undefined);
}

function isInApp(file: string): boolean {
  return !/^\[|^\(|^\/usr\/(?:local\/)?(?:share|lib|openresty)\/|[\\/]luarocks[\\/]|[\\/]lua_modules[\\/]|^stdin$/.test(
    file,
  );
}
