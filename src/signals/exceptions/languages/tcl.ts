import type { Frame } from '../../../core/signal.ts';
import type { Grammar, ParsedException } from '../grammar.ts';
import { addFrame, exceptionOf, frameOf, messageOf } from '../parts.ts';

/** What the interpreter itself says; a program's own words are known by the stack below them alone. */
const known =
  /^(?:can't (?:read|set|unset|find package|use) |invalid command name "|wrong # args: |couldn't (?:open|read|execute) |expected (?:integer|floating-point number|boolean value|number) but got |divide by zero|key ".{1,300}" not known in dictionary|can not find channel named |bad (?:option|index) |missing (?:close-brace|"|operand)|unmatched open )/;
const mark = /^ {4}(?:while executing|while compiling|invoked from within)$/;
/** What was done to a value stands above the stack. */
const aside = /^ {4}\([a-z][^()]{1,100}\)$/;
const stackLine = /^(?: {4}\S|".{0,4000}$|\s{2,}.{0,4000}$|\("?[\w:-]{1,100}"? |\}"?$)/;
const procedure = /^ {4}\(procedure "([^"]{1,300})" line (\d{1,9})\)$/;
const file = /^ {4}\(file "([^"]{1,1000})" line (\d{1,9})\)$/;
/** The command that failed; `error` has the message as its argument. */
const thrown = /^"error "?(.{1,2000}?)"?"$/;
const maxLines = 200;

export const tcl: Grammar = {
  language: 'tcl',
  hints: [
    '    while executing',
    '    while compiling',
    '    invoked from within',
    '\n    (reading ',
  ],
  takesLineAbove: () => true,
  begin(line) {
    let stack = mark.test(line);
    if (!stack && !known.test(line)) return undefined;
    let lines = 0;
    return (next) => {
      if (mark.test(next)) {
        stack = true;
        return 'enough';
      }
      if (!stack) return aside.test(next) ? 'more' : 'no';
      return stackLine.test(next) && ++lines <= maxLines ? 'enough' : 'no';
    };
  },
  *parse(lines) {
    const parsed = parseStack(lines);
    if (parsed) yield parsed;
  },
};

function parseStack(lines: readonly string[]): ParsedException | undefined {
  const at = lines.findIndex((line) => mark.test(line));
  const above = lines.slice(0, Math.max(at, 0)).filter((line) => !aside.test(line));
  const said = above.at(-1) ?? thrown.exec(lines[at + 1] ?? '')?.[1];
  if (said === undefined) return undefined;
  const places = lines.map((line) => file.exec(line)).filter((match) => match !== null);
  const name = lines.map((line) => procedure.exec(line)?.[1]).find((match) => match !== undefined);
  const frames: Frame[] = [];
  // A procedure's line counts from its own beginning; the file's is where it was called.
  for (const [index, [, path = '', line]] of places.entries()) {
    addFrame(
      frames,
      frameOf(path, true, { function: index === 0 ? name : undefined, line: Number(line) }),
    );
  }
  return exceptionOf('tcl', { type: 'TclError', message: messageOf([said]), frames }, []);
}
