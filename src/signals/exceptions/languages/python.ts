import type { Cause, Frame } from '../../../core/signal.ts';
import {
  type Follow,
  type Grammar,
  maxFrames,
  maxMessageChars,
  type ParsedException,
} from '../grammar.ts';
import { indentOf } from '../parts.ts';
import { fileLine, readFile, repeated, withSource } from './pythonFrame.ts';

const header = /Traceback \(most recent call last\):\s*$/;
const groupHeader = /^\s*\+ Exception Group Traceback \(most recent call last\):\s*$/;
/** `KeyError: 'x'`, `shop.db.StorageError`, `QueueFull`, `f.<locals>.Oops: x`. */
const typeLine =
  /^([A-Za-z_\u00aa-\uffdc][\w.\u00aa-\uffdc]{0,200}(?:<locals>[\w.]{1,100})?)(?::(?: (.*))?)?$/;
const chained =
  /^(?:During handling of the above exception, another exception occurred|The above exception was the direct cause of the following exception):\s*$/;
/** Ends the traceback of another process, which is quoted as the text of the cause. */
const quoteEnd = '"""';
/** Twisted marks where in the stack an exception was caught, and says so where nothing was raised. */
const divider = /^\s*--- <exception caught here> ---\s*$/;
const failure = /^Failure: (?=[\w.]{1,200}: )/;
const groupLine = /^\s*[|+]/;
const childHead = /^\s*\+-\+-+ \d+ -+$/;
const closing = /^\s*\+-{10,}\s*$/;
const groupType = /^\s*\| [\w.]*Group: /;
/** What Python, its libraries and their servers write above a traceback that no logger wrote. */
const announced =
  /^(?:Exception (?:in|ignored|occurred) |Error in |Error on |Process \S{1,100}:$|(?:Task|Future) exception |Unhandled |Internal Server Error)/;
/** A database's error goes on below its first line, at the margin. */
const databaseField = /^(?:DETAIL|HINT|CONTEXT|QUERY|WHERE|STATEMENT|LINE \d{1,9}): /;
/** What SQLAlchemy appends behind a blank line; a statement may have many lines. */
const appended =
  /^(?:\[(?:SQL|parameters|cached since|generated in)\b|\(Background on this error at: )/;
const maxStatementLines = 60;
const maxBlanks = 2;
/** What logging prints of a record it could not write: who wrote it, from the outside in. */
const callStack = 'Call stack:';
const maxMessageLines = 10;

export const python: Grammar = {
  language: 'python',
  hints: ['Traceback (most', 'File "'],
  namesLast: true,
  // logging writes its header before the first line alone, but some handlers before each.
  keepsLeveled: (_line, isHeaded) => isHeaded,
  begin(line) {
    const headed = followHeader(line);
    if (headed) return headed;
    const file = fileLine.exec(line);
    // Without a header only compiling prints a frame, and that has no function.
    return file && file[3] === undefined
      ? followTraceback(Math.max(0, indentOf(line) - 2), 'bare')
      : undefined;
  },
  isLogged({ frames }, between) {
    return frames.at(-1)?.function !== '<module>' && !between.some((line) => announced.test(line));
  },
  *parse(lines, said = []) {
    const parsed = parseChain(lines);
    const whole = parsed ?? parseHeaded(said.at(-1) ?? '', lines);
    if (whole) yield whole;
  },
};

/** AWS Lambda logs the type and its message above the frames. */
function parseHeaded(said: string, lines: readonly string[]): ParsedException | undefined {
  const isHead = header.test(lines[0] ?? '') && isTypeLine(said, false) && !/^[a-z]\w*:/.test(said);
  const alone = isHead ? parseTraceback([...lines, said]) : undefined;
  return alone && alone.frames.length > 0 ? asException(alone, []) : undefined;
}

function followHeader(line: string): Follow | undefined {
  if (groupHeader.test(line)) return followGroup();
  return header.test(line) ? followTraceback(baseOf(line), 'frames') : undefined;
}

/** Something may stand before a header in its line, as a bar of progress that was left open. */
function baseOf(line: string): number {
  return line.trimStart().startsWith('Traceback') ? indentOf(line) : 0;
}

type State = 'frames' | 'bare' | 'message' | 'blank' | 'statement' | 'calls' | 'chained';

function followTraceback(base: number, first: 'frames' | 'bare'): Follow {
  let state: State = first;
  let messageLines = 0;
  let blanks = 0;
  let next: Follow | undefined;
  return (line) => {
    if (next) return next(line);
    if (state === 'frames' || state === 'bare') {
      if (line.trim() === '') return state === 'bare' ? 'no' : 'more';
      if (indentOf(line) > base || line.startsWith('> File "', base) || divider.test(line))
        return 'more';
      if (indentOf(line) < base || !isTypeLine(line.trimStart(), state === 'bare')) return 'no';
      state = 'message';
      return 'enough';
    }
    if (state === 'calls') {
      return indentOf(line) > base || /^(?:Message|Arguments): /.test(line) ? 'enough' : 'no';
    }
    if (state === 'statement' && !appended.test(line) && !isChained(line)) {
      if (line.endsWith(']')) state = 'blank';
      return ++messageLines <= maxStatementLines ? 'enough' : 'no';
    }
    if (state !== 'chained') {
      if (groupHeader.test(line)) return 'no';
      if (line.trim() === '' && ++blanks <= maxBlanks) {
        state = 'blank';
        return 'enough';
      }
      if (isChained(line)) {
        state = 'chained';
        return 'more';
      }
      if (appended.test(line)) {
        state = /[\])]$/.test(line) ? 'blank' : 'statement';
        return 'enough';
      }
      if (state === 'blank') return 'no';
      if (line === callStack) {
        state = 'calls';
        return 'enough';
      }
      if (line === quoteEnd) return 'enough';
      const goesOn = (indentOf(line) > base && !readFile(line)) || databaseField.test(line);
      return goesOn && ++messageLines <= maxMessageLines ? 'enough' : 'no';
    }
    if (line.trim() === '') return 'more';
    next = followHeader(line);
    return next ? 'more' : 'no';
  };
}

