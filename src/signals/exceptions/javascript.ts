import { indentOf, messageOf } from './parts.ts';
import type { Cause, Frame } from '../../core/signal.ts';
import {
  type Follow,
  type Grammar,
  maxFrames,
  maxMessageChars,
  type ParsedException,
} from './grammar.ts';
import { endsChildOutput, isCommandFailed, maxChildLines } from './javascriptChild.ts';
import {
  fileFrame,
  frame,
  frameLine,
  isFrame,
  isOwnFrame,
  languageOf,
  placeInMessage,
  readFrame,
} from './javascriptFrame.ts';

/** `/srv/app/cart.js:8`, `file:///srv/a.mjs:2`, `C:\app\a.js:3`, `node:internal/x:12`: the head of an uncaught one. */
const placeLine =
  /^((?:file:\/\/|node:|[A-Za-z]:[\\/]|\/|\.{1,2}\/|webpack)[^\n]{1,1000}|evalmachine\.<anonymous>|undefined|<anonymous_script>|\[eval\]):(\d{1,9})$/;
/** Such a place is part of a message (Prisma names the call that failed). */
const hasColumn = /:\d{1,9}:\d{1,9}$/;
/** Vite's dev server: the message alone, above the stack. */
const viteHead =
  /\[vite\] (?:\([\w-]{1,20}\) )?(?:Internal server error|Error when evaluating SSR module [^\s:]{1,500}): (.*)$/;
/** Chromium's log of a page's console, as Electron writes it. */
const pageError =
  /^\[\d{1,9}:\d{4}\/\d{6}\.\d{3,6}:[A-Z]{4,7}:CONSOLE[(:]\d{1,9}\)?\] "Uncaught (?:\(in promise\) )?([A-Z]\w{0,80}): (.{0,8000})", source: (\S{1,1000}) \((\d{1,9})\)$/;
