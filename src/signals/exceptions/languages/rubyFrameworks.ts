import type { Cause, Frame } from '../../../core/signal.ts';
import type { Follow, Grammar, ParsedException } from '../grammar.ts';
import { exceptionOf, maxMessageLines, messageOf } from '../parts.ts';
import {
  errorName,
  framesIn,
  isPlace,
  place,
  plainFrame,
  some,
  sourceIn,
  syntaxPlace,
  typeName,
} from './ruby.ts';

const tags = String.raw`(?:\[[\w-]{8,40}\] ){0,3}`;
/** Rails: the class and, in brackets, the message, which may be of several lines; ActiveJob tells the job before it. */
const railsHead = new RegExp(
  String.raw`^${tags}(?:.{1,500} in [\d.]{1,12}ms: )?(${typeName}) \((.*)\):$`,
);
const openRailsHead = new RegExp(
  String.raw`^${tags}(${errorName}|[A-Z]\w{0,80}(?:::[A-Z]\w{0,80}){1,10}) \((.*)$`,
);
const railsFrame = new RegExp(String.raw`^\s{0,4}${tags}\s{0,4}${place}$`);
const railsCauses = new RegExp(String.raw`^${tags}Causes:$`);
/** The lines of a template around the one that failed. */
const templateLine = /^\s{2,8}\d{1,6}: /;
const blankTagged = /^\s*(?:\[[\w-]{8,40}\] ?){0,3}\s*$/;
const tagged = /^(?:\[[\w-]{8,40}\] ){0,2}\[[\w-]{8,40}\]\s*$/;
/** Sinatra: `- KeyError - key not found: "a":` behind the time, and frames behind tabs. */
const dumpHead = new RegExp(String.raw`^(?:- )?(${typeName}) - (.*)$`);
const dumpFrame = new RegExp(String.raw`^\t${place}$`);
/** Rake names the class of all but a RuntimeError, and causes below. */
const rakeHead = /^rake aborted!$/;
const rakeTail = /^(?:Tasks: |\(See )/;
const causedBy = /^Caused by:$/;
const typedHead = new RegExp(String.raw`^(${typeName})(?:: (.*)|)$`);

/** How Rails, Sinatra and Rake report what nobody has handled. */
export const rubyFrameworks: Grammar = {
  language: 'ruby',
  hints: ['):\n  \n', 'rake aborted!', ':in `', ":in '"],
  begin(line) {
    if (!mayBegin(line)) return undefined;
    if (rakeHead.test(line)) return followRake();
    if (railsHead.test(line)) return followRails('headed');
    if (tagged.test(line)) return followRails('unheaded');
    if (dumpHead.test(line)) return followDump(line);
    return openRailsHead.test(line) && !line.endsWith(')') ? followRails('open') : undefined;
  },
  keepsLeveled: (line) => railsFrame.test(line) || railsHead.test(line) || blankTagged.test(line),
  *parse(lines) {
    const [first = ''] = lines;
    if (rakeHead.test(first)) yield* some(parseRake(lines));
    else if (railsHead.test(first) || tagged.test(first)) yield* some(parseRails(lines));
    else if (dumpHead.test(first)) yield* some(parseDump(lines));
    else yield* some(parseRails(lines));
  },
};

/** Cheap, and true for all that the patterns take. */
function mayBegin(line: string): boolean {
  const last = line.charCodeAt(line.length - 1);
  if (last === 58 || last === 93 || last === 32) return true;
  const first = line.charCodeAt(0);
  const isName = (first >= 65 && first <= 90) || first === 91;
  return isName
    ? line.includes(' (') || line.includes(' - ')
    : line === 'rake aborted!' || first === 45;
}

/** With tags every line is a logger's, and the first is empty but for them. */
function followRails(start: 'headed' | 'open' | 'unheaded'): Follow {
  let state: 'headed' | 'open' | 'unheaded' | 'causes' = start;
  let frames = 0;
  let others = 0;
  return (line) => {
    if (state === 'unheaded') {
      state = railsHead.test(line) ? 'headed' : openRailsHead.test(line) ? 'open' : state;
      return state === 'unheaded' ? 'no' : 'more';
    }
    if (state === 'open') {
      if (line.endsWith('):')) state = 'headed';
      return ++others <= maxMessageLines ? 'more' : 'no';
    }
    if (railsFrame.test(line)) {
      frames++;
      return 'enough';
    }
    if (frames > 0 || ++others > 2 * maxMessageLines) return 'no';
    if (railsCauses.test(line)) state = 'causes';
    return state === 'causes' || templateLine.test(line) || blankTagged.test(line) ? 'more' : 'no';
  };
}

/** The message ends in a colon where the frames begin; it may be of several lines. */
function followDump(first: string): Follow {
  let ended = first.endsWith(':');
  let frames = 0;
  let lines = 0;
  return (line) => {
    if (ended && dumpFrame.test(line)) {
      frames++;
      return 'enough';
    }
    if (frames > 0 || ++lines > maxMessageLines) return 'no';
    ended = line.endsWith(':');
    return 'more';
  };
}

function followRake(): Follow {
  let lines = 0;
  let ended = false;
  return (line) => {
    if (rakeTail.test(line)) {
      ended = true;
      return line.startsWith('(') ? 'last' : 'enough';
    }
    if (ended || rakeHead.test(line)) return 'no';
    if (isPlace(line)) return 'enough';
    return ++lines <= maxMessageLines ? 'more' : 'no';
  };
}

function parseRails(lines: readonly string[]): ParsedException | undefined {
  const start = lines.findIndex((line) => openRailsHead.test(line) || railsHead.test(line));
  const at = lines.findIndex((line) => railsFrame.test(line));
  if (start < 0 || at < 0) return undefined;
  const text = lines.slice(start, at).filter((line) => !templateLine.test(line));
  const causes = text.findIndex((line) => railsCauses.test(line));
  const frames = framesIn(lines.slice(at), railsFrame);
  const outermost = readRails(causes < 0 ? text : text.slice(0, causes), frames);
  const links: string[][] = [];
  for (const line of causes < 0 ? [] : text.slice(causes + 1)) {
    if (openRailsHead.test(line)) links.push([line]);
    else links.at(-1)?.push(line);
  }
  return exceptionOf(
    'ruby',
    outermost,
    links.map((link) => readRails(link, [])),
  );
}

function readRails(lines: readonly string[], frames: readonly Frame[]): Cause {
  const [first = '', ...rest] = lines;
  const [, type = '', own = ''] = railsHead.exec(first) ?? openRailsHead.exec(first) ?? [];
  const message = [own, ...rest];
  const text = messageOf(message).replace(/\n?\):?$/, '');
  return syntaxPlace(type, text, frames, sourceIn(message));
}