/** After `File "x", line 3` without a header only a syntax error is an exception. */
function isTypeLine(text: string, syntaxOnly: boolean): boolean {
  const match = typeLine.exec(text);
  if (!match) return false;
  const short = shortName(match[1] ?? '');
  if (syntaxOnly) return /(?:SyntaxError|IndentationError|TabError)$/.test(short);
  return /^_?[A-Z]/.test(short) || text.includes(': ');
}

function parseChain(lines: readonly string[]): ParsedException | undefined {
  const calls = lines.indexOf(callStack);
  if (calls > 0) return withCallers(parseChain(lines.slice(0, calls)), lines.slice(calls));
  if (!lines.some(isChained)) {
    const alone = parseLink(lines);
    return alone && asException(alone.link, alone.children);
  }
  const links: Link[] = [];
  let part: string[] = [];
  for (const line of [...lines, undefined]) {
    if (line !== undefined && !isChained(line)) {
      part.push(line);
      continue;
    }
    const link = parseLink(part);
    if (link) links.push(link);
    part = [];
  }
  // The last one printed is the outermost; its causes were printed before it.
  const outermost = lines.includes(quoteEnd) ? withRemote(links) : links.pop();
  const causes = links.reverse().flatMap(({ link, children }) => [link, ...children]);
  return outermost && asException(outermost.link, [...outermost.children, ...causes]);
}

/** What a worker process raised (its traceback is quoted) and its parent raised again is one: its frames lie within. */
function withRemote(links: Link[]): Link | undefined {
  const outermost = links.pop();
  const raised = links.at(-1)?.link;
  if (!outermost || raised?.type !== outermost.link.type) return outermost;
  links.pop();
  const frames = [...raised.frames, ...outermost.link.frames].slice(0, maxFrames);
  return { ...outermost, link: { ...outermost.link, frames } };
}

/** An exception, and those in it when it is a group. */
interface Link {
  readonly link: Cause;
  readonly children: readonly Cause[];
}

function parseLink(lines: readonly string[]): Link | undefined {
  if (lines.some((line) => groupHeader.test(line))) return parseGroup(lines);
  const link = parseTraceback(lines);
  return link && { link, children: [] };
}

