import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, compose } from '../../src/compose.ts';
import { isPatchwrightError } from '../../src/core/errors.ts';
import { allowVariable } from '../../src/core/sandbox.ts';
import type { Git } from '../../src/core/ports.ts';
import { defaultSettings } from '../../src/core/settings.ts';
import {
  type RecordedBlock,
  type Recording,
  type ScriptedModel,
  startScriptedModel,
} from '../../src/models/scripted.ts';
import { cli, type CliResult, quickGates } from '../support/cli.ts';
import { missingSandbox } from '../support/sandbox.ts';
import { preparedFolder } from '../support/preparedFolder.ts';
import { createRepository } from '../support/repository.ts';
import { createTest, fix, shopFiles, shopLog, submit, turn } from '../support/shop.ts';

const call = (name: string, input: unknown): RecordedBlock => ({ type: 'tool_use', name, input });

/** The fix, something nobody asked for, and what the model does when it is told so. */
const recording: Recording = {
  name: 'scripted',
  conversations: [
    {
      replies: [
        createTest,
        fix,
        turn('A note.', call('create', { path: 'notes.md', content: 'one\ntwo\n' })),
        submit,
      ],
    },
    {
      match: 'Break off.',
      replies: [],
    },
    {
      match: 'already holds an earlier patch',
      replies: [turn('No note, then.', call('delete', { path: 'notes.md' })), submit],
    },
  ],
};

