import type { Follow, Grammar, ParsedException } from './grammar.ts';
import { messageOf } from './parts.ts';
import { framesIn, plainFrame, sourceIn, syntaxPlace, typeName } from './ruby.ts';
import { failure } from './testFailure.ts';

const maxLines = 200;
const head = /^(Failure|Error): \S.{0,300}\([A-Z][\w:]{0,200}\):?$/;
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
  let placed = false;
  return (line) => {
    if (rule.test(line) || head.test(line) || ++lines > maxLines) return 'no';
    placed ||= plainFrame.test(line);
    return placed ? 'enough' : 'more';
  };
}

function parse(lines: readonly string[]): ParsedException | undefined {
  const frames = framesIn(lines.slice(1), plainFrame);
  if (frames.length === 0) return undefined;
  const text = lines
    .slice(1)
    .filter((line) => !plainFrame.test(line) && !quoted.test(line))
    .map((line) => line.replace(/^ {2}/, ''));
  const named = head.exec(lines[0] ?? '')?.[1] === 'Error' ? error.exec(text[0] ?? '') : null;
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
