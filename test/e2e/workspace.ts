import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoRecording, demoWorkspace, type Workspace } from '../integration/support/workspaces.ts';
import type { Recording } from '../../src/models/scripted.ts';

export interface Demo extends Workspace {
  readonly root: string;
}

/** The demo in a folder of its own, with the recorded model at hand, or with what is made of it. */
export async function openDemo(change?: (demo: Recording) => Recording): Promise<Demo> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'pw-e2e-')));
  const workspace = await demoWorkspace(root, change && changed(root, change));
  return {
    ...workspace,
    root,
    async dispose() {
      await workspace.dispose?.();
      rmSync(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function changed(root: string, change: (demo: Recording) => Recording): string {
  const file = join(root, 'recording.json');
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(demoRecording, 'utf8')))));
  return file;
}
