import type { Frame } from '../../../core/signal.ts';
import type { Grammar } from '../grammar.ts';
import { nativeFrame } from './nativeFrame.ts';
import { addFrame } from '../parts.ts';

/** GNAT: `raised CONSTRAINT_ERROR : stock.adb:11 range check failed`. */
const head = /^raised ([A-Z][A-Z0-9_]{2,80}(?:\.[A-Z][A-Z0-9_]{0,80}){0,6})(?: : (.{0,4000}))?$/;
const place = /^(\S{1,300}\.ad[abs]):(\d{1,9})(?::\d{1,9})? (.{1,4000})$/;
const traced =
  /^(?:\[\S{1,300}\] )?0x[0-9a-f]{1,16} (?:in )?(\S.{0,300}) at (\S.{0,500}):(\d{1,9})$/;
const goesOn = /^(?:$|Call stack traceback locations:|Load address: |\[?\S{0,300}\]?\s?0x[0-9a-f])/;

export const ada: Grammar = {
  language: 'ada',
  hints: ['\nraised '],
  saysEnough: () => true,
  begin(line) {
    if (!line.startsWith('raised ') || !head.test(line)) return undefined;
    let lines = 0;
    return (next) => (goesOn.test(next) && ++lines < 100 ? 'enough' : 'no');
  },
  *parse(lines) {
    const match = head.exec(lines[0] ?? '');
    // A name alone is not enough: it may be any word.
    if (!match || (match[2] === undefined && !/[._]/.test(match[1] ?? ''))) return;
    const where = place.exec(match[2] ?? '');
    const frames: Frame[] = [];
    for (const line of lines.slice(1)) {
      const [, name, file, number] = traced.exec(line) ?? [];
      if (file !== undefined) addFrame(frames, nativeFrame(name, file, number));
    }
    if (where && !frames.some((frame) => frame.inApp))
      frames.unshift(nativeFrame(undefined, where[1] ?? '', where[2]));
    const message = where?.[3] ?? match[2] ?? '';
    const type = match[1] ?? '';
    yield { language: 'ada', type, message, frames, causes: [], severity: 'fatal' };
  },
};
