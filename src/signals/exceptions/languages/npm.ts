import { type Grammar, loggedError } from '../grammar.ts';
import { messageOf } from '../parts.ts';

/** What npm says of a script or an installation that failed; each line has the mark. */
const line = /^npm (?:ERR!|error)(?: (.*)|)$/;
const code = /^npm (?:ERR!|error) code (\w{1,40})$/;
/** The fields of the system's error; what happened is said behind them, and last where more of it is. */
const field =
  /^(?:(?:code|errno|syscall|path|dest|file|cwd|signal|workspace|location) |command (?!failed)|A complete log of this run |\S{1,1000}[\\/]_logs[\\/])/;
const command = /^command (?!failed)(.{1,2000})$/;
const failed = 'command failed';

export const npm: Grammar = {
  language: 'text',
  standsAlone: true,
  hints: ['npm ERR! code ', 'npm error code '],
  begin(first) {
    if (!code.test(first)) return undefined;
    return (next) =>
      line.test(next) && !code.test(next) ? 'enough' : next === '' ? 'enough' : 'no';
  },
  saysEnough: () => true,
  *parse(lines) {
    const type = code.exec(lines[0] ?? '')?.[1] ?? '';
    const texts = lines.map((text) => (line.exec(text)?.[1] ?? '').trim());
    const sentence = texts.find((text) => text !== '' && !field.test(text));
    const ran = texts.map((text) => command.exec(text)?.[1]).find(Boolean);
    // That it failed says nothing without what did.
    const said =
      ran !== undefined && (sentence ?? failed) === failed ? `${failed}: ${ran}` : sentence;
    yield {
      language: 'text',
      kind: 'log',
      type: loggedError,
      message: messageOf([
        said === undefined || said.startsWith(type) ? (said ?? type) : `${type}: ${said}`,
      ]),
      frames: [],
      causes: [],
      severity: 'error',
    };
  },
};