function parseDump(lines: readonly string[]): ParsedException | undefined {
  const head = dumpHead.exec(lines[0] ?? '');
  const at = lines.findIndex((line) => dumpFrame.test(line));
  if (!head || at < 0) return undefined;
  const message = [head[2] ?? '', ...lines.slice(1, at)];
  message.push((message.pop() ?? '').replace(/:$/, ''));
  const frames = framesIn(lines.slice(at), dumpFrame);
  const cause = syntaxPlace(head[1] ?? '', messageOf(message), frames, sourceIn(message));
  return exceptionOf('ruby', cause, []);
}

function parseRake(lines: readonly string[]): ParsedException | undefined {
  const own = lines.slice(1).filter((line) => !rakeTail.test(line));
  const starts = [0, ...own.flatMap((line, at) => (causedBy.test(line) ? [at + 1] : []))];
  const [outermost, ...causes] = starts.map((start, at) =>
    readRaked(own.slice(start, starts[at + 1] ?? own.length)),
  );
  return outermost && exceptionOf('ruby', outermost, causes);
}

function readRaked(lines: readonly string[]): Cause {
  const text = lines.filter((line) => !isPlace(line) && !causedBy.test(line));
  const head = typedHead.exec(text[0] ?? '');
  const message = [head ? (head[2] ?? '') : (text[0] ?? ''), ...text.slice(1)];
  const frames = framesIn(lines.filter(isPlace), plainFrame);
  return syntaxPlace(head?.[1] ?? 'RuntimeError', messageOf(message), frames, sourceIn(message));
}
