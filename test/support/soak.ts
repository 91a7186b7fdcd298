import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compose } from '../../src/compose.ts';
import { defaultSettings } from '../../src/core/settings.ts';
import { makePatch } from '../unit/release/workspace.ts';
import { ticketOf } from './nouns.ts';
import { createRepository } from './repository.ts';

/** What must not grow with use. */
export interface Footprint {
  readonly refs: number;
  readonly worktrees: number;
  /** Open files and sockets of this process, where the system tells. */
  readonly handles: number;
  readonly heapMb: number;
  /** Of `.patchwright`, in KiB: the history of what was done is kept, so this grows by a bounded step. */
  readonly diskKib: number;
  readonly audit: { readonly events: number; readonly broken: readonly string[] };
}

/** A patch put forward, approved, rolled back and cleaned up after, again and again. */
export async function soak(
  root: string,
  cycles: number,
  look: (cycle: number, footprint: Footprint) => void,
): Promise<void> {
  const files = { 'a.txt': 'one\n', '.gitignore': '.patchwright\n' };
  const git = await createRepository(join(root, 'repo'), files);
  const app = await compose({
    folder: git.cwd,
    settings: () => defaultSettings,
    apiKey: () => Promise.resolve(undefined),
    environment: { PATCHWRIGHT_CACHE: join(root, 'cache') },
    log: () => undefined,
    trusted: true,
  });
  try {
    for (let cycle = 1; cycle <= cycles; cycle += 1) {
      const patch = await makePatch(git, join(root, 'work'), (folder) =>
        writeFileSync(join(folder, 'a.txt'), `${cycle}\n`),
      );
      const ticket = ticketOf({ id: patch.ticketId, status: 'ready' });
      await app.backlog.write([
        { kind: 'ticket', id: ticket.id, fields: ticket },
        { kind: 'request', id: patch.id, fields: { ...patch, status: 'PENDING_APPROVAL' } },
      ]);
      await app.pipeline.approve(patch.id);
      await app.pipeline.rollBack(patch.id, 'Once more.');
      await app.pipeline.cleanUp(['backup', 'branch', 'transcript']);
      const refs = await git.run(['for-each-ref', '--format=%(refname)', 'refs/heads']);
      const worktrees = await git.run(['worktree', 'list', '--porcelain']);
      look(cycle, {
        refs: refs.split('\n').length,
        worktrees: worktrees.match(/^worktree /gm)?.length ?? 0,
        handles: handles(),
        heapMb: process.memoryUsage().heapUsed / 1_048_576,
        diskKib: bytesIn(join(git.cwd, '.patchwright')) / 1024,
        audit: app.backlog.audit.verify(),
      });
    }
  } finally {
    await app.dispose();
  }
}

function handles(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0;
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
