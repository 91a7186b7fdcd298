import type { Frame } from '../../../core/signal.ts';
import { callLine, framesByPanic, placeLine, readFrames } from './goFrames.ts';
import {
  type Follow,
  type Grammar,
  maxFrames,
  maxMessageChars,
  type ParsedException,
} from '../grammar.ts';

const panicHead = /^(panic|fatal error): (.{0,16000})$/;
const servingHead =
  /^(?:http2?: )?panic serving (?:\[[^\]\s]{1,80}\]|[^:\s]{1,80}):\d{1,5}: (.{0,16000})$/;
/** `goroutine 1 [running]:`, `goroutine 34 gp=0xc0 m=0 mp=0x5 [chan receive, 3 minutes]:`. */
const goroutine =
  /^goroutine \d{1,12}(?: gp=\S{1,40})?(?: m=\S{1,40})?(?: mp=\S{1,40})? \[[^\]]{1,200}\]:$/;
/** A signal in C code, or one that Go does not handle; the counter's place stands below. */
const signalHead = /^(SIG(?!QUIT)[A-Z]{2,6}): ([a-z][\w ]{2,60})$/;
/** Of this one there is nothing left to show. */
const goexitHead = /^fatal error: (no goroutines \(main called runtime\.Goexit\) - deadlock!)$/;
const signalLine = /^\[signal \w{1,20}: [^\]]{1,300}\]$/;
const repanic = /^\t{1,8}panic: /;
/** Since Go 1.23 in the line of the first one. */
const repanicked = / \[recovered, repanicked\]$/;
const elided = /^\.\.\.\s?(?:additional|\d{1,9}) frames elided\.\.\.$/;
const maxMessageLines = 40;

