import type { Cause, Frame } from '../../../core/signal.ts';
import type { Follow, Grammar, ParsedException } from '../grammar.ts';
import { loggedStack } from '../loggedStack.ts';
import {
  addFrame,
  exceptionOf,
  frameOf,
  isScriptError,
  maxMessageLines,
  messageOf,
  remembering,
} from '../parts.ts';

export const typeName = String.raw`(?:#<Class:0x[0-9a-f]{1,16}>(?:::)?)?[A-Z]\w{0,80}(?:::[A-Z]\w{0,80}){0,10}`;
export const errorName = String.raw`(?:[A-Z]\w{0,80}::){0,10}[A-Z]\w{0,80}(?:Error|Exception|Interrupt|Invalid|NotFound|Missing|Timeout|Denied|Refused|ECONN\w{1,20}|ENOENT)`;
/** Ruby 3.4 quotes with ' on both sides and names the class, before it was a backtick. */
export const place = String.raw`((?:[A-Za-z]:)?[^\s:'"(][^:'"\n]{0,500}|<internal:[^>]{1,200}>|\(eval[^)]{0,200}\)|-e|-):(\d{1,9})(?::in [\x60'](.{1,300}?)')?`;
/** Some loggers name the program before what they were given. */
const headPlace = String.raw`(?:[\w.-]{1,40}: )?${place}`;
const errorHead = new RegExp(String.raw`^${headPlace}: (?!\s)(.*?) ?\((${typeName})\)$`);
/** A message without its class goes on in the lines below; only `full_message` puts the class behind the last. */
const openHead = new RegExp(String.raw`^${headPlace}: (.+)$`);
const fromLine = new RegExp(String.raw`^\s{1,8}(?:\d{1,6}: )?from ${place}$`);
export const plainFrame = new RegExp(String.raw`^\s{0,12}(?:# )?(?:from )?${place}$`);
const levels = /^\s+ ?\.\.\. \d{1,9} levels\.\.\.$/;
const reversed = /^Traceback \(most recent call last\):\s*$/;
const classAtEnd = new RegExp(String.raw`^(.*?) ?\((${typeName})\)$`);
const syntaxError =
  /^((?:\/|\.{1,2}\/|[A-Za-z]:)?[^\s:][^:\n]{0,500}\.(?:rb|ru|rake|erb)|-e):(\d{1,9}): (syntax errors?(?: found)?[, ].{0,2000}|.{0,500}unexpected .{1,500})$/;
const jrubyHead = new RegExp(String.raw`^(${errorName}): (.*)$`);
/** An exception as `inspect` shows it, at the end of what Puma says. */
const inspected = new RegExp(String.raw`: #<(${typeName}): (.{0,4000})>$`);
const jrubyFrame = /^\s{1,80}(\S.{0,200}?) at (\S.{0,500}):(\d{1,9})$/;

