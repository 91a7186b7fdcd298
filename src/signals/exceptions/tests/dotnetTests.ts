import { isFrame } from '../languages/dotnetFrame.ts';
import { asFrame, testFailure } from './dotnetTestFailure.ts';
import type { Follow, Grammar } from '../grammar.ts';
import { messageOf } from '../parts.ts';

/** NUnit's `1) Failed : Acme.CartTests.Adds`, before `1) Test Failure : `; the testing platform's `failed Adds (62ms)`. */
const head =
  /^(?:\d{1,5}\) (?:Test )?(?:Failure|Failed|Error) : \S.{0,500}|failed \S.{0,500} \((?:\d{1,4}[hms] ){0,3}\d{1,4}ms\))$/;
const maxLines = 200;

/** Consoles of .NET's tests without a test host: NUnit's, and that of Microsoft's testing platform. */
export const dotnetTests: Grammar = {
  language: 'csharp',
  standsAlone: true,
  hints: [') Failed : ', ') Error : ', ') Test Failure : ', ') Test Error : ', '\nfailed '],
  begin: (line) =>
    /^[\df]/.test(line) && head.test(line) ? follow(line.startsWith('failed ')) : undefined,
  *parse(lines) {
    const frames = lines.findIndex((line) => isFrame(asFrame(line)));
    const end = frames < 0 ? lines.length : frames;
    const words = lines.slice(1, end).map((line) => line.replace(/^ {2}(?=\S)/, ''));
    if (frames < 0 && messageOf(words) === '') return;
    yield testFailure(messageOf(words), lines.slice(end).map(asFrame));
  },
};

/** @param isPlatform the testing platform indents what belongs to a test */
function follow(isPlatform: boolean): Follow {
  let lines = 0;
  let frames = 0;
  return (line) => {
    if (head.test(line) || ++lines > maxLines) return 'no';
    if (isPlatform && lines === 1 && !/^\s{2,}\S/.test(line)) return 'no';
    if (isFrame(asFrame(line))) {
      frames++;
      return 'enough';
    }
    // Between the message and the frames stands an empty line, behind the frames what lies inside.
    if (frames > 0) return /^--\w/.test(line) ? 'enough' : 'no';
    return 'more';
  };
}
