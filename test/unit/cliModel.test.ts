import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from '../../src/core/ports.ts';
import type { RecordedReply } from '../../src/models/scripted.ts';
import { cli } from '../support/cli.ts';
import { type Fault, type ModelServer, says, startModelServer } from '../support/modelServer.ts';
import { processesIn } from '../support/processes.ts';
import { createRepository } from '../support/repository.ts';
import { createTest, fix, rightFix, shopFiles, shopLog, submit } from '../support/shop.ts';
import { tempFolder } from '../support/tempFolder.ts';

/** Without this the client waits half a second before it tries again, and a second before the last time. */
const quick = { 'retry-after-ms': '1' };
const status = (code: number, type: string, message: string): Fault => ({
  kind: 'status',
  status: code,
  type,
  message,
  headers: quick,
});
const overloaded = status(529, 'overloaded_error', 'Overloaded');
const limited = status(429, 'rate_limit_error', 'Too many tokens this minute');
const cut: Fault = { kind: 'cut', afterEvents: 3 };
const look = says('Let me look.', ['read', { path: 'src/cart.js' }]);
const stubborn = Array.from({ length: 12 }, () => look);

/** A model that fails in each way a real one does, seen from the shell. */
describe('the command line, when the model', function () {
  this.timeout(300_000);
  const temp = tempFolder('pw-cli-model');
  let folder = '';
  let git: Git;
  let model: ModelServer | undefined;
  let env: Record<string, string>;
  let before = '';

  beforeEach(async () => {
    folder = temp.path('shop');
    git = await createRepository(folder, shopFiles);
    mkdirSync(join(folder, 'logs'));
    writeFileSync(join(folder, 'logs/service.log'), shopLog(6));
    env = { PATCHWRIGHT_CACHE: temp.path('cache') };
    before = await git.run(['for-each-ref']);
  });
  afterEach(() => model?.dispose());

  const run = (...args: string[]) => cli([...args, '--folder', folder], env);
  const use = async (
    replies: readonly RecordedReply[],
    faults: Readonly<Record<number, Fault>> = {},
  ): Promise<void> => {
    model = await startModelServer({ replies, faults });
    env = { ...env, ANTHROPIC_API_KEY: model.apiKey, ANTHROPIC_BASE_URL: model.baseUrl };
    assert.equal((await run('scan')).code, 0);
  };
  const ticket = async () => {
    const [first] = JSON.parse((await run('tickets', '--json')).stdout);
    return JSON.parse((await run('show', first.id, '--json')).stdout);
  };

  /** The user's repository as it was, and nothing of ours left running or lying about. */
  const nothingIsLeft = async (): Promise<void> => {
    assert.equal(await git.run(['for-each-ref']), before);
    assert.equal(await git.run(['status', '--porcelain']), '');
    assert.equal((await git.run(['worktree', 'list'])).split('\n').length, 1);
    assert.deepEqual(processesIn(temp.path('cache')), []);
    assert.deepEqual(
      readdirSync(temp.path('cache')).filter((name) => name.endsWith('.lock')),
      [],
    );
    assert.equal((await run('audit', 'verify')).code, 0);
  };

  interface Failure {
    readonly replies?: readonly RecordedReply[];
    readonly faults: Readonly<Record<number, Fault>>;
    readonly exit: number;
    readonly code: string;
    /** What happened, why, and what to do. */
    readonly text: RegExp;
    /** How often the model was asked. */
    readonly calls: number;
    readonly status: 'open' | 'failed';
  }

  const failures: Readonly<Record<string, Failure>> = {
    'does not accept the key (401)': {
      faults: { 1: status(401, 'authentication_error', 'invalid x-api-key') },
      exit: 1,
      code: 'model_auth',
      text: /does not accept the key\. It answered 401: invalid x-api-key.*Check the key/,
      calls: 1,
      status: 'open',
    },
    'allows no more calls (429), tried three times': {
      faults: { 1: limited, 2: limited, 3: limited },
      exit: 1,
      code: 'model_rate_limited',
      text: /allows no more calls for now\. Too many tokens this minute.*Try again in a minute/,
      calls: 3,
      status: 'open',
    },
    'is overloaded (529), tried three times': {
      faults: { 1: overloaded, 2: overloaded, 3: overloaded },
      exit: 1,
      code: 'model_overloaded',
      text: /is overloaded\. Overloaded.*Try again in a few minutes/,
      calls: 3,
      status: 'open',
    },
    'is overloaded in the middle of an attempt': {
      replies: rightFix.conversations[0]?.replies ?? [],
      faults: { 3: overloaded, 4: overloaded, 5: overloaded },
      exit: 1,
      code: 'model_overloaded',
      text: /is overloaded/,
      calls: 5,
      status: 'open',
    },
    'breaks off its reply, twice': {
      faults: { 1: cut, 2: cut },
      exit: 1,
      code: 'model_unreachable',
      text: /could not be reached\. The connection.*Check the network/,
      calls: 2,
      status: 'open',
    },
    'sends what is not the protocol': {
      faults: { 1: { kind: 'garbage' } },
      exit: 1,
      code: 'model_bad_reply',
      text: /not the Messages protocol.*Try again or choose another model/,
      calls: 1,
      status: 'open',
    },
    'goes in circles': {
      replies: stubborn,
      faults: {},
      exit: 1,
      code: 'model_stuck',
      text: /going in circles\. After a warning, the same tool call was made 3 times in a row.*Add what you know/,
      calls: 6,
      status: 'failed',
    },
    refuses: {
      replies: [{ ...says('I would rather not.'), stop_reason: 'refusal' }],
      faults: {},
      exit: 1,
      code: 'model_refused',
      text: /declined to work on this ticket\. It said: I would rather not\..*Reword the ticket/,
      calls: 1,
      status: 'failed',
    },
    'never submits': {
      replies: [says('All is well.'), says('Really.'), says('Bye.')],
      faults: {},
      exit: 1,
      code: 'no_submission',
      text: /ended without submitting a patch\. It stopped calling tools.*draft it again/,
      calls: 3,
      status: 'failed',
    },
    'sends malformed input again and again': {
      replies: Array.from({ length: 8 }, (_, i) => says('', ['read', `{"path": "a${i}`])),
      faults: {},
      exit: 1,
      code: 'model_stuck',
      text: /going in circles/,
      calls: 8,
      status: 'failed',
    },
  };

  for (const [name, failure] of Object.entries(failures)) {
    it(`${name}: says so, gives the ticket back, leaves nothing`, async () => {
      await use(failure.replies ?? [look], failure.faults);
      const result = await run('draft', '--next', '--json');
      assert.equal(result.code, failure.exit, result.stderr);
      const { error } = JSON.parse(result.stdout);
      assert.equal(error.code, failure.code);
      assert.match(error.message, failure.text);
      assert.ok(!(result.stdout + result.stderr).includes(model?.apiKey ?? ''));
      assert.equal(model?.calls().length, failure.calls);
      const { status: now, attempts, requests } = await ticket();
      assert.equal(now, failure.status);
      assert.deepEqual(requests, []);
      assert.deepEqual(
        attempts.map((one: { outcome: string }) => one.outcome),
        // What is not the patch's fault does not count against it.
        [failure.status === 'open' ? 'interrupted' : 'failed'],
      );
      await nothingIsLeft();
    });
  }

  it('says the same to a person as to a script', async () => {
    await use([look], { 1: overloaded, 2: overloaded, 3: overloaded });
    const { code, stdout, stderr } = await run('draft', '--next');
    assert.equal(code, 1);
    assert.match(stderr, /The model is overloaded\. Overloaded\. Try again in a few minutes/);
    assert.doesNotMatch(stdout + stderr, /\n\s+at /);
  });

  for (const [name, faults] of Object.entries({
    'is overloaded twice': { 1: overloaded, 2: overloaded },
    'breaks off a reply once': { 2: cut },
    'allows no more calls for a moment': { 3: limited },
  })) {
    it(`${name} and then answers: the patch is drafted all the same`, async () => {
      const malformed = says('', ['read', '{"path": "src'], ['edit', { path: 3 }]);
      await use([malformed, createTest, fix, submit], faults);
      const result = await run('draft', '--next', '--json');
      assert.equal(result.code, 0, result.stderr);
      assert.equal((await ticket()).status, 'ready');
    });
  }
});
