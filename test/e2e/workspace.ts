import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compose } from '../../src/compose.ts';
import { defaultSettings } from '../../src/core/settings.ts';
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

/** Does the main job without a window, so that a request waits when one is opened. */
export async function draftOne({ folder, env }: Demo): Promise<void> {
  const app = await compose({
    folder,
    settings: () => defaultSettings,
    apiKey: async () => env.ANTHROPIC_API_KEY,
    environment: { ...process.env, ...env },
    log: () => undefined,
    trusted: true,
  });
  try {
    await app.pipeline.scan();
    await app.pipeline.draft();
  } finally {
    await app.dispose();
  }
}
