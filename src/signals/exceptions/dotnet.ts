import type { Cause, Frame } from '../../core/signal.ts';
import { type Follow, type Grammar, maxFrames, type ParsedException } from './grammar.ts';
import {
  addFrame,
  exceptionOf,
  frameOf,
  isScriptError,
  maxMessageLines,
  messageOf,
  remembering,
} from './parts.ts';

/** `System.IO.IOException`, `Acme.Shop+Lost`, ``Acme.Fault`1[System.Int32]``. */
const typeName = String.raw`[A-Z_]\w{0,80}(?:[.+][A-Za-z_]\w{0,80}){0,12}(?:\`\d{1,2}(?:\[.{1,200}?\])?)?`;
const errorName = String.raw`(?:[A-Z_]\w{0,80}[.+]){0,12}(?:[A-Z_]\w{0,80})?(?:Exception|Error|Fault)(?:\`\d{1,2}(?:\[.{1,200}?\])?)?`;
/** The number of a system error may stand behind the type. */
const code = String.raw`(?: \((?:0x[0-9A-Fa-f]{1,16}|-?\d{1,10})[^)\n]{0,80}\))?`;
const head = new RegExp(String.raw`^(\s{0,16})(${errorName})${code}: (.*)$`);
const unhandled = new RegExp(
  String.raw`^(?:Unhandled [Ee]xception[.:]|FATAL UNHANDLED EXCEPTION:|Unhandled Exception in .{1,80}?:) ?(?:(${typeName})${code}(?:: (.*)|)|)$`,
);
/** A head at the end of a logged sentence; counts only with a frame below it. */
const trailingHead = new RegExp(String.raw`[\s:\]|](${errorName})${code}: (.*)$`);
const innerHead = new RegExp(
  String.raw`^\s{0,16}---> (?:\(Inner Exception #\d{1,4}\) )?(${typeName})${code}(?:: (.*)|)$`,
);
const innerOnHead = new RegExp(String.raw`^(.{0,8000}?) ---> (${errorName})${code}: (.*)$`);
/** The words of the frames are translated by .NET Framework; mono adds offsets. */
const frameLine =
  /^\s{1,24}(?:at|bei|à|en|in|в|w|em|場所|在|위치:) (\S.{0,1000}?)(?: ?\[0x[0-9a-f]{1,10}\])?(?: (?:in|dans|en|в|w|em|場所|位置|파일) (.{1,600}?):(?:[^\s\d:]{1,12} ?)?(\d{1,9})\.?)?\s*$/;
/** Unity's player: `Till.Settle (Basket basket) (at Assets/Till.cs:31)`. */
const unityFrame =
  /^([A-Z_][\w.+<>`/]{0,300}[.:][\w<>.|]{1,200} ?\(.{0,500}\)) \(at (.{1,500}):(\d{1,9})\)$/;
const endOfInner =
  /^\s*--- (?:End of inner|Fin de la trace|Ende der inneren|Fin del seguimiento|内部例外)/;
const seam = /^\s*--- .{1,200}---$|^\s*---$/;
const monoAgain = /^FATAL UNHANDLED EXCEPTION: /;
/** The runtime gives up; below it prints frames, but no head. */
const runtimeDeath = /^(Stack overflow)\.?$|^(?:Process terminated|Fatal error)\. ?(.{0,1000})$/;
/** Microsoft.Extensions.Logging's console: the category, then the message and the exception, indented. */
const consoleLogger = /^(fail|crit): ([\w.`+<>]{1,200})\[-?\d{1,10}\]$/;
const testFailed =
  /^\s{1,4}Failed (\S.{0,300}?) \[(?:<? ?)[\d.,]{1,10} ?m?s(?: [\d.]{1,10} ?ms)?\]$/;

export const dotnet: Grammar = {
  language: 'csharp',
  hints: [
    '\n   at ',
    ' ---> ',
    ') (at ',
    'Unhandled exception.',
    'Unhandled Exception:',
    'Stack overflow',
    'Process terminated',
    'fail: ',
    'crit: ',
    '  Failed ',
  ],
  begin(line) {
    if (!mayBegin(line)) return undefined;
    if (consoleLogger.test(line)) return followConsole();
    if (testFailed.test(line)) return followTest();
    if (unhandled.test(line)) return followStack(true);
    if (runtimeDeath.test(line)) return followStack(false);
    if (isScriptError(line)) return undefined;
    if (head.test(line)) return followStack(/^\s*\w+\./.test(line));
    return trailingHead.test(line) ? followStack(false) : undefined;
  },
  saysEnough: (line) => !unhandled.test(line) && !head.test(line) && !testFailed.test(line),
  keepsLeveled: (line) => monoAgain.test(line),
  *parse(lines) {
    const parsed =
      parseTest(lines) ?? parseConsole(lines) ?? parseDeath(lines) ?? parseStack(lines);
    if (parsed) yield parsed;
  },
};

