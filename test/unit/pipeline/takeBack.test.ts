import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, compose } from '../../../src/compose.ts';
import type { PatchwrightError } from '../../../src/core/errors.ts';
import { isPatchwrightError } from '../../../src/core/errors.ts';
import type { PatchRequest } from '../../../src/core/patchRequest.ts';
import type { Git } from '../../../src/core/ports.ts';
import { defaultSettings } from '../../../src/core/settings.ts';
import { open } from '../../support/backlog.ts';
import { ticketOf } from '../../support/nouns.ts';
import { createRepository } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { makePatch } from '../release/workspace.ts';

describe('rolling back what newer commits build on', function () {
  this.timeout(60_000);
  const temp = tempFolder('pw-takeback');
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
      environment: { PATCHWRIGHT_CACHE: temp.path('cache') },
      log: () => undefined,
      trusted: true,
    });
  });
  afterEach(() => app.dispose());

  /** A request that waits, for a ticket that is there or is made. */
  const put = async (text: string, ticketId?: string): Promise<PatchRequest> => {
    const made = await makePatch(git, temp.path('work'), (folder) =>
      writeFileSync(join(folder, 'a.txt'), text),
    );
    const id = ticketId ?? made.ticketId;
    const before = app.backlog.tickets.get(id) ?? ticketOf({ id });
    const patch = { ...made, ticketId: id, status: 'PENDING_APPROVAL' as const };
    await app.backlog.write([
      { kind: 'ticket', id, fields: { ...before, status: 'ready' } },
      { kind: 'request', id: patch.id, fields: patch },
    ]);
    return patch;
  };
  const conflict = async (releaseId: string): Promise<PatchwrightError> => {
    const error: unknown = await app.pipeline.rollBack(releaseId, 'It made things worse.').then(
      () => assert.fail('it went through'),
      (thrown: unknown) => thrown,
    );
    assert.ok(isPatchwrightError(error, 'conflict'), String(error));
    return error;
  };

  it('becomes a ticket for a patch to review; once that has landed it is taken back', async () => {
    const patch = await put('two\n');
    await app.pipeline.approve(patch.id);
    writeFileSync(join(git.cwd, 'a.txt'), 'two and more\n');
    await git.run(['commit', '-q', '-a', '-m', 'later']);
    const head = await git.run(['rev-parse', 'HEAD']);

    const error = await conflict(patch.id);
    assert.equal(await git.run(['rev-parse', 'HEAD']), head);
    const [wanted, ...others] = app.backlog.tickets
      .list({ statuses: ['open'] })
      .filter(({ metadata }) => metadata.takesBack === patch.id);
    assert.ok(wanted);
    assert.deepEqual(others, []);
    assert.match(error.remedy, new RegExp(`Draft ticket ${wanted.id}`));
    assert.match(wanted.description, /It made things worse[^]*\+two/);
    assert.deepEqual(wanted.filesToModify, ['a.txt']);
    assert.equal(app.backlog.requests.get(patch.id)?.status, 'APPLIED');

    await conflict(patch.id);
    assert.equal(app.backlog.tickets.list({ statuses: ['open'] }).length, 1, 'asked for twice');

    const back = await put('one and more\n', wanted.id);
    await app.pipeline.approve(back.id);
    assert.equal(app.backlog.requests.get(patch.id)?.status, 'ROLLED_BACK');
    const release = app.backlog.releases.get(patch.id);
    assert.equal(release?.rollbackCommit, app.backlog.releases.get(back.id)?.commit);
    assert.match(release?.rollbackReason ?? '', /^Taken back by the patch that landed as/);
    assert.equal(app.backlog.requests.get(back.id)?.status, 'APPLIED');
  });

  it('shows the patch to whoever takes it back, though it has moved to the archive', async () => {
    const patch = await put('two\n');
    await app.pipeline.approve(patch.id);
    writeFileSync(join(git.cwd, 'a.txt'), 'two and more\n');
    await git.run(['commit', '-q', '-a', '-m', 'later']);
    const other = await open(git.cwd, { whole: { newest: 0, most: 0, days: 0, together: 1 } });
    await other.snapshot();
    await other.dispose();
    await app.backlog.refresh();
    assert.equal(app.backlog.requests.get(patch.id)?.diff, '');

    await conflict(patch.id);
    const [wanted] = app.backlog.tickets.list({ statuses: ['open'] });
    assert.match(wanted?.description ?? '', /\+two/);
  });
});
