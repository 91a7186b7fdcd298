import * as z from 'zod/mini';
import { applyEdits, maxEditableBytes } from '../edit.ts';
import { locateForWriting } from './paths.ts';
import { readWithoutLinks } from './read.ts';
import { defineTool, done, failed } from './tool.ts';
import { replaceFile } from './writing.ts';

export const edit = defineTool({
  name: 'edit',
  description:
    'Changes a file by exact replacement. Each old must be found exactly once in the file (case, white space and indentation included, without the line numbers of read) and becomes new; an empty new deletes it. Edits are applied in order, all or none. Line endings are kept.',
  readOnly: false,
  input: z.object({
    path: z.string().check(z.minLength(1)),
    edits: z
      .array(z.object({ old: z.string(), new: z.string() }))
      .check(z.minLength(1), z.maxLength(50)),
  }),
  detail: ({ path }) => path,

  async run({ path, edits }, context) {
    const place = await locateForWriting(path, context);
    if (!place.ok) return place.result;
    if (!place.stats) return failed(`There is no file ${path}. Use create for a new file.`);
    if (place.stats.size > maxEditableBytes)
      return failed(`${path} is larger than 1 MB: not edited.`);
    if (/\.(min\.(js|mjs|css)|(js|css)\.map)$/i.test(path)) {
      return failed(`${path} is generated: not edited. Change what it is made from.`);
    }
    const result = applyEdits(await readWithoutLinks(place.absolute), edits);
    if (!result.ok) return failed(`${path}: ${result.error}`);
    await replaceFile(place.absolute, result.content, place.stats.mode);
    const lines = result.changes.map(({ from, to }) => (to > from ? `${from}–${to}` : `${from}`));
    return done(`Edited ${path} at line ${lines.join(', ')}.`);
  },
});
