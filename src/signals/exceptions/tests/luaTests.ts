import type { Grammar, ParsedException } from '../grammar.ts';
import { maxMessageLines, messageOf } from '../parts.ts';
import { framesBelow, luaPlace, topFrame } from '../languages/lua.ts';
import { failure } from './testFailure.ts';

/** Busted: `Failure -> spec/cart_spec.lua @ 4`, the test, the message behind its place; in TAP behind the test. */
const head = /^(Failure|Error) -> \S.{0,500} @ \d{1,9}$/;
const otherHead = /^(?:Pending|Failure|Error) -> /;
const tapHead = /^not ok \d{1,9}\b/;
const tapPlace = /^# \S.{0,500}\.(?:lua|moon) @ \d{1,9}$/;
const tapMessage = /^(?:Failure|Error) message: (.*)$/;
const maxLines = 200;

export const luaTests: Grammar = {
  language: 'lua',
  standsAlone: true,
  hints: ['Failure -> ', 'Error -> ', '.lua @ ', '.moon @ '],
  begin(line) {
    if (tapPlace.test(line)) return (next) => (next.startsWith('#') ? 'enough' : 'no');
    if (!head.test(line)) return undefined;
    let lines = 0;
    let blanks = 0;
    return (next) => {
      if (next.trim() === '') blanks++;
      const ended = otherHead.test(next) || tapHead.test(next) || blanks > 1;
      if (ended || ++lines > maxLines) return 'no';
      return lines > 1 ? 'enough' : 'more';
    };
  },
  *parse(lines) {
    const [first = ''] = lines;
    const body = tapPlace.test(first)
      ? lines.slice(1).map((line) => line.replace(/^# ?/, ''))
      : lines.slice(2);
    const parsed = parseFailure(body);
    if (parsed) yield parsed;
  },
};

function parseFailure([first = '', ...rest]: readonly string[]): ParsedException | undefined {
  const place = luaPlace(tapMessage.exec(first)?.[1] ?? first);
  if (!place) return undefined;
  const frames = framesBelow(rest);
  const stack = rest.findIndex((line) => line.trim() === 'stack traceback:');
  const text = [place.message, ...(stack < 0 ? rest : rest.slice(0, stack))];
  const top = topFrame(place, frames);
  const message = messageOf(text.slice(0, maxMessageLines));
  return failure('lua', 'AssertionError', message, [
    top,
    ...frames.filter((frame) => frame !== top),
  ]);
}
