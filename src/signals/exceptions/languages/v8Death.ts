import { type Grammar, maxMessageChars } from '../grammar.ts';

/** V8 gives up, most often for want of memory; the frames are the engine's own. */
const head = /^FATAL ERROR: (.{1,4000})$/;
const nativeFrame = /^ {0,2}\d{1,3}: (?:0x)?[0-9a-f]{4,16} /i;
const aborted = /^Aborted(?: \(core dumped\))?$/;

export const v8Death: Grammar = {
  language: 'javascript',
  standsAlone: true,
  hints: ['FATAL ERROR: '],
  begin(line) {
    if (!head.test(line)) return undefined;
    return (next) => {
      if (aborted.test(next)) return 'last';
      return nativeFrame.test(next) || next.trim() === '' || /^-{3,} /.test(next) ? 'enough' : 'no';
    };
  },
  *parse(lines) {
    const message = head.exec(lines[0] ?? '')?.[1];
    if (message === undefined || !lines.some((line) => nativeFrame.test(line))) return;
    yield {
      language: 'javascript',
      type: 'FATAL ERROR',
      message: message.slice(0, maxMessageChars),
      frames: [],
      causes: [],
      severity: 'fatal',
    };
  },
};
