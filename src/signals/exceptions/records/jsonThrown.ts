import type { Cause, Frame } from '../../../core/signal.ts';
import { maxFrames, maxMessageChars, type ParsedException } from '../grammar.ts';
import { frame, languageOf } from '../languages/javascriptFrame.ts';
import { type Json, objectAt, objectOf, own, textAt } from './jsonValues.ts';

const maxCauses = 20;

/**
 * A Java exception as log4j2's JsonLayout (`name`, `extendedStackTrace`), logback's JsonEncoder (`className`,
 * `stepArray`) and JBoss's formatter (`exceptionType`, `frames`) write it: frames as records, causes nested.
 */
export function readThrown(thrown: Json): ParsedException | undefined {
  const links: Cause[] = [];
  let at: Json | undefined = thrown;
  while (at && links.length <= maxCauses) {
    const link = linkOf(at);
    if (!link) break;
    links.push(link);
    at = causeOf(at);
  }
  const [outermost, ...causes] = links;
  return outermost && { language: 'java', ...outermost, causes, severity: 'error' };
}

/** JBoss puts another record around it. */
function causeOf(thrown: Json): Json | undefined {
  const nested = objectAt(thrown, 'cause') ?? objectAt(thrown, 'causedBy');
  return (nested && objectAt(nested, 'exception')) ?? nested;
}

function linkOf(thrown: Json): Cause | undefined {
  const type =
    textAt(thrown, 'className') ?? textAt(thrown, 'name') ?? textAt(thrown, 'exceptionType');
  const steps =
    own(thrown, 'stepArray') ?? own(thrown, 'extendedStackTrace') ?? own(thrown, 'frames');
  if (type === undefined || !/^[\w.$]{1,300}$/.test(type) || !Array.isArray(steps))
    return undefined;
  const message = textAt(thrown, 'message') ?? textAt(thrown, 'localizedMessage') ?? '';
  const frames = steps.slice(0, maxFrames).flatMap(frameOf);
  return { type, message: message.slice(0, maxMessageChars), frames };
}

function frameOf(value: unknown): Frame[] {
  const step = objectOf(value);
  const owner = step && (textAt(step, 'className') ?? textAt(step, 'class'));
  if (!step || owner === undefined) return [];
  const method = textAt(step, 'methodName') ?? textAt(step, 'method');
  const name = textAt(step, 'fileName') ?? textAt(step, 'file');
  const line = own(step, 'lineNumber') ?? own(step, 'line');
  return [javaFrame(owner, method, name, typeof line === 'number' ? line : 0)];
}

/** As a printed trace gives it: the file below the folders of its package. */
export function javaFrame(
  owner: string,
  method: string | undefined,
  name: string | undefined,
  line: number,
): Frame {
  const parts = owner.split('.');
  const folder = parts.slice(0, -1).join('/');
  const own = name ?? `${parts.at(-1)?.replace(/\$.*$/, '')}.java`;
  return {
    file: folder === '' ? own : `${folder}/${own}`,
    ...(method === undefined ? {} : { function: `${owner}.${method}` }),
    ...(line > 0 ? { line } : {}),
    inApp:
      !/^(?:java|javax|jakarta|jdk|sun|kotlin|scala|org\.(?:springframework|apache|junit|hibernate)|com\.sun)\./.test(
        owner,
      ),
  };
}

/** A PHP exception as monolog's JsonFormatter writes it: `file:line` in texts, the cause as `previous`. */
export function readPhpThrown(thrown: Json): ParsedException | undefined {
  const links: Cause[] = [];
  let at: Json | undefined = thrown;
  while (at && links.length <= maxCauses) {
    const type = textAt(at, 'class');
    const top = phpFrame(own(at, 'file'));
    if (type === undefined || !/^[\w\\@]{1,300}$/.test(type) || !top) break;
    const trace = own(at, 'trace');
    const rest = Array.isArray(trace) ? trace.slice(0, maxFrames - 1) : [];
    const frames = [top, ...rest.map(phpFrame).filter((frame) => frame !== undefined)];
    links.push({ type, message: (textAt(at, 'message') ?? '').slice(0, maxMessageChars), frames });
    at = objectAt(at, 'previous');
  }
  const [outermost, ...causes] = links;
  return outermost && { language: 'php', ...outermost, causes, severity: 'error' };
}

