import type { Frame } from '../../../core/signal.ts';
import { type Grammar, maxFrames } from '../grammar.ts';
import { frameOf, functionOf, placeLine } from './goFrames.ts';

const raceHead = /^WARNING: DATA RACE$/;
const raceRule = /^={18}$/;

/** The race detector's report: one for each pair of accesses. */
export const goRace: Grammar = {
  language: 'go',
  standsAlone: true,
  hints: ['WARNING: DATA RACE'],
  begin(line) {
    if (!raceHead.test(line)) return undefined;
    let lines = 0;
    return (next) => {
      if (raceRule.test(next)) return 'last';
      return ++lines > 400 || raceHead.test(next) ? 'no' : 'enough';
    };
  },
  *parse(lines) {
    const frames: Frame[] = [];
    let from = lines.findIndex((line) => / at 0x[0-9a-f]{1,16} by /.test(line));
    if (from < 0) return;
    const message = (lines[from] ?? '').trim().replace(/:$/, '');
    for (from++; from < lines.length && lines[from]?.trim() !== ''; from += 2) {
      const where = placeLine.exec((lines[from + 1] ?? '').replace(/^\s{1,8}/, '\t'));
      if (where && frames.length < maxFrames)
        frames.push(frameOf(functionOf((lines[from] ?? '').trim()), where));
    }
    yield { language: 'go', type: 'DATA RACE', message, frames, causes: [], severity: 'error' };
  },
};
