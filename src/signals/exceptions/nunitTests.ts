import { isFrame } from './dotnetFrame.ts';
import { asFrame, testFailure } from './dotnetTestFailure.ts';
import type { Follow, Grammar } from './grammar.ts';
import { messageOf } from './parts.ts';

/** `1) Failed : Acme.CartTests.Adds`; NUnit 2 writes `1) Test Failure : `. */
const head = /^\d{1,5}\) (?:Test )?(?:Failure|Failed|Error) : \S.{0,500}$/;
const maxLines = 200;

/** NUnit's own console, without a test host. */
export const nunitTests: Grammar = {
  language: 'csharp',
  standsAlone: true,
  hints: [') Failed : ', ') Error : ', ') Test Failure : ', ') Test Error : '],
  begin: (line) => (/^\d/.test(line) && head.test(line) ? follow() : undefined),
  *parse(lines) {
    const frames = lines.findIndex((line) => isFrame(asFrame(line)));
    const end = frames < 0 ? lines.length : frames;
    yield testFailure(messageOf(lines.slice(1, end)), lines.slice(end).map(asFrame));
  },
};

function follow(): Follow {
  let lines = 0;
  let frames = 0;
  return (line) => {
    if (head.test(line) || ++lines > maxLines) return 'no';
    if (isFrame(asFrame(line))) {
      frames++;
      return 'enough';
    }
    // Between the message and the frames stands an empty line, behind the frames what lies inside.
    if (frames > 0) return /^--\w/.test(line) ? 'enough' : 'no';
    return 'more';
  };
}
