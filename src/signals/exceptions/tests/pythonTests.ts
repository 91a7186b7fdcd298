import type { Cause, Frame } from '../../../core/signal.ts';
import { type Follow, type Grammar, maxFrames, type ParsedException } from '../grammar.ts';
import { python } from '../languages/python.ts';
import { isInApp } from '../languages/pythonFrame.ts';
import { frameOf } from '../parts.ts';
import { failedExpectation, failure, silentFailure } from './testFailure.ts';

/** With `--full-trace`, or of a recursion, one failure takes most of what a block may hold. */
const maxLines = 3_900;

// pytest: `____ test_x ____` (pytest-sugar: `―――― test_x ――――`), then the source or the frames, `E   ` lines with the error, and the place.
const pytestHead = /^(?:_{1,200} (?!_ )\S.{0,1000} _{1,200}|―{3,200} \S.{0,1000} ―{3,200})$/;
/** What plug-ins put their sections under: coverage, a report that was written. */
const pluginRule = /^-{3,200} ?\S.{0,1000} -{3,200}$/;
const pytestRule = /^(?:={3,200}|!{3,200}) .{1,1000} (?:={3,200}|!{3,200})$/;
const failures = /^={3,200} (?:FAILURES|ERRORS) ={3,200}$/;
const summaryHead = /^={3,200} short test summary info ={3,200}$/;
const summaryEnd = /^(?:={2,200} )?(?:\d{1,9} \w{1,20}(?:, )?){1,12} in \d{1,9}\.\d{1,3}s\b/;
const summaryLine = /^(?:FAILED|ERROR) (\S{0,1000}\.py)(?:::(\S.{0,1000}?))?(?: - (.*))?$/;
/** The end of the progress, a letter or a word for each test; with `--tb=no` the summary is all that follows. */
const progressEnd =
  /^(?:(?:\S.{0,1000}?\.\w{1,6} )?[.FEsxXRu,-]{1,400}|(?:[^\s:]{1,500}::.{1,1000}? )?(?:PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS|RERUN|SUB\w{4,8})(?: \(.{0,300}\))?) {1,200}\[100%\]$/;
/** With `-rP` pytest shows what tests that passed have logged. */
const passes = /^={3,200} PASSES ={3,200}$/;
const captured = /^-{3,200} ?(?:Captured .{1,100}|generated xml file.{0,1000}) -{3,200}$/;
const errorLine = /^E(?: {1,3}(.*)|)$/;
const typed = /^((?:[A-Za-z_]\w{0,80}\.){0,8}[A-Z]\w{0,100})(?:: (.*)|:?)$/;
/** `shop/cart.py:7: in price_of`, with the source below. */
const shortPlace = /^(\S.{0,1000}?):(\d{1,9}): in (.{1,300})$/;
/** `shop/cart.py:7: KeyError` below the error, `tests/test_a.py:17: ` between the frames. */
const longPlace =
  /^((?:[A-Za-z]:)?[^\s:<][^:]{0,1000}\.\w{1,6}):(\d{1,9}):? ?([A-Z][\w.]{0,200})?$/;
const linePlace = /^((?:[A-Za-z]:)?[^\s:][^:]{0,1000}\.py):(\d{1,9}): (.{1,2000})$/;
/** Said without an error: of a test that was expected to fail, of fixtures that can't be, of a worker that died. */
const verdict = /^(?:\[XPASS\(strict\)\]|ScopeMismatch: |worker '\w{1,40}' crashed while running )/;
const chained =
  /^(?:E\s{1,8})?(?:The above exception was the direct cause of|During handling of the above exception, another exception)/;
const traceback = /^(?:\s{1,4}\+ Exception Group )?Traceback \(most recent call last\):$/;

// unittest: a rule, `FAIL: test_x (mod.Class)`, a rule, the traceback.
const doubleRule = /^={70}$/;
const rule = /^-{70}$/;
const unittestTitle = /^(?:ERROR|FAIL|UNEXPECTED SUCCESS): \S/;

