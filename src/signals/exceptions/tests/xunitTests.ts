import { testFailure } from './dotnetTestFailure.ts';
import type { Follow, Grammar } from '../grammar.ts';
import { indentOf, messageOf } from '../parts.ts';

const maxLines = 200;
const head = /^ {4}\S.{0,500} \[FAIL\]$/;
const stackHead = /^ {6,8}Stack Trace:$/;
/** Where xUnit knows the place it puts it first. */
const placed = /^ {6,12}(\S.{0,600})\((\d{1,9}),\d{1,6}\): at (\S.{0,1000})$/;

/** xUnit's own console: `Acme.CartTests.Adds [FAIL]`, and all of it further right. */
export const xunitTests: Grammar = {
  language: 'csharp',
  standsAlone: true,
  hints: [' [FAIL]'],
  begin: (line) => (line.endsWith(' [FAIL]') && head.test(line) ? follow() : undefined),
  *parse(lines) {
    const stack = lines.findIndex((line) => stackHead.test(line));
    if (stack < 0) return;
    const message = messageOf(lines.slice(1, stack).map((line) => line.replace(/^ {6}/, '')));
    yield testFailure(message, lines.slice(stack + 1).map(asFrame));
  },
};

function follow(): Follow {
  let lines = 0;
  let stack = false;
  return (line) => {
    if (++lines > maxLines || (line !== '' && indentOf(line) < 6)) return 'no';
    stack ||= stackHead.test(line);
    return stack ? 'enough' : 'more';
  };
}

function asFrame(line: string): string {
  return line.replace(placed, '   at $3 in $1:line $2');
}
