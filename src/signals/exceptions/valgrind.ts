import type { Frame } from '../../core/signal.ts';
import { type Grammar, maxFrames, type ParsedException } from './grammar.ts';
import { nativeFrame, nativeLanguage } from './nativeFrame.ts';

const prefix = /^(?:==|--|\*\*)\d{1,10}(?:==|--|\*\*) /;
const head = /^==\d{1,10}== [A-Z\d].{1,500}$/;
const empty = /^==\d{1,10}== {0,4}$/;
const frameLine =
  /^==\d{1,10}== {2,8}(?:at|by) 0x[\dA-Fa-f]{1,16}: (.{1,1000}?) \((?:in (.{1,1000})|(.{1,1000}?):(\d{1,9}))\)$/;
const stackStart = /^==\d{1,10}== {2,8}at 0x/;
const maxLines = 200;

/** The reports of Valgrind's tools: what was done, then where; what follows says who allocated or freed. */
export const valgrind: Grammar = {
  language: 'c',
  standsAlone: true,
  hints: ['==    at 0x'],
  begin(line) {
    if (!line.startsWith('==') || !head.test(line)) return undefined;
    let lines = 0;
    let placed = false;
    return (next) => {
      if (empty.test(next) || !prefix.test(next) || ++lines > maxLines) return 'no';
      placed ||= stackStart.test(next);
      return placed ? 'enough' : lines > 4 ? 'no' : 'more';
    };
  },
  *parse(lines) {
    const start = lines.findIndex((line) => stackStart.test(line));
    if (start < 0) return;
    const message = essence(lines[0] ?? '');
    const frames = stackAt(lines, start);
    const top = frames.find((frame) => frame.inApp);
    yield {
      language: nativeLanguage(top?.file, top?.function),
      type: 'Valgrind',
      message,
      frames,
      causes: [],
      ...severityOf(message),
    };
  },
};

/** Without the process id, and which of how many losses it is. */
function essence(line: string): string {
  return line.replace(prefix, '').replace(/ in loss record \d.*$/, '');
}

/** What is still reached, or is lost with something else, is no bug of its own. */
function severityOf(message: string): Pick<ParsedException, 'severity' | 'silent'> {
  if (/ (?:still reachable|indirectly lost)$/.test(message))
    return { severity: 'warning', silent: true };
  if (message.endsWith(' possibly lost')) return { severity: 'warning' };
  return { severity: message.startsWith('Process terminating') ? 'fatal' : 'error' };
}

function stackAt(lines: readonly string[], start: number): Frame[] {
  const frames: Frame[] = [];
  for (const line of lines.slice(start, start + maxFrames)) {
    const match = frameLine.exec(line);
    if (!match) break;
    frames.push(nativeFrame(match[1], match[3] ?? match[2] ?? '', match[4]));
  }
  return frames;
}
