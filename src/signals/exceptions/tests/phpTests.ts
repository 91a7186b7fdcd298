import type { Cause, Frame } from '../../../core/signal.ts';
import type { Follow, Grammar, ParsedException } from '../grammar.ts';
import { addFrame, exceptionOf, frameOf, messageOf } from '../parts.ts';
import { isInApp, typeName } from '../languages/php.ts';
import { silentFailure } from './testFailure.ts';

const maxLines = 200;
/** Of one that did not fail: why, and its place. */
const maxOtherLines = 20;
const unitHead = /^\d{1,5}\) [A-Za-z_][\w\\]{0,250}::\w{1,250}(?: with data set .{1,300})?$/;
const unitName = /^[A-Za-z_][\w\\]{0,250}::\w{1,250}(?: with data set .{1,300})?$/;
const unitPlace = /^((?:\/|[A-Za-z]:\\|phar:\/\/).{1,800}?\.\w{1,8}):(\d{1,9})$/;
/** What was expected and never came has no place. */
const unplaced = /^(?:Failed asserting that exception |Expectation failed for method name )/;
/** What is listed below is no failure. */
const unitOthers = /^There (?:was|were) \d{1,6} (?:risky|skipped|incomplete) tests?:$/;
const unitListEnd = /^(?:--|OK\b.{0,200}|[A-Z]{2,20}!|There (?:was|were) \d.{0,60}:)$/;
/** `--testdox`: the test as a sentence, and behind bars what PHPUnit says of it otherwise. */
const testdoxHead = /^ {1,4}[✘✗] \S/;
/** `--testdox` shows each failure where it ran, and all of them again below this. */
const testdoxSummary = 'Summary of non-successful tests:';
const testdoxBar = /^ {1,8}[│┐├┴|](?: (.*)|)$/;
/** Pest and Collision: `FAILED  Tests\CartTest > it adds   LostException`, the message, the place with its source. */
const pestHead = new RegExp(
  String.raw`^ {1,4}FAILED {2}\S.{0,500}?(?: {2,200}(${typeName}))? {0,200}$`,
);
const pestPlace = /^ {2}at (\S.{0,800}?):(\d{1,9})$/;
const pestCaller = /^ {2,6}\d{1,4} {2,4}(\S.{0,800}?):(\d{1,9})$/;
const pestRule = /^ {2}─{20}/;

/** PHPUnit and Pest. */
export const phpTests: Grammar = {
  language: 'php',
  standsAlone: true,
  hints: [
    'Failed asserting',
    '::test',
    ' ✘ ',
    testdoxSummary,
    ' FAILED  ',
    ' risky test',
    ' incomplete test',
  ],
  begin(line) {
    if (line.startsWith(' ')) {
      if (pestHead.test(line)) return followPest();
      return testdoxHead.test(line) ? followTestdox() : undefined;
    }
    if (line === testdoxSummary) return followSummary();
    if (unitOthers.test(line)) return followOthers();
    return line.includes('::') && unitHead.test(line) ? followUnit() : undefined;
  },
  *parse(lines) {
    const [first = ''] = lines;
    const parsed =
      first === testdoxSummary || unitOthers.test(first)
        ? silentFailure('php')
        : pestHead.test(first)
          ? parsePest(lines)
          : parseUnit(testdoxHead.test(first) ? lines.slice(1).map(behindBar) : lines.slice(1));
    if (parsed) yield parsed;
  },
};

/** What PHPUnit writes of a failed test into other programs' formats: with or without the test's name. */
export function phpUnitFailure(lines: readonly string[]): ParsedException | undefined {
  return parseUnit(unitName.test(lines[0] ?? '') ? lines.slice(1) : lines);
}

/** A silent list takes what it holds: no more than is surely its own. */
function followOthers(): Follow {
  let lines = 0;
  return (line, leveled) => {
    if (unitHead.test(line)) lines = 0;
    return leveled || unitListEnd.test(line) || ++lines > maxOtherLines ? 'no' : 'enough';
  };
}

