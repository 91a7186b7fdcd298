import type { Frame } from '../../../core/signal.ts';
import type { Grammar, ParsedException } from '../grammar.ts';
import { nativeFrame } from './nativeFrame.ts';
import { addFrame } from '../parts.ts';

/** gfortran's place, with what it was reading; the error is on the line below. */
const place = /^At line (\d{1,9}) of file (\S.{0,1000}?)(?: \(unit = .{1,500}\))?$/;
const runtimeError = /^Fortran runtime error: (.{1,4000})$/;
const stopped = /^ERROR STOP(?: (.{1,2000}))?$/;
const signalled = /^Program received signal (SIG[A-Z]{2,6}): (.{1,200})$/;
/** Intel's. */
const severe = /^forrtl: (?:severe|error) \((\d{1,5})\): (.{1,2000})$/;
const frameLine = /^#\d{1,4} {1,3}0x[0-9a-f]{1,16}(?: in (\S.{0,300}))?$/;
const atLine = /^\s{1,8}at (\S.{0,1000}):(\d{1,9})$/;
const goesOn =
  /^(?:$|Fortran runtime error: |Error termination\b|Backtrace for this error:|#\d|\s{1,8}at \S|Image {2,}PC)/;

export const fortran: Grammar = {
  language: 'fortran',
  standsAlone: true,
  hints: [
    '\nAt line ',
    'Fortran runtime error: ',
    'ERROR STOP',
    ' received signal SIG',
    'forrtl: ',
  ],
  saysEnough: (line) => !place.test(line) && !signalled.test(line),
  begin(line) {
    const heads = [place, runtimeError, stopped, signalled, severe];
    if (!heads.some((head) => head.test(line))) return undefined;
    let open = place.test(line);
    let lines = 0;
    return (next) => {
      if (open && !runtimeError.test(next)) return 'no';
      open = false;
      return goesOn.test(next) && ++lines < 200 ? 'enough' : 'no';
    };
  },
  *parse(lines) {
    const parsed = parse(lines);
    if (parsed) yield parsed;
  },
};

function parse(lines: readonly string[]): ParsedException | undefined {
  const [first = ''] = lines;
  const where = place.exec(first);
  const told = lines
    .slice(0, 2)
    .map((line) => runtimeError.exec(line))
    .find((match) => match);
  if (where && !told) return undefined;
  const signal = signalled.exec(first);
  // gdb says it so, too, with a comma.
  if (signal && !lines.some((line) => line.startsWith('Backtrace for this error')))
    return undefined;
  const traced = readFrames(lines);
  const top = where ? [nativeFrame(undefined, where[2] ?? '', where[1])] : [];
  const message = told?.[1] ?? signal?.[2] ?? severe.exec(first)?.[2] ?? stopped.exec(first)?.[1];
  const type = signal?.[1] ?? (stopped.test(first) ? 'ERROR STOP' : 'Fortran runtime error');
  return {
    language: 'fortran',
    type,
    message: message ?? first,
    frames: traced.some((frame) => frame.inApp) ? traced : top,
    causes: [],
    severity: 'fatal',
  };
}

function readFrames(lines: readonly string[]): Frame[] {
  const frames: Frame[] = [];
  for (const [at, line] of lines.entries()) {
    const called = frameLine.exec(line);
    const where = called ? atLine.exec(lines[at + 1] ?? '') : null;
    if (!called || !where) continue;
    const name = called[1]?.replace(/^__(\w{1,100})_MOD_(\w{1,100})$/, '$1::$2');
    addFrame(frames, nativeFrame(name, where[1] ?? '', where[2]));
  }
  return frames;
}
