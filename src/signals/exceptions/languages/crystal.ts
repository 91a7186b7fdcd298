import type { Cause, Frame } from '../../../core/signal.ts';
import type { Follow, Grammar, ParsedException } from '../grammar.ts';
import { addFrame, exceptionOf, frameOf, maxMessageLines, messageOf } from '../parts.ts';

const head = /^Unhandled exception(?: in spawn(?:\([^)]{1,200}\))?)?: (.{1,4000})$/;
const causedBy = /^Caused by: (.{0,4000})$/;
const typed = /^(.*?) ?\(([A-Z]\w{0,100}(?:::\w{1,100}){0,8})\)$/s;
/** `  from src/shop.cr:7:5 in 'price_of'` */
const frameLine = /^\s{2,4}from (\S{1,1000}?)(?::(\d{1,9}):\d{1,9})? in '(.{1,400})'$/;
const compiled = /^In (\S{1,1000}\.cr):(\d{1,9}):(\d{1,9})$/;
const compileError = /^Error: (.{1,4000})$/;

export const crystal: Grammar = {
  language: 'crystal',
  hints: ['Unhandled exception'],
  begin(line) {
    if (line.startsWith('Unhandled exception') && head.test(line)) return followFrames();
    return line.startsWith('In ') && compiled.test(line) ? followCompiler() : undefined;
  },
  *parse(lines) {
    const parsed = compiled.test(lines[0] ?? '') ? parseCompiler(lines) : parseUncaught(lines);
    if (parsed) yield parsed;
  },
};

function followFrames(): Follow {
  let frames = 0;
  let lines = 0;
  return (line) => {
    if (frameLine.test(line)) {
      frames++;
      return 'enough';
    }
    if (causedBy.test(line)) {
      frames = 0;
      return 'enough';
    }
    return frames === 0 && ++lines <= maxMessageLines && !head.test(line) ? 'more' : 'no';
  };
}

function followCompiler(): Follow {
  let lines = 0;
  return (line) => {
    if (compileError.test(line)) return 'last';
    return /^(?:\s|$)/.test(line) && ++lines <= 16 ? 'more' : 'no';
  };
}

function parseUncaught(lines: readonly string[]): ParsedException | undefined {
  const starts = [0, ...lines.flatMap((line, at) => (causedBy.test(line) ? [at] : []))];
  const [outermost, ...causes] = starts.map((start, at) =>
    readPart(lines.slice(start, starts[at + 1] ?? lines.length)),
  );
  if (!outermost || outermost.frames.length === 0) return undefined;
  return exceptionOf('crystal', outermost, causes, { severity: 'fatal' });
}

function readPart(lines: readonly string[]): Cause {
  const [first = ''] = lines;
  const own = (head.exec(first) ?? causedBy.exec(first))?.[1] ?? '';
  const stack = lines.findIndex((line) => frameLine.test(line));
  const text = messageOf([own, ...lines.slice(1, Math.max(stack, 1))]);
  const match = typed.exec(text);
  const frames: Frame[] = [];
  for (const line of lines) {
    const frame = frameLine.exec(line);
    if (!frame) continue;
    const [, file = '', number, name] = frame;
    const at = number === undefined ? undefined : Number(number);
    addFrame(frames, frameOf(file, isInApp(file), { function: name, line: at }));
  }
  return { type: match?.[2] ?? 'Exception', message: match?.[1] ?? text, frames };
}

function parseCompiler(lines: readonly string[]): ParsedException | undefined {
  const place = compiled.exec(lines[0] ?? '');
  const message = compileError.exec(lines.at(-1) ?? '')?.[1];
  if (!place || message === undefined) return undefined;
  const [, file = '', line, column] = place;
  const frame = { ...frameOf(file, isInApp(file), { line: Number(line) }), column: Number(column) };
  const said = { type: 'CompileError', message, frames: [frame] };
  return exceptionOf('crystal', said, [], { kind: 'diagnostic' });
}

function isInApp(file: string): boolean {
  return (
    file.endsWith('.cr') &&
    !/[\\/]crystal[\\/]src[\\/]|^\/usr\/|^lib\/|[\\/]lib\/[^/]{1,80}\/src\//.test(file)
  );
}
