import type { Cause, Frame } from '../../../core/signal.ts';
import { type Follow, type Grammar, maxMessageChars, type ParsedException } from '../grammar.ts';
import { endsChildOutput, isCommandFailed, maxChildLines } from './javascriptChild.ts';
import {
  fileFrame,
  frame,
  frameLine,
  isFrame,
  isOwnFrame,
  languageOf,
  placeInMessage,
} from './javascriptFrame.ts';
import {
  bareHead,
  bracketHead,
  type Head,
  isStrongHead,
  namedHead,
  opensProperties,
  ownClass,
  readHead,
  viteHead,
  withoutLabel,
} from './javascriptHeads.ts';
import {
  caretLine,
  elided,
  flatten,
  framesOf,
  parseTree,
  readFrames,
  type Tree,
  withoutExcerpt,
} from './javascriptTree.ts';
import { indentOf, messageOf } from '../parts.ts';

/** `/srv/app/cart.js:8`, `file:///srv/a.mjs:2`, `C:\app\a.js:3`, `node:internal/x:12`: the head of an uncaught one. */
const placeLine =
  /^((?:file:\/\/|node:|[A-Za-z]:[\\/]|\/|\.{1,2}\/|webpack)[^\n]{1,1000}|evalmachine\.<anonymous>|undefined|<anonymous_script>|\[eval\]):(\d{1,9})$/;
/** Such a place is part of a message (Prisma names the call that failed). */
const hasColumn = /:\d{1,9}:\d{1,9}$/;
/** Chromium's log of a page's console, as Electron writes it. */
const pageError =
  /^\[\d{1,9}:\d{4}\/\d{6}\.\d{3,6}:[A-Z]{4,7}:CONSOLE[(:]\d{1,9}\)?\] "Uncaught (?:\(in promise\) )?([A-Z]\w{0,80}): (.{0,8000})", source: (\S{1,1000}) \((\d{1,9})\)$/;
/** Firefox, with its console on the standard output. */
const geckoError = /^JavaScript error: (\S{1,1000}), line (\d{1,9}): ([A-Z]\w{0,80}): (.{0,8000})$/;
/** Its own tag, as every message has one there: `[pageerror] RangeError: …`. */
const tagged = /^\[[a-z][\w.:-]{0,40}\] \S/;
const runtimeLine = /^Node\.js v\d+\.\d+\.\d+/;
const traceHint = /^\(Use `node --trace-uncaught /;
/** Next's dev server: the place in the file as it was written, above the error. */
const nextPlace = /^ ?⨯ (\S{1,1000}) \((\d{1,9}):\d{1,9}\)(?: @ .{1,200})?$/;
const labelledHead = /^\s+(?:[A-Z_$][\w$.]{0,80})?(?:Error|Exception)(?: \[[\w.]{1,80}\])?: /;
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
    if (isLabel && (labelledHead.test(line) || namedHead.test(line))) return 'no';
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

function parseEngineHead(line: string): ParsedException | undefined {
  const match = engineHead.exec(line);
  return match
    ? asError({ type: match[1] ?? 'Error', message: match[2] ?? '', frames: [] })
    : undefined;
}

function asError({ type, message, frames }: Cause): ParsedException {
  return { language: languageOf(frames), type, message, frames, causes: [], severity: 'error' };
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

function assemble(
  tree: Tree,
  place: RegExpExecArray | null,
  lines: readonly string[],
): ParsedException {
  const own = framesOf(tree);
  const frames = withPlace(own, tree, place);
  const isScript = place !== null && /^(?:evalmachine\.)?<anonymous/.test(place[1] ?? '');
  const fatal = (place !== null && !isScript) || lines.some((line) => runtimeLine.test(line));
  return {
    language: languageOf(frames),
    type: tree.type,
    message: tree.message,
    frames,
    causes: flatten(tree.children),
    severity: fatal ? 'fatal' : 'error',
  };
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