/** Firefox, with its console on the standard output. */
const geckoError = /^JavaScript error: (\S{1,1000}), line (\d{1,9}): ([A-Z]\w{0,80}): (.{0,8000})$/;
/** Its own tag, as every message has one there: `[pageerror] RangeError: …`. */
const tagged = /^\[[a-z][\w.:-]{0,40}\] \S/;
const caretLine = /^\s*[\^~]+\s*$/;
const runtimeLine = /^Node\.js v\d+\.\d+\.\d+/;
const traceHint = /^\(Use `node --trace-uncaught /;
/** Any class may be thrown: a head whose name says nothing counts only with a frame right below it. */
const bareHead =
  /^(\s*)(?:Uncaught (?:\(in promise\) )?)?([A-Z_$][\w$.]{0,100})(?: \[([\w.]{1,80})\])?(?:: (.*)|)$/;
/** The same inside a line of text: `request failed TypeError: …`, `[Error: x]`; `SeatTaken [Error]: …` of any name. */
const namedHead =
  /(?<![\w$.])([A-Z_$][\w$.]{0,80}(?:Error|Exception|Rejection)|Error|Exception|[A-Z_$][\w$.]{0,80}(?= \[(?:[A-Z]\w{0,80})?Error\]: ))(?: \[([\w.]{1,80})\])?: (.*)$/;
/** A class that does not say so, behind other text and right above a frame: `booking failed SeatTaken: …`. */
const ownClass = /\s([A-Z][a-z\d]{1,40}(?:[A-Z][a-z\d]{0,40}){1,8})(?: \[([\w.]{1,80})\])?: (.*)$/;
/** Next's dev server: the place in the file as it was written, above the error. */
const nextPlace = /^ ?⨯ (\S{1,1000}) \((\d{1,9}):\d{1,9}\)(?: @ .{1,200})?$/;
const labelledHead = /^\s+(?:[A-Z_$][\w$.]{0,80})?(?:Error|Exception)(?: \[[\w.]{1,80}\])?: /;
const bracketHead = /^\s*\[([A-Z_$][\w$.]{0,100})(?: \[([\w.]{1,80})\])?: (.*?)\](?: \{|,)?\s*$/;
/** No stack, but properties: `[AggregateError: …] {`, perhaps behind other text. */
const opensProperties = /\] \{\s*$/;
const elided = /^\s*\.\.\. (?:\d+ (?:lines|more)|\d+ lines matching cause stack trace)/;
const causeHead = /^\s*(?:\[cause\]:? |(?:Caused by|caused by|cause): )(.*)$/;
const listHead = /^\s*\[?errors\]?: \[\s*$/;
/** What Vite's plugins say of where they failed. */
const pluginPlace = /^ {2}File: (\S.{0,1000}?):(\d{1,9}):\d{1,9}$/;
/** Hermes, as React Native reports it. */
const engineHead = /^([A-Z_$][\w$.]{0,100}): (.{1,8000}?), js engine: \w{1,20}(?:, stack:)?$/;
const maxMessageLines = 24;

export const javascript: Grammar = {
  language: 'javascript',
  hints: [
    'Exception',
    'Rejection',
    '    at ',
    '\n\tat ',
    '\n  at ',
    'Uncaught',
    'Node.js v',
    '@http',
    '@file:',
    'JavaScript error: ',
    'ENOENT: ',
    'EACCES: ',
  ],
  begin(line) {
    if (placeLine.test(line)) return followUncaught();
    if (/^\(node:\d+\) (?!UnhandledPromiseRejectionWarning: )/.test(line) || runtimeLine.test(line))
      return undefined;
    if (isConsoleError(line)) return () => 'no';
    if (isOwnFrame(line) && line.trimStart().startsWith('at ')) return followFrames();
    if (bracketHead.test(line)) return followStack('bracket', indentOf(line), line);
    if (namedHead.test(line) || bareHead.test(line) || viteHead.test(line))
      return followStack('head', indentOf(line), line);
    if (ownClass.test(line)) return ifFrame(followStack('head', indentOf(line), line));
    if (nextPlace.test(line)) return followPlaced();
    return undefined;
  },
  isApart: (first) => tagged.test(first),
  saysEnough: (line) => isConsoleError(line) || engineHead.test(line),
  *parse(lines, said = []) {
    const [first = ''] = lines;
    const parsed =
      (isOwnFrame(first) ? parseFrames(lines, said) : undefined) ??
      parseConsoleError(first) ??
      parseBlock(lines) ??
      parseEngineHead(first);
    // `console.trace` says where a program is, not that anything is wrong.
    if (parsed) yield parsed.type === 'Trace' ? { ...parsed, silent: true } : parsed;
  },
};

/**
 * Place, source line, carets, blank, then the error; a thrown value that is no error has no frames. The code at the
 * end of a file has no carets, that of a type-stripped one more lines below them.
 */
function followUncaught(): Follow {
  let at = 0;
  let carets = false;
  let blank = false;
  let inner: Follow | undefined;
  let values = 0;
  return (line) => {
    at++;
    if (inner) return inner(line);
    const isBlank = line.trim() === '';
    const afterBlank = blank;
    blank = isBlank;
    if (!carets && !(afterBlank && isStrongHead(line))) {
      if (caretLine.test(line)) carets = true;
      return at <= 4 ? 'more' : 'no';
    }
    if (isBlank) return values > 0 ? 'enough' : at > 6 ? 'no' : 'more';
    if (runtimeLine.test(line)) return 'last';
    if (traceHint.test(line)) return 'enough';
    if (isUncaughtHead(line) && (values === 0 || afterBlank)) {
      inner = followStack('uncaught', indentOf(line), line);
      return 'enough';
    }
    return placeLine.test(line) || frameLine.test(line) || ++values > 12 ? 'no' : 'enough';
  };
}

function ifFrame(follow: Follow): Follow {
  let framed = false;
  return (line) => {
    framed ||= isOwnFrame(line);
    return framed ? follow(line) : 'no';
  };
}

function followPlaced(): Follow {
  let inner: Follow | undefined;
  return (line) => {
    if (inner) return inner(line);
    if (!namedHead.test(line)) return 'no';
    inner = followStack('head', indentOf(line), line);
    return 'more';
  };
}

function isUncaughtHead(line: string): boolean {
  return bareHead.test(line) || namedHead.test(line) || bracketHead.test(line);
}

type Phase = 'message' | 'frames' | 'properties' | 'closed';

function followStack(kind: 'head' | 'bracket' | 'uncaught', base: number, head: string): Follow {
  const opens = opensProperties.test(head);
  let phase: Phase = opens ? 'properties' : kind === 'bracket' ? 'closed' : 'message';
  let messageLines = 0;
  let blanks = 0;
  const uncaught = kind === 'uncaught';
  const isLabel = !uncaught && !namedHead.test(head);
  const isName = /^[\w$.]{1,101}$/.test(head);
  let inChild = isCommandFailed(head) && !opens;
  return (line) => {
    if (inChild) {
      if (!endsChildOutput(line)) return ++messageLines <= maxChildLines ? 'more' : 'no';
      inChild = false;
    }
    if (phase === 'properties') {
      if (indentOf(line) <= base && /^\s*[}\]]/.test(line)) {
        phase = 'closed';
        return 'enough';
      }
      return line.trim() === '' || indentOf(line) > base ? 'more' : 'no';
    }
    if (uncaught && runtimeLine.test(line)) return 'last';
    if (phase === 'closed') return uncaught && line.trim() === '' && ++blanks < 3 ? 'enough' : 'no';
    if (isFrame(line) && (phase === 'frames' || isOwnFrame(line))) {
      phase = line.endsWith(' {') ? 'properties' : 'frames';
      return phase === 'properties' ? 'more' : 'enough';
    }
    if (phase === 'frames') {
      if (elided.test(line)) return 'enough';
      if (/^\s*(?:(?:Caused by|caused by):|\[cause\]) /.test(line)) return 'enough';
      return uncaught && line.trim() === '' && ++blanks < 3 ? 'enough' : 'no';
    }
    if (frameLine.test(line) && !uncaught) return 'no';
    // hapi's `Debug: …` and the like are a label above the error.
    if (messageLines === 0 && isLabel && labelledHead.test(line)) return 'no';
    // A word above an empty line: a title, or the dots of a test run.
    if (isName && messageLines === 0 && line.trim() === '') return 'no';
    if (messageLines === 0 && isStrongHead(line) && !uncaught) return 'no';
    if (messageLines > 0 && isStrongHead(line)) return 'no';
    if (!uncaught && tagged.test(line) && namedHead.test(line)) return 'no';
    return ++messageLines <= maxMessageLines && (!placeLine.test(line) || hasColumn.test(line))
      ? uncaught
        ? 'enough'
        : 'more'
      : 'no';
  };
}

function followFrames(): Follow {
  return (line) => (isFrame(line) || elided.test(line) ? 'enough' : 'no');
}

/** Frames without a head: Bun prints the message of an `Error` alone, as `error: …`. */
function parseFrames(lines: readonly string[], said: readonly string[]): ParsedException {
  const { frames } = readFrames(lines, 0);
  const message = messageOf(withoutExcerpt(said));
  return {
    ...asError({ type: 'Error', message, frames }),
    ...(message === '' ? { silent: true } : {}),
  };
}

/** Without the line of code and the caret that Deno prints between the message and the frames. */
function withoutExcerpt(lines: readonly string[]): readonly string[] {
  return lines.length > 2 && caretLine.test(lines.at(-1) ?? '') ? lines.slice(0, -2) : lines;
}

function parseEngineHead(line: string): ParsedException | undefined {
  const match = engineHead.exec(line);
  return match
    ? asError({ type: match[1] ?? 'Error', message: match[2] ?? '', frames: [] })
    : undefined;
}

function asError({ type, message, frames }: Cause): ParsedException {
  return { language: languageOf(frames), type, message, frames, causes: [], severity: 'error' };
}

function isStrongHead(line: string): boolean {
  return /^(?:Uncaught (?:\(in promise\) )?)?[A-Z_$][\w$.]{0,80}(?:Error|Exception)(?: \[[\w.]{1,80}\])?: /.test(
    line,
  );
}

interface Head {
  readonly type: string;
  readonly code?: string;
  readonly message: string;
}

function isConsoleError(line: string): boolean {
  return line.charCodeAt(0) === 91
    ? pageError.test(line)
    : line.startsWith('JavaScript error: ') && geckoError.test(line);
}

function parseConsoleError(line: string): ParsedException | undefined {
  const page = pageError.exec(line);
  const gecko = geckoError.exec(line);
  const [type = 'Error', message = '', file, at] =
    page?.slice(1) ?? (gecko ? [gecko[3], gecko[4], gecko[1], gecko[2]] : []);
  if (file === undefined) return undefined;
  return asError({ type, message, frames: [frame('', `${file}:${at}`)] });
}

function readHead(line: string): Head | undefined {
  const vite = line.includes('[vite] ') ? viteHead.exec(line) : null;
  if (vite) return readHead(vite[1] ?? '') ?? { type: 'Error', message: vite[1] ?? '' };
  const bracket = bracketHead.exec(line);
  const bare =
    bracket ??
    /^(?:Uncaught (?:\(in promise\) )?)?([A-Z_$][\w$.]{0,100})(?: \[([\w.]{1,80})\])?(?:: (.*)|)$/.exec(
      line.trim(),
    );
  const match =
    bracket ??
    (bare && bare[1]?.endsWith('Warning') ? null : bare) ??
    namedHead.exec(line) ??
    ownClass.exec(line);
  if (!match) return undefined;
  // Bun prints an error of the system without its class.
  if (systemCode.test(match[1] ?? '')) return { type: 'Error', message: line.trim() };
  const code = match[2];
  const isName = code !== undefined && givenName.test(code);
  const said = (match[3] ?? '').replace(/ \{$/, '');
  return {
    type: isName ? code : (match[1] ?? 'Error'),
    message: line[match.index - 1] === '[' ? said.replace(/\]$/, '') : said,
    ...(code === undefined || code === 'Error' || isName ? {} : { code }),
  };
}

const systemCode = /^E[A-Z]{3,15}$/;
/** `Error [QuotaError]: …`: the class, then the name it was given; codes are in capitals. */
const givenName = /[a-z](?:Error|Exception)$/;

function parseBlock(lines: readonly string[]): ParsedException | undefined {
  const placed = nextPlace.exec(lines[0] ?? '');
  if (placed) {
    const parsed = parseBlock(lines.slice(1));
    return parsed && { ...parsed, frames: asWritten(parsed.frames, placed) };
  }
  const place = placeLine.exec(lines[0] ?? '');
  const body = place ? belowExcerpt(lines) : withoutLabel(lines);
  if (body.length === 0) return undefined;
  const broken = parsePluginError(body);
  if (broken) return broken;
  const tree = parseTree(body);
  if (!tree) return place ? thrownValue(place, body) : undefined;
  if (
    !place &&
    tree.frames.length === 0 &&
    tree.children.length === 0 &&
    !bracketHead.test(body[0] ?? '')
  ) {
    return undefined;
  }
  // A bracketed error in a sentence is how a message quotes one; alone on its line it was printed.
  return assemble(tree, place, lines);
}

/** `console.error('Error:', error)`: the word alone, or in a sentence, before the error and right above its frames. */
const label =
  /^Error: (?:[^:]{0,200}[^\s:] )?(?=(?:[A-Z_$][\w$.]{0,80}(?:Error|Exception)|[A-Z][a-z\d]{1,40}(?:[A-Z][a-z\d]{0,40}){1,8})(?: \[[\w.]{1,80}\])?: )/;

function withoutLabel(lines: readonly string[]): readonly string[] {
  const [head = '', below = ''] = lines;
  return isOwnFrame(below) && label.test(head)
    ? [head.replace(label, ''), ...lines.slice(1)]
    : lines;
}

/** The top frame of ours at the place that Next says it has in the file as written. */
function asWritten(frames: readonly Frame[], place: RegExpExecArray): readonly Frame[] {
  const at = frames.findIndex((frame) => frame.inApp);
  const top = frames[at];
  const written = fileFrame(place[1] ?? '', place[2]);
  if (top?.line === written.line) return frames;
  return top?.function === undefined
    ? [written, ...frames]
    : frames.with(at, { ...written, function: top.function });
}

/** What follows the place and the code there; nothing when there is neither a caret nor an error. */
function belowExcerpt(lines: readonly string[]): readonly string[] {
  const caret = lines.findIndex((line) => caretLine.test(line));
  const said = lines.findIndex(
    (line, at) => at > caret && lines[at - 1]?.trim() === '' && isUncaughtHead(line),
  );
  if (said > 0) return lines.slice(said);
  const value = lines.findIndex((line, at) => at > caret && line.trim() !== '');
  return caret < 0 || value < 0 ? [] : lines.slice(value);
}

/** A file that a plugin of Vite could not transform; the frames are all Vite's own. */
function parsePluginError(lines: readonly string[]): ParsedException | undefined {
  const head = viteHead.test(lines[0] ?? '') ? readHead(lines[0] ?? '') : undefined;
  const place = lines.map((line) => pluginPlace.exec(line)).find(Boolean);
  if (!head || !place) return undefined;
  const frames = [fileFrame(place[1] ?? '', place[2])];
  return { ...asError({ ...head, frames }), kind: 'diagnostic' };
}

interface Tree extends Head {
  readonly frames: readonly Frame[];
  readonly children: readonly Tree[];
}

function parseTree(lines: readonly string[]): Tree | undefined {
  const head = readHead(lines[0] ?? '');
  if (!head) return undefined;
  const bracket = bracketHead.test(lines[0] ?? '') || opensProperties.test(lines[0] ?? '');
  const child = isCommandFailed(lines[0] ?? '') ? lines.findIndex(endsChildOutput) : -1;
  const isFirst = (line: string, at: number) => at > Math.max(child - 1, 0) && isOwnFrame(line);
  const firstFrame = lines.findIndex(isFirst);
  const hasOwnFrames =
    firstFrame > 0 && !(bracket && lines.slice(0, firstFrame).some((line) => listHead.test(line)));
  const { frames, next } = hasOwnFrames ? readFrames(lines, firstFrame) : { frames: [], next: 1 };
  const said = hasOwnFrames && !bracket ? lines.slice(0, firstFrame) : lines.slice(0, 1);
  const message = messageOf([head.message, ...withoutExcerpt(said).slice(1)]);
  const children = parseChildren(lines.slice(next));
  return { ...head, message, frames, children: [...childTree(lines.slice(1, child)), ...children] };
}

/** What the command that failed had thrown itself. */
function childTree(lines: readonly string[]): readonly Tree[] {
  const at = lines.findIndex((line) => isStrongHead(line) && !isCommandFailed(line));
  const tree = at < 0 ? undefined : parseTree(lines.slice(at));
  return tree && tree.frames.length > 0 ? [tree] : [];
}

function readFrames(lines: readonly string[], from: number) {
  const frames: Frame[] = [];
  for (let at = from; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (!isFrame(line) && !elided.test(line)) return { frames, next: at };
    const frame = readFrame(line);
    if (frame && frames.length < maxFrames) frames.push(frame);
    if (line.endsWith(' {')) return { frames, next: at + 1 };
  }
  return { frames, next: lines.length };
}

/** `[cause]: …` and the items of `[errors]: [`, each a smaller tree. */
function parseChildren(lines: readonly string[]): Tree[] {
  const children: Tree[] = [];
  let inList = false;
  for (let at = 0; at < lines.length && children.length < 20; at++) {
    const line = lines[at] ?? '';
    if (listHead.test(line)) {
      inList = true;
      continue;
    }
    const cause = causeHead.exec(line);
    const text = cause ? (cause[1] ?? '') : inList ? line.trim() : '';
    if (text === '' || !(bareHead.test(text) || bracketHead.test(text))) continue;
    const indent = indentOf(line);
    let end = at + 1;
    while (end < lines.length && isInside(lines[end] ?? '', indent)) end++;
    const tree = parseTree([text, ...lines.slice(at + 1, end).map(withoutComma)]);
    if (tree) children.push(tree);
    at = end - 1;
  }
  return children;
}

/** What has no indent, as Jest and loggers write a cause, ends where the next one begins. */
function isInside(line: string, indent: number): boolean {
  return line.trim() === '' || indentOf(line) > indent || (indent === 0 && !causeHead.test(line));
}

function withoutComma(line: string): string {
  return line.replace(/,$/, '');
}

function assemble(
  tree: Tree,
  place: RegExpExecArray | null,
  lines: readonly string[],
): ParsedException {
  const own = framesOf(tree);
  const frames = withPlace(own, tree, place);
  const fatal = place !== null || lines.some((line) => runtimeLine.test(line));
  return {
    language: languageOf(frames),
    type: tree.type,
    message: tree.message,
    frames,
    causes: flatten(tree.children),
    severity: fatal ? 'fatal' : 'error',
  };
}

/** The error's own; where none of them is in the app, those of its cause besides. */
function framesOf({ frames, children }: Tree): readonly Frame[] {
  if (frames.some((frame) => frame.inApp)) return frames;
  const inner = children.map((child) => child.frames).filter((of) => of.length > 0);
  const best = inner.find((of) => of.some((frame) => frame.inApp));
  return frames.length === 0 ? (inner[0] ?? []) : [...frames, ...(best ?? [])];
}

function flatten(children: readonly Tree[]): Cause[] {
  return children.flatMap((child) => [
    { type: child.type, message: child.message, frames: child.frames },
    ...flatten(child.children),
  ]);
}

/** Loader errors name their place only above the stack, or in the message. */
function withPlace(
  frames: readonly Frame[],
  head: Head,
  place: RegExpExecArray | null,
): readonly Frame[] {
  const noneInApp = !frames.some((frame) => frame.inApp);
  if (place && (noneInApp || head.type === 'SyntaxError')) {
    const frame = fileFrame(place[1] ?? '', place[2]);
    const known = frames.some((other) => other.file === frame.file && other.line === frame.line);
    if (frame.inApp && !known) return [frame, ...frames];
  }
  const said = noneInApp ? placeInMessage(head.message) : undefined;
  return said === undefined ? frames : [said, ...frames];
}

function thrownValue(place: RegExpExecArray, body: readonly string[]): ParsedException | undefined {
  const value = body.filter(
    (line) => line.trim() !== '' && !traceHint.test(line) && !runtimeLine.test(line),
  );
  const isTold = body.some((line) => traceHint.test(line));
  // Of a thrown symbol it says nothing.
  if (value.length === 0 ? !isTold : !(isTold || body.some((line) => runtimeLine.test(line))))
    return undefined;
  const frames = [fileFrame(place[1] ?? '', place[2])];
  return {
    language: languageOf(frames),
    type: 'Uncaught',
    message: value.join('\n').trim().slice(0, maxMessageChars),
    frames,
    causes: [],
    severity: 'fatal',
  };
}
