import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from '../../src/core/ports.ts';
import type { RecordedReply } from '../../src/models/scripted.ts';
import { cli } from '../support/cli.ts';
import { type ModelServer, says, startModelServer } from '../support/modelServer.ts';
import { createRepository } from '../support/repository.ts';
import { fix, shopFiles, shopLog, submit } from '../support/shop.ts';
import { tempFolder } from '../support/tempFolder.ts';

const look = says('Let me look.', ['read', { path: 'src/cart.js' }]);
const plan = {
  summary: 'Articles without a price count as nothing.',
  approach: 'Use optional chaining where the price is looked up.',
  files: [
    { path: 'src/cart.js', from: 4, to: 4, change: 'default to 0' },
    { path: 'test/unknown.test.js', change: 'a test of an unknown article' },
  ],
  risk: 'low',
  risk_reason: 'One expression changes.',
  complexity: 'low',
  estimated_lines: 8,
};
const handIn = says('Here it is.', ['plan', plan]);
const wish = 'Unknown articles must not end the service';
/** A wish names no exception, so that its test has to fail by an assertion. */
const createTest = says('A test.', [
  'create',
  {
    path: 'test/unknown.test.js',
    content: [
      "const { test } = require('node:test');",
      "const assert = require('node:assert');",
      "const { total } = require('../src/cart.js');",
      "test('an unknown article', () => assert.doesNotThrow(() => total(['tea', 'sock'])));",
      '',
    ].join('\n'),
  },
]);
const replies = [createTest, fix, submit];