function followSummary(): Follow {
  let lines = 0;
  return (line) => {
    if (++lines > maxLines) return 'no';
    if (unitListEnd.test(line)) return 'last';
    return /^(?:$|[ A-Z])/.test(line) ? 'enough' : 'no';
  };
}

function followTestdox(): Follow {
  let lines = 0;
  return (line) => (testdoxBar.test(line) && ++lines <= maxLines ? 'enough' : 'no');
}

function behindBar(line: string): string {
  return testdoxBar.exec(line)?.[1] ?? '';
}

function followPest(): Follow {
  let lines = 0;
  let placed = false;
  return (line) => {
    if (++lines > maxLines || pestHead.test(line) || pestRule.test(line)) return 'no';
    placed ||= pestPlace.test(line);
    return !/^(?: |$)/.test(line) ? 'no' : placed ? 'enough' : 'more';
  };
}

function parsePest(lines: readonly string[]): ParsedException | undefined {
  const at = lines.findIndex((line) => pestPlace.test(line));
  if (at < 0) return undefined;
  const frames: Frame[] = [];
  for (const line of lines.slice(at)) {
    const place = (frames.length === 0 ? pestPlace : pestCaller).exec(line);
    const file = place?.[1] ?? '';
    if (place) addFrame(frames, frameOf(file, isInApp(file), { line: Number(place[2]) }));
  }
  const source = lines.map((line) => /^ {2}➜ {1,8}\d{1,9}▕ (.{1,300})$/.exec(line)?.[1]);
  const shown = source.find((text) => text !== undefined)?.trim();
  const [top, ...others] = frames;
  const known = top && shown ? [{ ...top, source: shown }, ...others] : frames;
  const said = unitError(lines.slice(1, at).map((line) => line.trim()));
  const type = pestHead.exec(lines[0] ?? '')?.[1] ?? said.type;
  const outermost = { type, message: said.message, frames: known };
  return exceptionOf('php', outermost, [], { kind: 'test' });
}

/** PHPUnit: the test, the exception or what was asserted, and after a blank line the places. */
function followUnit(): Follow {
  let state: 'message' | 'places' = 'message';
  let lines = 0;
  let blank = false;
  let says = false;
  return (line) => {
    if (++lines > maxLines || unitHead.test(line)) return 'no';
    if (unitPlace.test(line)) {
      state = 'places';
      return 'enough';
    }
    if (state === 'message') {
      if (unitListEnd.test(line)) return 'no';
      says ||= unplaced.test(line);
      return says ? 'enough' : 'more';
    }
    if (line.trim() === '') {
      if (blank) return 'no';
      blank = true;
      return 'enough';
    }
    if (!/^Caused by$/.test(line)) return 'no';
    state = 'message';
    blank = false;
    return 'more';
  };
}

/** @param lines without the test's name */
function parseUnit(lines: readonly string[]): ParsedException | undefined {
  const links: Cause[] = [];
  let text: string[] = [];
  let frames: Frame[] = [];
  const end = (): void => {
    const said = text.findIndex((line) => unplaced.test(line));
    if (frames.length > 0 || said >= 0) links.push({ ...unitError(text), frames });
    text = [];
    frames = [];
  };
  for (const line of lines) {
    const place = unitPlace.exec(line);
    if (place)
      addFrame(
        frames,
        frameOf(place[1] ?? '', isInApp(place[1] ?? ''), { line: Number(place[2]) }),
      );
    else if (line === 'Caused by') end();
    else text.push(line);
  }
  end();
  const [outermost, ...causes] = links;
  return outermost && exceptionOf('php', outermost, causes, { kind: 'test' });
}

/** In a name space, or as exceptions are called. */
const thrown = new RegExp(
  String.raw`^(${typeName}(?:Exception|Error)|Exception|Error|(?:[A-Z]\w{0,80}\\){1,10}[A-Z]\w{0,80}) ?: ([^]*)$`,
);

function unitError(text: readonly string[]): { type: string; message: string } {
  const message = messageOf(text);
  const named = thrown.exec(message);
  return named && !/^Failed asserting /m.test(named[2] ?? '')
    ? { type: named[1] ?? '', message: named[2] ?? '' }
    : { type: 'ExpectationFailedException', message };
}
