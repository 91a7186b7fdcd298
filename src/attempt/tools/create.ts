import * as z from 'zod/mini';
import { maxEditableBytes } from '../edit.ts';
import { locateForWriting } from './paths.ts';
import { defineTool, done, failed } from './tool.ts';
import { writeNewFile } from './writing.ts';

export const create = defineTool({
  name: 'create',
  description: 'Creates a new text file, and the folders it lies in. Fails when the file exists.',
  readOnly: false,
  input: z.object({ path: z.string().check(z.minLength(1)), content: z.string() }),
  detail: ({ path }) => path,

  async run({ path, content }, context) {
    const place = await locateForWriting(path, context);
    if (!place.ok) return place.result;
    if (place.stats) return failed(`${path} exists. Use edit to change it.`);
    if (content.includes('\0')) return failed('`content` holds a NUL character.');
    if (Buffer.byteLength(content) > maxEditableBytes) return failed('`content` is over 1 MB.');
    await writeNewFile(place.absolute, content);
    return done(`Created ${path}.`);
  },
});
