import type { Frame } from '../../../core/signal.ts';
import { type Grammar, maxFrames, maxMessageChars, type ParsedException } from '../grammar.ts';
import { nativeFrame, nativeLanguage } from './nativeFrame.ts';

/** Says `ERROR` or `WARNING` as it likes: both are findings. */
const report =
  /^(?:==\d{1,12}==\s?)?(?:ERROR|WARNING|FATAL): ((?:\w{1,20})Sanitizer): (.{1,4000})$/;
const undefinedHead = /^(\S.{0,1000}?):(\d{1,9})(?::(\d{1,9}))?: runtime error: (.{1,4000})$/;
const stackLine = /^\s{1,8}#\d{1,4} (?:0x[0-9a-f]{1,16} )?(?:in )?(.{0,2000})$/;
const placed = /^(.{0,1500}?)\s?(\S{1,1000}?):(\d{1,9})(?::(\d{1,9}))?$/;
const summary = /^SUMMARY: \w{1,20}Sanitizer: /;
const behindSummary = /^(?:Shadow |\s|=>0x|==\d{1,12}==(?:HINT|ADDITIONAL)|HINT|$)/;
const rule = /^={10,80}$/;
const end = /^(?:==\d{1,12}==)?\s{0,4}(?:ABORTING|Exiting|WARNING: ASan is ignoring)/;
const maxLines = 600;

export const sanitizers: Grammar = {
  language: 'c',
  standsAlone: true,
  hints: ['Sanitizer: ', ': runtime error: '],
  saysEnough: (line) => !report.test(line),
  begin(line) {
    if (line.includes('Sanitizer: ') && report.test(line)) return followReport();
    return line.includes(': runtime error: ') && undefinedHead.test(line)
      ? followUndefined()
      : undefined;
  },
  *parse(lines) {
    const parsed = parseReport(lines) ?? parseUndefined(lines);
    if (parsed) yield parsed;
  },
};

function followReport() {
  let summed = false;
  let lines = 0;
  return (line: string) => {
    if (end.test(line)) return 'last';
    if (report.test(line) || ++lines > maxLines) return 'no';
    if (summed) return rule.test(line) ? 'last' : behindSummary.test(line) ? 'enough' : 'no';
    summed = summary.test(line);
    return rule.test(line) ? 'no' : 'enough';
  };
}

/** The first stack tells where; what follows says who allocated, freed, or wrote before. */
function parseReport(lines: readonly string[]): ParsedException | undefined {
  const head = report.exec(lines[0] ?? '');
  if (!head) return undefined;
  const stack = firstStack(lines);
  const top = stack.find((frame) => frame.inApp);
  return {
    language: nativeLanguage(top?.file, top?.function),
    type: head[1] ?? '',
    message: essence(head[2] ?? ''),
    frames: stack,
    causes: [],
    severity: head[1] === 'LeakSanitizer' || head[1] === 'ThreadSanitizer' ? 'error' : 'fatal',
  };
}

/** Without addresses and process ids, which differ from run to run. */
function essence(text: string): string {
  return text
    .replace(/ on (?:unknown )?address.*$| on 0x.*$| \(pid=\d{1,12}\).*$|: 0x.*$/, '')
    .slice(0, maxMessageChars);
}

function firstStack(lines: readonly string[]): Frame[] {
  const start = lines.findIndex((line) => stackLine.test(line));
  const frames: Frame[] = [];
  for (let at = start; at >= 0 && at < lines.length && frames.length < maxFrames; at++) {
    const line = stackLine.exec(lines[at] ?? '');
    if (!line) break;
    frames.push(frameOf(line[1] ?? ''));
  }
  return frames;
}

/** `sum /srv/c/asan.c:9:7`, `f(int) a.cpp:3 (prog+0x12) (BuildId: …)`, `main (/bin/x+0x1140)`. */
function frameOf(text: string): Frame {
  const bare = text.replace(/(?: \([^()]{0,500}\)){0,3}$/, '');
  const match = placed.exec(bare);
  if (match && !match[2]?.startsWith('('))
    return nativeFrame(match[1], match[2] ?? '', match[3], match[4]);
  // A stripped line leaves the file.
  const named = /^(.{1,1500}?) (\/\S{1,1000}\.\w{1,4})$/.exec(bare);
  if (named) {
    const { line: _none, ...frame } = nativeFrame(named[1], named[2] ?? '', '0');
    return frame;
  }
  return nativeFrame(
    bare.replace(/ <null>$/, ''),
    /\(([^()+]{1,500})\+0x/.exec(text)?.[1] ?? '',
    undefined,
  );
}

function followUndefined() {
  let lines = 0;
  return (line: string) => {
    if (summary.test(line)) return 'last';
    const belongs = /^\s+\S|^\s+$|: note: /.test(line) || (line === '' && lines > 0);
    return belongs && ++lines < 80 ? 'enough' : 'no';
  };
}

function parseUndefined(lines: readonly string[]): ParsedException | undefined {
  const head = undefinedHead.exec(lines[0] ?? '');
  if (!head) return undefined;
  const top = nativeFrame(undefined, head[1] ?? '', head[2], head[3]);
  const stack = firstStack(lines);
  const own = stack.findIndex((frame) => frame.line === top.line && frame.inApp);
  return {
    language: nativeLanguage(head[1]),
    type: 'runtime error',
    message: head[4] ?? '',
    frames: own >= 0 ? stack.slice(own) : [top, ...stack],
    causes: [],
    severity: 'error',
  };
}
