import type { Cause, Frame } from '../../../core/signal.ts';
import { bareCall, placeLine, readFrames } from './goFrames.ts';
import { type Follow, type Grammar, maxMessageChars, type ParsedException } from '../grammar.ts';

/** A message, and the stack below it. */
interface Section {
  readonly message: string;
  readonly frames: readonly Frame[];
}

/**
 * Stacks without arguments: below what zap logs, and in what `%+v` makes of the errors of pkg/errors,
 * the root first, each with the stack of where it was made or wrapped.
 */
export const goBare: Grammar = {
  language: 'go',
  hints: [],
  begin: (line) => (isCall(line) ? followBare() : undefined),
  takesLineAbove: () => true,
  *parse(lines, said = []) {
    for (const sections of errorsOf(sectionsOf(lines))) yield parsedOf(sections, said[0]);
  },
};

function isCall(line: string): boolean {
  return line.includes('.') && !line.endsWith(')') && bareCall.test(line);
}

function followBare(): Follow {
  let called = true;
  let last = '';
  return (line) => {
    if (called) {
      called = false;
      return placeLine.test(line) ? 'enough' : 'no';
    }
    const wraps = last === 'runtime.goexit' && line !== '' && !/^\s|:$/.test(line);
    called = bareCall.test(line);
    last = line;
    return called || wraps ? 'more' : 'no';
  };
}

function sectionsOf(lines: readonly string[]): Section[] {
  const sections: Section[] = [];
  let from = 0;
  for (let at = 0; at < lines.length; at++) {
    if (!isFrame(lines, at)) continue;
    const message = lines.slice(from, at).join('\n').trim();
    let end = at;
    while (isFrame(lines, end)) end += 2;
    sections.push({ message, frames: readFrames(lines.slice(0, end), at) });
    from = end;
    at = end - 1;
  }
  return sections;
}

function isFrame(lines: readonly string[], at: number): boolean {
  return bareCall.test(lines[at] ?? '') && /\.(?:go|s):\d/.test(lines[at + 1] ?? '');
}

/** What wraps an error stands on the way from it to the root of its goroutine; anything else is the next error. */
function errorsOf(sections: readonly Section[]): Section[][] {
  const errors: Section[][] = [];
  for (const section of sections) {
    const known = errors.at(-1);
    if (known?.[0] && wraps(section, known[0])) known.push(section);
    else errors.push([section]);
  }
  return errors;
}

function wraps(outer: Section, inner: Section): boolean {
  const skipped = inner.frames.length - outer.frames.length;
  return (
    skipped >= 0 &&
    outer.frames.every((frame, at) => {
      const below = inner.frames[at + skipped];
      const isSame = below?.function === frame.function;
      return at > 0
        ? isSame && below?.line === frame.line
        : isSame && (skipped > 0 || below?.line !== frame.line);
    })
  );
}

function parsedOf(sections: readonly Section[], said: string | undefined): ParsedException {
  const outward = sections.map(({ message }) => message);
  const causes: Cause[] = sections
    .slice(0, -1)
    .map(({ message, frames }) => ({ type: 'error', message, frames }))
    .reverse();
  return {
    language: 'go',
    type: 'error',
    message: (said ?? outward.reverse().join(': ')).slice(0, maxMessageChars),
    frames: sections[0]?.frames ?? [],
    causes,
    severity: 'error',
  };
}
