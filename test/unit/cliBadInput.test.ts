import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { appendFileSync, chmodSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from '../../src/core/ports.ts';
import { type ScriptedModel, startScriptedModel } from '../../src/models/scripted.ts';
import { cli } from '../support/cli.ts';
import { makeSmallDisk } from '../support/disks.ts';
import { createRepository, writeTree } from '../support/repository.ts';
import { rightFix, shopError, shopFiles, shopLog } from '../support/shop.ts';
import { tempFolder } from '../support/tempFolder.ts';

/** States of a repository, of logs and of a disk that make it hard; more of them in cli.test.ts. */
describe('the command line, on bad input', function () {
  this.timeout(300_000);
  const temp = tempFolder('pw-cli-bad');
  let folder = '';
  let git: Git;
  let model: ScriptedModel | undefined;
  let env: Record<string, string>;

  beforeEach(async () => {
    folder = temp.path('shop');
    git = await createRepository(folder, shopFiles);
    put('logs/service.log', shopLog(6));
    model = await startScriptedModel(rightFix);
    env = {
      PATCHWRIGHT_CACHE: temp.path('cache'),
      ANTHROPIC_API_KEY: model.apiKey,
      ANTHROPIC_BASE_URL: model.baseUrl,
    };
  });
  afterEach(() => model?.dispose());

  const put = (path: string, content: string | Buffer): void => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await cli([...args, '--json', '--folder', folder], env);
    return { code, stderr, out: JSON.parse(stdout || 'null') };
  };
  const commit = async (path: string, content: string): Promise<void> => {
    writeTree(folder, { [path]: content });
    await git.run(['add', '-A']);
    await git.run(['commit', '-q', '-m', content.trim()]);
  };

  it('drafts nothing during a rebase, says how to end it, and leaves it as it is', async () => {
    await git.run(['checkout', '-q', '-b', 'other']);
    await commit('src/notes.js', 'theirs\n');
    await git.run(['checkout', '-q', 'work']);
    await commit('src/notes.js', 'mine\n');
    await git.code(['rebase', 'other'], { okCodes: [1] });
    const before = await git.run(['status', '--porcelain']);
    await run('scan');
    const { code, out } = await run('draft', '--next');
    assert.equal(code, 4);
    assert.equal(out.error.code, 'operation_in_progress');
    assert.match(out.error.message, /rebase/);
    assert.equal(await git.run(['status', '--porcelain']), before);
    assert.ok(
      model?.requests.every(({ method }) => method === 'GET'),
      'nothing was spent',
    );
    const [ticket] = (await run('tickets')).out;
    assert.equal(ticket.status, 'open');
  });

  it('drafts from a detached HEAD, and lands nothing on it', async () => {
    await git.run(['checkout', '-q', '--detach']);
    await run('scan');
    const request = await run('draft', '--next');
    assert.equal(request.code, 0, request.stderr);
    const head = await git.run(['rev-parse', 'HEAD']);
    const { code, out } = await run('approve', request.out.requestId);
    assert.equal(code, 4);
    assert.equal(out.error.code, 'detached_head');
    assert.equal(await git.run(['rev-parse', 'HEAD']), head);
    assert.equal((await run('requests')).out[0].status, 'PENDING_APPROVAL');
  });

  it('reads past binary logs, names what it may not read, and counts the rest', async () => {
    put('logs/binary.log', Buffer.concat([randomBytes(300_000), Buffer.alloc(50_000)]));
    put('logs/secret.log', 'x\n');
    chmodSync(join(folder, 'logs/secret.log'), 0);
    mkdirSync(join(folder, 'logs/folder.log'));
    const { code, out } = await run('scan');
    assert.equal(code, 0);
    assert.equal(out.created.length, 1);
    const [ticket] = (await run('tickets')).out;
    assert.deepEqual([ticket.title, ticket.occurrences], [shopError, 6]);
    if (process.getuid?.() !== 0) {
      assert.deepEqual(out.problems, [
        { file: 'logs/secret.log', reason: 'no permission to read it' },
      ]);
    }
  });

  it('reads a log of 2 GB that is mostly a hole to its end', async () => {
    put('logs/service.log', '');
    truncateSync(join(folder, 'logs/service.log'), 2 * 1024 ** 3);
    appendFileSync(join(folder, 'logs/service.log'), `\n${shopLog(6)}`);
    const { code, out } = await run('scan');
    assert.equal(code, 0);
    assert.equal(out.created.length, 1);
  });

  it('says that the disk is full, and goes on where it was once there is room', async function () {
    const disk = temp.path('disk');
    const undo = makeSmallDisk(disk, '1m') ?? this.skip();
    try {
      folder = join(disk, 'shop');
      put('logs/service.log', shopLog(6));
      put('filler', Buffer.alloc(900_000));
      const filled = fill(join(folder, 'filler2'));
      const { code, out } = await run('scan');
      assert.equal(code, 1);
      assert.equal(out.error.code, 'disk_full');
      assert.match(out.error.message, /disk is full.*Free some space/i);
      writeFileSync(join(folder, 'filler'), '');
      writeFileSync(filled, '');
      const again = await run('scan');
      assert.equal(again.code, 0, again.stderr);
      assert.equal((await run('tickets')).out[0].occurrences, 6);
    } finally {
      undo();
    }
  });
});

/** Writes until nothing more fits. */
function fill(path: string): string {
  for (let size = 256 << 10; size >= 1; size = Math.floor(size / 2)) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(size), { flag: 'a' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
  return path;
}
