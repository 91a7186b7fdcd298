import type { Frame } from '../../../core/signal.ts';
import { remembering } from '../parts.ts';

/** The lines of JavaScript's stacks: which they are, and what they say. */

export const frameLine = /^\s+at (?:async |new )?.{1,2000}$/;
const ownFrame =
  /:\d{1,9}:\d{1,9}\)?(?: \{)?,?$|\(<anonymous>\)(?: \{)?,?$|\(index \d+\)(?: \{)?,?$|\(native\)(?: \{)?,?$|^\s+at (?:node:|native$|<anonymous>)/;
/** Rust's backtraces have columns, too. */
const rustFrame = /^\s+at \S+\.rs:\d{1,9}:\d{1,9}$/;
/** Firefox and Safari: `priceOf@http://…:8:12`, with `async*` and the like before, evaluated code behind. */
const browserFrame =
  /^\s*([^@\n]{0,200})@((?:https?|file|webpack|webpack-internal|app|capacitor|moz-extension|chrome-extension|safari-web-extension):\/\/[^\s]{1,1000}?)(?: line \d{1,9} > \w{1,20}){0,4}:(\d{1,9}):(\d{1,9})$/;
/** Firefox's console: the name, then the place, often without a column. */
const consoleFrame =
  /^\s{2,8}(?!at )(\S{1,200}) ((?:https?|file|webpack|webpack-internal):\/\/\S{1,1000}?):(\d{1,9})(?::(\d{1,9}))?$/;
const nativeCode = /^\s*(?:[^@\s]{0,200}@)?\[native code\]$/;
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

export function isFrame(line: string): boolean {
  return kindOfFrame(line) !== 'none';
}

function isBrowserFrame(line: string): boolean {
  if (line.includes('://')) return browserFrame.test(line) || consoleFrame.test(line);
  return nativeCode.test(line);
}

/** Java, C# and PHP print `at` too, but no column. */
export function isOwnFrame(line: string): boolean {
  return kindOfFrame(line) === 'own';
}

export function fileFrame(file: string, line?: string): Frame {
  return {
    file: pathOf(file),
    ...(line === undefined ? {} : { line: Number(line) }),
    inApp: isInApp(file),
  };
}

/** The importer; what esbuild transforms (`a.ts:1:34: ERROR: …`); what ts-node (`a.ts(3,9): error TS…`) rollup (`a.js (3:5): …`) and Babel (`a.js: … (3:5)`) compile; the file a test is in. */
const saidPlaces = [
  /imported from (\S{1,1000})$/m,
  /^(\S{1,1000}\.\w{1,8}):(\d{1,9}):\d{1,9}: ERROR: /m,
  /^(\S{1,1000})\((\d{1,9}),\d{1,9}\): error TS\d/m,
  /^(\S{1,1000}\.\w{1,8}) \((\d{1,9}):\d{1,9}\): /,
  /^(\S{1,1000}\.\w{1,8}): .{1,2000} \((\d{1,9}):\d{1,9}\)(?::|$)/m,
  / \((\S{1,1000}\.[cm]?[jt]sx?)\)$/,
];

export function placeInMessage(message: string): Frame | undefined {
  const place = saidPlaces.map((said) => said.exec(message)).find((match) => match !== null);
  return place?.[1] === undefined ? undefined : fileFrame(place[1], place[2]);
}

const withLocation = /^(.{0,500}?) ?\((.{1,1500})\)$/;
const location = /^(.{1,1200}?):(\d{1,9})(?::(\d{1,9}))?$/;

/** Frames repeat, even where the messages above them do not. */
export const readFrame = remembering(readFrameLine);

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

export function frame(name: string, where: string): Frame {
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

/** What Node called its own files before it wrote `node:` in front of them. */
const ownOfOldNode =
  /^(?:_\w{1,40}|assert|async_hooks|bootstrap_node|buffer|child_process|cluster|console|crypto|dgram|dns|domain|events|fs|https?|module|net|node|path|perf_hooks|process|querystring|readline|repl|stream|string_decoder|timers|tls|tty|url|util|v8|vm|worker_threads|zlib)\.js$/;
const isScript = /\.(?:[cm]?[jt]sx?|vue|svelte|astro)$/;

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
  return /[\\/]/.test(file) || (isScript.test(file) && !ownOfOldNode.test(file));
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

export function languageOf(frames: readonly Frame[]): string {
  const top = frames.find((frame) => frame.inApp)?.file ?? '';
  return /\.[mc]?tsx?$/.test(top) ? 'typescript' : 'javascript';
}