function phpFrame(value: unknown): Frame | undefined {
  const match = typeof value === 'string' ? /^(.{1,1000}\.\w{1,8}):(\d{1,9})$/.exec(value) : null;
  if (!match) return undefined;
  const file = match[1] ?? '';
  return { file, line: Number(match[2]), inApp: !/[\\/]vendor[\\/]/.test(file) };
}

/** What AWS Lambda gives in parts (type, message and frames), as the runtime would have printed it. */
export function invocationStack(record: Json): string | undefined {
  const type = textAt(record, 'errorType');
  if (type === undefined) return undefined;
  return printed(type, textAt(record, 'errorMessage') ?? '', own(record, 'stackTrace'));
}

/** Frames, in a list or lines, below their type and message, as the runtime would have printed it. */
export function printed(type: string, message: string, stack: unknown): string | undefined {
  const listed: unknown = typeof stack === 'string' ? stack.split('\n') : stack;
  if (!Array.isArray(listed)) return undefined;
  const frames = listed.slice(0, maxFrames).filter((line) => typeof line === 'string');
  const [first = '', ...rest] = frames;
  const head = `${type}: ${message}`;
  if (/^\s*File "/.test(first)) {
    const lines = frames.map((frame) => frame.replace(/\n$/, ''));
    return ['Traceback (most recent call last):', ...lines, head].join('\n');
  }
  if (/^\S{1,500}:\d{1,9}:in [\x60']/.test(first))
    return [`${first}: ${message} (${type})`, ...rest.map((frame) => `\tfrom ${frame}`)].join('\n');
  if (/^\s*at \S/.test(first))
    return [head, ...frames.map((frame) => `    ${frame.trim()}`)].join('\n');
  return /^[\w.$<>/]{1,500}\([^()]{0,200}\)$/.test(first)
    ? [head, ...frames.map((frame) => `\tat ${frame}`)].join('\n')
    : undefined;
}

/** zerolog's stacks: records of base names, lines and functions. */
export function goFrames(stack: unknown): readonly Frame[] {
  if (!Array.isArray(stack)) return [];
  return stack.slice(0, maxFrames).flatMap((value) => {
    const step = objectOf(value);
    const file = step && textAt(step, 'source');
    const name = step && textAt(step, 'func');
    const line = Number(step && own(step, 'line'));
    if (file === undefined || name === undefined || !(line > 0)) return [];
    const inApp = !/^(?:goexit|main)$/.test(name) || file === 'main.go';
    return [{ file, function: name, line, inApp: inApp && file !== 'proc.go' }];
  });
}

/** An error as tslog writes it: frames as records, with the place as the stack had it; causes nested. */
export function readTslogError(error: Json): ParsedException | undefined {
  const links: Cause[] = [];
  let at: Json | undefined = error;
  while (at && links.length <= maxCauses) {
    const type = textAt(at, 'name');
    const stack = own(at, 'stack');
    const frames = Array.isArray(stack) ? stack.slice(0, maxFrames).flatMap(tslogFrame) : [];
    if (type === undefined || frames.length === 0) break;
    links.push({ type, message: (textAt(at, 'message') ?? '').slice(0, maxMessageChars), frames });
    at = causeOf(at);
  }
  const [outermost, ...causes] = links;
  if (!outermost) return undefined;
  const language = languageOf(outermost.frames);
  return { language, ...outermost, causes, severity: 'error' };
}

function tslogFrame(value: unknown): readonly Frame[] {
  const step = objectOf(value);
  const place = step && textAt(step, 'fullFilePath');
  if (!step || place === undefined) return [];
  return [frame((textAt(step, 'method') ?? '').replace(/^async /, ''), place)];
}
