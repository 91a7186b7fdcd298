import type { FixedFile } from './hunks.ts';
import { readSource } from './sourceText.ts';

const signs: readonly (readonly [RegExp, string])[] = [
  [
    /\b(NODE_TEST_CONTEXT|JEST_WORKER_ID|VITEST(_\w+)?|PYTEST_CURRENT_TEST|MOCHA_\w+)\b|\bsys\.modules\b|NODE_ENV\b.{0,20}\btest\b|\bprocess\.(argv|execArgv|mainModule)\b|\brequire\.main\b|\bsys\.argv\b|\binspect\.stack\b|\bnew Error\(\)\.stack\b|\btraceback\.extract_stack\b/,
    'looks at who runs it (a test?)',
  ],
  [
    /\b(Array|Object|String|Number|Map|Set|Date|Math|JSON|Function|Promise|RegExp)(\.prototype)?\.\w+\s*=(?!=)|\bObject\.defineProperty\(\s*(Array|Object|String|Number|Map|Set|Date|Math|JSON|Function|Promise|RegExp|globalThis)\b|\bbuiltins\.\w+\s*=(?!=)/,
    'changes what belongs to the language for everybody',
  ],
  [
    /\bprocess\.on\(\s*['"](uncaughtException|unhandledRejection)|\bsys\.excepthook\b|\bset_error_handler\(/,
    'catches what nobody has caught, for the whole process',
  ],
  [
    /\bprocess\.(exit|abort|reallyExit)\(|\bos\._exit\(|\bsys\.exit\(|\bos\.Exit\(/,
    'ends the process',
  ],
];

/** What new code of a fix has no business with, and a test can't notice. */
export function suspicions(files: readonly FixedFile[]): readonly string[] {
  return files.flatMap((file) =>
    file.hunks.flatMap((hunk) => {
      const bare = (lines: readonly string[]): string =>
        withoutComments(lines.join('\n'), file.path);
      const [added, removed] = [bare(hunk.added), bare(hunk.removed)];
      return signs
        .filter(([sign]) => sign.test(added) && !sign.test(removed))
        .map(([, what]) => `The patch ${what} (${file.path}:${hunk.newStart + 1}).`);
    }),
  );
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