/** Cheap, and true for all that the patterns take. */
function mayBegin(line: string): boolean {
  if (line.includes('Exception') || line.includes('Error') || line.includes('Fault')) return true;
  const first = line.charCodeAt(0);
  if (first === 32) return testFailed.test(line);
  return /^(?:fail: |crit: |Stack overflow|Process term|Fatal error|Unhandled |FATAL UNH)/.test(
    line,
  );
}

/** @param strong whether the head can be nothing else; only then a message may have further lines */
function followStack(strong: boolean): Follow {
  let frames = 0;
  let messageLines = 0;
  return (line) => {
    if (isFrame(line)) {
      frames++;
      return 'enough';
    }
    if (innerHead.test(line)) {
      messageLines = 0;
      return frames > 0 ? 'enough' : 'more';
    }
    if (endOfInner.test(line) || seam.test(line)) return frames > 0 ? 'enough' : 'no';
    if (frames > 0) return monoAgain.test(line) || /^\s*<---$/.test(line) ? 'enough' : 'no';
    if (!strong || ++messageLines > maxMessageLines) return 'no';
    return messageLines > 1 && head.test(line) ? 'no' : 'more';
  };
}

function followConsole(): Follow {
  let lines = 0;
  return (line) => {
    const isIndented = line.startsWith('      ');
    if (++lines > 400 || (!isIndented && (lines === 1 || line.trim() !== ''))) return 'no';
    return isIndented ? 'enough' : 'no';
  };
}

function followTest(): Follow {
  let lines = 0;
  let stack = false;
  return (line) => {
    lines++;
    if (lines === 1) return /^\s+Error Message:$/.test(line) ? 'more' : 'no';
    if (/^\s+Stack Trace:$/.test(line)) {
      stack = true;
      return 'more';
    }
    if (!stack) return lines > maxMessageLines || testFailed.test(line) ? 'no' : 'more';
    return isFrame(line) || endOfInner.test(line) || seam.test(line) ? 'enough' : 'no';
  };
}

/** Java prints `at` and a place in parentheses, JavaScript a line and a column. */
function isFrame(line: string): boolean {
  return isKnownFrame(line);
}

const isKnownFrame = remembering((line: string): boolean => {
  if (line.endsWith(')') && line.includes(' (at ')) return unityFrame.test(line);
  const match = line.startsWith(' ') && line.includes('(') ? frameLine.exec(line) : null;
  if (!match) return false;
  const called = match[1] ?? '';
  if (
    /\([\w$-]{0,100}\.(?:java|kts?|scala|sc|groovy|clj):\d{1,9}\)|\((?:Native Method|Unknown Source|<generated>|<anonymous>|native|index \d{1,9})\)/.test(
      called,
    )
  )
    return false;
  if (/:\d+:\d+\)?$|^\/|\.[cm]?[jt]sx?:\d+|^(?:async|new|node:)/.test(called)) return false;
  return /^(?:\(wrapper [\w-]{1,40}\) )?(?:[^\s(]{1,600}[.:/][^\s(]{1,300}|lambda_method\d{0,6}) ?\(.{0,1000}\)$/.test(
    called,
  );
});

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
  const trailing = trailingHead.exec(line);
  return trailing ? { type: trailing[1] ?? '', message: trailing[2] ?? '' } : undefined;
}

/**
 * Inner exceptions are printed inside the outer one: all heads first, then the innermost one's frames, and at
 * each `--- End of inner exception` the frames of the one around it.
 */
function readLinks(lines: readonly string[]): Link[] {
  const first = readHead(lines[0] ?? '');
  if (!first) return [];
  const { links, open } = openHeads(first);
  for (const line of lines.slice(1)) {
    if (monoAgain.test(line)) break;
    const inner = innerHead.exec(line);
    if (inner) {
      // After frames it is a further inner exception of an aggregate: beside, not inside.
      const link: Link = { type: inner[1] ?? '', message: [inner[2] ?? ''], frames: [] };
      links.push(link);
      open.push(link);
    } else if (endOfInner.test(line)) {
      if (open.length > 1) open.pop();
    } else if (isFrame(line)) addFrame(open.at(-1)?.frames ?? [], readFrame(line));
    else if (open.at(-1)?.frames.length === 0 && !seam.test(line)) open.at(-1)?.message.push(line);
  }
  return links.slice(0, 20);
}

/** .NET Framework writes the inner heads behind the outer one, on one line. */
function openHeads(first: { type: string; message: string }): { links: Link[]; open: Link[] } {
  const links: Link[] = [];
  let { type, message } = first;
  for (let at = 0; at < 10; at++) {
    const inner = innerOnHead.exec(message);
    links.push({ type, message: [inner ? (inner[1] ?? '') : message], frames: [] });
    if (!inner) break;
    type = inner[2] ?? '';
    message = inner[3] ?? '';
  }
  return { links, open: [...links] };
}