export const pythonTests: Grammar = {
  language: 'python',
  standsAlone: true,
  hints: [
    '_____',
    '―――――',
    '= FAILURES =',
    '= ERRORS =',
    'short test summary',
    ' [100%]',
    '= PASSES =',
    '======================================================================',
  ],
  saysEnough: (line) => summaryLine.test(line),
  begin(line) {
    const first = line.charCodeAt(0);
    if (first === 95 || first === 0x2015) return pytestHead.test(line) ? followPytest() : undefined;
    if (first === 61) {
      if (doubleRule.test(line)) return followUnittest();
      if (summaryHead.test(line)) return followSummary();
      if (passes.test(line)) return followPasses();
      return failures.test(line) ? followPytest() : undefined;
    }
    if (line.endsWith(' [100%]') && progressEnd.test(line)) return followProgress();
    return summaryLine.test(line) ? () => 'no' : undefined;
  },
  *parse(lines) {
    const [first = ''] = lines;
    if (summaryHead.test(first) || summaryLine.test(first) || passes.test(first))
      yield silentFailure('python');
    else if (progressEnd.test(first)) yield* parseSummary(lines);
    else if (failures.test(first)) yield* parseLines(lines.slice(1));
    else if (doubleRule.test(first)) yield* some(parseUnittest(lines));
    else yield* some(parsePytest(lines.slice(1)));
  },
};

function some(parsed: ParsedException | undefined): ParsedException[] {
  return parsed ? [parsed] : [];
}

function followPytest(): Follow {
  let lines = 0;
  return (line) =>
    pytestHead.test(line) || pytestRule.test(line) || ++lines > maxLines ? 'no' : 'enough';
}

function followSummary(): Follow {
  let lines = 0;
  return (line) =>
    summaryEnd.test(line) ? 'last' : ++lines > maxLines || pytestHead.test(line) ? 'no' : 'enough';
}

function followPasses(): Follow {
  let lines = 0;
  return (line) => (pytestRule.test(line) || ++lines > maxLines ? 'no' : 'enough');
}

/** To the end of the summary, over sections that tell of no failure: warnings, coverage, durations. */
function followProgress(): Follow {
  let lines = 0;
  let inSection = false;
  let inSummary = false;
  return (line, leveled) => {
    if (summaryEnd.test(line)) return inSummary ? 'last' : 'no';
    if (failures.test(line) || passes.test(line) || ++lines > maxLines) return 'no';
    inSummary ||= summaryHead.test(line);
    if (inSummary) return 'enough';
    inSection ||= pytestRule.test(line) || pluginRule.test(line);
    return !leveled && (inSection || line === '') ? 'more' : 'no';
  };
}

