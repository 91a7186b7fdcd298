import { isFrame, languageOf } from '../languages/javascriptFrame.ts';
import { dedented, failedExpectation, failure, javascriptFailure } from './testFailure.ts';
import { type Section, some } from './testSection.ts';

const maxLines = 200;

/** uvu: `   FAIL  "title"`, what was expected, the frames. */
const uvu: Section = {
  head: /^ {3}FAIL {2}(?:\S.{0,200} {1,4})?"[^"]{1,500}"$/,
  follow: untilFrames,
  *parse(lines) {
    yield* some(javascriptFailure(lines.slice(1)));
  },
};

/** bun test: the piece of source, then `error: expect(…)` or what was expected alone, the difference, the frames. */
const bun: Section = {
  head: /^error: (?:expect\(|$)/,
  follow(head) {
    const follow = untilFrames();
    let lines = 0;
    return (line) =>
      head === 'error: ' && ++lines === 2 && !line.startsWith('Expected ') ? 'no' : follow(line);
  },
  *parse([first = '', ...rest]) {
    yield* some(javascriptFailure([first.replace('error: ', ''), ...rest]));
  },
};

function untilFrames() {
  let lines = 0;
  let framed = false;
  return (line: string) => {
    const isOne = isFrame(line);
    if ((framed && !isOne) || ++lines > maxLines) return 'no';
    framed ||= isOne;
    return framed ? 'enough' : 'more';
  };
}

/** AVA: the place, a piece of source, what is wrong; what was thrown has a stack of its own. */
const ava: Section = {
  head: /^ {2}(\S.{0,500}\.[cm]?[jt]sx?):(\d{1,9})$/,
  follow() {
    let lines = 0;
    let placed = false;
    return (line) => {
      if (++lines === 1) return line === '' ? 'more' : 'no';
      if (lines === 2) return avaSource.test(line) ? 'more' : 'no';
      if (placed || lines > maxLines || !/^(?: {2}|$)/.test(line)) return 'no';
      placed = /^ {2}› \S/.test(line);
      return 'enough';
    };
  },
  *parse(lines) {
    const place = this.head.exec(lines[0] ?? '');
    const said = lines.slice(2).find((line) => line.trim() !== '' && !avaSource.test(line));
    if (!place || said === undefined) return;
    const frames = [{ file: place[1] ?? '', line: Number(place[2]), inApp: true }];
    yield failure(languageOf(frames), failedExpectation, said, frames);
  },
};
const avaSource = /^ {2,8}\d{1,9}:(?: |$)/;

/** deno test: the test and its place, then `error: ` and what was thrown, a piece of source, the frames. */
const deno: Section = {
  head: /^\S.{0,500} => \.{0,2}\/?\S{1,500}:\d{1,9}:\d{1,9}$/,
  follow() {
    const follow = untilFrames();
    let lines = 0;
    return (line) => (++lines === 1 && !line.startsWith('error: ') ? 'no' : follow(line));
  },
  *parse([, first = '', ...rest]) {
    yield* some(javascriptFailure([first.replace('error: ', ''), ...rest]));
  },
};

/** Cucumber: the step and its place, what was thrown further right. */
const cucumberStep = /^(\s{2,12})[✖✘] \S.{0,500} # \S{1,500}:\d{1,9}$/;
const cucumber: Section = {
  head: cucumberStep,
  follow(head) {
    const indent = cucumberStep.exec(head)?.[1]?.length ?? 0;
    const follow = untilFrames();
    return (line) => (line.slice(0, indent + 1).trim() === '' ? follow(line) : 'no');
  },
  *parse(lines) {
    yield* some(javascriptFailure(dedented(lines.slice(1))));
  },
};

/** Runners of JavaScript's tests that say little. */
export const smallSections: readonly Section[] = [uvu, bun, ava, deno, cucumber];
