import type { Follow, Grammar, ParsedException } from '../grammar.ts';
import { exceptionOf, frameOf, indentOf, messageOf } from '../parts.ts';
import {
  framesIn,
  isInApp,
  place,
  plainFrame,
  some,
  sourceIn,
  syntaxPlace,
  typeName,
} from '../languages/ruby.ts';
import { silentFailure } from './testFailure.ts';

const minitest = /^\s{0,4}(?:\d{1,5}\) )?(Error|Failure):$/;
/** A class may be named by a sentence: `describe 'lids that fit'`. */
const minitestName = /^(\S[^#]{0,300}#.{1,300}?)(?: \[([^[\]]{1,500}):(\d{1,9})\])?:$/;
const rspec = /^\s{2,12}\d{1,5}(?:\.\d{1,3}){0,3}\) \S.{0,500}$/;
/** One of several of an example stands behind its number. */
const rspecFailure = /^\s+(?:\d{1,5}(?:\.\d{1,3}){1,3}\) )?Failure\/Error: (.*)$/;
/** Not of an example; what is said of it stands further left. */
const rspecOutside = /^An error occurred (?:while loading |in an? )/;
/** Source and message are indented, the type is not. */
const rspecText = new RegExp(String.raw`^(?:$|\s|${typeName}:$)`);
const rspecPending = /^Pending: \(Failures listed here are expected/;
const rspecFrame = new RegExp(String.raw`^\s{2,12}# ${place}$`);

/** Asked before the test runners whose lists look alike at first. */
export const rubyTests: Grammar = {
  language: 'ruby',
  hints: ['Failure/Error:', 'Failure:', 'Pending: (Failures'],
  standsAlone: true,
  begin(line) {
    if (line.endsWith(':') && minitest.test(line)) return followMinitest();
    if (rspecOutside.test(line)) return followOutside();
    if (rspecPending.test(line))
      return (next) =>
        /^(?:Failures:$|Finished in |Failed examples:$)/.test(next) ? 'no' : 'enough';
    return line.startsWith('  ') && rspec.test(line) ? followRspec(line) : undefined;
  },
  *parse(lines) {
    const [first = ''] = lines;
    if (rspecPending.test(first)) yield silentFailure('ruby');
    else if (minitest.test(first)) yield* some(parseMinitest(lines));
    else yield* some(parseRspec(rspecOutside.test(first) ? lines.map(deeper) : lines));
  },
};

function followMinitest(): Follow {
  let lines = 0;
  return (line) => {
    if (++lines === 1) return minitestName.test(line) ? 'more' : 'no';
    if (lines > 200 || minitest.test(line) || /^\d{1,9} (?:runs|tests), /.test(line)) return 'no';
    // Blank lines stand before the source of an error, and behind every report.
    return 'enough';
  };
}

function followRspec(first: string): Follow {
  let lines = 0;
  let failed = rspecFailure.test(first);
  let frames = 0;
  return (line) => {
    lines++;
    if (!failed) {
      // A long description takes a second line; anything else is another runner's list.
      failed = rspecFailure.test(line);
      const goesOn = lines < 3 && line.startsWith('     ') && line.trim() !== '';
      return failed || goesOn ? 'more' : 'no';
    }
    if (lines > 300 || rspec.test(line)) return 'no';
    if (rspecFrame.test(line)) frames++;
    if (line.trim() !== '' && !line.startsWith('     ')) return 'no';
    return frames > 0 ? 'enough' : 'more';
  };
}

function deeper(line: string): string {
  return `     ${line}`;
}

function followOutside(): Follow {
  let lines = 0;
  let failed = false;
  let frames = 0;
  return (line, leveled) => {
    if (leveled || ++lines > 300) return 'no';
    if (!failed) {
      // What may have been meant stands between.
      failed = rspecFailure.test(deeper(line));
      return failed || (lines < 4 && /^(?:\s|$)/.test(line)) ? 'more' : 'no';
    }
    if (rspecFrame.test(deeper(line))) frames++;
    else if (frames > 0 || !rspecText.test(line)) return 'no';
    return frames > 0 ? 'enough' : 'more';
  };
}

function parseMinitest(lines: readonly string[]): ParsedException | undefined {
  const name = minitestName.exec(lines[1] ?? '');
  if (!name) return undefined;
  const frames = framesIn(lines.slice(2), plainFrame);
  const text = lines.slice(2).filter((line) => !plainFrame.test(line));
  if (name[2] !== undefined) {
    const own = frameOf(name[2], isInApp(name[2]), { line: Number(name[3]) });
    return exceptionOf('ruby', { type: 'Assertion', message: messageOf(text), frames: [own] }, [], {
      kind: 'test',
    });
  }
  const head = new RegExp(String.raw`^(${typeName})(?:: (.*)|)$`).exec(text[0] ?? '');
  if (!head || frames.length === 0) return undefined;
  const message = [head[2] ?? '', ...text.slice(1)];
  const link = syntaxPlace(head[1] ?? '', messageOf(message), frames, sourceIn(message));
  return exceptionOf('ruby', link, [], { kind: 'test' });
}

function parseRspec(lines: readonly string[]): ParsedException | undefined {
  const at = lines.findIndex((line) => rspecFailure.test(line));
  if (at < 0) return undefined;
  const causes = lines.findIndex((line) => /^\s+# --- Caused by: ---/.test(line));
  const own = lines.slice(at + 1, causes < 0 ? lines.length : causes);
  // Those of an exception that is only shown in the message are indented deeper.
  const indents = own.filter((line) => rspecFrame.test(line)).map(indentOf);
  const outer = Math.min(...indents);
  const frames = framesIn(
    own.filter((line) => indentOf(line) === outer),
    rspecFrame,
  );
  const text = own.filter((line) => !/^\s+# /.test(line)).map((line) => line.replace(/^ {5}/, ''));
  while (text[0]?.trim() === '') text.shift();
  const head = new RegExp(String.raw`^(${typeName}):$`).exec(text[0] ?? '');
  const source = rspecFailure.exec(lines[at] ?? '')?.[1];
  const [top, ...others] = frames;
  const known = top && source ? [{ ...top, source: source.slice(0, 300) }, ...others] : frames;
  const message = messageOf((head ? text.slice(1) : text).map((line) => line.trim()));
  return exceptionOf(
    'ruby',
    { type: head?.[1] ?? 'ExpectationNotMetError', message, frames: known },
    [],
    { kind: 'test' },
  );
}