/** What echo and others write of a panic, and the first line of its stack behind. */
const inlineHead = /^(.{1,4000}?)\s{0,2}(goroutine \d{1,12} \[running\]:)$/;
/** What a recovered panic said, in the words of what recovered it. */
const recovered = /(?:^|[\s"(])runtime error: (.{1,4000})$/s;

export const go: Grammar = {
  language: 'go',
  hints: ['panic: ', 'panic serving ', 'fatal error: ', '\ngoroutine ', ' [running]:', '\nPC=0x'],
  saysEnough: (line) => goexitHead.test(line),
  takesLineAbove: (first) => goroutine.test(first),
  begin(line) {
    if (line.endsWith('[running]:')) {
      return goroutine.test(line) || inlineHead.test(line) ? followTrace(true) : undefined;
    }
    if (line.startsWith('goroutine ')) return goroutine.test(line) ? followTrace(true) : undefined;
    return isHead(line) ? followTrace(false) : undefined;
  },
  *parse(lines, said = []) {
    const [first = '', ...rest] = lines;
    const inline = inlineHead.exec(first);
    const isAbove = !inline && !isHead(first) && !goroutine.test(first);
    const parsed = parsePanic(inline ? [inline[2] ?? '', ...rest] : isAbove ? rest : lines);
    // A stack alone, as loggers and what recovers print it, leaves it to the line above to say what happened.
    if (parsed)
      yield parsed.message === ''
        ? toldBy(parsed, inline?.[1] ?? said[0] ?? (isAbove ? first : ''))
        : parsed;
  },
};

function isHead(line: string): boolean {
  return panicHead.test(line) || servingHead.test(line) || signalHead.test(line);
}

function toldBy(parsed: ParsedException, said: string): ParsedException {
  const runtime = recovered.exec(said)?.[1];
  const message = (runtime ?? said.replace(/^\[PANIC RECOVER\] /, '')).trim();
  return {
    ...parsed,
    ...(runtime === undefined ? {} : { type: 'runtime error' }),
    message: message.slice(0, maxMessageChars),
  };
}

function followTrace(started: boolean): Follow {
  let inTrace = started;
  let lines = 0;
  let blank = false;
  return (line) => {
    if (!inTrace) {
      inTrace = goroutine.test(line);
      if (inTrace) return 'enough';
      return isHead(line) || ++lines > maxMessageLines ? 'no' : 'more';
    }
    if (line === '') {
      if (blank) return 'no';
      blank = true;
      return 'enough';
    }
    const isStart = goroutine.test(line);
    if (blank && !isStart) {
      if (/^exit status \d{1,3}$/.test(line)) return 'last';
      return /^r\w{1,5} {1,6}0x[0-9a-f]{1,16}$/.test(line) ? 'enough' : 'no';
    }
    blank = false;
    return isStart || isTraceLine(line) ? 'enough' : 'no';
  };
}

function isTraceLine(line: string): boolean {
  return placeLine.test(line) || callLine.test(line) || elided.test(line);
}

/** The panic that `lines` report; with `go test` it may begin with any of its lines. */
export function parsePanic(lines: readonly string[]): ParsedException | undefined {
  const first = lines[0] ?? '';
  const ended = goexitHead.exec(first);
  const none = { frames: [], causes: [], severity: 'fatal' as const };
  if (ended) return { language: 'go', type: 'fatal error', message: ended[1] ?? '', ...none };
  const start = lines.findIndex((line) => goroutine.test(line));
  if (start < 0) return undefined;
  const signal = signalHead.exec(first);
  if (signal) {
    if (!lines[1]?.startsWith('PC=0x')) return undefined;
    const frames = readFrames(lines, start + 1);
    return { language: 'go', type: signal[1] ?? '', message: signal[2] ?? '', ...none, frames };
  }
  const head = panicHead.exec(first);
  const serving = head ? null : servingHead.exec(first);
  // A stack that was asked for (debug.Stack) is an error's only below a panic.
  if (!head && !serving && !lines.some((line) => line.startsWith('panic('))) return undefined;
  const said = head?.[2] ?? serving?.[1] ?? '';
  const more = head || serving ? messageTail(lines.slice(1, start)) : [];
  const runtime = said.startsWith('runtime error: ');
  const isFatal = head?.[1] === 'fatal error';
  const hung = said.startsWith('test timed out after ') ? framesOfTest(lines) : undefined;
  const raised = {
    type: isFatal ? 'fatal error' : runtime ? 'runtime error' : 'panic',
    message: [said.replace(/^runtime error: | \[recovered[^\]]{0,40}\]$/g, ''), ...more]
      .join('\n')
      .trim()
      .replace(/ \[recovered[^\]]{0,40}\]$/, '')
      .slice(0, maxMessageChars),
    frames: hung ?? readFrames(lines, start + 1),
  };
  const again = hung ? undefined : framesOfRepanic(lines, start);
  return {
    language: 'go',
    ...(hung ? { kind: 'test' } : {}),
    ...raised,
    ...(again ? { frames: again } : {}),
    causes: again ? [raised] : [],
    severity: head && !hung ? 'fatal' : 'error',
  };
}

/** From the handler on that raised a panic again, where it is the program's own. */
function framesOfRepanic(lines: readonly string[], start: number): readonly Frame[] | undefined {
  const isAgain = lines.slice(0, start).some((line) => repanic.test(line) || repanicked.test(line));
  const parts = isAgain ? framesByPanic(lines, start + 1) : [];
  const handlers = parts.slice(0, -1).flat();
  return handlers.some(({ inApp }) => inApp) ? parts.flat().slice(0, maxFrames) : undefined;
}

function messageTail(lines: readonly string[]): string[] {
  const end = lines.findIndex((line) => signalLine.test(line) || line === 'runtime stack:');
  return lines.slice(0, end < 0 ? lines.length : end).filter((line) => !repanic.test(line));
}

/** It is an alarm that panics when a test takes too long; what hangs is another goroutine. */
function framesOfTest(lines: readonly string[]): readonly Frame[] | undefined {
  const starts = lines.flatMap((line, at) => (goroutine.test(line) ? [at] : []));
  return starts
    .map((at) => readFrames(lines, at + 1))
    .find((frames) =>
      frames.some(({ inApp }, at) => inApp && frames[at + 1]?.function === 'testing.tRunner'),
    );
}