export const ruby: Grammar = {
  language: 'ruby',
  hints: [':in `', ":in '", '\n\tfrom ', ': syntax '],
  begin(line) {
    if (!mayBegin(line)) return undefined;
    if (reversed.test(line)) return followReversed();
    if (errorHead.test(line)) return followUncaught(line);
    if (syntaxError.test(line)) return followSyntax();
    if (openHead.test(line) && /:in [`']/.test(line)) return followOpen();
    if (classAtEnd.test(line)) return followFrames();
    if (inspected.test(line)) return followTyped();
    return !isScriptError(line) && jrubyHead.test(line) ? followTyped() : undefined;
  },
  saysEnough: (line) => !isPlaced(line),
  isUncaught: (line) => errorHead.test(line),
  *parse(lines, said = []) {
    const [first = ''] = lines;
    if (reversed.test(first)) yield* some(parseReversed(lines));
    else if (!errorHead.test(first) && syntaxError.test(first)) yield* some(parseSyntax(lines));
    else if (errorHead.test(first) || openHead.test(first)) yield* parseUncaught(lines);
    else if ((inspected.test(first) || jrubyHead.test(first)) && isTypedFrame(lines[1] ?? ''))
      yield* some(parseTyped(lines));
    else if (classAtEnd.test(first)) yield* some(parseLogged(lines, said));
  },
};

/** Cheap, and true for all that the patterns take. */
function mayBegin(line: string): boolean {
  const last = line.charCodeAt(line.length - 1);
  if (last === 41 || last === 58 || last === 93 || last === 32 || last === 62) return true;
  const first = line.charCodeAt(0);
  if (first >= 65 && first <= 90 && line.includes(': ')) return true;
  return line.includes(':in ') || line.includes('syntax err') || line.includes('unexpected ');
}

/** Begins with a file and a line; other heads are only words until a frame stands right below them. */
function isPlaced(line: string): boolean {
  return openHead.test(line) || reversed.test(line);
}

export function some(parsed: ParsedException | undefined): ParsedException[] {
  return parsed ? [parsed] : [];
}

/**
 * The head, its message, `from` lines; causes follow as further heads. The same head again is the next
 * occurrence, since no exception causes itself.
 */
function followUncaught(first: string): Follow {
  const seen = new Set([keyOf(first)]);
  let outer = messageIn(first);
  let frames = 0;
  let messageLines = 0;
  return (line) => {
    if (isFrom(line)) {
      frames++;
      return 'enough';
    }
    if (line.endsWith(')') && errorHead.test(line)) {
      const key = keyOf(line);
      const said = messageIn(line);
      // Raised again with more words, as Net::HTTP does, it keeps its place.
      const isWrapped = outer.includes(`(${said})`) || outer.endsWith(`: ${said}`);
      if ((seen.has(key) && !isWrapped) || seen.size > 20) return 'no';
      seen.add(key);
      outer = said;
      frames = 0;
      messageLines = 0;
      return 'enough';
    }
    if (frames > 0) return 'no';
    // Below the message stand the source and its carets, or what `detailed_message` says.
    const indented = line.trim() === '' || /^\s/.test(line);
    return ++messageLines <= maxMessageLines && (indented || messageLines < 4) ? 'enough' : 'no';
  };
}

/** A line of the stack: the frame, or undefined for those that were left out. */
const readFrom = remembering((line: string): { readonly frame: Frame | undefined } | undefined => {
  const from = fromLine.exec(line);
  if (from) return { frame: frameOfPlace(from, 0) };
  return levels.test(line) ? { frame: undefined } : undefined;
});

function isFrom(line: string): boolean {
  const first = line.charCodeAt(0);
  return (first === 9 || first === 32) && readFrom(line) !== undefined;
}

function keyOf(line: string): string {
  const match = errorHead.exec(line);
  return `${match?.[1]}:${match?.[2]}:${match?.[5]}`;
}

function messageIn(line: string): string {
  return errorHead.exec(line)?.[4] ?? '';
}

/** The class stands behind a later line of the message. */
function followOpen(): Follow {
  let inner: Follow | undefined;
  let lines = 0;
  return (line) => {
    if (inner) return inner(line);
    if (++lines > maxMessageLines || errorHead.test(line)) return 'no';
    if (!classAtEnd.test(line)) return fromLine.test(line) ? 'no' : 'more';
    inner = followFromLines();
    return 'more';
  };
}

function followFromLines(): Follow {
  return (line) => (isFrom(line) ? 'enough' : 'no');
}

function followFrames(): Follow {
  return (line) => (isPlace(line) && !fromLine.test(line) ? 'enough' : 'no');
}

/** Surely of Ruby: what is said may end in a host and a port. */
export function isPlace(line: string): boolean {
  return plainFrame.test(line) && /:in |\.(?:rb|rake|ru|erb):\d{1,9}$/.test(line);
}

function followTyped(): Follow {
  return (line) => (isTypedFrame(line) ? 'enough' : 'no');
}

/** JRuby's frames, or those that Sidekiq and Puma print below a type and its message. */
function isTypedFrame(line: string): boolean {
  return jrubyFrame.test(line) || (line.includes(':in ') && plainFrame.test(line));
}

function followSyntax(): Follow {
  let lines = 0;
  return (line) => {
    if (fromLine.test(line)) return 'enough';
    return ++lines <= maxMessageLines && /^(?:\s|>|\^)/.test(line) ? 'enough' : 'no';
  };
}

/** Ruby 2.5 to 2.7 print to a terminal in this order, the error last. */
function followReversed(): Follow {
  return (line) =>
    fromLine.test(line) || levels.test(line) ? 'more' : errorHead.test(line) ? 'last' : 'no';
}

/** The script itself, or a check of it, did not compile; that has no stack. */
function parseSyntax(lines: readonly string[]): ParsedException | undefined {
  const text = messageOf(lines.filter((line) => !fromLine.test(line)));
  const cause = syntaxPlace('SyntaxError', text, framesIn(lines.slice(1), fromLine), undefined);
  return exceptionOf(
    'ruby',
    { ...cause, message: cause.message.replace(/ \(SyntaxError\)/, '') },
    [],
  );
}

function* parseUncaught(lines: readonly string[]): Generator<ParsedException> {
  let open: Cause[] = [];
  for (const link of readLinks(lines)) {
    const outer = open.at(-1);
    if (outer && !isCauseOf(link, outer)) {
      yield* some(chainOf(open));
      open = [];
    }
    open.push(link);
  }
  yield* some(chainOf(open));
}

/** What rescued an exception and raised another was called by the same callers, and says `rescue in`. */
function isCauseOf(cause: Cause, outer: Cause): boolean {
  const rescued = outer.frames.flatMap(({ function: name = '', file }) => {
    const match = /^(?:rescue|ensure) in (.{1,300})$/.exec(name);
    return match ? [`${file} ${match[1]}`] : [];
  });
  const callers = new Set(cause.frames.map(({ function: name, file }) => `${file} ${name}`));
  if (rescued.some((caller) => callers.has(caller))) return true;
  return sharedCallers(cause.frames, outer.frames) >= 2;
}

function sharedCallers(a: readonly Frame[], b: readonly Frame[]): number {
  let shared = 0;
  for (; shared < Math.min(a.length, b.length) - 1; shared++) {
    const [one, other] = [a.at(-1 - shared), b.at(-1 - shared)];
    if (one?.file !== other?.file || one?.line !== other?.line) break;
  }
  return shared;
}

function chainOf(links: readonly Cause[]): ParsedException | undefined {
  const [outermost, ...causes] = links;
  return outermost && exceptionOf('ruby', outermost, causes);
}

function readLinks(lines: readonly string[]): Cause[] {
  const links: Cause[] = [];
  let part: string[] = [];
  for (const line of [...lines, undefined]) {
    const isHead = line?.endsWith(')') === true && errorHead.test(line);
    if (line !== undefined && (part.length === 0 || !isHead)) {
      part.push(line);
      continue;
    }
    const link = readLink(part);
    if (link) links.push(link);
    part = line === undefined ? [] : [line];
  }
  return links;
}

function readLink(lines: readonly string[]): Cause | undefined {
  const [first = ''] = lines;
  const whole = errorHead.exec(first);
  const head = whole ?? openHead.exec(first);
  if (!head) return undefined;
  const frames: Frame[] = [frameOfPlace(head, 0)];
  const message: string[] = [head[4] ?? ''];
  let type = whole?.[5];
  for (const line of lines.slice(1)) {
    const from = isFrom(line) ? readFrom(line) : undefined;
    const ending = type === undefined && !from ? classAtEnd.exec(line) : null;
    if (from?.frame) addFrame(frames, from.frame);
    else if (ending) {
      type = ending[2];
      message.push(ending[1] ?? '');
    } else if (!from) message.push(line);
  }
  if (type === undefined) return undefined;
  return syntaxPlace(type, messageOf(message), frames, sourceIn(message));
}

/** A file that could not be loaded is named only in the message. */
export function syntaxPlace(
  type: string,
  text: string,
  frames: readonly Frame[],
  source: string | undefined,
): Cause {
  const match = type === 'SyntaxError' ? syntaxError.exec(text.split('\n')[0] ?? '') : null;
  if (match) {
    const file = match[1] ?? '';
    return {
      type,
      message: text.slice(file.length + (match[2] ?? '').length + 3),
      frames: [frameOf(file, isInApp(file), { line: Number(match[2]) }), ...frames],
    };
  }
  const [top, ...others] = frames;
  return {
    type,
    message: withoutSource(text),
    frames: top && source ? [{ ...top, source }, ...others] : frames,
  };
}

/** error_highlight shows the line and marks it below. */
export function sourceIn(message: readonly string[]): string | undefined {
  const marks = message.findIndex((line, at) => at > 0 && /^\s*\^[\^~. ]*$/.test(line));
  const source = marks > 0 ? message[marks - 1]?.trim() : undefined;
  return source === undefined || source === '' ? undefined : source.slice(0, 300);
}

function withoutSource(text: string): string {
  const lines = text.split('\n');
  const marks = lines.findIndex((line, at) => at > 0 && /^\s*\^[\^~. ]*$/.test(line));
  if (marks < 1) return text;
  return messageOf([...lines.slice(0, marks - 1), ...lines.slice(marks + 1)]);
}

/** @param at index of the match's group before the file */
function frameOfPlace(match: RegExpExecArray, at: number): Frame {
  const file = match[at + 1] ?? '';
  return frameOf(file, isInApp(file), { function: match[at + 3], line: Number(match[at + 2]) });
}

const foreign =
  /^<internal:|^\(|[\\/]gems[\\/]|[\\/]lib(?:64)?[\\/]ruby[\\/]|^\/usr\/(?:lib|share)\/|[\\/]vendor[\\/](?:bundle|ruby)|^-$|uri:classloader:|[\\/]bundler[\\/]gems|[\\/]rubies[\\/]|^org\/jruby|[\\/]bin[\\/](?:bundle|rake|rspec|rails|ruby|irb|puma|sidekiq)$/;

export function isInApp(file: string): boolean {
  return !foreign.test(file);
}

function parseReversed(lines: readonly string[]): ParsedException | undefined {
  const head = errorHead.exec(lines.at(-1) ?? '');
  if (!head) return undefined;
  const frames: Frame[] = [frameOfPlace(head, 0)];
  for (const line of lines.slice(1, -1).reverse()) {
    const from = fromLine.exec(line);
    if (from) addFrame(frames, frameOfPlace(from, 0));
  }
  return exceptionOf('ruby', { type: head[5] ?? '', message: head[4] ?? '', frames }, []);
}

export function framesIn(lines: readonly string[], pattern: RegExp): Frame[] {
  const frames: Frame[] = [];
  for (const line of lines) {
    const match = pattern.exec(line);
    if (match) addFrame(frames, frameOfPlace(match, 0));
  }
  return frames;
}

/** Ruby's Logger given an exception: the message and, behind its last line, the class; then bare frames. */
function parseLogged(
  lines: readonly string[],
  said: readonly string[],
): ParsedException | undefined {
  const head = classAtEnd.exec(lines[0] ?? '');
  const frames = framesIn(lines.slice(1), plainFrame);
  if (!head || frames.length === 0) return undefined;
  const message = [...said, head[1] ?? ''];
  const cause = syntaxPlace(head[2] ?? '', messageOf(message), frames, sourceIn(message));
  return exceptionOf('ruby', cause, []);
}

function parseTyped(lines: readonly string[]): ParsedException | undefined {
  const head = inspected.exec(lines[0] ?? '') ?? jrubyHead.exec(lines[0] ?? '');
  if (!head) return undefined;
  const own = lines.slice(1).filter((line) => line.includes(':in '));
  const frames: Frame[] = framesIn(own, plainFrame);
  for (const line of lines.slice(1)) {
    const match = jrubyFrame.exec(line);
    const file = match?.[2] ?? '';
    if (match)
      addFrame(
        frames,
        frameOf(file, isInApp(file), { function: match[1], line: Number(match[3]) }),
      );
  }
  return exceptionOf(
    'ruby',
    { type: head[1] ?? '', message: messageOf([head[2] ?? '']), frames },
    [],
  );
}

/** Loggers given a message and a backtrace. */
export const rubyStack = loggedStack({
  language: 'ruby',
  hints: [':in `', ":in '"],
  isFrame: (line) => line.includes(':in ') && isPlace(line),
  framesIn: (lines) => framesIn(lines, plainFrame),
  named: new RegExp(
    String.raw`(?:^|[\s([]|#<)(${errorName}|[A-Z]\w{0,80}(?:::[A-Z]\w{0,80}){1,10})(?:: | - )`,
  ),
  runner: /[\\/]sidekiq[^\n]{0,100}[\\/]processor\.rb$/,
});
