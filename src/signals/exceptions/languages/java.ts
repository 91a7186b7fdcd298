import type { Cause, Frame } from '../../../core/signal.ts';
import type { Follow, Grammar, ParsedException } from '../grammar.ts';
import { isFrame, languageOf, readFrame } from './javaFrame.ts';
import { followDeath, parseDeath } from './javaDeath.ts';
import {
  addFrame,
  exceptionOf,
  indentOf,
  isScriptError,
  maxMessageLines,
  messageOf,
} from '../parts.ts';

/** `com.acme.Shop$Lost`: at least one package, so that prose is no type. */
export const qualified = String.raw`(?:[a-z_][\w$]{0,60}\.){1,15}[A-Z_$][\w$]{0,150}`;
export const bare = String.raw`[A-Z_$][\w$]{0,100}(?:Exception|Error|Throwable|Failure)`;
const inThread = /^Exception in thread "(.{0,300}?)" (.*)$/;
/** `scala.MatchError: x`, `com.acme.Lost`, with the sentences that are printed before it. */
const qualifiedHead = new RegExp(
  String.raw`^\s{0,16}(?:\[?CIRCULAR REFERENCE: ?|Uncaught exception: |Unhandled exception: |=> )?(${qualified})(?:: (.*)|:?\s*)$`,
);
const bareHead = new RegExp(String.raw`^\s{0,16}(${bare})(?:: (.*)|:?\s*)$`);
const saysError = /(?:Exception|Error|Throwable|Failure|Fault|Panic)$/;
/** A head at the end of a logged sentence; counts only with a frame right below it. */
const trailingHead = new RegExp(
  String.raw`[\s:\[]((?:${qualified})(?:Exception|Error))(?:: (.*)|)$`,
);
/** The same of a type whose name says nothing. */
const trailingType = new RegExp(String.raw`: (${qualified})(?:: (.*)|)$`);
/** commons-logging's SimpleLog says it twice: `failed <com.acme.Lost: x>com.acme.Lost: x`. */
const twiceHead = new RegExp(String.raw`<(${qualified})(?:: .{0,4000}?)?>\1(?:: (.*)|)$`);
const weakHeads = [qualifiedHead, bareHead, trailingHead, trailingType, twiceHead];
const linkHead =
  /^(\s*)(Caused by|Suppressed|Wrapped by): (?:\[CIRCULAR REFERENCE: ?)?([A-Za-z_$][\w$.]{0,250}?)(?:: (.*)|:?\s*)$/;
/** Gradle parts them from the frames above, and the type from its words. */
const causeAlone = /^\s{1,40}Caused by:$/;
/** What may stand below an empty line: also the stack of Spark's driver below its worker's. */
const goesOn = /^(?:\s{1,40}Caused by:|Driver stacktrace:)$/;
const elided =
  /^\s*(?:\.\.\. (?:\d+ (?:more|common frames|frames|lines)|suppressed \d+)|\[?\.\.\.\]?$|\.\.\. \d+ trimmed$|<\d+ (?:internal|folded)|\[CIRCULAR REFERENCE|Locked ownable|- (?:locked|waiting|parking) )/;
/** Groovy's `assert` prints no type, and draws what it knows of the condition below. */
const powerAssert = /^(?:Caught: |Exception in thread ".{0,300}?" )?Assertion failed: ?$/;
const noMainClass =
  /^Error: (?:Could not find or load main class|Unable to initialize main class|Unable to access jarfile) /;
/** What the launcher says first is only where it was; what was thrown stands below. */
const inStartUp =
  /^Error(?: occurred during initialization of (?:boot layer|VM)$|: LinkageError occurred while loading main class )/;

export const java: Grammar = {
  language: 'java',
  hints: ['\n\tat ', 'Exception in thread', 'Caused by: ', 'OutOfMemory', 'Runtime Environment'],
  begin(line) {
    if (!mayBegin(line)) return undefined;
    const death = followDeath(line);
    if (death) return death;
    if (inStartUp.test(line)) return followStartUp();
    if (isStrong(line)) return followStack(line, true);
    if (isScriptError(line)) return undefined;
    return weakHeads.some((head) => head.test(line)) ? followStack(line, false) : undefined;
  },
  saysEnough: (line) => !isStrong(line),
  keepsLeveled: (line) => isFrame(line) || linkHead.test(line),
  *parse(lines, said = []) {
    const parsed = parseDeath(lines) ?? parseStack(lines, said.length > 0);
    if (parsed) yield parsed;
  },
};

/** Cheap, and true for all that the patterns take. */
function mayBegin(line: string): boolean {
  const first = line.charCodeAt(0);
  if (first === 9 && line.startsWith('\tat ')) return false;
  return (
    line.includes('Exception') ||
    line.includes('Error') ||
    line.includes('rror:') ||
    line.includes('Assertion failed') ||
    first === 35 ||
    (line.includes('>') && twiceHead.test(line)) ||
    qualifiedHead.test(line) ||
    bareHead.test(line) ||
    (line.includes(': ') && trailingType.test(line))
  );
}

/** Other heads are only words until a frame stands right below them. */
export function isStrong(line: string): boolean {
  if (inThread.test(line) || noMainClass.test(line) || powerAssert.test(line)) return true;
  if (inStartUp.test(line)) return true;
  return saysError.test(qualifiedHead.exec(line)?.[1] ?? '');
}

/** @param strong whether the head says by itself that it is one; else a frame must follow at once */
export function followStack(head: string, strong: boolean): Follow {
  const indent = indentOf(head);
  let frames = 0;
  let ofHead = true;
  let inMessage = strong;
  let messageLines = 0;
  let above = head;
  return (line) => {
    const before = above;
    above = line;
    if (isFrame(line)) {
      frames++;
      ofHead = false;
      inMessage = false;
      return 'enough';
    }
    const isLink = linkHead.test(line) || (causeAlone.test(before) && isHead(line));
    if (isLink && (strong || frames > 0)) {
      ofHead = false;
      inMessage = true;
      messageLines = 0;
      return 'enough';
    }
    if (frames > 0 && line === '' && before !== '') return 'enough';
    if (frames > 0 && before === '') return goesOn.test(line) ? 'enough' : 'no';
    if (frames > 0 && elided.test(line)) return 'enough';
    if ((isHead(line) || isStrong(line)) && !isInside(line, indent)) return 'no';
    if (!inMessage || ++messageLines > maxMessageLines) return 'no';
    if (ofHead) return 'more';
    return /^\s/.test(line) ? 'enough' : 'no';
  };
}

function followStartUp(): Follow {
  let inner: Follow | undefined;
  return (line) => {
    if (inner) return inner(line);
    if (!isHead(line)) return 'no';
    inner = followStack(line, true);
    return 'enough';
  };
}

/** What several failures are made of is told in the message, further right. */
function isInside(line: string, indent: number): boolean {
  return indentOf(line) > indent || line.startsWith('\t');
}

export function isHead(line: string): boolean {
  return inThread.test(line) || qualifiedHead.test(line);
}

interface Link {
  readonly kind: 'head' | 'cause' | 'suppressed' | 'wrapper';
  readonly indent: number;
  readonly type: string;
  readonly message: string[];
  readonly frames: Frame[];
}

export function parseStack(
  lines: readonly string[],
  wasSaid: boolean,
): ParsedException | undefined {
  const [first = ''] = lines;
  if (inStartUp.test(first)) return parseStartUp(lines);
  const links = readLinks(lines);
  const [head] = links;
  if (!head) return undefined;
  // The virtual machine leaves the stack of an often thrown exception out.
  const alone = lines.length === 1 && wasSaid && /\.\w{1,100}(?:Exception|Error)$/.test(head.type);
  const hasFrames = links.some((link) => link.frames.length > 0);
  const isNamed = head.type !== unnamed && inThread.test(first);
  if (!hasFrames && !alone && !isNamed && !noMainClass.test(first)) return undefined;
  const died =
    first.startsWith('Exception in thread "main"') ||
    /(?:OutOfMemory|StackOverflow)Error$/.test(head.type);
  const isTest = links.some((link) =>
    link.frames.some((frame) => testRunner.test(frame.function ?? '')),
  );
  return stackOf(head, links, isTest ? { kind: 'test' } : { severity: died ? 'fatal' : 'error' });
}

function parseStartUp(lines: readonly string[]): ParsedException | undefined {
  const at = lines.findIndex((line) => qualifiedHead.test(line));
  const links = at < 0 ? [] : readLinks(lines.slice(at));
  return links[0] && stackOf(links[0], links, { severity: 'fatal' });
}

/** Of a failed test, which may do without frames, and without a type. */
export function parseFailedTest(lines: readonly string[]): ParsedException | undefined {
  const links = readLinks(lines);
  const [head] = links;
  return head && stackOf(head, links, { kind: 'test' });
}

function stackOf(
  head: Link,
  links: readonly Link[],
  more: Parameters<typeof exceptionOf>[3],
): ParsedException {
  const { outermost, causes } = inOrder(head, links);
  const frames = links.flatMap((link) => link.frames);
  const parsed = exceptionOf(languageOf(outermost.frames, frames), outermost, causes, more);
  return saysSkipped.test(`${outermost.type}: ${outermost.message}`)
    ? { ...parsed, silent: true }
    : parsed;
}

/** What test frameworks throw for a test that is not to run. */
const saysSkipped =
  /^[\w.]{0,200}(?:Skip|Skipped|TestAborted|AssumptionViolated)Exception\b|^java\.lang\.Throwable: Method .{1,300} depends on not successfully finished methods/;

const testRunner =
  /^(?:org\.junit\.|junit\.framework\.|org\.testng\.|org\.scalatest\.|io\.kotest\.|munit\.|org\.spockframework\.)/;

export function headOf(line: string): { type: string; message: string } | undefined {
  const thread = inThread.exec(line);
  const text = thread ? (thread[2] ?? '') : line;
  if (powerAssert.test(line)) return { type: powerAssertion, message: '' };
  if (noMainClass.test(text)) return { type: 'Error', message: text.slice(7) };
  const match =
    qualifiedHead.exec(text) ??
    bareHead.exec(text) ??
    (thread ? /^([\w$.]{1,250})(?:: (.*)|)$/.exec(text) : null) ??
    twiceHead.exec(text) ??
    trailingHead.exec(text) ??
    trailingType.exec(text);
  if (match) return saidOnce(match[1] ?? '', match[2] ?? '');
  return thread && text.trim() !== '' ? { type: unnamed, message: text } : undefined;
}

/** `saving failed: com.acme.Lost: x com.acme.Lost: x`: named in the message, and again below it on the same line. */
function saidOnce(type: string, message: string): { type: string; message: string } {
  const again = message.indexOf(` ${type}: `);
  const first = message.slice(0, again);
  return again > 0 && message.endsWith(` ${type}: ${first}`)
    ? { type, message: first }
    : { type, message };
}

/** Some exceptions print themselves without their type. */
const unnamed = 'java.lang.Throwable';
const powerAssertion = 'org.codehaus.groovy.runtime.powerassert.PowerAssertionError';

function readLinks(lines: readonly string[]): Link[] {
  const links: Link[] = [];
  const first = headOf(lines[0] ?? '');
  if (!first) return links;
  let current: Link = {
    kind: 'head',
    indent: indentOf(lines[0] ?? ''),
    type: first.type,
    message: [first.message],
    frames: [],
  };
  links.push(current);
  let isBelowCause = false;
  for (const line of lines.slice(1)) {
    const frame = readFrame(line);
    const link = frame ? null : linkHead.exec(isBelowCause ? `Caused by: ${line.trim()}` : line);
    isBelowCause = causeAlone.test(line);
    if (frame) addFrame(current.frames, asWritten(frame, current.frames.at(-1)));
    else if (link) {
      current = {
        kind: kinds[link[2] ?? ''] ?? 'cause',
        indent: (link[1] ?? '').length,
        type: link[3] ?? '',
        message: [link[4] ?? ''],
        frames: [],
      };
      if (links.length < 50) links.push(current);
    } else if (current.frames.length === 0 && !elided.test(line)) current.message.push(line);
  }
  return links;
}

/** An enum's own `valueOf` is the compiler's, and stands where the enum is declared. */
function asWritten(frame: Frame, above: Frame | undefined): Frame {
  return above?.function === 'java.lang.Enum.valueOf' ? { ...frame, inApp: false } : frame;
}

const kinds: Readonly<Record<string, Link['kind']>> = {
  'Caused by': 'cause',
  Suppressed: 'suppressed',
  'Wrapped by': 'wrapper',
};

/** Mostly the outermost comes first; with `Wrapped by` the root cause does. Suppressed ones stand before causes. */
function inOrder(head: Link, links: readonly Link[]): { outermost: Cause; causes: Cause[] } {
  const wrappers = links.filter((link) => link.kind === 'wrapper');
  const outermost = wrappers.at(-1);
  if (outermost) {
    return {
      outermost: causeOf(outermost),
      causes: [...wrappers.slice(0, -1).reverse(), head].map(causeOf),
    };
  }
  const rest = links.slice(1);
  const isOwn = (link: Link): boolean => link.kind === 'cause' && link.indent <= head.indent;
  return {
    outermost: causeOf(head),
    causes: [...rest.filter((link) => !isOwn(link)), ...rest.filter(isOwn)].map(causeOf),
  };
}

function causeOf({ type, message, frames }: Link): Cause {
  return { type, message: messageOf(message), frames };
}
