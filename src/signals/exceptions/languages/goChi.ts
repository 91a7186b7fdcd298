import { frameOf, recovered } from './goFrames.ts';
import { type Grammar, type ParsedException } from '../grammar.ts';

/** What chi prints of a panic that it recovered from: an arrow at the frame that raised it, the rest indented. */
const head = /^ panic: (.{1,4000})$/;
const called = /^(?: -> | {4})(\S.{0,300})$/;
const placed = /^(?: -> {3}| {6})(\/.{0,1000}\.go):(\d{1,9})$/;

export const goChi: Grammar = {
  language: 'go',
  hints: ['\n panic: '],
  begin(line) {
    if (!line.startsWith(' panic: ') || !head.test(line)) return undefined;
    let isPlaced = false;
    let lines = 0;
    return (next) => {
      isPlaced ||= placed.test(next);
      const belongs = next === '' || called.test(next) || placed.test(next);
      return !belongs || ++lines > 200 ? 'no' : isPlaced ? 'enough' : 'more';
    };
  },
  *parse(lines) {
    const parsed = parse(lines);
    if (parsed) yield parsed;
  },
};

function parse(lines: readonly string[]): ParsedException | undefined {
  const said = head.exec(lines[0] ?? '')?.[1];
  const frames = lines.flatMap((line, at) => {
    const where = placed.exec(line);
    const name = called.exec(lines[at - 1] ?? '')?.[1];
    if (!where || name === undefined) return [];
    return [frameOf(name, where)];
  });
  if (said === undefined || frames.length === 0) return undefined;
  return recovered(said, frames);
}
