import { mkdir, rename as renameFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod/mini';
import { explainFileError } from '../../core/errors.ts';
import { locateForWriting } from './paths.ts';
import { defineTool, done, failed } from './tool.ts';

const path = z.string().check(z.minLength(1));

export const rename = defineTool({
  name: 'rename',
  description:
    'Gives a file another name or place; folders are made as needed. Fails when the new name exists.',
  readOnly: false,
  input: z.object({ from: path, to: path }),
  detail: ({ from, to }) => `${from} → ${to}`,

  async run({ from, to }, context) {
    const source = await locateForWriting(from, context);
    if (!source.ok) return source.result;
    const target = await locateForWriting(to, context);
    if (!target.ok) return target.result;
    if (!source.stats) return failed(`There is no file ${from}. Use list or search to find it.`);
    const sameFile = target.stats?.ino === source.stats.ino; // another case, on a disk that ignores it
    if (target.stats && !sameFile) return failed(`${to} exists: nothing was renamed.`);
    try {
      await mkdir(dirname(target.absolute), { recursive: true });
      await renameFile(source.absolute, target.absolute);
    } catch (error) {
      throw explainFileError(error, to);
    }
    return done(`Renamed ${from} to ${to}.`);
  },
});
