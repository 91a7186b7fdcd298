import type { Cause } from '../../../core/signal.ts';
import { isFrame, languageOf, readFrame } from '../languages/dotnetFrame.ts';
import { maxFrames, type ParsedException } from '../grammar.ts';
import { exceptionOf, messageOf } from '../parts.ts';

/** MSTest puts a sentence before what was thrown, NUnit the step that failed. */
const thrown =
  /^(?:Test method \S{1,500} threw exception: \n|(?:OneTime)?(?:SetUp|TearDown) ?: )?([\w.+]{1,200}(?:Exception|Error)) ?: ([^]*)$/;
/** Inner exceptions, further right with each step: `----> System.IO.IOException : gone`. */
const inner = /^\s{0,8}-{4,40}>? ?([\w.+`]{1,200}) : (.*)$/;

/** What runners of .NET tests print of a failure: what it says, then the frames. */
export function testFailure(message: string, stack: readonly string[]): ParsedException {
  const lines = message.split('\n');
  const at = lines.findIndex((line) => inner.test(line));
  const own = messageOf(at < 0 ? lines : lines.slice(0, at));
  const named = thrown.exec(own);
  const frames = stack.filter(isFrame).map(readFrame);
  const outermost = {
    type: named?.[1] ?? 'AssertionFailure',
    message: named?.[2] ?? own,
    frames: frames.slice(0, maxFrames),
  };
  const causes = at < 0 ? [] : lines.slice(at).flatMap(causeOf);
  return exceptionOf(languageOf(frames), outermost, causes, { kind: 'test' });
}

function causeOf(line: string): Cause[] {
  const match = inner.exec(line);
  return match ? [{ type: match[1] ?? '', message: match[2] ?? '', frames: [] }] : [];
}

const messageTag = /<[Mm]essage>([^]*?)<\/[Mm]essage>/;
const stackTag = /<(?:stack-trace|StackTrace)>([^]*?)<\/(?:stack-trace|StackTrace)>/;

/** The inside of a failure in the reports of NUnit, xUnit and Visual Studio (trx). */
export function reportedFailure(
  body: string,
  textOf: (content: string) => string,
): ParsedException | undefined {
  const message = messageTag.exec(body);
  if (!message) return undefined;
  const stack = textOf(stackTag.exec(body)?.[1] ?? '');
  return testFailure(messageOf([textOf(message[1] ?? '')]), stack.split('\n', 1_000).map(asFrame));
}

/** NUnit 2 does not indent them. */
export function asFrame(line: string): string {
  return line.replace(/\r$/, '').replace(/^\s{0,24}(?=\S)/, '   ');
}
