// Opens a worktree in a process of its own, so that tests can kill it: repository, home, pool, where to stop.
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createWorktrees } from '../../../src/attempt/worktree.ts';
import type { Shell } from '../../../src/core/ports.ts';
import { createGit } from '../../../src/platform/git.ts';
import { createShell } from '../../../src/platform/shell.ts';

const [repository = '', home = '', pool = '', stopAt = ''] = process.argv.slice(2);
const shell = createShell();
let commands = 0;
const deadly: Shell = {
  run(command, signal) {
    commands += 1;
    if (commands === Number(stopAt)) process.kill(process.pid, 'SIGKILL');
    return shell.run(command, signal);
  },
};
const log = (): void => undefined;
const worktrees = createWorktrees({
  git: createGit(deadly, repository),
  home,
  shell: deadly,
  log,
  clock: { now: () => new Date() },
  ...(pool === 'always' ? { pool } : {}),
});
const worktree = await worktrees.open({ branch: 'improvement/t-1', onProgress: log });
if (stopAt === 'commit') {
  await worktree.git.run(['commit', '-q', '--allow-empty', '-m', 'work']);
}
if (stopAt.startsWith('patch')) {
  await appendFile(join(worktree.path, 'a.js'), 'fixed\n');
  await worktree.commit({
    ticketId: 't-1',
    attemptId: 'a-1',
    model: 'scripted',
    title: 'It fails',
    summary: '',
    testFiles: [],
  });
}
if (stopAt === 'patch and work') {
  await worktree.git.run(['commit', '-q', '--allow-empty', '-m', 'work']);
}
process.stdout.write(`open ${commands}\n`);
// Lives until it is killed.
process.stdin.resume();
