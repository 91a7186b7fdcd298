import type { Frame } from '../../../core/signal.ts';
import { addFrame, frameOf, messageOf } from '../parts.ts';
import type { Grammar } from '../grammar.ts';
import { isInApp } from './pythonFrame.ts';

/** Tracebacks as IPython and Jupyter print them: the type first, the code around each frame, the message last. */
const head = /^([A-Za-z_]\w{0,100}) {3,}Traceback \(most recent call last\)$/;
const place = /^File (\S.{0,1000}?):(\d{1,9}), in (.{1,500})$/;
const cell = /^(?:Cell|Input) In ?\[\d{1,6}\], (?:line (\d{1,9})|in )/;
const marked = /^-{1,6}> (\d{1,9}) (.{0,300})/;
const maxLines = 600;

export const pythonNotebook: Grammar = {
  language: 'python',
  hints: ['Traceback (most'],
  begin(line) {
    const type = line.endsWith('(most recent call last)') ? head.exec(line)?.[1] : undefined;
    if (type === undefined) return undefined;
    let lines = 0;
    return (next) => {
      if (isMessage(next, type)) return 'last';
      return ++lines > maxLines || head.test(next) ? 'no' : 'more';
    };
  },
  *parse(lines) {
    const type = head.exec(lines[0] ?? '')?.[1];
    const last = lines.at(-1) ?? '';
    if (type === undefined || lines.length < 2 || !isMessage(last, type)) return;
    const frames = readFrames(lines).reverse();
    const message = messageOf([last.slice(type.length + 2)]);
    yield { language: 'python', type, message, frames, causes: [], severity: 'error' };
  },
};

function isMessage(line: string, type: string): boolean {
  return line === type || line.startsWith(`${type}: `);
}

function readFrames(lines: readonly string[]): Frame[] {
  const frames: Frame[] = [];
  for (const line of lines) {
    const at = place.exec(line);
    const source = marked.exec(line);
    const top = frames.at(-1);
    if (at) {
      const file = at[1] ?? '';
      const name = (at[3] ?? '').replace(/\(.*$/, '');
      addFrame(frames, frameOf(file, isInApp(file), { function: name, line: Number(at[2]) }));
    } else if (cell.test(line)) {
      const number = cell.exec(line)?.[1];
      // A cell is no file of the workspace.
      addFrame(frames, frameOf('<cell>', false, { line: number ? Number(number) : undefined }));
    } else if (source && top && (top.line ?? Number(source[1])) === Number(source[1])) {
      const text = (source[2] ?? '').trim();
      if (text !== '') frames[frames.length - 1] = { ...top, source: text };
    }
  }
  return frames;
}
