import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Git } from '../../src/core/ports.ts';
import { startScriptedModel, type ScriptedModel } from '../../src/models/scripted.ts';
import { type CliResult, cli, quickGates, startCli } from '../support/cli.ts';
import { makeReadOnly } from '../support/disks.ts';
import { isRunning, processesIn, until } from '../support/processes.ts';
import { createRepository } from '../support/repository.ts';
import {
  graspingFix,
  hangingSubmission,
  hangingTest,
  rightFix,
  shopError,
  shopFiles,
  shopLog,
  vacuousFix,
} from '../support/shop.ts';
import { open, ticketChange } from '../support/backlog.ts';
import { startOpenAiServer } from '../support/openAiServer.ts';
import { tempFolder } from '../support/tempFolder.ts';

/** The whole house through its front door: real processes, real git, the real SDK against a loopback model. */
describe('command line', function () {
  this.timeout(300_000);
  const temp = tempFolder('pw-cli');
  let folder = '';
  let git: Git;
  let model: ScriptedModel | undefined;
  let env: Record<string, string>;

  beforeEach(async () => {
    folder = temp.path('shop');
    git = await createRepository(folder, shopFiles);
    env = { PATCHWRIGHT_CACHE: temp.path('cache'), ...quickGates(temp.path('config')) };
  });
  afterEach(async () => {
    await model?.dispose();
    model = undefined;
  });

  const run = (...args: string[]): Promise<CliResult> => cli([...args, '--folder', folder], env);
  const json = async (...args: string[]) => {
    const result = await run(...args, '--json');
    assert.equal(result.code, 0, `${args.join(' ')}: ${result.stderr}`);
    return JSON.parse(result.stdout);
  };
  const log = (times: number): void => {
    mkdirSync(join(folder, 'logs'), { recursive: true });
    writeFileSync(join(folder, 'logs/service.log'), shopLog(times));
  };
  const useModel = async (recording: Parameters<typeof startScriptedModel>[0]): Promise<void> => {
    model = await startScriptedModel(recording);
    env = { ...env, ANTHROPIC_API_KEY: model.apiKey, ANTHROPIC_BASE_URL: model.baseUrl };
  };

  it('finds the error in the log and makes one ticket of it, with reasons', async () => {
    log(6);
    const report = await json('scan');
    assert.equal(report.created.length, 1);
    const [ticket] = await json('tickets');
    assert.equal(ticket.title, shopError);
    assert.equal(ticket.occurrences, 6);
    assert.equal(ticket.location.file, 'src/cart.js');
    assert.equal(ticket.status, 'open');
    assert.match(ticket.priorityReason, /6 times/);
    assert.deepEqual((await json('scan')).created, [], 'a second scan counts nothing twice');
    assert.equal((await json('show', ticket.id)).occurrences, 6);
  });

  it('says why errors that were seen too seldom make no ticket yet', async () => {
    log(2);
    assert.match((await run('scan')).stdout, /0 new tickets.*\n.*when it was seen 5 times/);
    assert.doesNotMatch((await run('scan')).stdout, /5 times/, 'nothing new, nothing to explain');
  });

  it('does the main job: draft, gates, diff, approve, roll back; the user’s own changes stay', async () => {
    delete env.XDG_CONFIG_HOME; // with every gate
    log(6);
    await useModel(rightFix);
    await json('scan');
    writeFileSync(join(folder, 'notes.txt'), 'my own\n');
    const before = await git.run(['rev-parse', 'HEAD']);

    const request = await json('draft', '--next');
    assert.equal(request.status, 'PENDING_APPROVAL');
    assert.deepEqual(
      request.gates.map((g: { id: string; verdict: string }) => [g.id, g.verdict]),
      [
        ['protected', 'passed'],
        ['size', 'passed'],
        ['secrets', 'passed'],
        ['static', 'passed'],
        ['reproduction', 'passed'],
        ['suite', 'passed'],
        ['coverage', 'passed'],
        ['loop', 'passed'],
        ['mcp', 'not_configured'],
      ],
    );
    assert.equal(await git.run(['rev-parse', 'HEAD']), before, 'nothing reached the branch');
    assert.equal(await git.run(['status', '--porcelain']), '?? notes.txt');
    const { motivation, attempt } = request.metrics;
    assert.equal(motivation.occurrences, 6);
    assert.deepEqual([attempt.number, attempt.submissions], [1, 1]);
    assert.ok(attempt.steps > 1 && attempt.tokens > 0 && attempt.durationMs > 0);
    assert.deepEqual(
      attempt.tests.map((one: { gate: string; verdict: string }) => [one.gate, one.verdict]),
      [
        ['reproduction', 'passed'],
        ['suite', 'passed'],
        ['coverage', 'passed'],
      ],
    );
    assert.match((await run('diff', request.requestId)).stdout, /\?\.cents \?\? 0/);
    assert.equal((await run('gates', request.requestId)).code, 0);

    const release = await json('approve', request.requestId.slice(0, 8), '-m', 'good');
    assert.equal(release.branch, 'work');
    assert.equal(Date.parse(release.monitoredUntil) - Date.parse(release.appliedAt), 300_000);
    assert.match(readFileSync(join(folder, 'src/cart.js'), 'utf8'), /\?\? 0/);
    const message = await git.run(['show', '-s', '--format=%B', 'HEAD']);
    assert.match(message, new RegExp(`Patchwright-Ticket: ${request.ticketId}`));
    assert.equal(await git.run(['rev-parse', release.backupRef]), before);
    assert.equal((await json('tickets', '--status', 'applied')).length, 1);

    const undone = await json('rollback', request.requestId.slice(0, 8));
    assert.ok(undone.rollbackCommit);
    assert.equal(await git.run(['diff', '--stat', before, 'HEAD']), '');
    assert.equal(readFileSync(join(folder, 'notes.txt'), 'utf8'), 'my own\n');
    assert.equal((await json('tickets', '--status', 'rolled_back')).length, 1);
    assert.equal((await run('audit', 'verify')).code, 0);
    assert.equal((await git.run(['worktree', 'list'])).split('\n').length, 1);

    const { requests, mergeRate, successRate, cost } = await json('metrics', '--days', '1');
    assert.deepEqual([requests.proposed, requests.implemented, requests.rolledBack], [1, 1, 1]);
    assert.deepEqual(
      [mergeRate, successRate],
      [
        { value: 1, part: 1, of: 1 },
        { value: 0, part: 0, of: 1 },
      ],
    );
    assert.equal(cost.byModel[0].attempts, 1);
    assert.match((await run('metrics')).stdout, /landed +1, 1 rolled back/);
  });

  it('replays an attempt without a model, and says where it differs', async () => {
    log(6);
    await useModel(rightFix);
    await json('scan');
    const request = await json('draft', '--next');
    await model?.dispose();
    model = undefined;
    const [attempt] = (await json('show', request.ticketId)).attempts;
    const report = await json('replay', attempt.id.slice(0, 8));
    assert.deepEqual(report, {
      attemptId: attempt.id,
      ticketId: request.ticketId,
      steps: 5,
      differences: [],
      samePatch: true,
    });
    assert.equal(await git.run(['branch', '--list', 'improvement/replay*']), '');

    const file = join(folder, '.patchwright/attempts', `${attempt.id}.jsonl`);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replaceAll('?.cents ?? 0', '?.cents ?? 7'));
    const changed = await run('replay', request.ticketId, '--json');
    assert.equal(changed.code, 4, changed.stderr);
    const { differences, samePatch } = JSON.parse(changed.stdout);
    assert.equal(samePatch, false);
    assert.match(differences[0].recorded, /^Verdict: passed/);
    assert.match(differences[0].replayed, /^Verdict: failed/);
    assert.equal((await run('replay', 'nothing')).code, 1);
  });

  it('refuses a test that proves nothing, and says which gate', async () => {
    log(6);
    await useModel(vacuousFix);
    await run('scan');
    const result = await run('draft', '--next', '--json');
    assert.equal(result.code, 4, result.stderr);
    assert.equal(JSON.parse(result.stdout).error.code, 'gates_failed');
    const [ticket] = await json('tickets');
    assert.equal(ticket.status, 'failed');
    assert.equal(await git.run(['branch', '--list', 'improvement/*']), '');
  });

  it('lets no edit of a protected file through, and tells the audit trail', async () => {
    log(6);
    await useModel(graspingFix);
    await run('scan');
    const request = await json('draft', '--next');
    assert.ok(!request.files.some((f: { path: string }) => f.path.startsWith('.github')));
    const trail = await json('audit');
    const refusal = trail.find((e: { action: string }) => e.action === 'edit.refused');
    assert.equal(refusal.after.path, '.github/workflows/ci.yml');
    const of = async (file: string) =>
      (await json('history', file)).map(({ kind }: { kind: string }) => kind);
    assert.deepEqual(await of('.github/workflows/ci.yml'), ['refused']);
    assert.deepEqual(await of('src/cart.js'), ['proposed']);
    assert.equal((await run('history', 'package.json')).code, 3);
  });

  it('gives the comment of a rejection to the next attempt, and can take it back', async () => {
    log(6);
    await useModel(rightFix);
    await run('scan');
    const request = await json('draft', '--next');
    assert.equal((await run('reject', request.requestId)).code, 2, 'a comment is needed');
    await json('reject', request.requestId, '-m', 'Use a helper instead.');
    await json('reopen', request.requestId);
    assert.equal((await json('requests'))[0].status, 'PENDING_APPROVAL');
    await json('reject', request.requestId, '-m', 'Use a helper instead.');
    await json('draft', request.ticketId);
    const sent = (model?.requests ?? []).map((r) => r.body.toString()).at(-1);
    assert.match(sent ?? '', /Use a helper instead/);
  });

  it('protects a file on request', async () => {
    log(6);
    await useModel(rightFix);
    await json('protect', join(folder, 'src/cart.js'));
    await run('scan');
    const result = await run('draft', '--next');
    assert.notEqual(result.code, 0);
    assert.match(
      readFileSync(join(folder, '.patchwright/protected'), 'utf8'),
      /^\/src\/cart\.js$/m,
    );
  });

  it('needs a second yes for a protected branch', async () => {
    log(6);
    await useModel(rightFix);
    await git.run(['branch', '-m', 'main']);
    await run('scan');
    const request = await json('draft', '--next');
    const refused = await run('approve', request.requestId, '--json');
    assert.equal(refused.code, 4);
    assert.equal(JSON.parse(refused.stdout).error.code, 'protected_branch');
    await json('approve', request.requestId, '--yes-protected-branch');
  });

  it('names the files that a merge would overwrite, and changes nothing', async () => {
    log(6);
    await useModel(rightFix);
    await run('scan');
    const request = await json('draft', '--next');
    const mine = `${readFileSync(join(folder, 'src/cart.js'), 'utf8')}// mine\n`;
    writeFileSync(join(folder, 'src/cart.js'), mine);
    const head = await git.run(['rev-parse', 'HEAD']);
    const refused = await run('approve', request.requestId);
    assert.equal(refused.code, 4);
    assert.match(refused.stderr, /src\/cart\.js/);
    assert.equal(readFileSync(join(folder, 'src/cart.js'), 'utf8'), mine);
    assert.equal(await git.run(['rev-parse', 'HEAD']), head);
    assert.equal((await json('requests'))[0].status, 'PENDING_APPROVAL');
  });

  it('stops at the daily limit and says when it resets', async () => {
    log(6);
    await useModel(rightFix);
    mkdirSync(join(folder, '.vscode'), { recursive: true });
    writeFileSync(
      join(folder, '.vscode/settings.json'),
      '{ // as VS Code writes it\n "patchwright.limits.requestsPerDay": 1, }',
    );
    await run('scan');
    const request = await json('draft', '--next');
    await json('reject', request.requestId, '-m', 'no');
    const refused = await run('draft', request.ticketId);
    assert.equal(refused.code, 4);
    assert.match(refused.stderr, /00:00 UTC/);
  });

  describe('bad input', () => {
    const failure = async (...args: string[]) => {
      const result = await run(...args, '--json');
      assert.notEqual(result.code, 0);
      return { code: result.code, error: JSON.parse(result.stdout).error, stderr: result.stderr };
    };

    it('a missing key', async () => {
      log(6);
      await run('scan');
      const { error } = await failure('draft', '--next');
      assert.equal(error.code, 'missing_key');
      assert.match(error.message, /ANTHROPIC_API_KEY/);
      assert.equal((await json('tickets'))[0].status, 'open');
    });

    it('a wrong key', async () => {
      log(6);
      await useModel(rightFix);
      env.ANTHROPIC_API_KEY = 'wrong';
      await run('scan');
      const { error } = await failure('draft', '--next');
      assert.equal(error.code, 'model_auth');
      assert.equal((await json('tickets'))[0].status, 'open');
    });

    it('nothing to do', async () => {
      await useModel(rightFix);
      assert.equal((await failure('draft', '--next')).code, 3);
      assert.equal((await run('tickets')).code, 3);
    });

    it('settings that are not valid', async () => {
      mkdirSync(join(folder, '.vscode'), { recursive: true });
      writeFileSync(
        join(folder, '.vscode/settings.json'),
        '{"patchwright.limits.filesPerPatch": "x"}',
      );
      const { code, error } = await failure('scan');
      assert.equal(code, 2);
      assert.match(error.message, /patchwright\.limits\.filesPerPatch/);
      writeFileSync(join(folder, '.vscode/settings.json'), '{ not json');
      assert.equal((await failure('scan')).error.code, 'invalid_settings');
    });

    it('a folder without git: scanning works, drafting says what to do', async () => {
      folder = temp.path('plain');
      mkdirSync(folder);
      log(6);
      await useModel(rightFix);
      assert.equal((await json('scan')).created.length, 1);
      const { code, error } = await failure('draft', '--next');
      assert.equal(code, 4);
      assert.equal(error.code, 'no_git');
      assert.equal((await json('tickets'))[0].status, 'open');
    });

    it('a branch without a commit', async () => {
      folder = temp.path('unborn');
      mkdirSync(folder);
      await git.at(folder).run(['init', '-q']);
      log(6);
      await useModel(rightFix);
      await json('scan');
      assert.equal((await failure('draft', '--next')).error.code, 'unborn_branch');
    });

    it('a file where its own folder should be', async () => {
      log(6);
      writeFileSync(join(folder, '.patchwright'), 'mine');
      for (const args of [['scan'], ['protect', 'src/cart.js']]) {
        const { error } = await failure(...args);
        assert.equal(error.code, 'corrupt');
        assert.match(error.message, /is not a folder|A file stands where/);
      }
      assert.equal(readFileSync(join(folder, '.patchwright'), 'utf8'), 'mine');
    });

    it('a workspace that cannot be written to', async function () {
      log(6);
      const undo = makeReadOnly(folder) ?? this.skip();
      try {
        for (const args of [['scan'], ['protect', 'src/cart.js']]) {
          assert.equal((await failure(...args)).error.code, 'read_only');
        }
        assert.equal((await run('tickets')).code, 3);
      } finally {
        undo();
      }
    });

    it('a command, option, ticket or folder there is none of', async () => {
      assert.equal((await run('frobnicate')).code, 2);
      assert.equal((await run('scan', '--frobnicate')).code, 2);
      assert.equal((await failure('show', 'exception-00000000')).error.code, 'not_found');
      assert.equal((await cli(['scan', '--folder', temp.path('nowhere')])).code, 1);
      assert.equal((await cli([])).code, 2);
      assert.equal((await cli(['--help'])).code, 0);
    });

    for (const flat of [true, false]) {
      it(`does not take the address its key is sent to from the workspace (${flat ? 'flat' : 'nested'})`, async () => {
        log(6);
        await useModel(rightFix);
        const thief = await startScriptedModel(rightFix);
        const { baseUrl } = thief;
        mkdirSync(join(folder, '.vscode'), { recursive: true });
        writeFileSync(
          join(folder, '.vscode/settings.json'),
          JSON.stringify(
            flat ? { 'patchwright.model.baseUrl': baseUrl } : { 'patchwright.model': { baseUrl } },
          ),
        );
        await run('scan');
        await json('draft', '--next');
        assert.equal(thief.requests.length, 0);
        await thief.dispose();
      });
    }

    it('takes a server by its address from the environment, and prices from the user’s own file', async () => {
      log(6);
      const conversation = rightFix.conversations[0];
      const server = await startOpenAiServer({
        replies: conversation?.replies ?? [],
        models: [{ id: 'qwen3' }],
      });
      try {
        mkdirSync(temp.path('config/patchwright'), { recursive: true });
        const prices = [{ model: 'qwen3', input: 1, output: 1 }];
        writeFileSync(
          temp.path('config/patchwright/settings.json'),
          JSON.stringify({ 'patchwright.model.prices': prices }),
        );
        env = {
          ...env,
          XDG_CONFIG_HOME: temp.path('config'),
          PATCHWRIGHT_MODEL_PROVIDER: 'openai',
          OPENAI_BASE_URL: server.baseUrl,
        };
        await run('scan');
        const request = await json('draft', '--next');
        assert.equal(request.model, 'qwen3');
        assert.ok(request.costUsd > 0);
        assert.equal(server.calls().length, 5);
        assert.ok(server.headers.every(({ authorization }) => authorization === undefined));
      } finally {
        await server.dispose();
      }
    });
  });

  describe('interruption', () => {
    /** Until the model's test really runs, in a process of its own below ours. */
    const draftThatHangs = async () => {
      log(6);
      await useModel(hangingTest);
      await run('scan');
      const draft = startCli(['draft', '--next', '--folder', folder], env);
      await draft.until(/It runs now/);
      await until(() => processesIn(temp.path('cache')).length > 0);
      return draft;
    };

    it('cancels at once, and leaves no worktree, branch, process or half-open ticket', async () => {
      const draft = await draftThatHangs();
      draft.kill('SIGINT');
      const { code, stderr } = await draft.ended;
      assert.equal(code, 1, stderr);
      assert.deepEqual(processesIn(temp.path('cache')), []);
      assert.equal((await git.run(['worktree', 'list'])).split('\n').length, 1);
      assert.equal(await git.run(['branch', '--list', 'improvement/*']), '');
      const [ticket] = await json('tickets');
      assert.equal(ticket.status, 'open');
      assert.equal((await json('show', ticket.id)).attempts[0].outcome, 'cancelled');
    });

    it('cleans up after a kill at the next start', async () => {
      const draft = await draftThatHangs();
      draft.kill('SIGKILL');
      await draft.ended;
      assert.equal((await json('tickets'))[0].status, 'in_progress');
      await json('scan');
      const [ticket] = await json('tickets');
      assert.equal(ticket.status, 'open');
      assert.equal((await json('show', ticket.id)).attempts[0].outcome, 'interrupted');
      assert.equal((await git.run(['worktree', 'list'])).split('\n').length, 1);
      assert.equal(await git.run(['branch', '--list', 'improvement/*']), '');
      await until(() => processesIn(temp.path('cache')).length === 0);
    });

    it('leaves no branch of an attempt that was killed while its patch was judged', async () => {
      log(6);
      await useModel(hangingSubmission);
      const [id] = (await json('scan')).created;
      const draft = startCli(['draft', id, '--folder', folder], env);
      const since = ['rev-list', '--count', `HEAD..improvement/${id}`];
      const patched = async () => (await git.code(since, { okCodes: [0, 128] })).out >= '1';
      while (!(await patched())) assert.ok(isRunning(draft.pid));
      draft.kill('SIGKILL');
      await draft.ended;
      await json('scan');
      assert.equal(await git.run(['branch', '--list', 'improvement/*']), '');
      assert.deepEqual(processesIn(temp.path('cache')), []);
    });
  });

  it('watches: a line that is written becomes a ticket that is shown', async () => {
    mkdirSync(join(folder, 'logs'), { recursive: true });
    const watch = startCli(['watch', '--json', '--folder', folder], env);
    const file = join(folder, 'logs/service.log');
    // The watcher may still be setting up; each occurrence is written once all the same.
    writeFileSync(file, shopLog(5));
    await watch.until(/"event":"created"/);
    appendFileSync(file, shopLog(1, 5));
    await watch.until(/"event":"updated".*"occurrences":6/);
    watch.kill('SIGINT');
    assert.equal((await watch.ended).code, 0);
  });

  describe('decisions', () => {
    const drafted = async () => {
      log(6);
      await useModel(rightFix);
      await run('scan');
      return json('draft', '--next');
    };

    it('judges protection again when a patch is approved', async () => {
      const request = await drafted();
      await json('protect', join(folder, 'src/cart.js'));
      const refused = await run('approve', request.requestId, '--json');
      assert.equal(JSON.parse(refused.stdout).error.code, 'gates_failed');
      assert.equal((await json('requests'))[0].status, 'PENDING_APPROVAL');
    });

    it('does not believe a backlog that came with the repository', async () => {
      const request = await drafted();
      await git.run(['add', '-f', '.patchwright']);
      await git.run(['commit', '-q', '-m', 'with its backlog']);
      const refused = await run('approve', request.requestId, '--json');
      assert.equal(JSON.parse(refused.stdout).error.code, 'untrusted');
    });

    it('takes one of an approval and a rejection at the same time', async () => {
      const request = await drafted();
      const both = await Promise.all([
        run('approve', request.requestId),
        run('reject', request.requestId, '-m', 'no'),
      ]);
      assert.deepEqual(both.map(({ code }) => String(code)).sort(), ['0', '4']);
      const approved = both[0].code === 0;
      assert.equal((await json('requests'))[0].status, approved ? 'APPLIED' : 'DENIED');
      const merges = await git.run(['log', '--merges', '--format=%H']);
      assert.equal(merges !== '', approved);
    });

    it('notes a landing and a rollback that a crash left without a note', async () => {
      const request = await drafted();
      const journal = temp.path('journal');
      cpSync(join(folder, '.patchwright'), journal, { recursive: true });
      const restore = (from: string): void => {
        rmSync(join(folder, '.patchwright'), { recursive: true });
        cpSync(from, join(folder, '.patchwright'), { recursive: true });
      };
      await json('approve', request.requestId);
      const landed = temp.path('landed');
      cpSync(join(folder, '.patchwright'), landed, { recursive: true });
      restore(journal);
      await run('scan');
      assert.equal((await json('requests'))[0].status, 'APPLIED');
      restore(landed);
      await json('rollback', request.requestId);
      restore(landed);
      await run('scan');
      assert.equal((await json('requests'))[0].status, 'ROLLED_BACK');
      assert.equal((await json('tickets'))[0].status, 'rolled_back');
    });

    it('notes a rollback that somebody made by hand', async () => {
      const request = await drafted();
      await json('approve', request.requestId);
      await git.run(['revert', '-m', '1', '--no-edit', 'HEAD']);
      await json('rollback', request.requestId);
      assert.equal((await json('requests'))[0].status, 'ROLLED_BACK');
    });

    it('never leaves two requests of one ticket waiting', async () => {
      const first = await drafted();
      await json('reject', first.requestId, '-m', 'again');
      await json('draft', first.ticketId);
      assert.equal((await run('reopen', first.requestId)).code, 4);
      const again = await run('draft', first.ticketId);
      assert.equal(again.code, 4);
      assert.match(again.stderr, /already waits/);
    });
  });

  describe('tickets by hand', () => {
    it('are edited, snoozed, closed, opened again, merged and split', async () => {
      log(6);
      await run('scan');
      const [{ id }] = await json('tickets');
      const other = await json('new', '--title', 'Totals are\nwrong', '--priority', 'high');
      assert.equal(other.title, 'Totals are wrong');
      assert.equal((await json('edit', id, '--priority', 'critical')).priority, 'critical');
      assert.equal((await json('snooze', id, '--until', '2999-01-01')).status, 'snoozed');
      assert.equal((await run('snooze', id, '--until', 'yesterday')).code, 2);
      assert.equal((await json('reopen', id)).status, 'open');
      assert.equal((await json('close', id, '-m', 'noise')).status, 'closed');
      appendFileSync(join(folder, 'logs/service.log'), shopLog(3, 6));
      await run('scan');
      assert.equal((await json('show', id)).status, 'closed', 'no signal opens it again');
      await json('reopen', id);
      await json('merge', id, other.id);
      appendFileSync(join(folder, 'logs/service.log'), shopLog(2, 9));
      await run('scan');
      assert.equal((await json('show', other.id)).evidence.length, 2);
      assert.equal((await json('split', id)).status, 'open');
      assert.equal((await run('audit', 'verify')).code, 0);
    });

    it('are split by what their events differ in', async () => {
      mkdirSync(join(folder, 'logs'), { recursive: true });
      const said = [
        'disk 1 full',
        'no route',
        'no route',
        'disk 2 full',
        'no route',
        'disk 9 full',
      ];
      for (const words of said) {
        const lines = [
          'Traceback (most recent call last):',
          '  File "/srv/shop/client.py", line 7, in call',
          '    raise ApiError(reason)',
          `shop.ApiError: ${words}`,
          '',
        ];
        appendFileSync(join(folder, 'logs/service.log'), lines.join('\n'));
      }
      await run('scan');
      const [{ id }] = await json('tickets');
      const asked = await run('split', id);
      assert.equal(asked.code, 2);
      assert.match(asked.stdout, /message: "disk <number> full" \(3×\), "no route" \(3×\)/);
      assert.equal((await json('show', id)).differences[0].part, 'message');
      assert.equal((await run('split', id, '--by', 'message')).code, 2);
      const fresh = await json('split', id, '--by', 'message=no route');
      assert.match(fresh.title, /ApiError: no route$/);
      assert.equal(fresh.occurrences, 3);
      assert.match((await json('show', id)).title, /ApiError: disk \S+ full$/);
      assert.equal((await run('split', id)).code, 3, 'nothing differs any more');
      assert.equal((await json('merge', fresh.id, id)).status, 'closed');
      assert.equal((await json('split', fresh.id)).status, 'open');
      assert.equal((await run('audit', 'verify')).code, 0);
    });

    it('are found in the archive, and opened again from there', async () => {
      const backlog = await open(folder, { maxTickets: 2 });
      await backlog.write([1, 2, 3].map((n) => ticketChange(`manual-${n}`, { status: 'closed' })));
      await backlog.dispose();
      const archived = await json('tickets', '--archived');
      assert.deepEqual(
        archived.map(({ id, status }: { id: string; status: string }) => [id, status]),
        [
          ['manual-1', 'closed'],
          ['manual-2', 'closed'],
        ],
      );
      assert.equal((await json('tickets')).length, 1);
      assert.equal((await run('tickets', '--archived', '--status', 'open')).code, 3);
      assert.equal((await json('show', 'manual-2')).status, 'closed');
      const refused = await run('edit', 'manual-2', '--title', 'x');
      assert.match(refused.stderr, /lies in the archive.*patchwright reopen manual-2/s);
      assert.equal((await json('reopen', 'manual-2')).status, 'open');
      assert.equal((await json('tickets', '--archived')).length, 1);
    });

    it('wake up when their time has come', async () => {
      log(6);
      await run('scan');
      const [{ id }] = await json('tickets');
      // A slow machine gets there too late for a time that is too near.
      let soon = 0;
      let code: number | null = null;
      for (let seconds = 1; code !== 0 && seconds < 60; seconds *= 2) {
        soon = Date.now() + seconds * 1_000;
        ({ code } = await run('snooze', id, '--until', new Date(soon).toISOString()));
      }
      assert.equal(code, 0);
      await until(() => Date.now() > soon);
      await run('scan');
      assert.equal((await json('show', id)).status, 'open');
    });

    it('keep their attempts when what failed was not their fault', async () => {
      folder = temp.path('plain');
      mkdirSync(folder);
      log(6);
      await useModel(rightFix);
      await run('scan');
      for (let i = 0; i < 4; i++) assert.equal((await run('draft', '--next')).code, 4);
    });
  });

  it('spends nothing on a project without tests', async () => {
    log(6);
    writeFileSync(join(folder, 'package.json'), '{ "name": "shop" }');
    rmSync(join(folder, 'test'), { recursive: true });
    await git.run(['commit', '-q', '-a', '-m', 'no tests']);
    await useModel(rightFix);
    await run('scan');
    const { stdout, code } = await run('draft', '--next', '--json');
    assert.equal(JSON.parse(stdout).error.code, 'no_test_command');
    assert.equal(code, 1);
    assert.equal(model?.requests.filter(({ path }) => path.includes('messages')).length, 0);
  });

  it('refuses operands it does not know', async () => {
    assert.equal((await run('scan', 'everything')).code, 2);
    assert.equal((await run('audit', 'verfy')).code, 2);
    assert.equal((await run('protect', 'nosuchfile')).code, 2);
    assert.equal((await run('protect', temp.path())).code, 2);
    assert.match((await cli(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/);
  });

  it('reads without writing: listing makes no folder', async () => {
    assert.equal((await run('tickets')).code, 3);
    assert.equal(existsSync(join(folder, '.patchwright')), false);
  });

  it('shows untrusted text without its escape sequences', async () => {
    await json('new', '--title', 'red \u001b[31malert\u001b[0m \u202eevil');
    const { stdout } = await run('tickets');
    assert.ok(!stdout.includes('\u001b') && !stdout.includes('\u202e'), JSON.stringify(stdout));
  });
});