function causeOf({ type, message, frames }: Link): Cause {
  return { type, message: messageOf(message).replace(/\s*<---$/, ''), frames };
}

const readFrame = remembering((line: string): Frame => {
  const match = unityFrame.exec(line) ?? frameLine.exec(line);
  const called = nameOf(match?.[1] ?? '');
  const shown = match?.[2] ?? '';
  const hasFile = shown !== '' && !shown.startsWith('<');
  return frameOf(hasFile ? shown : pathOf(called), isInApp(called), {
    function: called,
    line: hasFile && match?.[3] !== undefined ? Number(match[3]) : undefined,
  });
});

/** The method as it was written: not the state machines, closures and arguments the compiler made of it. */
function nameOf(called: string): string {
  return called
    .replace(/^\(wrapper [\w-]{1,40}\) /, '')
    .replace(/ ?\(.*$/s, '')
    .replace(/\.<>c(?:__DisplayClass[\d_]{1,20})?(?:`\d)?(?=\.)/g, '')
    .replace(
      /(?:\.<>c__DisplayClass[\d_]{1,20})?\.?<<?(\w{1,100})>b__[\w]{1,20}>d(?:`\d)?\.MoveNext$/,
      '.$1',
    )
    .replace(/[.+/]<(\w{1,100})>d__\d{1,6}(?:`\d)?(?:\[[^\]]{0,100}\])?[.:]{1,2}MoveNext$/, '.$1')
    .replace(
      /<<?(\w{1,100})>?\$?>[bg]__(?:(\w{1,100})\|)?[\d_]{1,20}/,
      (_, outer: string, local: string | undefined) => (local ? `${outer}.${local}` : outer),
    )
    .replace(/\[[^\]]{0,200}\]$/, '');
}

/** Without debug symbols a type most likely lies in a file of its name. */
function pathOf(called: string): string {
  const parts = called
    .replace(/`\d{1,2}/g, '')
    .split(/[.+:]/)
    .filter(Boolean);
  const folder = parts.slice(0, -1).join('/');
  return folder === '' ? 'unknown' : `${folder}.cs`;
}

const foreign =
  /^(?:System|Microsoft|Mono|Internal|Interop|MS|Newtonsoft|NUnit|Xunit|Moq|NSubstitute|FluentAssertions|Serilog|NLog|log4net|Npgsql|MySql|MySqlConnector|Oracle|Dapper|MongoDB|StackExchange|RabbitMQ|MassTransit|MediatR|AutoMapper|FluentValidation|Polly|Grpc|Google|Azure|Amazon|Autofac|Castle|Ninject|Swashbuckle|Hangfire|Quartz|Confluent|Elastic(?:search)?|Nest|RestSharp|Refit|IdentityServer4|Duende|HotChocolate|GraphQL|UnityEngine|UnityEditor|Unity|JetBrains|Sentry|OpenTelemetry|Ardalis|Orleans|NServiceBus|Akka|FSharp|lambda_method\d{0,6})(?:[.+:(]|$)/;

function isInApp(called: string): boolean {
  return called !== '' && !foreign.test(called);
}

function languageOf(frames: readonly Frame[]): string {
  const file = frames.find((frame) => frame.inApp)?.file ?? '';
  if (/\.fsx?$/.test(file)) return 'fsharp';
  return file.endsWith('.vb') ? 'vb' : 'csharp';
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

function parseConsole(lines: readonly string[]): ParsedException | undefined {
  const match = consoleLogger.exec(lines[0] ?? '');
  if (!match) return undefined;
  const severity = match[1] === 'crit' ? 'fatal' : 'error';
  const body = lines.slice(1).map((line) => line.slice(6));
  const start = body.findIndex((line) => head.test(line));
  const thrown = start < 0 ? undefined : parseStack(body.slice(start));
  if (thrown) return { ...thrown, severity };
  const message = messageOf(body);
  if (message === '') return undefined;
  return {
    language: 'csharp',
    kind: 'log',
    type: 'LoggedError',
    message,
    frames: [],
    causes: [],
    severity,
  };
}

function parseTest(lines: readonly string[]): ParsedException | undefined {
  if (!testFailed.test(lines[0] ?? '')) return undefined;
  const stack = lines.findIndex((line) => /^\s+Stack Trace:$/.test(line));
  if (stack < 0) return undefined;
  return testFailure(messageOf(lines.slice(2, stack)), lines.slice(stack + 1));
}

export function testFailure(message: string, stack: readonly string[]): ParsedException {
  const named =
    /^(?:Test method \S{1,500} threw exception: \n)?([\w.+]{1,200}Exception) ?: ([^]*)$/.exec(
      message,
    );
  const frames = stack.filter(isFrame).map(readFrame);
  const outermost = {
    type: named?.[1] ?? 'AssertionFailure',
    message: named?.[2] ?? message,
    frames: frames.slice(0, maxFrames),
  };
  return exceptionOf(languageOf(frames), outermost, [], { kind: 'test' });
}
