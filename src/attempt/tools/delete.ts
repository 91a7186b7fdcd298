import { rm } from 'node:fs/promises';
import * as z from 'zod/mini';
import { explainFileError } from '../../core/errors.ts';
import { locateForWriting } from './paths.ts';
import { defineTool, done, failed } from './tool.ts';

export const remove = defineTool({
  name: 'delete',
  description: 'Deletes a file.',
  readOnly: false,
  input: z.object({ path: z.string().check(z.minLength(1)) }),
  detail: ({ path }) => path,

  async run({ path }, context) {
    const place = await locateForWriting(path, context);
    if (!place.ok) return place.result;
    if (!place.stats) return failed(`There is no file ${path}. Use list or search to find it.`);
    try {
      await rm(place.absolute);
    } catch (error) {
      throw explainFileError(error, path);
    }
    return done(`Deleted ${path}.`);
  },
});
