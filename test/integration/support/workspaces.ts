import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openBacklog } from '../../../src/backlog/openBacklog.ts';
import { createAuditSigner } from '../../../src/platform/auditKey.ts';
import { copyWorkspace } from '../../../src/platform/demoWorkspace.ts';
import { compose, startRecordedModel } from '../../../src/compose.ts';
import { defaultSettings } from '../../../src/core/settings.ts';
import { writeTree } from '../../support/repository.ts';

const media = join(import.meta.dirname, '../../../media');
export const demoRecording = join(media, 'demo.recording.json');

export interface Workspace {
  readonly folder: string;
  /** For the extension host: the recorded model's address and key, for instance. */
  readonly env: Readonly<Record<string, string>>;
  dispose?(): Promise<void>;
}

/** The kinds of workspace; each has a folder of tests of this name. */
export const workspaces: Readonly<Record<string, (root: string) => Promise<Workspace>>> = {
  /** The demo: a service, the log of its bug, and the recorded model that mends it. */
  async repository(root) {
    const demo = await demoWorkspace(root);
    await beganEarlier(demo.folder);
    return demo;
  },
  async plain(root) {
    const folder = join(root, 'notes');
    mkdirSync(folder);
    writeTree(folder, { 'readme.txt': 'No repository here.\n' });
    return { folder, env: {} };
  },
  several: severalFolders,
  /** With a backlog that somebody made: a request waits in it. */
  async untrusted(root) {
    const demo = await demoWorkspace(root);
    await draftOne(demo.folder, demo.env);
    await demo.dispose?.();
    return { folder: demo.folder, env: {} };
  },
};

/** Two services with the same bug, a worktree of one of them, and a folder without a repository. */
export async function severalFolders(root: string): Promise<Workspace> {
  for (const name of ['api', 'web']) await copyDemo(join(root, name));
  execFileSync('git', ['worktree', 'add', '-q', join(root, 'fix')], { cwd: join(root, 'api') });
  writeTree(root, {
    'notes/readme.txt': 'No repository here.\n',
    'several.code-workspace': JSON.stringify({
      folders: ['api', 'web', 'notes', 'fix'].map((path) => ({ path })),
    }),
  });
  return {
    folder: join(root, 'several.code-workspace'),
    env: { PATCHWRIGHT_CACHE: join(root, 'cache') },
  };
}

const earlier = new Date(Date.now() - 40 * 86_400_000);

/** As if a window had been open there more than a month ago: something of every kind was missed since. */
async function beganEarlier(folder: string): Promise<void> {
  const clock = { now: () => earlier };
  const signer = createAuditSigner(process.env);
  const backlog = await openBacklog({ folder, clock, signer, log: () => undefined, watch: false });
  try {
    const entry = { actor: 'patchwright', action: 'schedule.began', subject: 'run' };
    await backlog.write([{ kind: 'audit', entry }]);
  } finally {
    await backlog.dispose();
  }
}

/** Does the main job without a window, so that a request waits when one is opened. */
export async function draftOne(
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
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

/** @param recording of the model; left out: the demo's own */
export async function demoWorkspace(root: string, recording = demoRecording): Promise<Workspace> {
  const model = await startRecordedModel(recording);
  const { folder } = await copyDemo(join(root, 'shop'));
  const env = { ...model.environment, PATCHWRIGHT_CACHE: join(root, 'cache') };
  return { folder, env, dispose: () => model.dispose() };
}

async function copyDemo(folder: string): Promise<Workspace> {
  mkdirSync(folder);
  await copyWorkspace(join(media, 'demo'), folder);
  return { folder, env: {} };
}
