import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { type ErrorCode, isPatchwrightError, PatchwrightError } from '../../../src/core/errors.ts';
import { says, toolResults } from '../../support/modelServer.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { fix, handIn, prepare, reproduction, type Run, type RunOptions } from './agentSetup.ts';

describe('agent', () => {
  const temp = tempFolder('agent');
  let run: Run;
  afterEach(async () => await run.server.dispose());

  async function start(options: RunOptions): Promise<Run> {
    run = await prepare(temp.path('repo'), options);
    return run;
  }

  async function fails(code: ErrorCode, options: RunOptions): Promise<PatchwrightError> {
    await start(options);
    const error: unknown = await run.go().catch((thrown: unknown) => thrown);
    assert.ok(isPatchwrightError(error, code), `expected ${code}, got ${String(error)}`);
    return error;
  }

  /** What the tools answered to the n-th call of the model. */
  const answers = (call: number): string[] => toolResults(run.server.calls()[call - 1]);
  const lastAnswer = (): string => toolResults(run.server.calls().at(-1)).at(-1) ?? '';

  const write = says('The test first.', ['create', reproduction]);
  const testIt = says('', ['run_tests', { files: [reproduction.path] }]);
  const repair = says('', ['edit', fix]);
  const submit = says('', ['submit', handIn]);

  describe('the whole way', () => {
    it('writes the test, sees it fail, fixes, sees it pass, submits', async () => {
      await start({
        replies: [
          says(
            'Looking.',
            ['read', { path: 'src/total.mjs' }],
            ['search', { pattern: 'lastPrice' }],
          ),
          write,
          testIt,
          repair,
          testIt,
          submit,
        ],
      });
      const result = await run.go();

      assert.deepEqual(result.submission, {
        summary: handIn.summary,
        reasoning: handIn.reasoning,
        testFiles: [reproduction.path],
      });
      assert.equal(result.steps, 6);
      assert.ok(result.usage.inputTokens > 0);
      assert.equal(result.costUsd, undefined);
      assert.equal(
        run.file('src/total.mjs'),
        'export function lastPrice(items) {\n  return items.at(-1)?.price ?? 0;\n}\n',
      );
      assert.equal(run.file(reproduction.path), reproduction.content);
      assert.deepEqual(run.submissions, [result.submission]);

      const [read, search] = answers(2);
      assert.match(read ?? '', /^src\/total\.mjs, lines 1–3 of 3\n1\texport function/);
      assert.match(search ?? '', /src\/total\.mjs:1: export function lastPrice/);
      assert.match(answers(4).at(-1) ?? '', /^Verdict: failed \(exit code 1\)/);
      assert.match(answers(6).at(-1) ?? '', /^Verdict: passed/);
    });

    it('tells each step, what was said and done, with tokens and cost so far', async () => {
      const price = { input: 1, output: 2, cacheRead: 0, cacheWrite: 0 };
      await start({ replies: [write, repair, submit], price });
      const result = await run.go();
      assert.deepEqual(
        run.progress.map((one) => (one.kind === 'tool' ? `${one.name} ${one.detail}` : one.kind)),
        [
          'step',
          'said',
          `create ${reproduction.path}`,
          'step',
          'edit src/total.mjs',
          'step',
          `submit ${handIn.summary}`,
        ],
      );
      const steps = run.progress.filter((one) => one.kind === 'step');
      assert.deepEqual(
        steps.map(({ step }) => step),
        [1, 2, 3],
      );
      assert.deepEqual(steps.at(-1)?.usage, result.usage);
      assert.equal(steps.at(-1)?.costUsd, result.costUsd);
      assert.ok((result.costUsd ?? 0) > 0);
    });

    it('saves every step, so that the conversation can be rebuilt from the transcript', async () => {
      await start({ replies: [write, repair, submit] });
      await run.go();
      assert.deepEqual(
        run.transcript.map(({ kind }) => kind),
        ['start', 'sent', 'reply', 'sent', 'reply', 'sent', 'reply', 'end'],
      );
      const rebuilt = run.transcript.flatMap((entry) => {
        if (entry.kind === 'sent') return [entry.message.role];
        return entry.kind === 'reply' ? ['assistant'] : [];
      });
      const sent = run.server
        .calls()
        .at(-1)
        ?.messages.map(({ role }) => role);
      assert.deepEqual(rebuilt.slice(0, -1), sent);
      const end = run.transcript.at(-1);
      assert.deepEqual(end?.kind === 'end' && end.submission?.testFiles, [reproduction.path]);
    });

    it('sends a prefix that stays the same byte for byte', async () => {
      await start({ replies: [write, repair, submit] });
      await run.go();
      const marked = ',"cache_control":{"type":"ephemeral"}';
      const [first, second, third] = run.server.requests
        .filter(({ method }) => method === 'POST')
        .map(({ body }) => body.toString().replaceAll(marked, ''));
      const prefix = (text = ''): string => text.slice(0, text.lastIndexOf(']'));
      assert.ok(second?.startsWith(prefix(first)));
      assert.ok(third?.startsWith(prefix(second)));
    });

    it('keeps the mode of an edited file', async () => {
      await start({
        files: { 'bin/run.sh': '#!/bin/sh\necho one\n' },
        replies: [
          says('', ['edit', { path: 'bin/run.sh', edits: [{ old: 'one', new: 'two' }] }]),
          write,
          submit,
        ],
      });
      await run.go();
      assert.equal(run.file('bin/run.sh'), '#!/bin/sh\necho two\n');
      assert.equal(statSync(temp.path('repo/bin/run.sh')).mode & 0o777, 0o755);
    });

    it('runs the writes of one reply in order, and reads see what came before', async () => {
      await start({
        replies: [
          says(
            '',
            ['create', { path: 'a.txt', content: 'one\n' }],
            ['read', { path: 'a.txt' }],
            ['edit', { path: 'a.txt', edits: [{ old: 'one', new: 'two' }] }],
            ['read', { path: 'a.txt' }],
          ),
          write,
          submit,
        ],
      });
      await run.go();
      const [, before, , after] = answers(2);
      assert.match(before ?? '', /1\tone/);
      assert.match(after ?? '', /1\ttwo/);
    });
  });

  it('runs the reads of one reply beside each other', async () => {
    const deps: { git?: Run['git'] } = {};
    await start({
      replies: [says('', ['list', {}], ['list', { path: 'src' }]), write, repair, submit],
      deps,
    });
    const { git } = run;
    let started = 0;
    let open = (): void => undefined;
    const bothStarted = new Promise<void>((resolve) => (open = resolve));
    deps.git = {
      ...git,
      async run(args, options) {
        // One after the other they would wait for ever.
        if (args[0] === 'ls-files' && args.includes('--cached')) {
          if (++started === 2) open();
          await bothStarted;
        }
        return await git.run(args, options);
      },
    };
    await run.go();
    assert.equal(started, 2);
  });

  describe('gates', () => {
    const again = says('', [
      'edit',
      { path: 'src/total.mjs', edits: [{ old: '?? 0', new: '?? 1' }] },
    ]);

    it('that fail give their output, and another try', async () => {
      let judged = 0;
      await start({
        replies: [write, repair, submit, again, submit],
        deps: {
          submit: async () => {
            judged++;
            return await Promise.resolve({
              accepted: judged > 1,
              feedback: 'Suite: 2 tests failed.',
            });
          },
        },
      });
      const result = await run.go();
      assert.equal(judged, 2);
      assert.equal(result.steps, 5);
      assert.match(answers(4).at(-1) ?? '', /^Not accepted\.[^]*Suite: 2 tests failed\./);
    });

    it('that keep failing end the attempt', async () => {
      const error = await fails('gates_failed', {
        replies: [write, repair, submit, again, submit, submit],
        deps: {
          submit: async () => await Promise.resolve({ accepted: false, feedback: 'Suite: no.' }),
        },
      });
      assert.match(error.message, /last of 2 submissions failed: Suite: no\./);
      assert.equal(run.server.calls().length, 5);
    });

    it('that break end it with their own error', async () => {
      const text = { what: 'w', why: 'y', remedy: 'r' };
      await fails('no_test_command', {
        replies: [write, repair, submit],
        deps: {
          submit: async () => await Promise.reject(new PatchwrightError('no_test_command', text)),
        },
      });
    });
  });

  describe('a submission', () => {
    const refused = async (replies: RunOptions['replies']): Promise<string> => {
      await fails('limit_reached', {
        replies: replies ?? [],
        limits: { stepsPerAttempt: replies?.length ?? 0 },
      });
      assert.equal(run.submissions.length, 0);
      const sent = run.transcript.findLast((entry) => entry.kind === 'sent');
      const block = sent?.kind === 'sent' ? sent.message.content[0] : undefined;
      return block?.type === 'tool_result' ? block.content : '';
    };

    it('needs its test files to be there', async () => {
      assert.match(await refused([repair, submit]), /There is no file test\/empty\.test\.mjs/);
    });

    it('needs its test files to be its own', async () => {
      const old = says('', ['submit', { ...handIn, test_files: ['test/total.test.mjs'] }]);
      assert.match(await refused([repair, old]), /neither created nor changed/);
    });

    it('needs a fix beside the test', async () => {
      assert.match(await refused([write, submit]), /Only tests were changed/);
    });
  });

  describe('limits', () => {
    const reading = Array.from({ length: 9 }, (_, i) =>
      says('', ['read', { path: 'package.json', to: i + 1 }]),
    );

    it('on steps end it, named with their setting, and nothing more is sent', async () => {
      const error = await fails('limit_reached', {
        replies: reading,
        limits: { stepsPerAttempt: 2 },
      });
      assert.match(error.message, /limit of 2 steps/);
      assert.match(error.message, /patchwright\.limits\.stepsPerAttempt/);
      assert.equal(run.server.calls().length, 2);
    });

    it('on tokens count cached ones too', async () => {
      const usage = { input_tokens: 0, output_tokens: 0, cache_read_input_tokens: 60 };
      const replies = reading.map((reply) => ({ ...reply, usage }));
      const error = await fails('limit_reached', { replies, limits: { tokensPerAttempt: 100 } });
      assert.match(error.message, /tokensPerAttempt/);
      assert.equal(run.server.calls().length, 2);
    });

    it('on cost', async () => {
      const replies = reading.map((reply) => ({
        ...reply,
        usage: { input_tokens: 600_000, output_tokens: 0 },
      }));
      const price = { input: 1, output: 1, cacheRead: 1, cacheWrite: 1 };
      const limits = { costPerAttemptUsd: 1, tokensPerAttempt: 1e9 };
      const error = await fails('limit_reached', { replies, price, limits });
      assert.match(error.message, /limit of 1 US dollars/);
      assert.equal(run.server.calls().length, 2);
      const last = run.progress.findLast((one) => one.kind === 'step');
      assert.equal(last?.kind === 'step' && last.costUsd, 1.2);
    });

    it('on minutes, by the clock', async () => {
      let at = 0;
      const clock = { now: () => new Date((at += 60_000)) };
      const error = await fails('limit_reached', {
        replies: reading,
        deps: { clock },
        limits: { minutesPerAttempt: 15 },
      });
      assert.match(error.message, /limit of 15 minutes/);
    });

    it('on minutes, also in the middle of a reply', async () => {
      const error = await fails('limit_reached', {
        replies: reading,
        faults: { 1: { kind: 'hold', afterEvents: 2 } },
        limits: { minutesPerAttempt: 0.01 },
      });
      assert.match(error.message, /minutesPerAttempt/);
    });

    it('on tokens that the model writes', async () => {
      const replies = reading.map((reply) => ({ ...reply, usage: { output_tokens: 60 } }));
      const limits = { outputTokensPerAttempt: 100 };
      const error = await fails('limit_reached', { replies, limits });
      assert.match(error.message, /outputTokensPerAttempt/);
      assert.equal(run.server.calls().length, 2);
    });

    it('on the day, by what is left of it', async () => {
      const usage = { input_tokens: 600_000, output_tokens: 0 };
      const replies = reading.map((reply) => ({ ...reply, usage }));
      const price = { input: 1, output: 1, cacheRead: 1, cacheWrite: 1 };
      const error = await fails('limit_reached', { replies, price, deps: { budgetTodayUsd: 0.5 } });
      assert.match(error.message, /today's limit of 10 US dollars.*00:00 UTC.*costPerDayUsd/);
      assert.equal(run.server.calls().length, 1);
    });

    it('on errors in a row, where failing tests are none', async () => {
      const missing = (i: number) => says('', ['read', { path: `gone-${i}.txt` }]);
      const error = await fails('limit_reached', {
        replies: [write, missing(1), missing(2), testIt, missing(3), missing(4), missing(5)],
        limits: { errorsInARow: 3 },
      });
      assert.match(error.message, /limit of 3 failed steps in a row/);
      assert.equal(run.server.calls().length, 7);
    });

    it('count calls that fail', async () => {
      await fails('model_auth', {
        replies: reading,
        faults: { 2: { kind: 'status', status: 401 } },
      });
      const steps = run.progress.filter((one) => one.kind === 'step');
      assert.deepEqual(
        steps.map(({ step }) => step),
        [1, 2],
      );
      assert.deepEqual(steps[1]?.usage, steps[0]?.usage);
      assert.equal(run.transcript.at(-1)?.kind, 'end');
    });
  });

  describe('a model that', () => {
    it('refuses ends it with what it said', async () => {
      const error = await fails('model_refused', {
        replies: [{ ...says('I would rather not.\u202e'), stop_reason: 'refusal' }],
      });
      assert.match(error.message, /I would rather not\.\\u202e/);
    });

    it('never submits is asked twice to go on', async () => {
      await fails('no_submission', { replies: [says('Done!'), says('Really.'), says('Bye.')] });
      assert.equal(run.server.calls().length, 3);
    });

    it('says nothing at all is asked to go on, too', async () => {
      // An empty reply is not kept, so the recording answers with the same one each time.
      await fails('no_submission', { replies: [{ content: [] }] });
      assert.equal(run.server.calls().length, 3);
    });

    it('goes on after it was asked succeeds', async () => {
      await start({
        replies: [says('Done!'), write, says('Done!'), repair, says('Done?'), submit],
      });
      assert.equal((await run.go()).steps, 6);
    });

    it('repeats itself is warned, then stopped', async () => {
      const same = says('', ['read', { path: 'package.json' }]);
      await fails('model_stuck', { replies: Array.from({ length: 20 }, () => same) });
      assert.equal(run.server.calls().length, 6);
      assert.match(
        run.server.calls()[3]?.messages.at(-1)?.content.at(-1)?.text ?? '',
        /in circles/,
      );
    });

    it('goes back and forth is stopped', async () => {
      const there = says('', ['edit', fix]);
      const back = says('', [
        'edit',
        { path: fix.path, edits: [{ old: fix.edits[0]?.new, new: fix.edits[0]?.old }] },
      ]);
      await fails('model_stuck', {
        replies: Array.from({ length: 20 }, (_, i) => (i % 2 ? back : there)),
      });
      assert.equal(run.server.calls().length, 12);
    });

    it('runs into the same error again and again is stopped', async () => {
      const replies = Array.from({ length: 20 }, (_, i) =>
        says(`${i}`, ['edit', { path: 'nowhere.mjs', edits: [{ old: `${i}`, new: '' }] }]),
      );
      const error = await fails('model_stuck', { replies });
      assert.match(error.message, /same error/);
      assert.equal(run.server.calls().length, 8);
    });

    it('is warned in time can still finish', async () => {
      const same = says('', ['read', { path: 'package.json' }]);
      await start({ replies: [same, same, same, write, repair, submit] });
      assert.equal((await run.go()).steps, 6);
    });

    it('calls unknown tools or sends malformed input learns which field is wrong', async () => {
      await start({
        replies: [
          says(
            '',
            ['shell', { command: 'id' }],
            ['read', { path: 3 }],
            ['edit', { path: 'a', edits: [{ old: 'x' }] }],
            ['edit', { path: 'a', edits: [] }],
            ['read', '{"path": "src'],
            ['submit', {}],
          ),
          write,
          repair,
          submit,
        ],
      });
      await run.go();
      const [unknown, read, edit, empty, broken, submitted] = answers(2);
      assert.match(unknown ?? '', /no tool of that name\. There are: list, search, read/);
      assert.match(read ?? '', /`path` must be of type string/);
      assert.match(edit ?? '', /`edits\.0\.new` must be of type string/);
      assert.match(empty ?? '', /`edits` must be at least 1 items long/);
      assert.match(broken ?? '', /not valid JSON/);
      assert.match(submitted ?? '', /`summary`.*`reasoning`.*`test_files`/);
      const blocks = run.server.calls()[1]?.messages.at(-1)?.content ?? [];
      assert.ok(blocks.every((block) => block.is_error));
    });

    it('is cut off does not have its last, half call run', async () => {
      const half = says(
        '',
        ['create', { path: 'whole.txt', content: 'x' }],
        ['create', { path: 'half.txt', content: 'x' }],
      );
      await start({ replies: [{ ...half, stop_reason: 'max_tokens' }, write, repair, submit] });
      await run.go();
      assert.equal(run.file('whole.txt'), 'x');
      assert.throws(() => run.file('half.txt'), { code: 'ENOENT' });
      assert.match(answers(2)[1] ?? '', /cut off/);
    });

    it('pauses is simply asked to go on', async () => {
      await start({
        replies: [{ ...says('thinking'), stop_reason: 'pause_turn' }, write, repair, submit],
      });
      assert.equal((await run.go()).steps, 4);
      assert.equal(run.server.calls()[1]?.messages.at(-1)?.role, 'assistant');
    });

    it('has its window full gets room once', async () => {
      const big = { 'big.txt': 'a line of text\n'.repeat(900) };
      const reads = [1, 2, 3, 4, 5].map((i) => says('', ['read', { path: 'big.txt', from: i }]));
      const full = { kind: 'status', status: 400, message: 'prompt is too long: 9 > 8' } as const;
      await start({
        files: big,
        replies: [...reads, write, repair, submit],
        faults: { 6: full },
      });
      const { steps } = await run.go();
      assert.equal(steps, 9);
      const results = toolResults(run.server.calls()[6]);
      assert.match(results[0] ?? '', /left out to save room/);
      assert.match(results[4] ?? '', /a line of text/);
    });

    it('has its window full in the middle of a reply is asked again, without the half', async () => {
      const reads = [1, 2, 3, 4].map((i) => says('', ['read', { path: 'big.txt', from: i }]));
      const half = { ...says('I was about to'), stop_reason: 'model_context_window_exceeded' };
      await start({
        files: { 'big.txt': 'a line of text\n'.repeat(900) },
        recording: {
          name: 'm',
          conversations: [{ replies: [...reads, half] }],
        },
      });
      await assert.rejects(run.go(), { code: 'model_bad_reply' });
      const last = run.server.calls().at(-1)?.messages;
      assert.equal(last?.at(-1)?.role, 'user');
      assert.match(toolResults(run.server.calls().at(-1))[0] ?? '', /left out to save room/);
    });

    it('has its window nearly full gets room before it is, with how to get it again', async () => {
      const reads = [1, 2, 3, 4, 5].map((i) => ({
        ...says('', ['read', { path: 'big.txt', from: i }]),
        usage: { input_tokens: i * 4_000, output_tokens: 10 },
      }));
      await start({
        files: { 'big.txt': 'a line of text\n'.repeat(900) },
        replies: [...reads, write, repair, submit],
        contextTokens: 32_000, // of which a reply may take a quarter
      });
      await run.go();
      assert.equal(run.server.calls()[0]?.max_tokens, 8_000);
      const sentAt = (call: number) => toolResults(run.server.calls()[call - 1]);
      assert.ok(sentAt(5).every((text) => !text.includes('left out')));
      assert.match(
        sentAt(6)[0] ?? '',
        /^\[left out to save room: \d+ characters that began "big\.txt, lines 1–400 of 900; go on with from: 401"; call read \{"path":"big\.txt","from":1\} again/,
      );
      assert.match(sentAt(6)[4] ?? '', /a line of text/);
      assert.equal(run.transcript.filter(({ kind }) => kind === 'compacted').length, 1);
    });

    it('has its window full again ends', async () => {
      const full = { kind: 'status', status: 400, message: 'prompt is too long: 9 > 8' } as const;
      await fails('model_bad_reply', { replies: [write], faults: { 1: full } });
    });
  });

  describe('cancelling', () => {
    it('in the middle of a reply rejects, and is in the transcript', async () => {
      await start({ replies: [write], faults: { 1: { kind: 'hold', afterEvents: 3 } } });
      const controller = new AbortController();
      const settled = run.go(controller.signal).catch((error: unknown) => error);
      await run.server.reached(1);
      controller.abort();
      assert.ok(isPatchwrightError(await settled, 'cancelled'));
      assert.equal(run.transcript.at(-1)?.kind, 'end');
    });

    it('in the middle of the gates rejects, whatever they do', async () => {
      const controller = new AbortController();
      await start({
        replies: [write, repair, submit],
        deps: {
          submit: async () => {
            controller.abort();
            return await new Promise<never>(() => undefined);
          },
        },
      });
      await assert.rejects(run.go(controller.signal), { code: 'cancelled' });
    });

    it('in the middle of the tests ends their processes', async () => {
      const controller = new AbortController();
      await start({
        replies: [
          says('', [
            'create',
            {
              path: 'test/slow.test.mjs',
              content:
                "import fs from 'node:fs';\nfs.writeFileSync('started', String(process.pid));\nsetInterval(() => {}, 1000);\n",
            },
          ]),
          says('', ['run_tests', { files: ['test/slow.test.mjs'] }]),
        ],
      });
      const settled = run.go(controller.signal).catch((error: unknown) => error);
      const pid = await until(() => Number(run.file('started')));
      controller.abort();
      assert.ok(isPatchwrightError(await settled, 'cancelled'));
      await until(() => !isRunning(pid));
    });

    it('before it starts sends nothing', async () => {
      await start({ replies: [write] });
      await assert.rejects(run.go(AbortSignal.abort()), { code: 'cancelled' });
      assert.equal(run.server.calls().length, 0);
    });
  });

  it('says that tests cannot be run where no command is known', async () => {
    await start({ replies: [write, testIt, repair, submit], deps: { tests: undefined } });
    await run.go();
    assert.match(answers(3).at(-1) ?? '', /No test command is known/);
    assert.match(lastAnswer(), /Edited src\/total\.mjs/);
  });
});

/** Polls for a condition of another process. */
async function until<T>(read: () => T): Promise<T> {
  for (;;) {
    try {
      const value = read();
      if (value) return value;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A killed process that nobody has waited for yet still has its number. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return true;
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
