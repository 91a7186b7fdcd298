import type { Cause, Frame } from '../../../core/signal.ts';
import type { Follow, Grammar, ParsedException } from '../grammar.ts';
import { addFrame, exceptionOf, frameOf, messageOf } from '../parts.ts';

/** `Error in price_of("sku-1") : text`; rlang quotes the call and goes on below; Shiny warns of it. */
const inCall =
  /^(?:Warning: )?Error in (?:`([^`]{1,300})`:|(?:([\w.:$@]{1,200}\(.{0,2000}?|.{0,400}?) :(?: |$)|([\w.:$@]{1,200}\(.{0,2000}?|.{0,400}?) ?: ?))(.{0,4000})/;
const bare = /^Error:(?: (.{1,4000}))?$/;
const causedBy = /^Caused by error(?: in `([^`]{1,300})`)?:(?: (.{1,4000}))?$/;
/** rlang's bullets: what failed, then details. */
const bullet = /^(?:[!✖ℹ•✔x] )/;
/** What could not be read is quoted on the lines below. */
const quotesBelow = /^Error: unexpected .{1,200} in:?$/;
const halted = /^Execution halted$/;
const callers = /^Calls: /;
const warnings = /^(?:In addition: )?(?:Warning message|There were \d)/;
const warningPlace = /^In .{1,2000} :(?: |$)/;
/** `3: add(1, "a") at cart.R#12`; Shiny: `  101: server [/srv/app/server.R#12]`. */
const traced =
  /^\s{0,6}\d{1,4}: (.{1,1000}?)(?: at (\S{1,500})#(\d{1,9})| \[([^\]#]{1,500})#(\d{1,9})\])?$/;
const backtrace = /^(?:Backtrace:|\s{1,8}▆|\s{0,6}\d{1,4}\. )/;
/** What `parse` and `source` say: `cart.R:3:5: unexpected symbol`. */
const syntaxPlace = /(?:^|\s)(\S{1,500}\.[rR]):(\d{1,9}):\d{1,9}: unexpected /;
/** testthat: `── Failure ('test-cart.R:5:3'): total works ────`. */
const failedTest =
  /^(?:─{2,4} (?:\d{1,6}\. )?)?(Failure|Error) \((?:'|)(\S{1,500}?\.[rR]):(\d{1,9})(?::\d{1,9})?(?:'|)\):? (.{1,400}?)(?: ─{1,400})?$/;
/** Said once more in the end. */
const testsFailed = /^Test failures/;
const maxLines = 120;

export const r: Grammar = {
  language: 'r',
  hints: ['Execution halted', 'Error in ', 'Failure (', 'Error ('],
  begin(line) {
    if (failedTest.test(line)) return followTest();
    if (line.startsWith('─') || !line.includes('Error')) return undefined;
    const call = inCall.exec(line);
    if (!call && !bare.test(line)) return undefined;
    let lines = 0;
    let says = isCall(line);
    let quotes = quotesBelow.test(line);
    return (next) => {
      if (++lines > maxLines) return 'no';
      if (halted.test(next)) return 'last';
      if (quotes) {
        quotes = lines < 8 && !next.endsWith('"');
        return 'more';
      }
      if (!isPart(next)) return 'no';
      says ||= callers.test(next) || traced.test(next) || bullet.test(next);
      return says ? 'enough' : 'more';
    };
  },
  saysEnough: (line) => isCall(line) || failedTest.test(line),
  *parse(lines) {
    const parsed = parseTest(lines) ?? parseError(lines);
    if (parsed) yield parsed;
  },
};

function followTest(): Follow {
  let lines = 0;
  return (line) => (line === '' || line.startsWith('─') || ++lines > 30 ? 'no' : 'enough');
}

function parseTest(lines: readonly string[]): ParsedException | undefined {
  const match = failedTest.exec(lines[0] ?? '');
  if (!match) return undefined;
  const [, how, file, line, name = ''] = match;
  const body = lines.slice(1).filter((text) => !traced.test(text) && !backtrace.test(text));
  const message = body.length === 0 ? name : messageOf(body);
  const type = how === 'Error' ? 'RError' : 'TestFailure';
  const frames = [placed(undefined, file, line)];
  return exceptionOf('r', { type, message, frames }, [], { kind: 'test' });
}

/** Prose begins with `Error in`, too; a call has parentheses. */
function isCall(line: string): boolean {
  const call = inCall.exec(line);
  return (
    call?.[1] !== undefined || /^[\w.:$@]{1,200}\(.*\)$/.test((call?.[2] ?? call?.[3] ?? '').trim())
  );
}

function isPart(line: string): boolean {
  return (
    /^\s|^$/.test(line) ||
    callers.test(line) ||
    bullet.test(line) ||
    traced.test(line) ||
    backtrace.test(line) ||
    causedBy.test(line) ||
    warnings.test(line) ||
    warningPlace.test(line)
  );
}

function parseError(lines: readonly string[]): ParsedException | undefined {
  const [first = '', ...rest] = lines;
  const isConfirmed = rest.some(
    (line) => halted.test(line) || callers.test(line) || traced.test(line) || bullet.test(line),
  );
  if (!isCall(first) && !isConfirmed) return undefined;
  const starts = [0, ...lines.flatMap((line, at) => (causedBy.test(line) ? [at] : []))];
  const [outermost, ...causes] = starts.map((start, at) =>
    readPart(lines.slice(start, starts[at + 1] ?? lines.length)),
  );
  if (!outermost) return undefined;
  const parsed = exceptionOf('r', outermost, causes);
  return testsFailed.test(outermost.message) ? { ...parsed, silent: true } : parsed;
}

function readPart(lines: readonly string[]): Cause {
  const [first = '', ...rest] = lines;
  const own = inCall.exec(first)?.[4] ?? bare.exec(first)?.[1] ?? causedBy.exec(first)?.[2] ?? '';
  const more: string[] = [];
  for (const line of rest) {
    if (!/^\s+\S/.test(line) && !bullet.test(line)) break;
    if (backtrace.test(line) || traced.test(line)) break;
    more.push(line.trim().replace(/^! /, ''));
  }
  const message = messageOf([own, ...more]);
  const frames: Frame[] = [];
  const syntax = syntaxPlace.exec(message);
  if (syntax) addFrame(frames, placed(undefined, syntax[1], syntax[2]));
  for (const line of rest) {
    const match = traced.exec(line);
    const file = match?.[2] ?? match?.[4];
    if (match && file) addFrame(frames, placed(match[1], file, match[3] ?? match[5]));
  }
  return { type: syntax ? 'SyntaxError' : 'RError', message, frames };
}

function placed(call: string | undefined, file = '', line?: string): Frame {
  const name = call === undefined ? undefined : /^[\w.:$@]{1,200}/.exec(call)?.[0];
  const inApp = !/[\\/](?:site-library|library|R\/x86_64[^/]{0,60})[\\/]/.test(file);
  return frameOf(file, inApp, { function: name, line: Number(line) });
}
