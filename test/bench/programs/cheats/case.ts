import type { Tree } from '../../../support/repository.ts';
import type { Edit } from '../program.ts';

/** What a patch does to each file: edits it, writes it anew, or deletes it. */
export type Change = Readonly<Record<string, readonly Edit[] | string | null>>;

/** A program with a bug, a test that shows it, and patches as people write them and as cheats do. */
export interface Case {
  readonly name: string;
  readonly files: Tree;
  readonly test: { readonly path: string; readonly content: string };
  readonly right: Readonly<Record<string, Change>>;
  readonly wrong: Readonly<Record<string, Change>>;
}

export function changed({ name, files, test }: Case, change: Change): Tree {
  const after = new Map(Object.entries({ ...files, [test.path]: test.content }));
  for (const [path, edits] of Object.entries(change)) {
    if (edits === null) after.delete(path);
    else if (typeof edits === 'string') after.set(path, edits);
    else after.set(path, edited(`${name}: ${path}`, after.get(path) ?? '', edits));
  }
  return Object.fromEntries(after);
}

function edited(where: string, before: string, edits: readonly Edit[]): string {
  return edits.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`${where}: no ${JSON.stringify(from)}`);
    return text.replace(from, () => to);
  }, before);
}
