import type { Cause, Frame } from '../../../core/signal.ts';
import { type Follow, type Grammar, loggedError, type ParsedException } from '../grammar.ts';
import { addFrame, exceptionOf, frameOf, messageOf } from '../parts.ts';

const head = /^ERROR: (.{1,4000})$/;
const causedBy = /^caused by: (.{1,4000})$/;
/** Included files and modules put their own errors around what happened. */
const wrapped = /^(?:(?:LoadError|InitError|TaskFailedException|nested task error): ){1,20}/;
const named = /^((?:\w{1,80}\.){0,6}\w{0,80}(?:Error|Exception|Interrupt))(?:\(\))?(?:: (.*))?$/s;
const stackHead = /^\s{0,8}Stacktrace:$/;
const callLine = /^\s{0,10}\[\d{1,4}\] (.{1,2000})$/;
const placeLine = /^\s{1,12}@ (?:([\w.]{1,200}) )?(\S.{0,1000}?):(\d{1,9})(?: \[inlined\])?$/;
/** Before Julia 1.6 the place stood behind the call; `top-level scope` keeps it there. */
const callWithPlace = /^(.{1,2000}?) at (\S.{0,1000}?):(\d{1,9})(?: \[inlined\])?$/;
const elided = /^\s{0,10}(?:\.\.\. |⋮|\[\d{1,4}\] {0,4}$|--- the (?:last|above) )/;
const inFile = /^in expression starting at (\S.{0,1000}?):(\d{1,9})$/;
const candidates =
  /^(?:Closest candidates are:|The (?:function|type) `|Suggestion: |Hint: |Stacktrace:)/;
const testHead = /^(.{1,300}?): (Test Failed|Error During Test) at (\S.{0,1000}?):(\d{1,9})$/;
const testsFailed = /^Some tests did not pass: /;
const logHead = /^┌ Error: (.{1,4000})$/;
const logPlace = /^└ @ ([\w.]{1,200}) (\S.{0,1000}?):(\d{1,9})$/;
const maxMessage = 24;

export const julia: Grammar = {
  language: 'julia',
  standsAlone: true,
  hints: ['Stacktrace:', '┌ Error: ', ': Test Failed at ', ': Error During Test at '],
  begin(line) {
    if (line.startsWith('ERROR: ')) return head.test(line) ? followError() : undefined;
    if (line.startsWith('┌ Error: ')) return followLog();
    return line.includes(' at ') && testHead.test(line) ? followTest() : undefined;
  },
  // Any logger's line may look like this; Julia writes the stack in one go with it.
  saysEnough: (line) => line.startsWith('ERROR: '),
  *parse(lines) {
    const [first = ''] = lines;
    if (first.startsWith('┌')) yield* parseLog(lines);
    else if (first.startsWith('ERROR: ')) yield* parseUncaught(lines);
    else yield* parseTest(lines);
  },
};

function isStack(line: string): boolean {
  return callLine.test(line) || placeLine.test(line) || elided.test(line);
}

function followError(): Follow {
  let stack = false;
  let lines = 0;
  return (line) => {
    if (stackHead.test(line)) {
      stack = true;
      return 'enough';
    }
    if (inFile.test(line)) return 'enough';
    if (causedBy.test(line)) {
      lines = 0;
      stack = false;
      return 'enough';
    }
    if (stack) return line === '' || isStack(line) ? 'enough' : 'no';
    const goesOn = /^(?:\s|$)/.test(line) || candidates.test(line);
    return goesOn && ++lines <= maxMessage ? 'more' : 'no';
  };
}

function followTest(): Follow {
  let lines = 0;
  return (line) => {
    if (++lines > 400) return 'no';
    return /^(?:\s|$)/.test(line) || stackHead.test(line) || causedBy.test(line) ? 'enough' : 'no';
  };
}

function followLog(): Follow {
  let lines = 0;
  return (line) => {
    if (logPlace.test(line)) return 'last';
    return line.startsWith('│') && ++lines <= 400 ? 'more' : 'no';
  };
}

function* parseUncaught(lines: readonly string[]): Iterable<ParsedException> {
  const starts = [0, ...lines.flatMap((line, at) => (causedBy.test(line) ? [at] : []))];
  const [outermost, ...causes] = starts.map((start, at) =>
    readError(lines.slice(start, starts[at + 1] ?? lines.length)),
  );
  if (!outermost || !lines.some((line) => stackHead.test(line) || inFile.test(line))) return;
  const isSummary = testsFailed.test(outermost.message);
  const parsed = exceptionOf('julia', outermost, causes, { severity: 'fatal' });
  yield isSummary ? { ...parsed, silent: true } : parsed;
}

function readError(lines: readonly string[]): Cause {
  const [first = ''] = lines;
  const own = (head.exec(first) ?? causedBy.exec(first))?.[1] ?? '';
  const stack = lines.findIndex((line) => stackHead.test(line) || inFile.test(line));
  const body = lines.slice(1, stack < 0 ? 1 : stack).filter((line) => line.trim() !== '');
  const frames = framesOf(lines.slice(Math.max(stack, 0)));
  const script = lines.map((line) => inFile.exec(line)).find((match) => match !== null);
  if (script && !frames.some(({ inApp }) => inApp)) {
    addFrame(frames, placed(undefined, undefined, script[1] ?? '', script[2]));
  }
  return { ...said([own, ...body]), frames };
}

function said(lines: readonly string[]): Pick<Cause, 'type' | 'message'> {
  const message = messageOf(lines).replace(wrapped, '');
  const match = named.exec(message);
  return { type: match?.[1] ?? 'ErrorException', message: match ? (match[2] ?? '') : message };
}

function framesOf(lines: readonly string[]): Frame[] {
  const frames: Frame[] = [];
  let name: string | undefined;
  for (const line of lines) {
    const call = callLine.exec(line);
    const old = call && callWithPlace.exec(call[1] ?? '');
    if (old) addFrame(frames, placed(old[1], undefined, old[2] ?? '', old[3]));
    else if (call) name = call[1];
    const place = call ? null : placeLine.exec(line);
    if (place) addFrame(frames, placed(name, place[1], place[2] ?? '', place[3]));
  }
  return frames;
}

/** Base's own files have no folder but `./`; packages lie in a depot. */
function placed(
  call: string | undefined,
  module: string | undefined,
  file: string,
  line: string | undefined,
): Frame {
  const foreign =
    /^\.\/|[\\/]\.julia[\\/]|[\\/]julia[\\/](?:stdlib|base)[\\/]|^REPL\[/.test(file) ||
    /^(?:Base|Core)(?:\.|$)/.test(module ?? '');
  const name = /^[^({\s]{1,200}/.exec(call ?? '')?.[0];
  const inScope = call?.startsWith('top-level scope') ? undefined : name;
  return frameOf(file, !foreign, { function: inScope, line: Number(line) });
}

function* parseTest(lines: readonly string[]): Iterable<ParsedException> {
  const match = testHead.exec(lines[0] ?? '');
  if (!match) return;
  const body = lines.slice(1).map((line) => line.trim());
  const thrown = body.findIndex((line) => /^Got exception outside of a @test$/.test(line));
  const expression = body.find((line) => line.startsWith('Expression: '))?.slice(12) ?? '';
  const frame = placed(undefined, undefined, match[3] ?? '', match[4]);
  const { type, message } =
    thrown < 0 ? { type: 'TestFailure', message: expression } : said([body[thrown + 1] ?? '']);
  yield exceptionOf('julia', { type, message, frames: [frame] }, [], { kind: 'test' });
}

function* parseLog(lines: readonly string[]): Iterable<ParsedException> {
  const place = logPlace.exec(lines.at(-1) ?? '');
  const message = logHead.exec(lines[0] ?? '')?.[1];
  if (!place || message === undefined) return;
  const frame = placed(undefined, place[1], place[2] ?? '', place[3]);
  const body = lines.slice(1, -1).map((line) => line.slice(1));
  const at = body.findIndex((line) => /^\s{1,8}exception =/.test(line));
  const stack = body.findIndex((line) => stackHead.test(line));
  if (at >= 0 && stack > at) {
    const text = [
      body[at]?.replace(/^\s{1,8}exception =\s?/, '') ?? '',
      ...body.slice(at + 1, stack),
    ];
    const told = said([messageOf(text)]);
    yield exceptionOf('julia', { ...told, frames: framesOf(body.slice(stack)) }, []);
    return;
  }
  yield exceptionOf('julia', { type: loggedError, message, frames: [frame] }, [], {
    kind: 'log',
  });
}
