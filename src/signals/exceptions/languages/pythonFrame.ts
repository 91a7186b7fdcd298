import type { Frame } from '../../../core/signal.ts';
import { frameOf, indentOf, remembering } from '../parts.ts';

/** loguru marks the frame that caught it. */
export const fileLine = /^\s*(?:> )?File "([^"]{1,1000})", line (\d{1,9})(?:, in (.{1,300}))?\s*$/;
const marks = /^[\s~^]{1,2000}$/;
export const repeated = /^\s*\[Previous line repeated \d+ more times?\]/;
/** Lines that diagnosing loggers draw between the frames. */
const drawing = /^\s*[│└├┬─╰╭|]/;

/** Frames and their source lines repeat, even where the messages below them do not. */
export function readFile(line: string): Frame | undefined {
  return line.includes('File "') ? rememberedFile(line) : undefined;
}

const rememberedFile = remembering((line: string): Frame | undefined => {
  const file = fileLine.exec(line);
  if (!file) return undefined;
  const path = file[1] ?? '';
  return frameOf(path, isInApp(path), { function: file[3], line: Number(file[2]) });
});

export function withSource(frame: Frame, line: string | undefined): Frame {
  const source = line === undefined ? undefined : readSource(line);
  if (source === undefined) return frame;
  let known = sourced.get(frame);
  if (known?.source !== source) {
    known = { ...frame, source };
    sourced.set(frame, known);
  }
  return known;
}

const sourced = new WeakMap<Frame, Frame>();

const readSource = remembering((line: string): string | undefined => {
  if (indentOf(line) < 2) return undefined;
  const text = line.trim();
  const isSource =
    text !== '' &&
    !marks.test(line) &&
    !drawing.test(line) &&
    !fileLine.test(line) &&
    !repeated.test(line);
  return isSource ? text.slice(0, 300) : undefined;
});

const foreign =
  /(?:^|[\\/])(?:site-packages|dist-packages)[\\/]|[\\/]lib(?:64)?[\\/]python\d(?:\.\d+)?[\\/]|[\\/]Lib[\\/](?!site-packages)[\w\\/]*\.py$|^<|^\/usr\/(?:lib|share)\/|[\\/](?:\.venv|venv|\.tox|\.nox)[\\/]|^importlib[\\/]/;

export function isInApp(path: string): boolean {
  return !foreign.test(path);
}
