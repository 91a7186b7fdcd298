import { indentOf, messageOf, remembering } from './parts.ts';
import type { Cause, Frame } from '../../core/signal.ts';
import {
  type Follow,
  type Grammar,
  maxFrames,
  maxMessageChars,
  type ParsedException,
} from './grammar.ts';

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
const caretLine = /^\s*[\^~]+\s*$/;
const runtimeLine = /^Node\.js v\d+\.\d+\.\d+/;
const traceHint = /^\(Use `node --trace-uncaught /;
/** Any class may be thrown: a head whose name says nothing counts only with a frame right below it. */
const bareHead =
  /^(\s*)(?:Uncaught (?:\(in promise\) )?)?([A-Z_$][\w$.]{0,100})(?: \[([\w.]{1,80})\])?(?:: (.*)|)$/;
/** The same inside a line of text: `request failed TypeError: …`, `[Error: x]`. */
const namedHead =
  /(?<![\w$.])([A-Z_$][\w$.]{0,80}(?:Error|Exception|Rejection)|Error|Exception)(?: \[([\w.]{1,80})\])?: (.*)$/;
const bracketHead = /^\s*\[([A-Z_$][\w$.]{0,100})(?: \[([\w.]{1,80})\])?: (.*?)\](?: \{|,)?\s*$/;
const frameLine = /^\s+at (?:async |new )?.{1,2000}$/;
const ownFrame =
  /:\d{1,9}:\d{1,9}\)?(?: \{)?,?$|\(<anonymous>\)(?: \{)?,?$|\(index \d+\)(?: \{)?,?$|\(native\)(?: \{)?,?$|^\s+at (?:node:|native$|<anonymous>)/;
/** Rust's backtraces have columns, too. */
const rustFrame = /^\s+at \S+\.rs:\d{1,9}:\d{1,9}$/;
/** Firefox and Safari: `priceOf@http://…:8:12`, with `async*` and the like before, evaluated code behind. */
const browserFrame =
  /^\s*([^@\n]{0,200})@((?:https?|file|webpack|webpack-internal|app|capacitor|moz-extension|chrome-extension|safari-web-extension):\/\/[^\s]{1,1000}?)(?: line \d{1,9} > \w{1,20}){0,4}:(\d{1,9}):(\d{1,9})$/;
/** Firefox's console: the name, then the place, often without a column. */
const consoleFrame =
  /^\s{2,8}(\S{1,200}) ((?:https?|file|webpack|webpack-internal):\/\/\S{1,1000}?):(\d{1,9})(?::(\d{1,9}))?$/;
const nativeCode = /^\s*(?:[^@\s]{0,200}@)?\[native code\]$/;
const elided = /^\s*\.\.\. (?:\d+ (?:lines|more)|\d+ lines matching cause stack trace)/;
const causeHead = /^\s*(?:\[cause\]: |(?:Caused by|caused by|cause): )(.*)$/;
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
  ],
  begin(line) {
    if (placeLine.test(line)) return followUncaught();
    if (/^\(node:\d+\) (?!UnhandledPromiseRejectionWarning: )/.test(line) || runtimeLine.test(line))
      return undefined;
    if (line.charCodeAt(0) === 91 && pageError.test(line)) return () => 'no';
    if (isOwnFrame(line) && line.trimStart().startsWith('at ')) return followFrames();
    if (bracketHead.test(line)) return followStack('bracket', indentOf(line), line);
    if (namedHead.test(line) || bareHead.test(line) || viteHead.test(line))
      return followStack('head', indentOf(line), line);
    return undefined;
  },
  saysEnough: (line) => pageError.test(line) || engineHead.test(line),
  *parse(lines, said = []) {
    const [first = ''] = lines;
    const parsed =
      (isOwnFrame(first) ? parseFrames(lines, said) : undefined) ??
      parsePageError(first) ??
      parseBlock(lines) ??
      parseEngineHead(first);
    if (parsed) yield parsed;
  },
};

/** Place, source line, carets, blank, then the error; a thrown value that is no error has no frames. */
function followUncaught(): Follow {
  let at = 0;
  let carets = false;
  let inner: Follow | undefined;
  let values = 0;
  return (line) => {
    at++;
    if (inner) return inner(line);
    if (!carets) {
      if (caretLine.test(line)) carets = true;
      return at <= 4 ? 'more' : 'no';
    }
    if (line.trim() === '') return values > 0 ? 'enough' : at > 6 ? 'no' : 'more';
    if (runtimeLine.test(line)) return 'last';
    if (traceHint.test(line)) return 'enough';
    if (values === 0 && (bareHead.test(line) || namedHead.test(line) || bracketHead.test(line))) {
      inner = followStack('uncaught', indentOf(line), line);
      return 'enough';
    }
    return placeLine.test(line) || frameLine.test(line) || ++values > 12 ? 'no' : 'enough';
  };
}

