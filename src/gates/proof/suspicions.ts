import type { FixedFile } from './hunks.ts';
import { countersIn, signs } from './signs.ts';
import { readSource } from './sourceText.ts';

/** What new code of a fix has no business with, and a test can't notice. */
export function suspicions(files: readonly FixedFile[]): readonly string[] {
  return files.flatMap((file) => {
    const before = withoutComments(file.before, file.path);
    const bare = (lines: readonly string[]): string => withoutComments(lines.join('\n'), file.path);
    const counters = countersIn(file.hunks.map(({ added }) => bare(added)).join('\n'));
    return file.hunks.flatMap((hunk) => {
      const [added, removed] = [bare(hunk.added), bare(hunk.removed)];
      const shown = { added, removed, before, counters };
      return signs
        .filter(([isShown]) => isShown(shown))
        .map(([, what]) => `The patch ${what} (${file.path}:${hunk.newStart + 1}).`);
    });
  });
}

/** Strings are kept: names of variables of the environment stand in them. */
function withoutComments(source: string, path: string): string {
  const { code, strings } = readSource(source, path);
  let text = code;
  for (const { start, end, text: literal } of strings) {
    text = text.slice(0, start) + literal + text.slice(end);
  }
  return text;
}
