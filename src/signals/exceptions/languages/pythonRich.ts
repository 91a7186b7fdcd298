import type { Cause, Frame } from '../../../core/signal.ts';
import { type Grammar, maxFrames, maxMessageChars, type ParsedException } from '../grammar.ts';
import { frameOf } from '../parts.ts';
import { isInApp } from './pythonFrame.ts';

/** Tracebacks as Rich draws them in a box (Typer, structlog and loguru can): frames with the code around. */
const boxTop = /^\s{0,40}╭─+ (?:.{0,40} )?Traceback \(most recent call last\) ─+╮?\s*$/;
const boxLine = /^\s{0,40}[│╭╰]/;
const boxEnd = /^\s{0,40}╰─/;
const place = /^\s{0,40}│ (\S.{0,1000}?):(\d{1,9}) in (\S{1,300})\s*│?\s*$/;
const marked = /^\s{0,40}│ ❱ {1,8}(\d{1,9}) │ ?(.{0,1000}?)\s*│?\s*$/;
const typeLine =
  /^\s{0,40}([A-Za-z_][\w.]{0,200}(?:Error|Exception|Warning|Interrupt|Exit|[A-Z]\w{1,60}))(?:: (.*?))?\s*$/;
const chained =
  /^\s{0,40}(?:During handling of the above exception, another exception occurred|The above exception was the direct cause of the following exception):\s*$/;

export const pythonRich: Grammar = {
  language: 'python',
  hints: ['Traceback (most'],
  begin(line) {
    if (!line.includes('╭') || !boxTop.test(line)) return undefined;
    let state: 'box' | 'type' | 'after' = 'box';
    return (next) => {
      if (state === 'box') {
        if (!boxLine.test(next)) return 'no';
        if (boxEnd.test(next)) state = 'type';
        return 'more';
      }
      if (state === 'type') {
        if (!typeLine.test(next)) return 'no';
        state = 'after';
        return 'enough';
      }
      if (boxTop.test(next)) {
        state = 'box';
        return 'more';
      }
      return next.trim() === '' || chained.test(next) ? 'enough' : 'no';
    };
  },
  *parse(lines) {
    const links = linksOf(lines);
    const outermost = links.pop();
    if (outermost) yield asException(outermost, links.reverse());
  },
};

function asException(outermost: Cause, causes: readonly Cause[]): ParsedException {
  return { language: 'python', ...outermost, causes, severity: 'error' };
}

/** In the order they are printed: what was thrown last is the last. */
function linksOf(lines: readonly string[]): Cause[] {
  const links: Cause[] = [];
  let frames: Frame[] = [];
  for (const line of lines) {
    const at = place.exec(line);
    const source = marked.exec(line);
    const top = frames.at(-1);
    if (at && frames.length < maxFrames) {
      const file = at[1] ?? '';
      frames.push(frameOf(file, isInApp(file), { function: at[3], line: Number(at[2]) }));
    } else if (source && top && Number(source[1]) === top.line) {
      const text = (source[2] ?? '').trim().slice(0, 300);
      if (text !== '') frames[frames.length - 1] = { ...top, source: text };
    } else if (!boxLine.test(line)) {
      const type = frames.length === 0 ? null : typeLine.exec(line);
      if (!type) continue;
      const message = (type[2] ?? '').slice(0, maxMessageChars);
      links.push({ type: type[1] ?? '', message, frames: frames.reverse() });
      frames = [];
    }
  }
  return links;
}
