import * as z from 'zod/mini';
import { maxResultChars, takeLines } from './output.ts';
import { defineTool, done, failed } from './tool.ts';

const maxMessageChars = 400;

/** Offered only where the workspace has checkers. */
export const diagnostics = defineTool({
  name: 'diagnostics',
  description:
    "Runs the repository's own type checker and linters. Gives the errors and warnings that your changes brought in; not those that were there before.",
  readOnly: false,
  input: z.object({ path: z.optional(z.string()).check(z.describe('Only of files below it.')) }),
  detail: ({ path }) => path ?? 'all',

  async run({ path = '' }, context, signal) {
    if (!context.diagnostics) return failed('No checker is known for this repository.');
    const found = await context.diagnostics.introduced(context.root, context.base, signal);
    const wanted = found.filter(({ file }) => file.startsWith(path));
    if (wanted.length === 0) return done('Nothing new.');
    const lines = wanted.map(
      ({ file, line, severity, code, source, message }) =>
        `${file}:${line}: ${severity} ${[source, code].filter(Boolean).join(' ')}: ${message.slice(0, maxMessageChars)}`,
    );
    const { text, taken } = takeLines(lines, maxResultChars);
    const left = lines.length - taken;
    return done(left === 0 ? text : `${text}\n[${left} more; correct these first, or give a path]`);
  },
});
