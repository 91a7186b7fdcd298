import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type App, compose } from '../../src/compose.ts';
import type { AuditProof } from '../../src/core/audit.ts';
import type { Git } from '../../src/core/ports.ts';
import { parseSettings, type Settings } from '../../src/core/settings.ts';
import { startScriptedModel } from '../../src/models/scripted.ts';
import { createRepository } from './repository.ts';
import { missingSandbox } from './sandbox.ts';
import { createTest, fix, shopFiles, shopLog, submit } from './shop.ts';

/** What must not grow with use. */
export interface Footprint {
  /** Of any kind: branches, backups. */
  readonly refs: number;
  readonly worktrees: number;
  /** Open files and sockets of this process, and processes it has started, where the system tells. */
  readonly handles: number;
  readonly children: number;
  /** In the folder for worktrees and copies, and in `.patchwright`, but for snapshots of the backlog and locks. */
  readonly files: number;
  readonly heapMb: number;
  readonly cacheKib: number;
  /** Of `.patchwright`: the history of what was done is kept, so this grows by a bounded step. */
  readonly diskKib: number;
  readonly audit: AuditProof;
}

export interface SoakOptions {
  /** How long a cycle is supposed to have taken, so that what goes with age goes. */
  readonly hours: number;
  /** Of each cycle. */
  readonly settings: (cycle: number) => Readonly<Record<string, unknown>>;
}

/** Running the tests is left to the gates. */
const recording = { name: 'scripted', conversations: [{ replies: [createTest, fix, submit] }] };

/** A ticket drafted by the scripted model, judged, approved, rolled back and cleaned up after, again and again. */
export async function soak(
  root: string,
  cycles: number,
  { hours, settings }: SoakOptions,
  look: (cycle: number, footprint: Footprint) => void,
): Promise<void> {
  const git = await createRepository(join(root, 'repo'), shopFiles);
  const cache = join(root, 'cache');
  const config = join(root, 'config');
  const model = await startScriptedModel(recording);
  let ahead = 0;
  const now = (): Date => new Date(Date.now() + ahead);
  const settingsOf = (cycle: number): Settings =>
    parseSettings({
      'patchwright.limits.requestsPerDay': 1_000_000,
      'patchwright.limits.attemptsPerTicket': 1_000_000,
      'patchwright.model.name': 'scripted',
      'patchwright.sandbox.allowWithout': missingSandbox() !== undefined,
      ...settings(cycle),
    });
  let current = settingsOf(1);
  const app = await compose({
    folder: git.cwd,
    settings: () => current,
    apiKey: () => Promise.resolve(model.apiKey),
    environment: {
      ...process.env, // the sandbox is found by it
      PATCHWRIGHT_CACHE: cache,
      XDG_CONFIG_HOME: config,
      APPDATA: config,
      ANTHROPIC_BASE_URL: model.baseUrl,
    },
    clock: { now },
    log: () => undefined,
    trusted: true,
  });
  try {
    mkdirSync(join(git.cwd, 'logs'));
    for (let cycle = 1; cycle <= cycles; cycle += 1) {
      current = settingsOf(cycle);
      // The first five make the ticket; then each cycle sees the error once more.
      appendFileSync(join(git.cwd, 'logs/service.log'), shopLog(cycle === 1 ? 6 : 1, 6 + cycle));
      // The user goes on too; so what gates said of the last cycle's patch does not hold for this one's.
      writeFileSync(join(git.cwd, 'notes.txt'), `${cycle}\n`);
      await git.run(['add', 'notes.txt']);
      await git.run(['commit', '-q', '-m', `Cycle ${cycle}`]);
      await app.pipeline.scan(); // a day after the last one it cleans up what has aged
      const [ticket] = app.backlog.tickets.list();
      const request = await app.pipeline.draft(ticket?.id);
      const approved = await app.pipeline.approve(request.id);
      if (approved.kind !== 'landed') throw new Error(`cycle ${cycle}: ${approved.kind}`);
      await app.pipeline.rollBack(approved.release.id, 'Once more.');
      await app.pipeline.cleanUp(['branch']);
      age(join(git.cwd, '.patchwright', 'attempts'), now());
      (model.requests as unknown[]).length = 0;
      look(cycle, await footprint(app, git, cache));
      ahead += hours * 3_600_000;
    }
  } finally {
    await app.dispose();
    await model.dispose();
  }
}

/** Files are as old as the system's clock says: those of this cycle get the time of ours. */
function age(folder: string, now: Date): void {
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    const { mtimeMs } = statSync(file);
    if (Math.abs(mtimeMs - Date.now()) < 3_600_000) utimesSync(file, now, now);
  }
}

async function footprint(app: App, git: Git, cache: string): Promise<Footprint> {
  const refs = await git.run(['for-each-ref', '--format=%(refname)']);
  const worktrees = await git.run(['worktree', 'list', '--porcelain']);
  const own = filesIn(join(git.cwd, '.patchwright'));
  const cached = filesIn(cache);
  return {
    refs: refs.split('\n').length,
    worktrees: worktrees.match(/^worktree /gm)?.length ?? 0,
    handles: handles(),
    children: children(),
    files: own.filter((file) => !/[\\/]backlog\.|\.lock$/.test(file)).length + cached.length,
    heapMb: heap() / 1_048_576,
    cacheKib: bytesOf(cached) / 1024,
    diskKib: bytesOf(own) / 1024,
    audit: app.backlog.audit.verify(),
  };
}

/** After collecting what is no longer used. */
function heap(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

function handles(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0;
}

function children(): number {
  if (process.platform !== 'linux') return 0;
  const text = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).length;
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

function bytesOf(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + statSync(file).size, 0);
}
