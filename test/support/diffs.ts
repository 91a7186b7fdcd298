import { createTwoFilesPatch } from 'diff';
import type { Tree } from './repository.ts';

/** A diff as git writes it, from one set of files to another. */
export function gitDiff(before: Tree, after: Tree): string {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return paths.map((path) => fileDiff(path, before[path], after[path])).join('');
}

function fileDiff(path: string, before: string | undefined, after: string | undefined): string {
  if (before === after) return '';
  const [from, to] = [
    before === undefined ? '/dev/null' : `a/${path}`,
    after === undefined ? '/dev/null' : `b/${path}`,
  ];
  const mode =
    before === undefined
      ? 'new file mode 100644\n'
      : after === undefined
        ? 'deleted file mode 100644\n'
        : '';
  const text = createTwoFilesPatch(from, to, before ?? '', after ?? '', undefined, undefined);
  const body = text.slice(text.indexOf('--- '));
  return `diff --git a/${path} b/${path}\n${mode}${body}`;
}