function withCallers(
  parsed: ParsedException | undefined,
  lines: readonly string[],
): ParsedException | undefined {
  const callers = lines.map(readFile).filter((frame) => frame !== undefined);
  return (
    parsed && { ...parsed, frames: [...parsed.frames, ...callers.reverse()].slice(0, maxFrames) }
  );
}

function isChained(line: string): boolean {
  return line.includes('above exception') && chained.test(line.trimStart());
}

function asException(outermost: Cause, causes: readonly Cause[]): ParsedException {
  return { language: 'python', ...outermost, causes, severity: 'error' };
}

function parseTraceback(lines: readonly string[]): Cause | undefined {
  const start = lines.findIndex((line) => readFile(line) !== undefined || header.test(line));
  if (start < 0) return undefined;
  const base = readFile(lines[start] ?? '')
    ? Math.max(0, indentOf(lines[start] ?? '') - 2)
    : baseOf(lines[start] ?? '');
  const frames: Frame[] = [];
  for (let at = start; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const file = readFile(line);
    if (file) {
      if (frames.length < maxFrames) frames.push(withSource(file, lines[at + 1]));
      else frames[maxFrames - 1] = withSource(file, lines[at + 1]);
    } else if (at > start && endsFrames(line, base)) {
      const type = typeLine.exec(line.trim().replace(failure, ''));
      return type ? linkOf(type, lines.slice(at + 1), frames) : undefined;
    }
  }
  return undefined;
}

function endsFrames(line: string, base: number): boolean {
  const goesOn = line.trim() === '' || repeated.test(line) || divider.test(line);
  return !goesOn && indentOf(line) <= base;
}

function linkOf(type: RegExpExecArray, rest: readonly string[], frames: Frame[]): Cause {
  const end = rest.findIndex((line) => appended.test(line));
  const more = rest
    .slice(0, end < 0 ? maxMessageLines : Math.min(end, maxMessageLines))
    .filter((line) => line.trim() !== '' && line !== quoteEnd);
  return {
    type: type[1] ?? '',
    message: [type[2] ?? '', ...more].join('\n').trim().slice(0, maxMessageChars),
    frames: frames.reverse(),
  };
}

/** Takes everything the group draws, and what it led to. A group that ends with another has one closing line. */
function followGroup(): Follow {
  let state: 'head' | 'open' | 'closed' | 'chained' = 'head';
  let blanks = 0;
  let next: Follow | undefined;
  return (line) => {
    if (next) return next(line);
    if (state === 'chained') {
      if (line.trim() === '') return 'more';
      next = followHeader(line);
      return next ? 'more' : 'no';
    }
    if (groupHeader.test(line)) return 'no';
    if (groupLine.test(line)) {
      if (closing.test(line)) state = 'closed';
      else if (state === 'closed' || groupType.test(line)) state = 'open';
      return state === 'head' ? 'more' : 'enough';
    }
    if (state !== 'closed') return 'no';
    if (line.trim() === '') return ++blanks <= maxBlanks ? 'enough' : 'no';
    if (!isChained(line)) return 'no';
    state = 'chained';
    return 'more';
  };
}

function parseGroup(lines: readonly string[]): Link | undefined {
  const inner = lines.findIndex((line) => childHead.test(line));
  const own = (inner < 0 ? lines : lines.slice(0, inner)).map(withoutRail);
  const link = parseTraceback(own);
  if (!link) return undefined;
  const children: Cause[] = [];
  let part: string[] = [];
  for (const line of inner < 0 ? [] : lines.slice(inner)) {
    if (/^\s*\+-{2,}|^\s*\+-\+-/.test(line)) {
      const child = parseTraceback(part) ?? parseUnraised(part);
      if (child) children.push(child);
      part = [];
    } else part.push(withoutRail(line));
  }
  return { link, children };
}

/** An exception of a group that was never raised has no traceback; another group in it is read by its own. */
function parseUnraised([first = '', ...rest]: readonly string[]): Cause | undefined {
  const type = typeLine.exec(first);
  return type && isTypeLine(first, false) ? linkOf(type, rest, []) : undefined;
}

function withoutRail(line: string): string {
  return line.replace(/^\s*[|+] ?/, '');
}

function shortName(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1);
}
