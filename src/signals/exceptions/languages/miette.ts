import type { Grammar } from '../grammar.ts';
import { frameOf, messageOf } from '../parts.ts';

/** Rust's miette: a code, what is wrong and why, and the text it is about. */
const head = /^Error: ?[\w:.-]{0,200}$/;
const said = /^\s{1,4}[×x] (.{1,4000})$/;
const reason = /^\s{1,4}[├╰]─▶ (.{1,4000})$/;
const place = /^\s{1,8}[╭,]─\[(.{1,1000}?):(\d{1,9}):\d{1,9}\]$/;

export const miette: Grammar = {
  language: 'rust',
  hints: ['  × '],
  begin(line) {
    if (!line.startsWith('Error:') || !head.test(line)) return undefined;
    let hasSaid = false;
    return (next) => {
      hasSaid ||= said.test(next);
      if (hasSaid) return next === '' || /^\s/.test(next) ? 'enough' : 'no';
      return next === '' ? 'more' : 'no';
    };
  },
  *parse(lines) {
    const message = lines.map((line) => said.exec(line)?.[1]).find(Boolean);
    if (message === undefined) return;
    const at = lines.map((line) => place.exec(line)).find(Boolean);
    const reasons = lines
      .map((line) => reason.exec(line)?.[1])
      .filter((text) => text !== undefined);
    const code = /^Error: ?(\S*)/.exec(lines[0] ?? '')?.[1];
    yield {
      language: 'rust',
      type: code || 'Error',
      message: messageOf([message]),
      frames: at ? [frameOf(at[1] ?? '', true, { line: Number(at[2]) })] : [],
      causes: reasons.map((text) => ({ type: 'Error', message: text, frames: [] })),
      severity: 'error',
    };
  },
};
