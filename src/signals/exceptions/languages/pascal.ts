import type { Frame } from '../../../core/signal.ts';
import type { Grammar } from '../grammar.ts';
import { nativeFrame } from './nativeFrame.ts';
import { addFrame } from '../parts.ts';

/** Free Pascal: `An unhandled exception occurred at $0040:`, then the exception; or a number alone. */
const unhandled = /^An unhandled exception occurred at \$[0-9A-F]{1,16}:$/;
const numbered = /^Runtime error (\d{1,5}) at \$[0-9A-F]{1,16}$/;
const thrown = /^([A-Z_]\w{0,80}): (.{0,4000})$/;
/** `  $0040  OPEN,  line 11 of till.pas`; without debug information the address alone. */
const frameLine =
  /^ {2}\$[0-9A-F]{1,16}(?: {2}([\w.$]{1,200}), {2}line (\d{1,9}) of (\S.{0,500})| .{0,300})?$/;

export const pascal: Grammar = {
  language: 'pascal',
  standsAlone: true,
  hints: ['An unhandled exception occurred at ', '\nRuntime error '],
  saysEnough: (line) => numbered.test(line),
  begin(line) {
    if (!unhandled.test(line) && !numbered.test(line)) return undefined;
    let message = unhandled.test(line);
    return (next) => {
      const isMessage = message && thrown.test(next);
      message = false;
      return isMessage || frameLine.test(next) ? 'enough' : 'no';
    };
  },
  *parse(lines) {
    const number = numbered.exec(lines[0] ?? '')?.[1];
    const said = thrown.exec(lines[1] ?? '');
    if (number === undefined && !said) return;
    const frames: Frame[] = [];
    for (const line of lines) {
      const [, name, at, file] = frameLine.exec(line) ?? [];
      if (file !== undefined) addFrame(frames, nativeFrame(name, file, at));
    }
    const type = said?.[1] ?? 'Runtime error';
    const message = said?.[2] ?? `Runtime error ${number}`;
    yield { language: 'pascal', type, message, frames, causes: [], severity: 'fatal' };
  },
};
