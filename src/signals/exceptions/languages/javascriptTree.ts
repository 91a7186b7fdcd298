import type { Cause, Frame } from '../../../core/signal.ts';
import { maxFrames } from '../grammar.ts';
import { endsChildOutput, isCommandFailed } from './javascriptChild.ts';
import { isFrame, isOwnFrame, readFrame } from './javascriptFrame.ts';
import {
  bareHead,
  bracketHead,
  type Head,
  isStrongHead,
  opensProperties,
  readHead,
} from './javascriptHeads.ts';
import { indentOf, messageOf } from '../parts.ts';

/** An error with its frames, its cause and the errors it holds, as Node prints them inside one another. */

export const caretLine = /^\s*[\^~]+\s*$/;
export const elided = /^\s*\.\.\. (?:\d+ (?:lines|more)|\d+ lines matching cause stack trace)/;
const causeHead = /^\s*(?:\[cause\]:? |(?:Caused by|caused by|cause): )(.*)$/;
const listHead = /^\s*\[?errors\]?: \[\s*$/;

/** Without the line of code and the caret that Deno prints between the message and the frames. */
export function withoutExcerpt(lines: readonly string[]): readonly string[] {
  return lines.length > 2 && caretLine.test(lines.at(-1) ?? '') ? lines.slice(0, -2) : lines;
}

export interface Tree extends Head {
  readonly frames: readonly Frame[];
  readonly children: readonly Tree[];
}

export function parseTree(lines: readonly string[]): Tree | undefined {
  const head = readHead(lines[0] ?? '');
  if (!head) return undefined;
  const bracket = bracketHead.test(lines[0] ?? '') || opensProperties.test(lines[0] ?? '');
  const child = isCommandFailed(lines[0] ?? '') ? lines.findIndex(endsChildOutput) : -1;
  const isFirst = (line: string, at: number) => at > Math.max(child - 1, 0) && isOwnFrame(line);
  const firstFrame = lines.findIndex(isFirst);
  const hasOwnFrames =
    firstFrame > 0 && !(bracket && lines.slice(0, firstFrame).some((line) => listHead.test(line)));
  const { frames, next } = hasOwnFrames ? readFrames(lines, firstFrame) : { frames: [], next: 1 };
  const said = hasOwnFrames && !bracket ? lines.slice(0, firstFrame) : lines.slice(0, 1);
  const message = messageOf([head.message, ...withoutExcerpt(said).slice(1)]);
  const inner = child < 0 ? [] : childTree(lines.slice(1, child));
  return { ...head, message, frames, children: [...inner, ...parseChildren(lines.slice(next))] };
}

/** What the command that failed had thrown itself. */
function childTree(lines: readonly string[]): readonly Tree[] {
  const at = lines.findIndex((line) => isStrongHead(line) && !isCommandFailed(line));
  const tree = at < 0 ? undefined : parseTree(lines.slice(at));
  return tree && tree.frames.length > 0 ? [tree] : [];
}

export function readFrames(lines: readonly string[], from: number) {
  const frames: Frame[] = [];
  for (let at = from; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (!isFrame(line) && !elided.test(line)) return { frames, next: at };
    const frame = readFrame(line);
    if (frame && frames.length < maxFrames) frames.push(frame);
    if (line.endsWith(' {')) return { frames, next: at + 1 };
  }
  return { frames, next: lines.length };
}

/** `[cause]: …` and the items of `[errors]: [`, each a smaller tree. */
function parseChildren(lines: readonly string[]): Tree[] {
  const children: Tree[] = [];
  let inList = false;
  for (let at = 0; at < lines.length && children.length < 20; at++) {
    const line = lines[at] ?? '';
    if (listHead.test(line)) {
      inList = true;
      continue;
    }
    const cause = causeHead.exec(line);
    const text = cause ? (cause[1] ?? '') : inList ? line.trim() : '';
    if (text === '' || !(bareHead.test(text) || bracketHead.test(text))) continue;
    const indent = indentOf(line);
    let end = at + 1;
    while (end < lines.length && isInside(lines[end] ?? '', indent)) end++;
    const tree = parseTree([text, ...lines.slice(at + 1, end).map(withoutComma)]);
    if (tree) children.push(tree);
    at = end - 1;
  }
  return children;
}

/** What has no indent, as Jest and loggers write a cause, ends where the next one begins. */
function isInside(line: string, indent: number): boolean {
  return line.trim() === '' || indentOf(line) > indent || (indent === 0 && !causeHead.test(line));
}

function withoutComma(line: string): string {
  return line.replace(/,$/, '');
}

/** The error's own; where none of them is in the app, those of its cause besides. */
export function framesOf({ frames, children }: Tree): readonly Frame[] {
  if (frames.some((frame) => frame.inApp)) return frames;
  const inner = children.map((child) => child.frames).filter((of) => of.length > 0);
  const best = inner.find((of) => of.some((frame) => frame.inApp));
  return frames.length === 0 ? (inner[0] ?? []) : [...frames, ...(best ?? [])];
}

export function flatten(children: readonly Tree[]): Cause[] {
  return children.flatMap((child) => [
    { type: child.type, message: child.message, frames: child.frames },
    ...flatten(child.children),
  ]);
}