describe('a patch that a reviewer wants different', function () {
  this.timeout(120_000);
  let folder = '';
  let git: Git;
  let model: ScriptedModel;
  let env: Record<string, string>;
  let first: { requestId: string; ticketId: string; commit: string; branch: string; base: string };

  const startModel = async (): Promise<void> => {
    model = await startScriptedModel(recording);
    env = { ...env, ANTHROPIC_API_KEY: model.apiKey, ANTHROPIC_BASE_URL: model.baseUrl };
  };
  const temp = preparedFolder('pw-revise', async () => {
    folder = temp.path('shop');
    git = await createRepository(folder, shopFiles);
    env = { PATCHWRIGHT_CACHE: temp.path('cache'), ...quickGates(temp.path('config')) };
    mkdirSync(join(folder, 'logs'));
    writeFileSync(join(folder, 'logs/service.log'), shopLog(6));
    await run('scan');
    await startModel();
    first = await json('draft', '--next');
    await model.dispose();
  });
  beforeEach(startModel);
  afterEach(() => model.dispose());

  const run = (...args: string[]): Promise<CliResult> => cli([...args, '--folder', folder], env);
  const json = async (...args: string[]) => {
    const result = await run(...args, '--json');
    assert.equal(result.code, 0, `${args.join(' ')}: ${result.stderr}${result.stdout}`);
    return JSON.parse(result.stdout);
  };
  const requests = (): Promise<{ requestId: string; status: string; commit: string }[]> =>
    json('requests');
  const namesOf = async (commit: string): Promise<string[]> =>
    (await git.run(['diff', '--name-only', first.base, commit])).split('\n');

  it('is changed by the model on the same branch, on top of what it was', async () => {
    const second = await json('changes', first.requestId, '-m', 'No notes, please.');
    assert.notEqual(second.requestId, first.requestId);
    assert.equal(second.branch, first.branch);
    assert.equal(second.base, first.base);
    assert.equal(await git.run(['rev-parse', `${second.commit}^`]), first.commit);
    assert.deepEqual(await namesOf(second.commit), ['src/cart.js', 'test/unknown.test.js']);
    assert.equal(await git.run(['rev-parse', first.branch]), second.commit);
    const statuses = new Map((await requests()).map((one) => [one.requestId, one.status]));
    assert.equal(statuses.get(first.requestId), 'DENIED');
    assert.equal(statuses.get(second.requestId), 'PENDING_APPROVAL');
    assert.match(String(model.requests.at(-1)?.body), /No notes, please\./);
    assert.equal((await json('approve', second.requestId)).outcome, 'landed');
  });

  it('is not touched while the model is out of reach', async () => {
    await model.dispose();
    assert.notEqual((await run('changes', first.requestId, '-m', 'No notes.')).code, 0);
    assert.equal((await requests())[0]?.status, 'PENDING_APPROVAL');
  });

  it('waits again as it was when the model could not change it', async () => {
    assert.notEqual((await run('changes', first.requestId, '-m', 'Break off.')).code, 0);
    assert.equal((await requests())[0]?.status, 'DENIED');
    assert.equal(await git.run(['rev-parse', first.branch]), first.commit);
    await json('reopen', first.requestId);
    assert.equal((await json('approve', first.requestId)).outcome, 'landed');
  });

  it('loses a hunk, and what is approved is what is left', async () => {
    const { hunks } = await json('drop', first.requestId);
    assert.deepEqual(
      hunks.map(({ name }: { name: string }) => name),
      ['notes.md:1', 'src/cart.js:1', 'test/unknown.test.js:1'],
    );
    const revised = await json('drop', first.requestId, 'notes.md:1');
    assert.equal(revised.requestId, first.requestId);
    assert.deepEqual(await namesOf(revised.commit), ['src/cart.js', 'test/unknown.test.js']);
    assert.deepEqual(
      revised.edits.map(({ what }: { what: string }) => what),
      ['1 hunk dropped'],
    );
    await json('approve', first.requestId);
    assert.equal(
      (await git.code(['cat-file', '-e', 'HEAD:notes.md'], { okCodes: [0, 128] })).code,
      128,
    );
  });

  it('gets back what was dropped, one change after the other', async () => {
    const dropped = await json('drop', first.requestId, 'notes.md:1');
    const back = await json('undo', first.requestId);
    assert.deepEqual(back.edits, []);
    const treeOf = (commit: string): Promise<string> => git.run(['rev-parse', `${commit}^{tree}`]);
    assert.equal(await treeOf(back.commit), await treeOf(first.commit));
    assert.notEqual(back.commit, dropped.commit);
    assert.equal(await git.run(['rev-parse', first.branch]), back.commit);
    assert.equal((await json('approve', first.requestId)).outcome, 'landed');
  });

  it('has nothing to take back while nobody has changed it', async () => {
    const refused = await run('undo', first.requestId, '--json');
    assert.equal(JSON.parse(refused.stdout).error.code, 'nothing_to_do');
  });

  it('keeps a hunk that the gates need', async () => {
    const refused = await run('drop', first.requestId, 'src/cart.js:1', '--json');
    assert.equal(JSON.parse(refused.stdout).error.code, 'gates_failed');
    assert.equal((await requests())[0]?.commit, first.commit);
    assert.equal(await git.run(['rev-parse', first.branch]), first.commit);
  });

  it('names what it can not drop', async () => {
    const refused = await run('drop', first.requestId, 'src/cart.js:2', '--json');
    assert.equal(JSON.parse(refused.stdout).error.code, 'not_found');
    assert.equal((await run('drop', first.requestId, 'src/cart.js')).code, 2);
  });

  describe('edited by hand', () => {
    let app: App;
    const open = (): Promise<App> =>
      compose({
        folder,
        settings: () => defaultSettings,
        apiKey: () => Promise.resolve(undefined),
        environment: {
          ...process.env,
          ...(missingSandbox() ? { [allowVariable]: '1' } : {}),
          ...env,
        },
        log: () => undefined,
        trusted: true,
      });
    beforeEach(async () => {
      app = await open();
    });
    afterEach(() => app.dispose());

    it('becomes the edited commit once the gates have passed', async () => {
      const checkout = await app.pipeline.editing.start(first.requestId);
      const file = join(checkout, 'src/cart.js');
      assert.match(readFileSync(file, 'utf8'), /\?\.cents \?\? 0/);
      writeFileSync(file, `// Articles without a price are free.\n${readFileSync(file, 'utf8')}`);
      const revised = await app.pipeline.editing.finish(first.requestId);
      assert.deepEqual(
        revised.edits?.map(({ what }) => what),
        ['edited by hand'],
      );
      assert.match(await git.run(['show', `${revised.commit}:src/cart.js`]), /^\/\/ Articles/);
      assert.equal(app.backlog.requests.get(first.requestId)?.commit, revised.commit);
      assert.deepEqual(app.pipeline.editing.open(), []);
      await assert.rejects(app.pipeline.approve(first.requestId, { seen: first.commit }), (error) =>
        isPatchwrightError(error, 'stale'),
      );
      assert.equal((await app.pipeline.approve(first.requestId)).kind, 'landed');
    });

    it('stays open to be corrected while the gates refuse it', async () => {
      const file = join(await app.pipeline.editing.start(first.requestId), 'src/cart.js');
      const good = readFileSync(file, 'utf8');
      writeFileSync(file, 'broken(');
      await assert.rejects(app.pipeline.editing.finish(first.requestId), (error) =>
        isPatchwrightError(error, 'gates_failed'),
      );
      assert.equal(readFileSync(file, 'utf8'), 'broken(');
      assert.equal(app.backlog.requests.get(first.requestId)?.commit, first.commit);
      writeFileSync(file, `${good}// checked\n`);
      await app.pipeline.editing.finish(first.requestId);
    });

    it('is put aside when the window closes, and taken up again', async () => {
      const file = join(await app.pipeline.editing.start(first.requestId), 'notes.md');
      writeFileSync(file, 'mine\n');
      await app.dispose();
      assert.equal(await git.run(['rev-parse', first.branch]), first.commit);
      app = await open();
      const again = join(await app.pipeline.editing.start(first.requestId), 'notes.md');
      assert.equal(readFileSync(again, 'utf8'), 'mine\n');
      await app.pipeline.editing.abandon(first.requestId);
      const anew = join(await app.pipeline.editing.start(first.requestId), 'notes.md');
      assert.equal(readFileSync(anew, 'utf8'), 'one\ntwo\n');
    });
  });
});
