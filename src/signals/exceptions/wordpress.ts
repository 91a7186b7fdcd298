import type { Grammar } from './grammar.ts';
import { messageOf } from './parts.ts';

/** A query of WordPress or its plugins that failed, on one line; the callers stand at its end. */
const head = /^(WordPress database error .{1,4000}? for query .{1,12000}?)(?: made by .{0,4000})?$/;

export const wordpress: Grammar = {
  language: 'php',
  hints: ['WordPress database error '],
  begin: (line) => (line.startsWith('WordPress d') && head.test(line) ? () => 'no' : undefined),
  saysEnough: () => true,
  *parse(lines) {
    yield {
      kind: 'log',
      language: 'php',
      type: 'LoggedError',
      message: messageOf([head.exec(lines[0] ?? '')?.[1] ?? '']),
      frames: [],
      causes: [],
      severity: 'error',
    };
  },
};