function* parseSummary(lines: readonly string[]): Iterable<ParsedException> {
  const start = lines.findIndex((line) => summaryHead.test(line));
  if (start < 0) return;
  yield silentFailure('python');
  for (const line of lines.slice(start)) {
    const match = summaryLine.exec(line);
    if (!match) continue;
    const [, file = '', test, said = ''] = match;
    // One test, whatever it was called with.
    const name = test?.split('::').at(-1)?.replace(/\[.*$/s, '');
    const frame = frameOf(file, isInApp(file), { function: name });
    yield failure('python', ...headOf(said), [frame]);
  }
}

/** The type that stands before a message, and the rest. */
function headOf(said: string): [type: string, message: string] {
  const named = typed.exec(said);
  return named ? [named[1] ?? '', named[2] ?? ''] : [failedExpectation, said];
}

function followUnittest(): Follow {
  let state: 'title' | 'rule' | 'body' = 'title';
  let lines = 0;
  return (line) => {
    if (++lines > maxLines || doubleRule.test(line)) return 'no';
    if (state === 'title') {
      state = 'rule';
      return unittestTitle.test(line) ? 'more' : 'no';
    }
    if (state === 'body') return rule.test(line) ? 'no' : 'enough';
    if (rule.test(line)) state = 'body';
    return lines > 30 ? 'no' : 'more';
  };
}

function parseUnittest(lines: readonly string[]): ParsedException | undefined {
  const start = lines.findIndex((line) => traceback.test(line));
  if (start >= 0) return asTest(lines.slice(start));
  // A test that could not be found has no traceback.
  const said = lines[lines.findIndex((line) => rule.test(line)) + 1] ?? '';
  return typed.test(said) ? failure('python', ...headOf(said), []) : undefined;
}

export function asTest(lines: readonly string[]): ParsedException | undefined {
  const [parsed] = [...python.parse(lines)];
  return parsed && { ...parsed, kind: 'test' };
}

/** `--tb=line`: one line for each. */
function* parseLines(lines: readonly string[]): Iterable<ParsedException> {
  for (const line of lines) {
    const match = linePlace.exec(line);
    if (!match) continue;
    const frame = frameAt(match[1] ?? '', match[2]);
    yield failure('python', ...headOf(match[3] ?? ''), [frame]);
  }
}

export function frameAt(
  file: string,
  line: string | undefined,
  name?: string,
  source?: string,
): Frame {
  return {
    file,
    line: Number(line),
    ...(name === undefined ? {} : { function: name }),
    ...(source === undefined || source === '' ? {} : { source: source.trim().slice(0, 300) }),
    inApp: isInApp(file),
  };
}

/** The failure of one test, as pytest prints it by whatever `--tb`; also what its XML holds. */
export function parsePytest(lines: readonly string[]): ParsedException | undefined {
  const end = lines.findIndex((line) => captured.test(line));
  const body = end < 0 ? lines : lines.slice(0, end);
  const native = body.findIndex((line) => traceback.test(line));
  if (native >= 0) return asTest(body.slice(native));
  const links: Cause[] = [];
  let part: string[] = [];
  for (const line of [...body, undefined]) {
    if (line !== undefined && !chained.test(line)) {
      part.push(line);
      continue;
    }
    const link = readLink(part);
    if (link) links.push(link);
    part = [];
  }
  // As in a traceback, the last one printed is the outermost.
  const outermost = links.pop();
  return (
    outermost &&
    failure('python', outermost.type, outermost.message, outermost.frames, links.reverse())
  );
}

function readLink(lines: readonly string[]): Cause | undefined {
  const said = lines.flatMap((line) => errorLine.exec(line)?.[1] ?? []);
  const { frames, type } = readFrames(lines);
  // A file that can't be compiled: pytest quotes Python's own words.
  const quoted = said.findIndex((line) => /^\s*File "/.test(line));
  if (quoted >= 0) {
    const [parsed] = [
      ...python.parse(
        said.slice(quoted).map((line) => line.replace(/^ {2}(?= {2}File "|File ")/, '')),
      ),
    ];
    if (parsed) return { ...parsed, frames: [...parsed.frames, ...frames] };
  }
  if (said.length === 0 && type === undefined) {
    const words = lines.find((line) => verdict.test(line))?.trim();
    return words === undefined ? undefined : { type: failedExpectation, message: words, frames };
  }
  const first = said[0]?.trim() ?? '';
  const named = typed.exec(first);
  const message = [named ? (named[2] ?? '') : first, ...said.slice(1, 25)].join('\n');
  return { type: named?.[1] ?? type ?? failedExpectation, message: message.trim(), frames };
}

/** Frames innermost first, and the type that stands behind the last place. */
function readFrames(lines: readonly string[]) {
  const frames: Frame[] = [];
  let type: string | undefined;
  let source: string | undefined;
  let name: string | undefined;
  for (const [at, line] of lines.entries()) {
    const short = shortPlace.exec(line);
    const long = short ? null : longPlace.exec(line);
    if (short) frames.push(frameAt(short[1] ?? '', short[2], short[3], lines[at + 1]));
    else if (long) {
      frames.push(frameAt(long[1] ?? '', long[2], name, source));
      type = long[3];
      [source, name] = [undefined, undefined];
    } else if (line.startsWith('>')) source = line.slice(1);
    else name = /^\s{4,40}(?:async )?def (\w{1,200})\(/.exec(line)?.[1] ?? name;
  }
  return { frames: frames.slice(-maxFrames).reverse(), type };
}
