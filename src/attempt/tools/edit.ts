import * as z from 'zod/mini';
import { applyEdits, type Edit, maxEditableBytes } from '../edit.ts';
import { locateForWriting } from './paths.ts';
import { readWithoutLinks } from './read.ts';
import { defineTool, done, failed, type ToolContext, type ToolResult } from './tool.ts';
import { replaceFiles, type Replacement } from './writing.ts';

export const edit = defineTool({
  name: 'edit',
  description:
    'Changes files by exact replacement. Each old must be found exactly once in the file (case, white space and indentation included, without the line numbers of read) and becomes new; an empty new deletes it. Edits are applied in order, all or none, also when they go to several files. Line endings are kept.',
  readOnly: false,
  input: z.object({
    path: z.string().check(z.minLength(1)),
    edits: z
      .array(
        z.object({
          path: z
            .optional(z.string().check(z.minLength(1)))
            .check(z.describe('Of this edit, where it is another file.')),
          old: z.string(),
          new: z.string(),
        }),
      )
      .check(z.minLength(1), z.maxLength(50)),
  }),
  detail: ({ path, edits }) => [...byFile(path, edits).keys()].join(' '),

  async run({ path, edits }, context) {
    const planned: Planned[] = [];
    const files = byFile(path, edits);
    for (const [file, own] of files) {
      const plan = await planFor(file, own, context);
      if ('ok' in plan) return files.size === 1 ? plan : noneOf(plan, edits.length, files.size);
      const twin = planned.find(({ absolute }) => absolute === plan.absolute);
      if (twin) return failed(`${twin.path} and ${file} are one file. Write its path one way.`);
      planned.push(plan);
    }
    await replaceFiles(planned);
    return done(planned.map(({ said }) => said).join('\n'));
  },
});

type Planned = Replacement & { readonly path: string; readonly said: string };

/** What the file will hold; a result when it can't be edited so. */
async function planFor(
  path: string,
  edits: readonly Edit[],
  context: ToolContext,
): Promise<Planned | ToolResult> {
  const place = await locateForWriting(path, context);
  if (!place.ok) return place.result;
  if (!place.stats) return failed(`There is no file ${path}. Use create for a new file.`);
  if (place.stats.size > maxEditableBytes)
    return failed(`${path} is larger than 1 MB: not edited.`);
  if (/\.(min\.(js|mjs|css)|(js|css)\.map)$/i.test(path)) {
    return failed(`${path} is generated: not edited. Change what it is made from.`);
  }
  const before = await readWithoutLinks(place.absolute);
  const result = applyEdits(before, edits);
  if (!result.ok) return failed(`${path}: ${result.error}`);
  const lines = result.changes.map(({ from, to }) => (to > from ? `${from}–${to}` : `${from}`));
  return {
    path,
    absolute: place.absolute,
    before,
    content: result.content,
    mode: place.stats.mode,
    said: `Edited ${path} at line ${lines.join(', ')}.`,
  };
}

function byFile(
  path: string,
  edits: readonly (Edit & { readonly path?: string | undefined })[],
): ReadonlyMap<string, readonly Edit[]> {
  const files = new Map<string, Edit[]>();
  for (const one of edits) {
    const file = one.path ?? path;
    files.set(file, [...(files.get(file) ?? []), one]);
  }
  return files;
}

function noneOf({ text }: ToolResult, edits: number, files: number): ToolResult {
  return failed(`${text}\nNone of the ${edits} edits of ${files} files was applied.`);
}