type Phase = 'message' | 'frames' | 'properties' | 'closed';

function followStack(kind: 'head' | 'bracket' | 'uncaught', base: number, head: string): Follow {
  const opens = head.trimEnd().endsWith('] {');
  let phase: Phase = opens ? 'properties' : kind === 'bracket' ? 'closed' : 'message';
  let messageLines = 0;
  let blanks = 0;
  const uncaught = kind === 'uncaught';
  return (line) => {
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
      if (/^\s*(?:Caused by|caused by): /.test(line)) return 'enough';
      return uncaught && line.trim() === '' && ++blanks < 3 ? 'enough' : 'no';
    }
    if (frameLine.test(line) && !uncaught) return 'no';
    if (messageLines > 0 && isStrongHead(line)) return 'no';
    if (messageLines === 0 && isStrongHead(line) && !uncaught) return 'no';
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

/** What kind of frame a line is: ours has a column, or is one of a browser. */
function kindOfFrame(line: string): FrameKind {
  return mayBeFrame(line) ? rememberedKind(line) : 'none';
}

type FrameKind = 'own' | 'other' | 'none';

/** Cheap, and true for all frames: messages, which seldom come again, are not worth remembering. */
function mayBeFrame(line: string): boolean {
  const first = line.charCodeAt(0);
  return first <= 32 || first > 127 || /@|:\/\/|\[native /.test(line);
}

const rememberedKind = remembering((line: string): FrameKind => {
  const isBrowser = isBrowserFrame(line);
  if (!isBrowser && !frameLine.test(line)) return 'none';
  return isBrowser || (ownFrame.test(line) && !rustFrame.test(line)) ? 'own' : 'other';
});

function isFrame(line: string): boolean {
  return kindOfFrame(line) !== 'none';
}

function isBrowserFrame(line: string): boolean {
  if (line.includes('://')) return browserFrame.test(line) || consoleFrame.test(line);
  return nativeCode.test(line);
}

/** Java, C# and PHP print `at` too, but no column. */
function isOwnFrame(line: string): boolean {
  return kindOfFrame(line) === 'own';
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

function parsePageError(line: string): ParsedException | undefined {
  const match = line.charCodeAt(0) === 91 ? pageError.exec(line) : null;
  if (!match) return undefined;
  const frames = [frame('', `${match[3]}:${match[4]}`)];
  return asError({ type: match[1] ?? 'Error', message: match[2] ?? '', frames });
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
    (bare && bare[1]?.endsWith('Warning') ? namedHead.exec(line) : (bare ?? namedHead.exec(line)));
  if (!match) return undefined;
  const code = match[2];
  return {
    type: match[1] ?? 'Error',
    message: (match[3] ?? '').replace(/ \{$/, ''),
    ...(code === undefined || code === 'Error' ? {} : { code }),
  };
}

function parseBlock(lines: readonly string[]): ParsedException | undefined {
  const place = placeLine.exec(lines[0] ?? '');
  const caret = place ? lines.findIndex((line) => caretLine.test(line)) : -1;
  if (place && caret < 0) return undefined;
  let start = caret + 1;
  while (start < lines.length && lines[start]?.trim() === '') start++;
  const body = lines.slice(start);
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

/** A file that a plugin of Vite could not transform; the frames are all Vite's own. */
function parsePluginError(lines: readonly string[]): ParsedException | undefined {
  const head = viteHead.test(lines[0] ?? '') ? readHead(lines[0] ?? '') : undefined;
  const place = lines.map((line) => pluginPlace.exec(line)).find(Boolean);
  if (!head || !place) return undefined;
  const frames = [placeFrame(place)];
  return { ...asError({ ...head, frames }), kind: 'diagnostic' };
}

interface Tree extends Head {
  readonly frames: readonly Frame[];
  readonly children: readonly Tree[];
}

function parseTree(lines: readonly string[]): Tree | undefined {
  const head = readHead(lines[0] ?? '');
  if (!head) return undefined;
  const bracket = bracketHead.test(lines[0] ?? '');
  const firstFrame = lines.findIndex((line, at) => at > 0 && isFrame(line) && isOwnFrame(line));
  const hasOwnFrames =
    firstFrame > 0 && !(bracket && lines.slice(0, firstFrame).some((line) => listHead.test(line)));
  const { frames, next } = hasOwnFrames ? readFrames(lines, firstFrame) : { frames: [], next: 1 };
  const said = hasOwnFrames && !bracket ? lines.slice(0, firstFrame) : lines.slice(0, 1);
  const message = messageOf([head.message, ...withoutExcerpt(said).slice(1)]);
  return { ...head, message, frames, children: parseChildren(lines.slice(next)) };
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

function isInside(line: string, indent: number): boolean {
  return line.trim() === '' || indentOf(line) > indent;
}

function withoutComma(line: string): string {
  return line.replace(/,$/, '');
}

function assemble(
  tree: Tree,
  place: RegExpExecArray | null,
  lines: readonly string[],
): ParsedException {
  const own =
    tree.frames.length > 0
      ? tree.frames
      : (tree.children.find((c) => c.frames.length > 0)?.frames ?? []);
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
    const frame = placeFrame(place);
    const known = frames.some((other) => other.file === frame.file && other.line === frame.line);
    if (frame.inApp && !known) return [frame, ...frames];
  }
  const importer = noneInApp ? /imported from (\S{1,1000})$/m.exec(head.message)?.[1] : undefined;
  return importer === undefined
    ? frames
    : [{ file: pathOf(importer), inApp: isInApp(importer) }, ...frames];
}

function placeFrame(place: RegExpExecArray): Frame {
  const file = place[1] ?? '';
  return { file: pathOf(file), line: Number(place[2]), inApp: isInApp(file) };
}

function thrownValue(place: RegExpExecArray, body: readonly string[]): ParsedException | undefined {
  const value = body.filter(
    (line) => line.trim() !== '' && !traceHint.test(line) && !runtimeLine.test(line),
  );
  if (value.length === 0 || !body.some((line) => traceHint.test(line) || runtimeLine.test(line)))
    return undefined;
  const frames = [placeFrame(place)];
  return {
    language: languageOf(frames),
    type: 'Uncaught',
    message: value.join('\n').trim().slice(0, maxMessageChars),
    frames,
    causes: [],
    severity: 'fatal',
  };
}

const withLocation = /^(.{0,500}?) ?\((.{1,1500})\)$/;
const location = /^(.{1,1200}?):(\d{1,9})(?::(\d{1,9}))?$/;

/** Frames repeat, even where the messages above them do not. */
const readFrame = remembering(readFrameLine);

function readFrameLine(line: string): Frame | undefined {
  const browser = browserFrame.exec(line) ?? consoleFrame.exec(line);
  if (browser) {
    const name = (browser[1] ?? '').replace(/^.{0,200}\*|(?:\/<){1,10}$/g, '');
    return frame(name, browser.slice(2, 5).filter(Boolean).join(':'));
  }
  const text = line
    .trim()
    .replace(/(?: \{)?,?$/, '')
    .replace(/^at (?:async )?/, '');
  if (!line.trim().startsWith('at ')) return undefined;
  const evaluated =
    /^(?:eval|.{1,200}) \(eval at [^()]{1,500} \(([^()]{1,1000}:\d{1,9}:\d{1,9})\)/.exec(text);
  if (evaluated) return frame('eval', evaluated[1] ?? '');
  const named = withLocation.exec(text);
  return named ? frame(named[1] ?? '', named[2] ?? '') : frame('', text);
}

function frame(name: string, where: string): Frame {
  const match = location.exec(where);
  const file = match?.[1] ?? where;
  const called = name.replace(/ \[as [^\]]{1,200}\]$/, '');
  return {
    file: pathOf(file),
    ...(called === '' ? {} : { function: called }),
    ...(match ? { line: Number(match[2]) } : {}),
    ...(match?.[3] === undefined ? {} : { column: Number(match[3]) }),
    inApp: match !== null && isInApp(file),
  };
}

/** A file of ours has a folder or is plainly a script; the runtime's own have `node:` or neither. */
function isInApp(file: string): boolean {
  if (
    /^(?:node:|ext:|internal[\\/]|native$|<|\[)|(?:^|[\\/])node_modules[\\/]|\(webpack\)|^webpack[\\/]|webpack\/(?:bootstrap|runtime)/.test(
      file,
    )
  ) {
    return false;
  }
  if (/^(?:chrome-extension|moz-extension|evalmachine)/.test(file) || file === 'undefined')
    return false;
  return /[\\/]/.test(file);
}

/** The path inside `file://…` and `http://…` URLs, and those of bundlers. */
function pathOf(file: string): string {
  const url =
    /^(?:file:\/\/(?:localhost)?(?=\/)|(?:webpack|webpack-internal|turbopack|rspack|vite|ng|app|capacitor):\/\/[^/]{0,100}\/(?:\[project\]\/)?|https?:\/\/[^/]{1,300}(?=\/))(.*)$/.exec(
      file,
    );
  if (!url) return file;
  const path = (url[1] ?? '').replace(/[?#].*$/, '');
  return decoded(path.replace(/^\/(?=[A-Za-z]:[\\/])/, ''));
}

function decoded(path: string): string {
  if (!path.includes('%')) return path;
  return path.replace(/%[0-9A-Fa-f]{2}/g, (code) => {
    const char = String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return /[ -~]/.test(char) ? char : code;
  });
}

function languageOf(frames: readonly Frame[]): string {
  const file = frames.find((candidate) => candidate.inApp)?.file ?? '';
  return /\.[mc]?tsx?$/.test(file) ? 'typescript' : 'javascript';
}
