import type { Git } from '../../core/ports.ts';
import { type FixedFile, textAt } from './hunks.ts';
import { testLiterals } from './literals.ts';
import { readSource } from './sourceText.ts';

/**
 * A fix that names both what the test puts in and what it wants out has written the answer down. Each
 * alone is common: a new case of a table, the default that is expected.
 */
export async function copiedAnswers(
  git: Git,
  commit: string,
  files: readonly FixedFile[],
  testFiles: readonly string[],
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const inputs = new Set<string>();
  const expected = new Set<string>();
  for (const path of testFiles) {
    for (const { text, isInput } of testLiterals(await textAt(git, commit, path, signal), path)) {
      (isInput ? inputs : expected).add(valueOf(text));
    }
  }
  return files.flatMap((file) => {
    const known = new Set(literalsOf(file.before, file.path));
    return file.hunks.flatMap((hunk) => {
      const fresh = literalsOf(hunk.added.join('\n'), file.path).filter(
        (value) => isTelling(value) && !known.has(value),
      );
      const put = fresh.find((value) => [...inputs].some((input) => isPartOf(value, input)));
      const got = fresh.find((value) => value !== put && expected.has(value));
      if (put === undefined || got === undefined) return [];
      const at = `${file.path}:${hunk.newStart + 1}`;
      return [
        `The fix holds the test's own input and its answer (${JSON.stringify(put)}, ${JSON.stringify(got)}; ${at}).`,
      ];
    });
  });
}

const isNumber = /^\d+(\.\d+)?$/;

function literalsOf(source: string, path: string): string[] {
  const { code, strings } = readSource(source, path);
  const numbers = [...code.matchAll(/(?<![\w.$])\d[\d_]*(\.\d+)?(?![\w.])/g)].map(([text]) => text);
  return [...numbers, ...strings.map(({ text }) => text)].map(valueOf);
}

/** Without quotes, and numbers alike however they are written. */
function valueOf(text: string): string {
  if (/^\d/.test(text)) return String(Number(text.replaceAll('_', '')));
  const quotes = /^("""|'''|["'`])/.exec(text)?.[0].length ?? 0;
  return text.slice(quotes, text.length - quotes);
}

function isTelling(value: string): boolean {
  return isNumber.test(value) ? Number(value) > 2 : value.length > 0;
}

/** Equal, or a piece of it that is long enough to be no chance. */
function isPartOf(value: string, input: string): boolean {
  return value === input || (value.length >= 3 && !isNumber.test(value) && input.includes(value));
}
