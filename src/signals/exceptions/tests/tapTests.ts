import type { Frame } from '../../../core/signal.ts';
import type { Grammar, ParsedException } from '../grammar.ts';
import { javascript } from '../languages/javascript.ts';
import { languageOf } from '../languages/javascriptFrame.ts';
import {
  dedented,
  failedExpectation,
  failure,
  javascriptFailure,
  silentFailure,
} from './testFailure.ts';

const maxLines = 400;

// TAP: `not ok 2 - name`, then a YAML block, or with mocha the error.
const notOk = /^(\s{0,60})not ok \d{1,9}\b(?!.{0,1000}# (?:TODO|SKIP|todo|skip)\b)/;
/** The lines of other tests: of a suite, they stand deeper than its own. */
const otherTest = /^\s{0,60}(?:(?:not )?ok \d|\d{1,6}\.\.\d|# Subtest: )/;
/** Vitest does not indent the further lines of a text. */
const textOpens = /^\s{1,60}\w{1,40}: "(?:[^"\\]|\\.){0,8000}$/;
const textEnds = /(?:^|[^\\])"$/;

export const tapTests: Grammar = {
  language: 'javascript',
  standsAlone: true,
  hints: ['not ok '],
  saysEnough: (line) => notOk.test(line),
  begin(line) {
    if (!line.includes('not ok ') || !notOk.test(line)) return undefined;
    const own = line.length - line.trimStart().length;
    let lines = 0;
    let inText = false;
    return (next) => {
      if (++lines > maxLines) return 'no';
      if (otherTest.test(next)) return 'no';
      if (inText) {
        inText = !textEnds.test(next);
        return 'enough';
      }
      inText = textOpens.test(next);
      if (next.trim() === '...') return 'last';
      const indent = next.length - next.trimStart().length;
      return next.trim() === '' || indent > own ? 'enough' : 'no';
    };
  },
  *parse(lines) {
    const body = dedented(lines.slice(1));
    yield body[0]?.trim() === '---'
      ? yamlFailure(body, titleOf(lines[0] ?? ''))
      : (plainTap(body) ?? silentFailure('javascript'));
  },
};

/** Without its number, and what follows behind it. */
function titleOf(line: string): string {
  return line.replace(/^\s{0,60}not ok \d{1,9} {0,2}(?:- )?/, '').replace(/ # time=.{1,20}$/, '');
}

/** mocha prints the message, then the error with it once more. */
function plainTap(body: readonly string[]): ParsedException | undefined {
  const head = body.findIndex((line) =>
    /^[A-Z][\w.]{0,80}(?:Error|Exception)?(?: \[\w{1,80}\])?: /.test(line),
  );
  return javascriptFailure(head > 0 ? body.slice(head) : body);
}

function yamlFailure(body: readonly string[], title: string): ParsedException {
  // Node 22 writes what was thrown, with its stack, above the failed assertion's own stack.
  const own = body.slice(
    Math.max(
      body.findLastIndex((line) => line.startsWith('stack: ')),
      0,
    ),
  );
  const value = (key: string): string => yamlValue(key === 'stack' ? own : body, key);
  if (
    /subtestsFailed|cancelledByParent/.test(value('failureType')) ||
    /^\d{1,6} subtests? failed$/.test(value('error')) ||
    isSuiteOfTap(value)
  )
    return silentFailure('javascript');
  const frames = framesOf(value);
  const coded = /ERR_ASSERTION/.test(value('code')) || value('operator') !== '';
  const type = value('name') || errorType(value('type')) || (coded ? failedExpectation : 'Error');
  return failure(languageOf(frames), type, value('error') || value('message') || title, frames);
}

/** tap repeats a suite that failed by its tests with where it begins, a file with how it was run. */
function isSuiteOfTap(value: (key: string) => string): boolean {
  const says = ['error', 'message', 'stack', 'found', 'diff'].some((key) => value(key) !== '');
  return !says && (value('source') !== '' || value('exitCode') !== '');
}

/** tap gives the class of what was thrown, or of what runs the test. */
function errorType(type: string): string {
  return /(?:Error|Exception)$/.test(type) ? type : '';
}

/** The stack's own frames; else where it says it failed: `a.js:6:5`, `name (a.js:6:5)`, or a file and a line. */
function framesOf(value: (key: string) => string): readonly Frame[] {
  const stack = value('stack')
    .split('\n')
    .filter((line) => /:\d{1,9}:\d{1,9}\)?$/.test(line));
  const lines = stack.map((line) => `    at ${line.trim().replace(/^at /, '')}`);
  const [parsed] = lines.length === 0 ? [] : [...javascript.parse(['Error: of a test', ...lines])];
  if (parsed?.frames.some((frame) => frame.inApp)) return parsed.frames;
  const place = /(?:^|\()([^()]{1,1000}):(\d{1,9}):\d{1,9}\)?$/.exec(
    value('location') || value('at'),
  );
  const file = place?.[1] ?? value('file');
  const line = place?.[2] ?? value('line');
  return file === '' || line === '' ? [] : [{ file, line: Number(line), inApp: true }];
}

/** The few kinds of YAML that TAP producers write: plain, quoted, and blocks. */
function yamlValue(body: readonly string[], key: string): string {
  const at = body.findIndex(
    (line) => line.trimStart().startsWith(`${key}: `) || line.trim() === `${key}:`,
  );
  const line = body[at];
  if (line === undefined) return '';
  const indent = line.length - line.trimStart().length;
  const said = line
    .trim()
    .slice(key.length + 1)
    .trim();
  if (!/^[|>][-+]?\d?$/.test(said))
    return said
      .replace(/^(['"])(.{0,8000})\1$/, '$2')
      .replace(/^"(?=(?:[^"\\]|\\.){1,8000}$)/, '') // Vitest does not indent a text's further lines: they lie outside
      .replace(/\\(["\\])/g, '$1');
  const end = body.findIndex(
    (other, index) =>
      index > at && other.trim() !== '' && other.length - other.trimStart().length <= indent,
  );
  return dedented(body.slice(at + 1, end < 0 ? body.length : end))
    .join('\n')
    .trim();
}
