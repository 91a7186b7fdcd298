import type { Follow, Grammar, ParsedException } from '../grammar.ts';
import { addFrame, exceptionOf, frameOf, maxMessageLines, messageOf } from '../parts.ts';
import type { Frame } from '../../../core/signal.ts';

/** The VM's own words, and those of Flutter's engine. */
const head = /^(?:\[ERROR:flutter\/[^\]\n]{1,120}\] )?Unhandled [Ee]xception:(?: (.{1,8000}))?$/;
const frameLine =
  /^#\d{1,4} {1,12}(\S.{0,500}?) \(((?:package|file|dart|org-dartlang-\w{1,20}):[^()]{1,600}?)(?::(\d{1,9}))?(?::\d{1,9})?\)$/;
const gap = /^<asynchronous suspension>$/;
/** Flutter draws a box around what its framework caught. */
const boxHead = /^[═╞╡ ]{0,20}╡ EXCEPTION CAUGHT BY (.{1,120}?) ╞═{0,200}$/;
const boxEnd = /^═{20,200}$/;
const boxed =
  /^The following (?:(_?[A-Z]\w{0,100}) )?(?:.{0,200} )?(?:was thrown|object was thrown|message was thrown|assertion was thrown)\b.{0,600}:$/;
const boxStack = /^When the exception was thrown, this was the stack:/;
/** `FormatException: x`; the core library's errors say what they are in words. */
const named = /^([A-Z]\w{0,80}(?:Error|Exception))(?: \([\w.]{1,60}\))?: (.*)$/s;
const maxBoxLines = 400;
const spoken: readonly (readonly [RegExp, string])[] = [
  [/^Bad state: /, 'StateError'],
  [/^Invalid argument/, 'ArgumentError'],
  [/^Unsupported operation: /, 'UnsupportedError'],
  [/^Concurrent modification/, 'ConcurrentModificationError'],
  [/^Null check operator used|^type '.{1,300}' is not a subtype of /, 'TypeError'],
  [/^'package:.{1,300}': Failed assertion: |^Assertion failed/, 'AssertionError'],
  [/^Exception: /, 'Exception'],
];

export const dart: Grammar = {
  language: 'dart',
  hints: ['Unhandled exception:', 'Unhandled Exception:', 'EXCEPTION CAUGHT BY '],
  keepsLeveled: (line) => frameLine.test(line) || gap.test(line),
  begin(line) {
    if (line.includes('EXCEPTION CAUGHT BY ') && boxHead.test(line)) return followBox();
    if (!line.includes('Unhandled ') || !head.test(line)) return undefined;
    let frames = 0;
    let messageLines = 0;
    return (next) => {
      if (frameLine.test(next)) {
        frames++;
        return 'enough';
      }
      if (frames > 0) return gap.test(next) ? 'enough' : 'no';
      return ++messageLines > maxMessageLines ? 'no' : 'more';
    };
  },
  *parse(lines) {
    const parsed = boxHead.test(lines[0] ?? '') ? parseBox(lines) : parseUncaught(lines);
    if (parsed) yield parsed;
  },
};

function followBox(): Follow {
  let lines = 0;
  return (line) => {
    if (boxEnd.test(line)) return 'last';
    return boxHead.test(line) || ++lines > maxBoxLines ? 'no' : 'enough';
  };
}

/** A box says what was thrown, then where; layouts may overflow without a stack of ours. */
function parseBox(lines: readonly string[]): ParsedException | undefined {
  const at = lines.findIndex((line) => boxed.test(line));
  if (at < 0) return undefined;
  const end = lines.findIndex((line, index) => index > at && (line === '' || boxStack.test(line)));
  const said = messageOf(lines.slice(at + 1, end < 0 ? undefined : end));
  const type = boxed.exec(lines[at] ?? '')?.[1]?.replace(/^_/, '');
  const named = typed(said);
  return exceptionOf('dart', { ...named, type: type ?? named.type, frames: framesOf(lines) }, []);
}

function parseUncaught(lines: readonly string[]): ParsedException | undefined {
  const start = lines.findIndex((line) => frameLine.test(line));
  if (start < 0) return undefined;
  const said = messageOf([head.exec(lines[0] ?? '')?.[1] ?? '', ...lines.slice(1, start)]);
  const frames = framesOf(lines.slice(start));
  return exceptionOf('dart', { ...typed(said), frames }, [], { severity: 'fatal' });
}

function framesOf(lines: readonly string[]): Frame[] {
  const frames: Frame[] = [];
  for (const line of lines) {
    const match = frameLine.exec(line);
    if (!match) continue;
    const where = match[2] ?? '';
    const number = match[3] === undefined ? undefined : Number(match[3]);
    addFrame(frames, frameOf(fileOf(where), isInApp(where), { function: match[1], line: number }));
  }
  return frames;
}

function typed(said: string): { readonly type: string; readonly message: string } {
  const match = named.exec(said);
  const words = spoken.find(([pattern]) => pattern.test(said));
  return { type: match?.[1] ?? words?.[1] ?? 'Exception', message: match?.[2] ?? said };
}

/** A package's code lies in its `lib`. */
function fileOf(where: string): string {
  return where
    .replace(/^file:\/\/(?:\/(?=[A-Za-z]:))?/, '')
    .replace(/^package:([^/]{1,200})\//, '$1/lib/');
}

function isInApp(where: string): boolean {
  return !/^(?:dart|org-dartlang-\w+):|^package:(?:flutter|flutter_test|flutter_bloc|bloc|provider|riverpod|dio|http|async|collection|stack_trace|test|test_api|matcher|shelf|go_router|get)\/|\/\.pub-cache\//.test(
    where,
  );
}
