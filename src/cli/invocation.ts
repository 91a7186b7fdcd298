import { basename, relative, resolve } from 'node:path';
import type { Arguments } from './arguments.ts';

/** A command as it can be pasted: called the way this one was, for the same folder. */
export function callOf(args: Pick<Arguments, 'folder'>, ...words: readonly string[]): string {
  const folder = resolve(args.folder);
  const here = folder === process.cwd() ? [] : ['--folder', folder];
  return [self(), ...words, ...here].join(' ');
}

function self(): string {
  const [, script = ''] = process.argv;
  if (!basename(script).endsWith('.cjs')) return 'patchwright';
  return `node ${relative(process.cwd(), script)}`;
}
