import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from '../../src/core/ports.ts';
import { type ScriptedModel, startScriptedModel } from '../../src/models/scripted.ts';
import { cli, type CliResult } from '../support/cli.ts';
import { createRepository } from '../support/repository.ts';
import { rightFix, shopFiles, shopLog } from '../support/shop.ts';
import { tempFolder } from '../support/tempFolder.ts';

describe('command line: approvals', function () {
  this.timeout(300_000);
  const temp = tempFolder('pw-approvals');
  let folder = '';
  let git: Git;
  let model: ScriptedModel;
  let env: Record<string, string>;
  let requestId = '';

  beforeEach(async () => {
    folder = temp.path('shop');
    git = await createRepository(folder, shopFiles);
    model = await startScriptedModel(rightFix);
    env = {
      PATCHWRIGHT_CACHE: temp.path('cache'),
      ANTHROPIC_API_KEY: model.apiKey,
      ANTHROPIC_BASE_URL: model.baseUrl,
    };
    mkdirSync(join(folder, 'logs'));
    writeFileSync(join(folder, 'logs/service.log'), shopLog(6));
    await run('scan');
    await as('ada@example.org');
    requestId = (await json('draft', '--next')).requestId;
  });
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

    await git.run(['merge', '--no-ff', '-q', '-m', 'by hand', kept.branch]);
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

  it('refuses a branch that is not where the judged patch is', async () => {
    const [request] = await json('requests');
    await git.run(['branch', '-f', request.branch, 'HEAD']);
    assert.equal(await refused('approve', requestId, '--mode', 'branch'), 'stale');
    assert.equal((await json('requests'))[0].status, 'PENDING_APPROVAL');
  });
});
