import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoWorkspace, type Workspace } from '../integration/support/workspaces.ts';

export interface Demo extends Workspace {
  readonly root: string;
}

/** The demo in a folder of its own, with the recorded model at hand. */
export async function openDemo(): Promise<Demo> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'pw-e2e-')));
  const workspace = await demoWorkspace(root);
  return {
    ...workspace,
    root,
    async dispose() {
      await workspace.dispose?.();
      rmSync(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
