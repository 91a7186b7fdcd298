import { type Leftover, unneeded } from '../core/leftover.ts';
import type { Command, Context } from './command.ts';
import { exit } from './exitCodes.ts';

export const cleanUpCommand: Command = {
  usage: '[--yes] [--unmerged]',
  help: 'list what nobody needs any more; with --yes remove it, with --unmerged also unmerged branches',
  operands: 0,
  run: cleanUp,
};

const words: Readonly<Record<Leftover['kind'], string>> = {
  backup: 'backup',
  branch: 'branch',
  unmerged_branch: 'branch, not merged',
  transcript: 'transcript',
  audit: 'audit events',
  archive: 'archive file',
  set_aside: 'damaged snapshot',
  lock: 'lock of git',
};

async function cleanUp({ app, args, out }: Context): Promise<number> {
  const kinds: readonly Leftover['kind'][] = [
    ...unneeded,
    ...(args.unmerged ? (['unmerged_branch'] as const) : []),
  ];
  const found = args.yes ? await app.pipeline.cleanUp(kinds) : await app.pipeline.leftovers();
  const view = found.map((one) => ({ ...one, removed: args.yes }));
  out.result(view, () => textOf(found, args.yes));
  return found.length === 0 ? exit.nothing : exit.done;
}

function textOf(found: readonly Leftover[], removed: boolean): string {
  if (found.length === 0) return 'Nothing is left over.';
  const lines = found.map(({ kind, name, why }) => `  ${words[kind].padEnd(18)} ${name}: ${why}`);
  const hasUnmerged = found.some(({ kind }) => kind === 'unmerged_branch');
  return [
    removed ? 'Removed:' : 'Could be removed (nothing was):',
    ...lines,
    ...(removed ? [] : ['Remove it with `patchwright cleanup --yes`.']),
    ...(removed || !hasUnmerged ? [] : ['Branches that are not merged go only with --unmerged.']),
  ].join('\n');
}
