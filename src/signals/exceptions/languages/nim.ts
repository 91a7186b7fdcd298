import type { Frame } from '../../../core/signal.ts';
import type { Grammar, ParsedException } from '../grammar.ts';
import { addFrame, exceptionOf, frameOf, messageOf } from '../parts.ts';

const stackHead = /^Traceback \(most recent call last\)$/;
const frameLine = /^(\S.{0,1000}?\.nims?)\((\d{1,9})\) {1,60}(\S{1,200})(?: .{0,400})?$/;
/** What was raised again, and by whom. */
const again = /^\[\[|^\]\]$/;
const uncaught = /^Error: unhandled exception: (.{0,4000}?)(?: \[(\w{1,100})\])?$/;
/** Without an exception of its own: nil was read. */
const signalled = /^(SIG[A-Z]{3,5}): (\S.{0,500})$/;
const typeEnd = /^(.{0,4000}?) ?\[(\w{1,100}(?:Defect|Error|Exception|\w))\]$/;
const compiled = /^(\S.{0,1000}?\.nims?)\((\d{1,9}), (\d{1,9})\) Error: (.{1,4000})$/;

export const nim: Grammar = {
  language: 'nim',
  hints: ['.nim(', 'Error: unhandled exception: '],
  begin(line) {
    const may =
      line.includes('.nim') || line.startsWith('Traceback') || line.startsWith('Error: u');
    if (!may) return undefined;
    if (compiled.test(line)) return () => 'no';
    if (uncaught.test(line)) return followMessage(line);
    if (!stackHead.test(line) && !frameLine.test(line)) return undefined;
    let message: ReturnType<typeof followMessage> | undefined;
    return (next) => {
      if (message) return message(next);
      if (frameLine.test(next) || again.test(next)) return 'more';
      if (signalled.test(next)) return 'last';
      if (!uncaught.test(next)) return 'no';
      message = followMessage(next);
      return isWhole(next) ? 'last' : 'enough';
    };
  },
  saysEnough: (line) => compiled.test(line) || uncaught.test(line),
  *parse(lines) {
    const parsed = parseCompiler(lines[0] ?? '') ?? parseUncaught(lines);
    if (parsed) yield parsed;
  },
};

function isWhole(line: string): boolean {
  return uncaught.exec(line)?.[2] !== undefined;
}

/** A message of several lines ends with the type. */
function followMessage(first: string): (line: string) => 'no' | 'enough' | 'last' {
  let lines = 0;
  return (line) => {
    if (isWhole(first) || ++lines > 12) return 'no';
    return typeEnd.test(line) ? 'last' : 'enough';
  };
}

function parseUncaught(lines: readonly string[]): ParsedException | undefined {
  const at = lines.findIndex((line) => uncaught.test(line));
  const head = uncaught.exec(lines[at] ?? '');
  if (!head) return parseSignal(lines);
  const end = head[2] === undefined ? typeEnd.exec(lines.at(-1) ?? '') : null;
  const body = end ? [...lines.slice(at + 1, -1), end[1] ?? ''] : [];
  const frames = framesOf(lines.slice(0, at));
  const type = head[2] ?? end?.[2] ?? 'Exception';
  const message = messageOf([head[1] ?? '', ...body]);
  return exceptionOf('nim', { type, message, frames }, [], { severity: 'fatal' });
}

function parseSignal(lines: readonly string[]): ParsedException | undefined {
  const head = signalled.exec(lines.at(-1) ?? '');
  const [, type = '', message = ''] = head ?? [];
  const frames = framesOf(lines.slice(0, -1));
  if (!head || frames.length === 0) return undefined;
  return exceptionOf('nim', { type, message, frames }, [], { severity: 'fatal' });
}

/** Printed with the innermost last. */
function framesOf(lines: readonly string[]): Frame[] {
  const frames: Frame[] = [];
  for (const line of lines.toReversed()) {
    const match = frameLine.exec(line);
    if (match) addFrame(frames, placed(match[1] ?? '', match[2], match[3]));
  }
  return frames;
}

function parseCompiler(line: string): ParsedException | undefined {
  const match = compiled.exec(line);
  if (!match) return undefined;
  const frame = { ...placed(match[1] ?? '', match[2]), column: Number(match[3]) };
  const said = { type: 'CompileError', message: messageOf([match[4] ?? '']), frames: [frame] };
  return exceptionOf('nim', said, [], { kind: 'diagnostic' });
}

function placed(file: string, line: string | undefined, name?: string): Frame {
  const inApp =
    !/[\\/]nim(?:-[\d.]{1,12})?[\\/]lib[\\/]|[\\/]\.nimble[\\/]|[\\/]nimcache[\\/]|^(?:fatal|system|iterators|strutils|tables|asyncdispatch|asyncfutures|asyncmacro|os|io|json|parseutils|sequtils|options)\.nim$/.test(
      file,
    ) && !/[\\/]lib[\\/](?:system|pure|core|std|js|impure)[\\/]/.test(file);
  return frameOf(file, inApp, { function: name, line: Number(line) });
}
