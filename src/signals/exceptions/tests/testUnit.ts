import type { Follow, Grammar, ParsedException } from '../grammar.ts';
import { messageOf } from '../parts.ts';
import {
  framesIn,
  isPlace,
  plainFrame,
  sourceIn,
  syntaxPlace,
  typeName,
} from '../languages/ruby.ts';
import { failure } from './testFailure.ts';

const maxLines = 200;
/** More is not said before the place, unless indented. */
const maxUnplaced = 10;
/** The test, a label of its data or a title behind it, and its class; newer ones go on with the error. */
const head =
  /^(Failure|Error): test(?:: .{1,300}|[^\s([]{0,200}(?:\[.{1,200}\])?)\([A-Z][\w:]{0,200}\)(?::(?: (.{1,4000}))?)?$/;
const rule = /^={60,200}$/;
/** The source around the place, its line marked. */
const quoted = /^ {1,6}(=> {0,4})?\d{1,9}: ?(.{0,300})$/;
const error = new RegExp(String.raw`^(${typeName})(?:: (.*)|)$`);

/** Ruby's test-unit: `Failure: test_x(CartTest)`, the message above or below the place, to the next rule. */
export const testUnit: Grammar = {
  language: 'ruby',
  standsAlone: true,
  hints: ['Failure: ', 'Error: test'],
  begin: (line) => (line.includes('(') && head.test(line) ? follow() : undefined),
  *parse(lines) {
    const parsed = parse(lines);
    if (parsed) yield parsed;
  },
};

function follow(): Follow {
  let lines = 0;
  let unplaced = 0;
  let placed = false;
  return (line, leveled) => {
    if (leveled || rule.test(line) || head.test(line) || ++lines > maxLines) return 'no';
    placed ||= isPlace(line);
    if (!placed && /^\S/.test(line) && ++unplaced > maxUnplaced) return 'no';
    return placed ? 'enough' : 'more';
  };
}

function parse(lines: readonly string[]): ParsedException | undefined {
  const frames = framesIn(lines.slice(1).filter(isPlace), plainFrame);
  if (frames.length === 0) return undefined;
  const [, kind, behind] = head.exec(lines[0] ?? '') ?? [];
  const text = [...(behind === undefined ? [] : [behind]), ...lines.slice(1)]
    .filter((line) => !isPlace(line) && !quoted.test(line))
    .map((line) => line.replace(/^ {2}/, ''));
  const named = kind === 'Error' ? error.exec(text[0] ?? '') : null;
  if (named) {
    const said = [named[2] ?? '', ...text.slice(1)];
    const thrown = syntaxPlace(named[1] ?? '', messageOf(said), frames, sourceIn(said));
    return failure('ruby', thrown.type, thrown.message, thrown.frames);
  }
  const source = lines.map((line) => quoted.exec(line)).find((match) => match?.[1] !== undefined);
  const [top, ...others] = frames;
  const known = top && source?.[2] ? [{ ...top, source: source[2].trim() }, ...others] : frames;
  return failure('ruby', 'AssertionFailedError', messageOf(text), known);
}
