import { create } from './create.ts';
import { remove } from './delete.ts';
import { diagnostics } from './diagnostics.ts';
import { edit } from './edit.ts';
import { git } from './git.ts';
import { list } from './list.ts';
import { read } from './read.ts';
import { rename } from './rename.ts';
import { runCommand } from './runCommand.ts';
import { runTests } from './runTests.ts';
import { search } from './search.ts';
import { submit } from './submit.ts';
import type { Tool, ToolContext } from './tool.ts';

/** What the model can do everywhere. The order is part of the cached prefix of every request: append, don't shuffle. */
export const tools: readonly Tool[] = [
  list,
  search,
  read,
  edit,
  create,
  runTests,
  submit,
  remove,
  rename,
  git,
];

/** With what only some places have: the same for all attempts of a workspace. */
export function toolsFor(has: Pick<ToolContext, 'commands' | 'diagnostics'>): readonly Tool[] {
  const isCommanding = (has.commands?.allowed.length ?? 0) > 0;
  return [
    ...tools,
    ...(has.diagnostics ? [diagnostics] : []),
    ...(isCommanding ? [runCommand] : []),
  ];
}
