import type { Cause, Frame } from '../../core/signal.ts';
import { maxFrames, maxMessageChars, type ParsedException } from './grammar.ts';

/** A message may go on for this many lines before its first frame. */
export const maxMessageLines = 24;

export function indentOf(line: string): number {
  let indent = 0;
  while (isBlank(line.charCodeAt(indent))) indent++;
  return indent;
}

/** A no-break space, too: some runtimes indent with it so that consoles keep it. */
function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 0xa0;
}

export function messageOf(lines: readonly string[]): string {
  return lines.join('\n').trim().slice(0, maxMessageChars);
}

/** A frame without the fields that are not known. */
export function frameOf(
  file: string,
  inApp: boolean,
  known: {
    readonly function?: string | undefined;
    readonly line?: number | undefined;
    readonly source?: string | undefined;
  },
): Frame {
  return {
    file,
    ...(known.function ? { function: known.function } : {}),
    ...(known.line === undefined ? {} : { line: known.line }),
    ...(known.source ? { source: known.source } : {}),
    inApp,
  };
}

/** Names that only JavaScript's own errors have; asking whose else they may be would cost every one of its traces. */
const scriptErrors =
  /^\s{0,16}(?:Uncaught )?(?:Type|Range|Reference|Syntax|Aggregate|Eval|URI|Assertion)?Error(?: \[|:|$)/;

export function isScriptError(line: string): boolean {
  return scriptErrors.test(line);
}

const maxRemembered = 2_000;

/** Remembers what frames mean: they repeat from one trace to the next, and reading them is most of the work. */
export function remembering<T>(read: (line: string) => T): (line: string) => T {
  let young = new Map<string, { readonly value: T }>();
  let old = young;
  return (line) => {
    if (line.length > 400) return read(line);
    const known = young.get(line);
    if (known) return known.value;
    // What comes only once never pushes out what comes again and again.
    const before = old.get(line) ?? { value: read(line) };
    if (young.size >= maxRemembered) [old, young] = [young, new Map()];
    young.set(line, before);
    return before.value;
  };
}

/** Bounded: recursion prints thousands of frames. */
export function addFrame(frames: Frame[], frame: Frame): void {
  if (frames.length < maxFrames) frames.push(frame);
}

/** The outermost exception and what led to it, the root cause last. */
export function exceptionOf(
  language: string,
  outermost: Cause,
  causes: readonly Cause[],
  more: Pick<ParsedException, 'kind'> & { readonly severity?: ParsedException['severity'] } = {},
): ParsedException {
  return { language, ...outermost, causes, severity: 'error', ...more };
}
