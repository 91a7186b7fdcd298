import { type Grammar, maxFrames } from '../grammar.ts';
import { frameOf } from '../parts.ts';
import { isInApp } from './pythonFrame.ts';

/** faulthandler's report of a crash: the frames of the thread that crashed are the first. */
const head = /^Fatal Python error: (.{1,4000})$/;
const threadHead =
  /^(?:Current thread|Thread) 0x[0-9a-f]{1,16}.{0,80} \(most recent call first\):$/;
const frameLine = /^\s{2}File "([^"]{1,1000})", line (\d{1,9}) in (.{1,300})$/;
const other =
  /^(?:Python runtime state: |Extension modules: |Current thread's C stack trace|\s{2}\S|$)/;
const killed = /^(?:Segmentation fault|Aborted|Bus error)(?: \(core dumped\))?$/;

export const pythonFault: Grammar = {
  language: 'python',
  hints: ['Fatal Python error: '],
  begin(line) {
    if (!head.test(line)) return undefined;
    return (next) => {
      if (killed.test(next)) return 'last';
      return threadHead.test(next) || other.test(next) ? 'enough' : 'no';
    };
  },
  *parse(lines) {
    const message = head.exec(lines[0] ?? '')?.[1];
    // It always says more than its first line.
    if (message === undefined || lines.every((line, at) => at === 0 || line === '')) return;
    const start = lines.findIndex((line) => threadHead.test(line));
    const frames = [];
    for (const line of start < 0 ? [] : lines.slice(start + 1, start + 1 + maxFrames)) {
      const match = frameLine.exec(line);
      if (!match) break;
      const file = match[1] ?? '';
      frames.push(frameOf(file, isInApp(file), { function: match[3], line: Number(match[2]) }));
    }
    const type = 'Fatal Python error';
    yield { language: 'python', type, message, frames, causes: [], severity: 'fatal' };
  },
};