describe('the command line plans', function () {
  this.timeout(120_000);
  const temp = tempFolder('pw-cli-plan');
  let folder = '';
  let git: Git;
  let model: ModelServer | undefined;
  let env: Record<string, string>;
  let before = '';

  beforeEach(async () => {
    folder = temp.path('shop');
    git = await createRepository(folder, shopFiles);
    env = { PATCHWRIGHT_CACHE: temp.path('cache') };
    before = await refs();
  });
  afterEach(() => model?.dispose());

  const refs = () => git.run(['for-each-ref']);
  const run = (...args: string[]) => cli([...args, '--folder', folder], env);
  const use = async (planning: readonly RecordedReply[]): Promise<void> => {
    model = await startModelServer({
      recording: {
        name: 'claude-test-1',
        conversations: [{ match: 'Plan the change', replies: planning }, { replies }],
      },
    });
    env = { ...env, ANTHROPIC_API_KEY: model.apiKey, ANTHROPIC_BASE_URL: model.baseUrl };
  };
  const planned = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(...args, '--json');
    assert.equal(code, 0, stderr + stdout);
    return JSON.parse(stdout);
  };
  const untouched = async (): Promise<void> => {
    assert.equal(await refs(), before);
    assert.equal(await git.run(['status', '--porcelain']), '');
  };

  it('a wish, changes nothing until it is confirmed, and then drafts by it on a branch of its own', async () => {
    await use([look, handIn]);
    const made = await planned('improve', wish);
    assert.deepEqual(made.files, plan.files);
    assert.equal(made.risk, 'low');
    assert.equal(made.branch, 'auto-improve/unknown-articles-must-not-end-the');
    assert.ok(made.estimate.tokens > 0);
    assert.equal(made.estimate.costUsd, undefined); // nobody knows the price of this model
    await untouched();
    assert.equal((await run('tickets', '--json')).code, 3);

    const confirmed = await planned('improve', wish, '--confirm');
    assert.equal(confirmed.branch, made.branch);
    assert.equal(confirmed.ticketId, made.ticketId);
    assert.equal(
      model?.calls().filter(({ tools }) => tools.some((t) => t.name === 'plan')).length,
      2,
    );
    const draft = model?.calls().find(({ tools }) => tools.every((t) => t.name !== 'plan'));
    assert.match(JSON.stringify(draft?.messages), /confirmedPlan.*optional chaining/);
    assert.match(await refs(), /refs\/heads\/auto-improve\//);
  });

  it('with tools that only look', async () => {
    const write = says('I change it.', [
      'edit',
      { path: 'src/cart.js', edits: [{ old: 'a', new: 'b' }] },
    ]);
    const start = says('I run it.', ['run_command', { argv: ['touch', 'x'] }]);
    await use([write, start, handIn]);
    await planned('improve', wish);
    const names = model?.calls()[0]?.tools.map(({ name }) => name);
    assert.deepEqual(names, ['list', 'search', 'read', 'git', 'plan']);
    await untouched();
  });

  it('without showing the model what git ignores', async () => {
    writeFileSync(join(folder, 'private.log'), 'the-ignored-words\n');
    await use([
      says('Let me look.', ['read', { path: 'private.log' }], ['search', { pattern: 'ignored' }]),
      handIn,
    ]);
    await planned('improve', wish);
    assert.ok(!model?.everything().includes('the-ignored-words'));
  });

  it('and leaves the choice to the user where the branch exists', async () => {
    await use([handIn]);
    const { branch, planId } = await planned('improve', wish);
    await git.run(['branch', branch]);
    const refused = await run('improve', planId.slice(0, 8), '--confirm');
    assert.equal(refused.code, 4);
    assert.match(refused.stderr, /There is a branch auto-improve\/.*--confirm --numbered/);
    assert.equal((await run('tickets', '--json')).code, 3);
    const request = await planned('improve', planId.slice(0, 8), '--confirm', '--numbered');
    assert.equal(request.branch, `${branch}-2`);
  });

  it('and forgets what is dropped', async () => {
    await use([handIn]);
    const { planId } = await planned('improve', wish);
    assert.equal((await run('improve', planId, '--drop')).code, 0);
    const again = await run('improve', planId, '--drop');
    assert.match(again.stderr, /No plan waits/);
    await untouched();
  });

  it('a ticket, as Markdown for a person', async () => {
    await use([handIn]);
    mkdirSync(join(folder, 'logs'));
    writeFileSync(join(folder, 'logs/service.log'), shopLog(6));
    assert.equal((await run('scan')).code, 0);
    const [ticket] = await planned('tickets');
    const { code, stdout } = await run('preview', ticket.id);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /# Plan: .*\n[^]*Risk: \*\*low\*\*[^]*`src\/cart\.js:4`: default to 0/);
    assert.match(stdout, /the price is not known/);
    assert.match(stdout, /improve [0-9a-f]{8} --confirm/);
    assert.equal((await planned('show', ticket.id)).status, 'open');
  });

  it('within the limits of a day', async () => {
    await use([handIn]);
    mkdirSync(join(folder, '.vscode'));
    const settings = { 'patchwright.limits.requestsPerDay': 1 };
    writeFileSync(join(folder, '.vscode/settings.json'), JSON.stringify(settings));
    await planned('improve', wish, '--confirm');
    const refused = await run('improve', 'Something else');
    assert.equal(refused.code, 4);
    assert.match(refused.stderr, /patch requests are used up.*resets at 00:00 UTC/);
  });

  it('by itself what so many users report', async () => {
    await use([handIn]);
    const users = Array.from({ length: 10 }, (_, i) =>
      JSON.stringify({
        text: 'The checkout page crashes when I pay with a voucher',
        rating: 1,
        user_id: `user-${i}`,
        timestamp: `2026-03-02T10:00:0${i}.000Z`,
      }),
    );
    writeFileSync(join(folder, 'feedback.jsonl'), `${users.join('\n')}\n`);
    await git.run(['add', '.']);
    await git.run(['commit', '-qm', 'feedback']);
    before = await refs();
    const { stdout } = await run('scan');
    assert.match(stdout, /10 users report the same/);
    assert.match(stdout, /A plan for ".*" waits for your decision: [0-9a-f]{8}/);
    await untouched();
  });
});
