import { type Grammar, loggedError } from '../grammar.ts';
import { messageOf } from '../parts.ts';

/** psql, of a file it was given or of the connection; hints and the statement follow. */
const head = /^psql:(?: |(\S.{0,1000}?):(\d{1,9}): )(?:ERROR|FATAL|PANIC|error): {1,2}(.{1,4000})$/;
const more = /^(?:LINE \d{1,9}|DETAIL|HINT|CONTEXT|QUERY): |^\s/;

export const psql: Grammar = {
  language: 'postgres',
  standsAlone: true,
  hints: ['psql:'],
  begin: (line) =>
    line.startsWith('psql:') && head.test(line)
      ? (next) => (more.test(next) ? 'enough' : 'no')
      : undefined,
  saysEnough: () => true,
  *parse(lines) {
    const [, file, line, message = ''] = head.exec(lines[0] ?? '') ?? [];
    yield {
      kind: 'log',
      language: 'postgres',
      type: loggedError,
      message: messageOf([message]),
      frames: file === undefined ? [] : [{ file, line: Number(line), inApp: true }],
      causes: [],
      severity: 'error',
    };
  },
};
