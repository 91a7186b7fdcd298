import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from '../../src/core/ports.ts';
import { type ScriptedModel, startScriptedModel } from '../../src/models/scripted.ts';
import { cli, type CliResult, quickGates } from '../support/cli.ts';
import { preparedFolder } from '../support/preparedFolder.ts';
import { createRepository } from '../support/repository.ts';
import { rightFix, shopFiles, shopLog } from '../support/shop.ts';

describe('command line: approvals', function () {
  this.timeout(300_000);
  let folder = '';
  let git: Git;
  let model: ScriptedModel;
  let env: Record<string, string>;
  let requestId = '';

  const startModel = async (): Promise<void> => {
    model = await startScriptedModel(rightFix);
    env = { ...env, ANTHROPIC_API_KEY: model.apiKey, ANTHROPIC_BASE_URL: model.baseUrl };
  };
  const temp = preparedFolder('pw-approvals', async () => {
    folder = temp.path('shop');
    git = await createRepository(folder, shopFiles);
    env = { PATCHWRIGHT_CACHE: temp.path('cache'), ...quickGates(temp.path('config')) };
    mkdirSync(join(folder, 'logs'));
    writeFileSync(join(folder, 'logs/service.log'), shopLog(6));
    await run('scan');
    rmSync(join(folder, 'logs'), { recursive: true }); // a copy would be another log
    await as('ada@example.org');
    await startModel();
    requestId = (await json('draft', '--next')).requestId;
    await model.dispose();
  });
  beforeEach(startModel);
  afterEach(() => model.dispose());

  const run = (...args: string[]): Promise<CliResult> => cli([...args, '--folder', folder], env);
  const json = async (...args: string[]) => {
    const result = await run(...args, '--json');
    assert.equal(result.code, 0, `${args.join(' ')}: ${result.stderr}`);
    return JSON.parse(result.stdout);
  };
  const as = (email: string): Promise<string> => git.run(['config', 'user.email', email]);
  const settings = (values: Record<string, unknown>): void => {
    mkdirSync(join(folder, '.vscode'), { recursive: true });
    writeFileSync(join(folder, '.vscode/settings.json'), JSON.stringify(values));
  };
  const refused = async (...args: string[]): Promise<string> => {
    const result = await run(...args, '--json');
    assert.equal(result.code, 4, result.stdout);
    return JSON.parse(result.stdout).error.code;
  };

  it('lands a high-risk patch only with the yes of two different people', async () => {
    settings({ 'patchwright.approve.highRisk': 1, 'patchwright.approve.approvalsForHighRisk': 2 });
    const head = await git.run(['rev-parse', 'HEAD']);
    const first = await json('approve', requestId);
    assert.deepEqual(first, { outcome: 'counted', requestId, have: 1, needed: 2 });
    assert.equal((await json('approve', requestId)).have, 1, 'the same person counts once');
    assert.equal(await git.run(['rev-parse', 'HEAD']), head);
    await as('Grace@Example.org');
    assert.equal((await json('approve', requestId)).outcome, 'landed');
    const trail = await json('audit');
    const counted = trail.filter(
      (e: { action: string }) => e.action === 'request.approval_counted',
    );
    assert.equal(counted.length, 2);
  });

  it('takes decisions from the reviewers on the list only', async () => {
    settings({ 'patchwright.approve.reviewers': ['grace@example.org'] });
    assert.equal(await refused('approve', requestId), 'not_a_reviewer');
    assert.equal(await refused('reject', requestId, '-m', 'no'), 'not_a_reviewer');
    assert.equal((await json('requests'))[0].status, 'PENDING_APPROVAL');
    await as('Grace@example.org');
    assert.equal((await json('approve', requestId)).outcome, 'landed');
  });

  it('does not count who asked for the patch where that is set', async () => {
    settings({ 'patchwright.approve.requesterMayApprove': false });
    assert.equal(await refused('approve', requestId), 'not_a_reviewer');
    await as('grace@example.org');
    assert.equal((await json('approve', requestId)).outcome, 'landed');
  });

  it('keeps a patch on its branch, and notes it once a person has merged it', async () => {
    const head = await git.run(['rev-parse', 'HEAD']);
    const kept = await json('approve', requestId, '--mode', 'branch');
    assert.equal(kept.outcome, 'kept');
    assert.equal(await git.run(['rev-parse', 'HEAD']), head);
    assert.equal((await json('requests'))[0].status, 'APPROVED');
    await json('scan');
    assert.equal((await json('requests'))[0].status, 'APPROVED', 'not merged yet');
    for (const look of [[kept.branch], ['--detach', kept.branch]]) {
      await git.run(['switch', '-q', ...look]);
      await json('scan');
      assert.equal((await json('requests'))[0].status, 'APPROVED', 'only looked at');
    }
    await git.run(['switch', '-q', 'work']);

    await git.run(['merge', '--squash', '-q', kept.branch]);
    await git.run(['commit', '-q', '-m', 'squashed by hand']);
    await json('scan');
    assert.equal((await json('requests'))[0].status, 'APPLIED');
    assert.equal((await json('tickets', '--status', 'applied')).length, 1);
    const undone = await json('rollback', requestId);
    assert.equal(await git.run(['diff', '--stat', head, undone.rollbackCommit]), '');
  });

  it('can still reject a patch that was kept on its branch', async () => {
    await json('approve', requestId, '--mode', 'branch');
    await json('reject', requestId, '-m', 'On second thoughts, no.');
    assert.equal((await json('requests'))[0].status, 'DENIED');
    assert.equal((await json('tickets', '--status', 'rejected')).length, 1);
  });

  const commitOf = async (path: string, content: string): Promise<string> => {
    writeFileSync(join(folder, path), content);
    await git.run(['add', path]);
    await git.run(['commit', '-q', '-m', 'meanwhile']);
    return git.run(['rev-parse', 'HEAD']);
  };

  it('runs the gates again on the merged result where the branch has moved on', async () => {
    const head = await commitOf('README.md', 'A shop.\n');
    const result = await run('approve', requestId);
    assert.equal(result.code, 0, result.stderr);
    assert.match(result.stdout, /the gates run again/);
    assert.equal(await git.run(['rev-parse', 'HEAD^1']), head);
    const judged = (await json('audit')).find(
      (e: { action: string }) => e.action === 'merge.judged',
    );
    assert.equal(judged.after.onto, head);
    assert.equal(await git.run(['branch', '--list', 'improvement/to-land']), '');
  });

  it('does not land what fails only together with what the branch got since', async () => {
    const contrary = [
      "const { test } = require('node:test');",
      "const assert = require('node:assert');",
      "const { total } = require('../src/cart.js');",
      "test('refuses what it does not sell', () => assert.throws(() => total(['shoe'])));",
      '',
    ].join('\n');
    const head = await commitOf('test/strict.test.js', contrary);
    const result = await run('approve', requestId, '--json');
    assert.notEqual(result.code, 0);
    const { error } = JSON.parse(result.stdout);
    assert.equal(error.code, 'gates_failed');
    assert.match(error.message, /Reproduction test|Test suite/);
    assert.equal(await git.run(['rev-parse', 'HEAD']), head);
    assert.equal(await git.run(['for-each-ref', 'refs/patchwright/backup']), '');
    assert.equal((await json('requests'))[0].status, 'PENDING_APPROVAL');
  });

  it('exports the audit trail with all that its hashes are made of', async () => {
    const { stdout } = await run('audit', 'export');
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const hashes = new Set(events.map(({ hash }) => hash));
    for (const { hash, ...rest } of events) {
      const columns = JSON.stringify(Object.values(rest));
      assert.equal(createHash('sha256').update(columns).digest('hex'), hash);
      assert.ok(rest.previousHash === '' || hashes.has(rest.previousHash));
    }
    const { after } = events.find(({ action }) => action === 'attempt.ended');
    const { attempt, transcript } = JSON.parse(after);
    const file = readFileSync(join(folder, `.patchwright/attempts/${attempt}.jsonl`));
    assert.equal(createHash('sha256').update(file).digest('hex'), transcript);
  });

  describe('by itself', () => {
    const draftAgain = async (values: Record<string, unknown>): Promise<string> => {
      await run('reject', requestId, '-m', 'once more');
      await run('reopen', (await json('requests'))[0].ticketId);
      settings({ 'patchwright.approve.auto.enabled': true, ...values });
      return (await json('draft', '--next')).status;
    };

    it('lands what passed every gate where the settings allow it, and that can be undone', async () => {
      const head = await git.run(['rev-parse', 'HEAD']);
      assert.equal(await draftAgain({ 'patchwright.approve.auto.minConfidence': 0.3 }), 'APPLIED');
      const [request] = await json('requests', '--status', 'APPLIED');
      assert.equal(request.reviewedBy, 'patchwright:auto');
      const undone = await json('rollback', request.requestId);
      assert.equal(await git.run(['diff', '--stat', head, undone.rollbackCommit]), '');
    });

    it('never lands on a protected branch', async () => {
      const status = await draftAgain({
        'patchwright.approve.auto.minConfidence': 0.3,
        'patchwright.approve.protectedBranches': ['*'],
      });
      assert.equal(status, 'PENDING_APPROVAL');
    });

    it('leaves a patch of too high a risk to a person', async () => {
      const status = await draftAgain({
        'patchwright.approve.auto.minConfidence': 0.3,
        'patchwright.approve.auto.maxRisk': 1,
      });
      assert.equal(status, 'PENDING_APPROVAL');
    });
  });

  it('refuses a branch that is not where the judged patch is', async () => {
    const [request] = await json('requests');
    await git.run(['branch', '-f', request.branch, 'HEAD']);
    assert.equal(await refused('approve', requestId, '--mode', 'branch'), 'stale');
    assert.equal((await json('requests'))[0].status, 'PENDING_APPROVAL');
  });
});
