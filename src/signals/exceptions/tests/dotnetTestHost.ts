import { isFrame, isSeam } from '../languages/dotnetFrame.ts';
import { testFailure } from './dotnetTestFailure.ts';
import type { Follow, Grammar } from '../grammar.ts';
import { maxMessageLines, messageOf } from '../parts.ts';

const took = String.raw`<? ?[\d.,]{1,10} ?(?:ms|s|m|h)(?: [\d.]{1,10} ?(?:ms|s|m)){0,3}`;
/** `  Failed Acme.CartTests.Adds [12 ms]`; `  X Adds [12ms]` before SDK 5. */
const failed = new RegExp(String.raw`^\s{1,4}(?:Failed|X) \S.{0,500}? \[${took}\]$`);
/** The terminal logger, SDK 9's own: the place, then the test with the first line of what it says. */
const placed = /^\s{1,8}\S.{0,1000}\(\d{1,9}(?:,\d{1,9})?\): error TESTERROR:\s{0,4}$/;
const named = new RegExp(
  String.raw`^\s{1,12}\S.{0,500}? \(${took}\): Error Message: ?(.{0,4000})$`,
);
const messageStart = /^\s{1,8}Error Message:$/;
const stackStart = /^\s{1,8}Stack Trace:$/;

/** Failed tests of `dotnet test`. */
export const dotnetTestHost: Grammar = {
  language: 'csharp',
  standsAlone: true,
  hints: ['  Failed ', 'Error Message:', ': error TESTERROR:'],
  begin(line) {
    if (line.charCodeAt(0) !== 32) return undefined;
    return failed.test(line) || placed.test(line) ? follow() : undefined;
  },
  *parse(lines) {
    const stack = lines.findIndex((line) => stackStart.test(line));
    if (stack < 1) return;
    const said = lines.slice(1, stack).filter((line) => !messageStart.test(line));
    const words = said.map((line) => named.exec(line)?.[1] ?? line.replace(/^ {6}(?=\S)/, ''));
    yield testFailure(messageOf(words), lines.slice(stack + 1));
  },
};

function follow(): Follow {
  let lines = 0;
  let inStack = false;
  return (line) => {
    lines++;
    if (lines === 1 && !startsReport(line)) return 'no';
    if (!inStack) {
      inStack = stackStart.test(line);
      return lines > maxMessageLines || failed.test(line) || placed.test(line) ? 'no' : 'more';
    }
    return isFrame(line) || isSeam(line) ? 'enough' : 'no';
  };
}

function startsReport(line: string): boolean {
  return messageStart.test(line) || stackStart.test(line) || named.test(line);
}
