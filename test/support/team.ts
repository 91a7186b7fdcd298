import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Backlog } from '../../src/backlog/backlog.ts';
import type { Clock, Git } from '../../src/core/ports.ts';
import { parseSettings } from '../../src/core/settings.ts';
import {
  peopleMet,
  sync,
  type SyncOptions,
  type SyncReport,
} from '../../src/pipeline/sync/sync.ts';
import { type SyncState, syncState } from '../../src/pipeline/sync/state.ts';
import type { Person } from '../../src/pipeline/sync/people.ts';
import { createGit } from '../../src/platform/git.ts';
import { createShell } from '../../src/platform/shell.ts';
import { createTeamKeys } from '../../src/platform/teamKeys.ts';
import { open, systemClock } from './backlog.ts';

/** One clone of a repository, with a backlog and a person of its own. */
export interface Clone {
  readonly folder: string;
  readonly config: string;
  readonly name: string;
  readonly git: Git;
  backlog: Backlog;
  sync(options?: SyncOptions): Promise<SyncReport>;
  people(): Promise<readonly Person[]>;
  state(): Promise<SyncState>;
  /** As after a crash: whatever was not on the disk is gone. */
  reopen(): Promise<void>;
}

export interface CloneOptions {
  readonly clock?: Clock;
  readonly name?: string;
  readonly enabled?: boolean;
  /** Instead of the git in the folder, to make it fail. */
  readonly wrap?: (git: Git) => Git;
}

export function bareRemote(root: string, name = 'remote.git'): string {
  const remote = join(root, name);
  execFileSync('git', ['init', '--quiet', '--bare', remote]);
  return remote;
}

export async function cloneOf(
  root: string,
  remote: string,
  who: string,
  {
    clock = systemClock,
    name = `user:${who}@example.org`,
    enabled = true,
    wrap,
  }: CloneOptions = {},
): Promise<Clone> {
  const folder = join(root, who);
  const config = join(root, `${who}-config`);
  mkdirSync(folder);
  execFileSync('git', ['init', '--quiet', folder]);
  execFileSync('git', ['-C', folder, 'remote', 'add', 'origin', remote]);
  const plain = createGit(createShell(), folder);
  const settings = parseSettings({ 'patchwright.sync.enabled': enabled });
  const team = createTeamKeys({ config, folder });
  const clone: Clone = {
    folder,
    config,
    name,
    git: plain,
    backlog: await open(folder, { clock }),
    sync: (options = {}) => sync(house(), options, new AbortController().signal),
    people: () => peopleMet(house()),
    state: () => syncState(house()),
    async reopen() {
      await clone.backlog.dispose();
      clone.backlog = await open(folder, { clock });
    },
  };
  const house = () => ({
    backlog: clone.backlog,
    git: wrap ? wrap(plain) : plain,
    clock,
    log: () => undefined,
    settings: () => settings,
    reviewer: async () => name,
    team,
  });
  return clone;
}

/** What all clones must agree on in the end. */
export function sharedOf({ backlog }: Clone) {
  const tickets = [...backlog.tickets.list()].sort((a, b) => a.id.localeCompare(b.id));
  return {
    tickets,
    counts: tickets.map(({ id }) => backlog.groups.get(id)?.count ?? 0),
  };
}
