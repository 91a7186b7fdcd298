import type { Cause, Frame } from '../../../core/signal.ts';
import {
  type Follow,
  type Grammar,
  loggedError,
  maxFrames,
  type ParsedException,
} from '../grammar.ts';
import { endOfInner, isFrame, languageOf, readFrame, seam } from './dotnetFrame.ts';
import { addFrame, exceptionOf, isScriptError, maxMessageLines, messageOf } from '../parts.ts';

/** `System.IO.IOException`, `Acme.Shop+Lost`, ``Acme.Fault`1[System.Int32]``. */
const typeName = String.raw`[A-Z_]\w{0,80}(?:[.+][A-Za-z_]\w{0,80}){0,12}(?:\`\d{1,2}(?:\[.{1,200}?\])?)?`;
const errorName = String.raw`(?:[A-Z_]\w{0,80}[.+]){0,12}(?:[A-Z_]\w{0,80})?(?:Exception|Error|Fault)(?:\`\d{1,2}(?:\[.{1,200}?\])?)?`;
/** The number of a system error may stand behind the type. */
const code = String.raw`(?: \((?:0x[0-9A-Fa-f]{1,16}|-?\d{1,10})[^)\n]{0,80}\))?`;
const head = new RegExp(String.raw`^(\s{0,16})(${errorName})${code}: (.*)$`);
/** A type with a namespace, whatever its name ends in; counts only with a frame below it. */
const dotted = String.raw`[A-Z_]\w{0,80}(?:[.+][A-Za-z_]\w{0,80}){1,12}(?:\`\d{1,2}(?:\[.{1,200}?\])?)?`;
const dottedHead = new RegExp(String.raw`^(${dotted})${code}: (.*)$`);
/** The same behind a bar or an arrow. */
const trailingDotted = new RegExp(String.raw`(?:\||> )(${dotted})${code}: (.*)$`);
const unhandled = new RegExp(
  String.raw`^(?:Unhandled [Ee]xception[.:]|(?:FATAL )?UNHANDLED EXCEPTION:|Unhandled Exception in .{1,80}?:) ?(?:(${typeName})${code}(?:: (.*)|)|)$`,
);
/** A head at the end of a logged sentence; counts only with a frame below it. */
const trailingHead = new RegExp(String.raw`[\s:\]|](${errorName})${code}: (.*)$`);
const innerHead = new RegExp(
  String.raw`^\s{0,16}---> (?:\(Inner Exception #(\d{1,4})\) )?(${typeName})${code}(?:: (.*)|)$`,
);
const innerOnHead = new RegExp(
  String.raw`^(.{0,8000}?) ---> (${dotted}|${errorName})${code}(?:: (.*)|)$`,
);
/** Where one of several inner exceptions ends. */
const innerEnd = /\s*<---$/;
const monoAgain = /^FATAL UNHANDLED EXCEPTION: /;
/** Npgsql lists what the server said below the frames. */
const exceptionData = /^\s{2,24}(?:Exception data:|[A-Z]\w{0,60}: .{0,4000})$/;
/** The runtime gives up; below it prints frames, but no head. */
const runtimeDeath = /^(Stack overflow)\.?$|^(?:Process terminated|Fatal error)\. ?(.{0,1000})$/;
const repeated = /^(?:Repeat \d{1,9} times:|-{20,60})$/;
/** What a shell says below. */
const aborted = /^Aborted(?: \(core dumped\))?$/;
/** Microsoft.Extensions.Logging's console: the category, then the message and the exception, indented. */
const consoleLogger = /^(fail|crit): ([\w.`+<>]{1,200})\[-?\d{1,10}\]$/;
/** Where line ends became blanks: a stack on one line. */
const oneLineHead = new RegExp(String.raw`(?:^|[\s:\]|])${errorName}${code}: `);
const oneLineFrame = / {3,4}at [\w.+<>`]{1,300}\(/;

export const dotnet: Grammar = {
  language: 'csharp',
  hints: [
    '\n   at ',
    ' ---> ',
    ') (at ',
    'Unhandled exception.',
    'Unhandled Exception:',
    'UNHANDLED EXCEPTION:',
    'Stack overflow',
    'Process terminated',
    'fail: ',
    'crit: ',
  ],
  begin(line) {
    if (!mayBegin(line)) return undefined;
    if (consoleLogger.test(line)) return followConsole();
    if (unhandled.test(line)) return followStack(true);
    if (runtimeDeath.test(line)) return followDeath();
    if (isOneLine(line)) return () => 'no';
    if (isScriptError(line)) return undefined;
    if (head.test(line)) return followStack(/^\s*\w+\./.test(line));
    const trailing = trailingHead.exec(line);
    if (trailing) return followStack(/\w\./.test(trailing[1] ?? ''));
    return dottedHead.test(line) || isTrailing(line) ? followStack(false) : undefined;
  },
  saysEnough: (line) => isOneLine(line) || (!unhandled.test(line) && !head.test(line)),
  keepsLeveled: (line) => monoAgain.test(line) || isFrame(line),
  *parse(lines) {
    const parsed =
      parseOneLine(lines) ?? parseConsole(lines) ?? parseDeath(lines) ?? parseStack(lines);
    if (parsed) yield parsed;
  },
};

function isOneLine(line: string): boolean {
  const at = line.includes('   at ') ? line.search(oneLineFrame) : -1;
  return at > 0 && oneLineHead.test(line.slice(Math.max(0, at - 4_000), at + 1));
}

function parseOneLine([line = '']: readonly string[]): ParsedException | undefined {
  return isOneLine(line) ? parseStack(line.split(/ {2,3}(?= at \S| --- | ---> )/)) : undefined;
}

/** Cheap, and true for all that the patterns take. */
function mayBegin(line: string): boolean {
  if (line.includes('Exception') || line.includes('Error') || line.includes('Fault')) return true;
  const first = line.charCodeAt(0);
  if (first === 32) return false;
  if (first >= 65 && first <= 90 && dottedHead.test(line)) return true;
  if (isTrailing(line)) return true;
  return /^(?:fail: |crit: |Stack overflow|Process term|Fatal error|Unhandled |FATAL UNH)/.test(
    line,
  );
}

function isTrailing(line: string): boolean {
  return (line.includes('|') || line.includes('> ')) && trailingDotted.test(line);
}

/** @param strong whether the head can be nothing else; only then a message may have further lines */
function followStack(strong: boolean): Follow {
  let frames = 0;
  let inMessage = strong;
  let messageLines = 0;
  let mayBreak = false;
  return (shown) => {
    const line = shown.replace(innerEnd, '');
    const isBlankBelow = mayBreak && line === '';
    const isInnerEnd = line !== shown;
    // Mono puts an empty line below a seam, too.
    mayBreak = isInnerEnd || (frames > 0 && seam.test(line));
    if (isFrame(line) || isBlankBelow || (isInnerEnd && frames > 0)) {
      frames++;
      inMessage = false;
      return 'enough';
    }
    const verdict = frames > 0 ? 'enough' : 'more';
    if (innerHead.test(line)) {
      inMessage = strong;
      messageLines = 0;
      return verdict;
    }
    if (endOfInner.test(line) && strong) return verdict;
    if (seam.test(line)) return frames > 0 ? 'enough' : 'no';
    if (frames > 0 && strong && exceptionData.test(line)) return 'enough';
    if (frames > 0 && aborted.test(line)) return 'last';
    if (frames > 0 && monoAgain.test(line)) {
      inMessage = true;
      messageLines = 0;
      return 'enough';
    }
    if (!inMessage || ++messageLines > maxMessageLines) return 'no';
    return messageLines > 1 && head.test(line) ? 'no' : verdict;
  };
}

function followDeath(): Follow {
  const inner = followStack(false);
  return (line) => (repeated.test(line) ? 'more' : inner(line));
}

/** Before .NET 5 what was thrown is not indented. */
function followConsole(): Follow {
  let lines = 0;
  let thrown: Follow | undefined;
  return (line) => {
    if (thrown) return thrown(line);
    const isIndented = line.startsWith('      ');
    if (++lines > 400) return 'no';
    if (isIndented) return 'enough';
    if (line === '') return 'more';
    if (lines === 1 || !head.test(line)) return 'no';
    thrown = followStack(true);
    return 'more';
  };
}

interface Link {
  readonly type: string;
  readonly message: string[];
  readonly frames: Frame[];
}

function parseStack(lines: readonly string[]): ParsedException | undefined {
  const [first = ''] = lines;
  const died = unhandled.test(first);
  const body = died && (unhandled.exec(first)?.[1] ?? '') === '' ? lines.slice(1) : lines;
  const links = readLinks(body);
  const [outer] = links;
  if (!outer) return undefined;
  const hasFrames = links.some((link) => link.frames.length > 0);
  if (!hasFrames && !(died && /\.\w/.test(outer.type))) return undefined;
  const [outermost, ...causes] = links.map(causeOf);
  if (!outermost) return undefined;
  const frames = links.flatMap((link) => link.frames);
  return exceptionOf(languageOf(frames), outermost, causes, {
    severity: died ? 'fatal' : 'error',
    ...(frames.some((frame) =>
      /^(?:Xunit|NUnit|Microsoft\.VisualStudio\.TestTools)\./.test(frame.function ?? ''),
    )
      ? { kind: 'test' }
      : {}),
  });
}

function readHead(line: string): { type: string; message: string } | undefined {
  const match = unhandled.exec(line);
  if (match?.[1]) return { type: match[1], message: match[2] ?? '' };
  const plain = head.exec(line);
  if (plain) return { type: plain[2] ?? '', message: plain[3] ?? '' };
  const named = dottedHead.exec(line);
  if (named) return { type: named[1] ?? '', message: named[2] ?? '' };
  const trailing = trailingHead.exec(line) ?? trailingDotted.exec(line);
  return trailing ? { type: trailing[1] ?? '', message: trailing[2] ?? '' } : undefined;
}

/**
 * Inner exceptions are printed inside the outer one: all heads first, then the innermost one's frames, and at
 * each `--- End of inner exception` the frames of the one around it.
 */
function readLinks(lines: readonly string[]): Link[] {
  const first = readHead(lines[0] ?? '');
  if (!first) return [];
  const outer: Link = { type: first.type, message: [], frames: [] };
  const links = [outer];
  const open = [outer];
  addWords(first.message, links, open);
  let again = false;
  for (const shown of lines.slice(1)) {
    if (monoAgain.test(shown)) break;
    const line = shown.replace(innerEnd, '');
    const inner = innerHead.exec(line);
    // The first inner exception of an aggregate is printed twice by .NET Framework.
    if (inner) again = inner[1] === '0' && links.length > 1;
    if (again) continue;
    if (inner) {
      // After frames it is a further inner exception of an aggregate: beside, not inside.
      const link: Link = { type: inner[2] ?? '', message: [], frames: [] };
      links.push(link);
      open.push(link);
      addWords(inner[3] ?? '', links, open);
    } else if (endOfInner.test(line)) {
      if (open.length > 1) open.pop();
    } else if (isFrame(line)) addFrame(open.at(-1)?.frames ?? [], readFrame(line));
    else if (open.at(-1)?.frames.length === 0 && !seam.test(line)) addWords(line, links, open);
  }
  return links.slice(0, 20);
}

/** To the message of the innermost exception so far; behind an arrow another begins, as .NET Framework writes it. */
function addWords(line: string, links: Link[], open: Link[]): void {
  let rest = line;
  for (let at = 0; at < 10; at++) {
    const inner = innerOnHead.exec(rest);
    open.at(-1)?.message.push(inner ? (inner[1] ?? '') : rest);
    if (!inner) return;
    const link: Link = { type: inner[2] ?? '', message: [], frames: [] };
    links.push(link);
    open.push(link);
    rest = inner[3] ?? '';
  }
}

function causeOf({ type, message, frames }: Link): Cause {
  return { type, message: messageOf(message), frames };
}

function parseDeath(lines: readonly string[]): ParsedException | undefined {
  const match = runtimeDeath.exec(lines[0] ?? '');
  const frames = lines.slice(1).filter(isFrame).slice(0, maxFrames).map(readFrame);
  if (!match || frames.length === 0) return undefined;
  const named = new RegExp(`^(${errorName}): (.*)$`).exec(match[2] ?? '');
  const type =
    named?.[1] ?? (match[1] === undefined ? 'ProcessTerminated' : 'System.StackOverflowException');
  const message = named?.[2] ?? match[2] ?? '';
  return exceptionOf(languageOf(frames), { type, message, frames }, [], { severity: 'fatal' });
}

function isThrown(line: string, below: string): boolean {
  return head.test(line) || (dottedHead.test(line) && isFrame(below));
}

function parseConsole(lines: readonly string[]): ParsedException | undefined {
  const match = consoleLogger.exec(lines[0] ?? '');
  if (!match) return undefined;
  const severity = match[1] === 'crit' ? 'fatal' : 'error';
  const body = lines.slice(1).map((line) => line.replace(/^ {6}/, ''));
  const start = body.findIndex((line, at) => isThrown(line, body[at + 1] ?? ''));
  const thrown = start < 0 ? undefined : parseStack(body.slice(start));
  if (thrown) return { ...thrown, severity };
  const message = messageOf(body);
  if (message === '') return undefined;
  return {
    language: 'csharp',
    kind: 'log',
    type: loggedError,
    message,
    frames: [],
    causes: [],
    severity,
  };
}
