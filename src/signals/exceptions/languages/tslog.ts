import type { Cause, Frame } from '../../../core/signal.ts';
import { type Grammar, maxFrames } from '../grammar.ts';
import { frame, languageOf } from './javascriptFrame.ts';

/** tslog prints errors in a form of its own: the class and the message, then for each frame its name and its place. */
const head = /^ ([A-Z_$][\w$]{0,100}) {2}(\S.{0,4000})$/;
const stack = 'error stack:';
const nameLine = /^ {2}• \S{1,300}(?:\t(.{0,300}))?$/;
const placeLine = /^\t(\S.{0,1000}:\d{1,9}(?::\d{1,9})?)$/;
const causeHead = /^Caused by \(\d{1,3}\): ([A-Z_$][\w$]{0,100}): (.{0,4000})$/;

export const tslog: Grammar = {
  language: 'javascript',
  hints: [stack],
  begin(line) {
    if (line.charCodeAt(0) !== 32 || !head.test(line)) return undefined;
    let lines = 0;
    return (next) => {
      if (++lines === 1) return next === stack ? 'more' : 'no';
      if (placeLine.test(next)) return 'enough';
      return nameLine.test(next) || causeHead.test(next) ? 'more' : 'no';
    };
  },
  *parse(lines) {
    const first = head.exec(lines[0] ?? '');
    if (!first || lines[1] !== stack) return;
    const starts = lines.flatMap((line, at) => (causeHead.test(line) ? [at] : []));
    const frames = framesOf(lines.slice(0, starts[0]));
    const causes = starts.map((at, index): Cause => {
      const cause = causeHead.exec(lines[at] ?? '');
      const below = framesOf(lines.slice(at, starts[index + 1]));
      return { type: cause?.[1] ?? 'Error', message: cause?.[2] ?? '', frames: below };
    });
    const said = { type: first[1] ?? 'Error', message: first[2] ?? '' };
    yield { language: languageOf(frames), ...said, frames, causes, severity: 'error' };
  },
};

function framesOf(lines: readonly string[]): readonly Frame[] {
  return lines.slice(0, 2 * maxFrames).flatMap((line, at) => {
    const place = placeLine.exec(line)?.[1];
    const name = nameLine.exec(lines[at - 1] ?? '')?.[1] ?? '';
    return place === undefined ? [] : [frame(name.replace(/^async /, ''), place)];
  });
}
