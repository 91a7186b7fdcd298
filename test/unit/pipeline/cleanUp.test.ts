import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, compose } from '../../../src/compose.ts';
import { isProven, proofText } from '../../../src/core/audit.ts';
import type { PatchRequest, RequestStatus } from '../../../src/core/patchRequest.ts';
import type { Git } from '../../../src/core/ports.ts';
import { unneeded } from '../../../src/core/leftover.ts';
import { defaultSettings } from '../../../src/core/settings.ts';
import { open } from '../../support/backlog.ts';
import { ticketOf } from '../../support/nouns.ts';
import { createRepository } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { landIt, makePatch, rollItBack } from '../release/workspace.ts';

const dayMs = 86_400_000;
const ago = (days: number): Date => new Date(Date.now() - days * dayMs);

describe('cleaning up', function () {
  this.timeout(60_000);
  const temp = tempFolder('pw-clean');
  let git: Git;
  let app: App;

  beforeEach(async () => {
    git = await createRepository(temp.path('shop'), {
      'a.txt': 'one\n',
      '.gitignore': '.patchwright\n',
    });
    app = await compose({
      folder: git.cwd,
      settings: () => defaultSettings,
      apiKey: () => Promise.resolve(undefined),
      environment: {
        PATCHWRIGHT_CACHE: temp.path('cache'),
        XDG_CONFIG_HOME: temp.path('config'),
        APPDATA: temp.path('config'),
      },
      log: () => undefined,
      trusted: true,
    });
  });
  afterEach(() => app.dispose());

  let made = 0;
  const patchOf = async (status: RequestStatus): Promise<PatchRequest> => {
    made += 1;
    const patch = await makePatch(git, temp.path('work'), (folder) =>
      writeFileSync(join(folder, `${made}.txt`), 'two\n'),
    );
    const ticket = ticketOf({ id: patch.ticketId, status: 'open' });
    await app.backlog.write([
      { kind: 'ticket', id: ticket.id, fields: ticket },
      { kind: 'request', id: patch.id, fields: { ...patch, status } },
    ]);
    return patch;
  };
  const land = async (patch: PatchRequest, days: number): Promise<string> => {
    const release = await landIt(git, patch);
    const fields = { ...release, appliedAt: ago(days).toISOString() };
    await app.backlog.write([{ kind: 'release', id: release.id, fields }]);
    return release.backupRef;
  };
  const transcript = (id: string, days: number): string => {
    const folder = join(git.cwd, '.patchwright/attempts');
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${id}.jsonl`);
    writeFileSync(file, '{}\n');
    utimesSync(file, ago(days), ago(days));
    return file;
  };
  const found = async (): Promise<string[]> =>
    (await app.pipeline.leftovers()).map(({ kind, name }) => `${kind} ${name}`).sort();
  const refs = async (): Promise<string[]> =>
    (await git.run(['for-each-ref', '--format=%(refname:short)'])).split('\n');

  it('tells apart what is merged and what only a branch keeps, and leaves alone what waits', async () => {
    const landed = await patchOf('APPLIED');
    await land(landed, 1);
    const denied = await patchOf('DENIED');
    await patchOf('PENDING_APPROVAL');
    await patchOf('APPROVED');
    await git.run(['branch', 'improvement/of-the-user', denied.commit]);
    assert.deepEqual(
      await found(),
      [`branch ${landed.branch}`, `unmerged_branch ${denied.branch}`].sort(),
    );
    const before = await refs();
    const removed = await app.pipeline.cleanUp(['backup', 'branch', 'transcript']);
    assert.deepEqual(
      removed.map(({ name }) => name),
      [landed.branch],
    );
    const gone = before.filter((ref) => ref !== landed.branch);
    assert.deepEqual(await refs(), gone);
    await app.pipeline.cleanUp(['unmerged_branch']);
    assert.deepEqual(
      await refs(),
      gone.filter((ref) => ref !== denied.branch),
    );
  });

  it('lets backups and transcripts go after 90 days, at a scan too, and says so in the trail', async () => {
    const [old, young] = [await patchOf('APPLIED'), await patchOf('APPLIED')];
    const oldRef = await land(old, 91);
    const youngRef = await land(young, 89);
    const [oldFile, youngFile] = [transcript('old', 91), transcript('young', 89)];
    await app.pipeline.scan();
    const left = await git.run(['for-each-ref', '--format=%(refname)', 'refs/patchwright']);
    assert.equal(left, youngRef);
    assert.notEqual(oldRef, youngRef);
    assert.deepEqual([existsSync(oldFile), existsSync(youngFile)], [false, true]);
    assert.ok((await refs()).includes(old.branch), 'a branch went unasked');
    const trail = app.backlog.audit.list({ action: 'leftover.removed' });
    assert.deepEqual(trail.map(({ subject }) => subject).sort(), ['old', oldRef].sort());
  });

  it('lets the oldest transcripts go where all together take too much', async () => {
    const files = [3, 2, 1].map((days) => transcript(`d${days}`, days));
    for (const [at, file] of files.entries()) {
      truncateSync(file, 120 * 1024 ** 2);
      utimesSync(file, ago(3 - at), ago(3 - at));
    }
    assert.deepEqual(await found(), ['transcript d3']);
    await app.pipeline.scan();
    assert.deepEqual(
      files.map((file) => existsSync(file)),
      [false, true, true],
    );
  });

  it('keeps the backup of a rollback for 90 days, however old the commit is that it keeps', async () => {
    const env = { GIT_COMMITTER_DATE: '2020-01-01T00:00:00Z' };
    const patch = await patchOf('APPLIED');
    const release = { ...(await landIt(git, patch)), appliedAt: ago(91).toISOString() };
    await git.run(['commit', '-q', '--allow-empty', '-m', 'old'], { extraEnv: env });
    const { backupRef } = await rollItBack(git, release);
    const rolledBackAt = ago(1).toISOString();
    await app.backlog.write([
      { kind: 'release', id: release.id, fields: { ...release, rolledBackAt } },
    ]);
    assert.deepEqual(
      (await found()).filter((one) => one.startsWith('backup')),
      [`backup ${release.backupRef}`],
    );
    assert.notEqual(backupRef, release.backupRef);
    const isOver = { rolledBackAt: ago(91).toISOString() };
    await app.backlog.write([{ kind: 'release', id: release.id, fields: isOver }]);
    assert.equal((await found()).filter((one) => one.startsWith('backup')).length, 2);
  });

  it('lets audit events go after 90 days under a signed checkpoint, and the trail stays proven', async () => {
    const before = await open(git.cwd, { clock: { now: () => ago(92) } });
    const entry = { actor: 'user:ada', action: 'ticket.edited', subject: 'old' };
    await before.write([{ kind: 'audit', entry }]);
    await before.dispose();
    const patch = await patchOf('PENDING_APPROVAL');
    await app.pipeline.reject(patch.id, 'No.');
    const [old, ...others] = (await app.pipeline.leftovers()).filter((one) => one.kind === 'audit');
    assert.match(old?.why ?? '', /^1 of over 90 days ago/);
    assert.deepEqual(others, []);
    await app.pipeline.scan();
    assert.deepEqual(app.backlog.audit.list({ subject: 'old' }), []);
    const proof = app.backlog.audit.verify();
    assert.ok(isProven(proof), proofText(proof));
    assert.equal(proof.checkpoint?.events, 1);
    assert.equal(app.backlog.audit.list({ action: 'audit.pruned' }).length, 1);
    assert.deepEqual(await found(), [`unmerged_branch ${patch.branch}`]);
  });

  it('lets files of the archive go that nothing names, and damaged snapshots only when asked', async () => {
    const names = [
      `archive-${'0'.repeat(16)}.sqlite`,
      `archive-${'1'.repeat(16)}.sqlite`,
      'backlog.sqlite.corrupt-2026-01-02T03-04-05-678Z',
      'backlog.sqlite.newer-2026-01-02T03-04-05-678Z',
      'notes.sqlite',
    ];
    const [orphan = '', named = '', damaged = '', ...others] = names;
    const at = (name: string): string => join(git.cwd, '.patchwright', name);
    const patch = await patchOf('APPLIED');
    await app.backlog.write([{ kind: 'request', id: patch.id, fields: { archive: named } }]);
    for (const name of names) writeFileSync(at(name), '');
    for (const name of names) utimesSync(at(name), ago(89), ago(89));
    assert.deepEqual(await found(), [`unmerged_branch ${patch.branch}`], 'too young');
    for (const name of names) utimesSync(at(name), ago(91), ago(91));
    assert.deepEqual(await found(), [
      `archive ${orphan}`,
      `set_aside ${damaged}`,
      `unmerged_branch ${patch.branch}`,
    ]);
    await app.pipeline.scan();
    const there = (): string[] => names.filter((name) => existsSync(at(name)));
    assert.deepEqual(there(), [named, damaged, ...others]);
    await app.pipeline.cleanUp(unneeded);
    assert.deepEqual(there(), [named, ...others]);
  });

  it('offers locks that a killed git has left, old ones, and none while a git is at work there', async () => {
    const names = ['HEAD.lock', 'refs/heads/work.lock'];
    const [head = '', branch = ''] = names.map((name) => join(git.cwd, '.git', name));
    for (const file of [head, branch]) writeFileSync(file, '');
    assert.deepEqual(await found(), [], 'they have just been made');
    for (const file of [head, branch]) utimesSync(file, ago(1), ago(1));
    const atWork = spawn('git', ['cat-file', '--batch'], { cwd: git.cwd });
    try {
      await once(atWork, 'spawn');
      assert.deepEqual(await found(), []);
    } finally {
      atWork.kill();
      await once(atWork, 'exit');
    }
    assert.deepEqual(
      await found(),
      names.map((name) => `lock ${name}`),
    );
    const doctor = await app.pipeline.doctor();
    assert.match(doctor.find(({ title }) => title === 'Locks of git')?.detail ?? '', /HEAD\.lock/);
    await app.pipeline.scan();
    assert.ok(existsSync(head), 'it went unasked');
    await app.pipeline.cleanUp(unneeded);
    assert.deepEqual([head, branch].filter(existsSync), []);
    await git.run(['commit', '-q', '--allow-empty', '-m', 'works again']);
  });

  it('keeps a branch that a worktree of the user has checked out', async () => {
    const denied = await patchOf('DENIED');
    await git.run(['worktree', 'add', '-q', temp.path('mine'), denied.branch]);
    assert.deepEqual(await found(), []);
  });
});
