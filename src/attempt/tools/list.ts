import * as z from 'zod/mini';
import { maxResultChars, takeLines } from './output.ts';
import { pathspecs } from './globs.ts';
import { normalisePath, unreadable } from './paths.ts';
import { defineTool, done, failed } from './tool.ts';

const defaultDepth = 3;
const maxListBytes = 8 << 20;

export const list = defineTool({
  name: 'list',
  description:
    'Lists files of the repository (not ignored ones). With a glob: every file that matches. Without: the tree below path, folders deeper than depth as one line with their number of files.',
  readOnly: true,
  input: z.object({
    path: z.optional(z.string()).check(z.describe('Folder to list; default the whole repository.')),
    depth: z
      .optional(z.int().check(z.minimum(1), z.maximum(20)))
      .check(z.describe(`Levels of folders to open; default ${defaultDepth}.`)),
    glob: z.optional(z.string()).check(z.describe('For example src/**/*.ts or *.{js,ts}.')),
  }),
  detail: ({ path, glob }) => [path, glob].filter(Boolean).join(' ') || '.',

  async run({ path = '', depth = defaultDepth, glob }, { git }, signal) {
    const folder = normalisePath(path);
    if (!folder.ok) return unreadable(path, folder.reason);
    const specs = pathspecs(glob ?? folder.path);
    if (!specs)
      return failed('`glob` is too long, has too many stars or leads out of the repository.');
    const out = await git.run(
      ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...specs],
      { signal, maxOutputBytes: maxListBytes },
    );
    const below = folder.path === '' ? '' : `${folder.path}/`;
    const files = [...new Set(out.split('\0'))]
      .filter((file) => file !== '' && (glob === undefined || file.startsWith(below)))
      .sort();
    if (files.length === 0) return done('No files.');
    const lines = glob === undefined ? asTree(files, below, depth) : files;
    const { text, taken } = takeLines(lines, maxResultChars);
    const left = lines.length - taken;
    return done(
      left === 0 ? text : `${text}\n[${left} more; narrow it with path, glob or a smaller depth]`,
    );
  },
});

/** Files down to `depth` below the folder; what lies deeper is counted at its folder. */
function asTree(files: readonly string[], below: string, depth: number): string[] {
  const lines = new Map<string, number>();
  for (const file of files) {
    const segments = file.slice(below.length).split('/');
    const deep = segments.length > depth;
    const name = deep ? `${below}${segments.slice(0, depth).join('/')}/` : file;
    lines.set(name, (lines.get(name) ?? 0) + (deep ? 1 : 0));
  }
  return [...lines].map(([name, count]) => (count > 0 ? `${name} (${count} files)` : name));
}
