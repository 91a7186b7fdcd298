import * as z from 'zod/mini';
import { redact } from '../../core/secrets.ts';
import { cutMiddle, maxResultChars } from './output.ts';
import { locateForReading, unreadable } from './paths.ts';
import { defineTool, failed, type ToolContext } from './tool.ts';

const text = z.string().check(z.minLength(1), z.maxLength(8_000));

export const submit = defineTool({
  name: 'submit',
  description:
    'Hands in the finished patch: the reproduction test (fails before the fix, passes after it) and the fix. It is then checked; if a check fails you get its output and may correct the patch.',
  readOnly: false,
  failureAnswers: true,
  input: z.object({
    summary: text.check(z.describe('One or two sentences: what was wrong, what the patch does.')),
    reasoning: text.check(z.describe('Why this is the cause and why the fix is right.')),
    test_files: z
      .array(z.string().check(z.minLength(1)))
      .check(z.minLength(1), z.maxLength(10))
      .check(z.describe('The test files you created or changed to reproduce the problem.')),
    confidence: z
      .optional(z.number().check(z.minimum(0), z.maximum(1)))
      .check(z.describe('How sure you are that the patch is right, 0 to 1.')),
  }),
  detail: ({ summary }) => summary,

  async run({ summary, reasoning, test_files: files, confidence }, context, signal) {
    const changed = await changedFiles(context, signal);
    const testFiles: string[] = [];
    for (const file of files) {
      const place = await locateForReading(context.root, file);
      if (!place.ok) return unreadable(file, place.reason);
      if (!changed.has(place.path)) {
        return failed(
          `${file} was neither created nor changed by you (or git ignores it). Name the reproduction test you wrote.`,
        );
      }
      testFiles.push(place.path);
    }
    if ([...changed].every((file) => testFiles.includes(file))) {
      return failed('Only tests were changed. Make the fix, run the tests, then submit.');
    }
    const estimate = confidence === undefined ? {} : { confidence };
    const submission = { summary, reasoning, testFiles, ...estimate };
    const verdict = await context.submit(submission);
    if (verdict.accepted) return { ok: true, text: 'Accepted.', submission };
    const feedback = cutMiddle(
      redact(verdict.feedback.replaceAll(context.root, '.')),
      maxResultChars,
    );
    return failed(`Not accepted. Correct the patch and submit again.\n${feedback}`);
  },
});

/** Against the commit the attempt started from, whatever has been committed since. */
async function changedFiles({ git, base }: ToolContext, signal: AbortSignal): Promise<Set<string>> {
  const names = async (args: readonly string[]) =>
    (await git.run([...args, '-z'], { signal })).split('\0').filter((name) => name !== '');
  return new Set([
    ...(await names([
      'diff',
      '--name-only',
      '--relative',
      '--no-renames',
      '--ignore-submodules=all',
      base,
    ])),
    ...(await names(['ls-files', '--others', '--exclude-standard'])),
  ]);
}
