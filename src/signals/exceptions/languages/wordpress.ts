import { type Grammar, loggedError } from '../grammar.ts';
import { messageOf } from '../parts.ts';

/** A query of WordPress or its plugins that failed, on one line; the callers stand at its end. */
const head = 'WordPress database error ';
const query = ' for query ';
const callers = ' made by ';

export const wordpress: Grammar = {
  language: 'php',
  hints: [head],
  begin: (line) => (line.startsWith(head) && line.includes(query) ? () => 'no' : undefined),
  saysEnough: () => true,
  *parse([line = '']) {
    const end = line.lastIndexOf(callers);
    yield {
      kind: 'log',
      language: 'php',
      type: loggedError,
      message: messageOf([end < 0 ? line : line.slice(0, end)]),
      frames: [],
      causes: [],
      severity: 'error',
    };
  },
};
