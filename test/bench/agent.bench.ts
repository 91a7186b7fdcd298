import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runAgent } from '../../src/attempt/agent.ts';
import { applyEdits } from '../../src/attempt/edit.ts';
import { firstMessage } from '../../src/attempt/prompt.ts';
import type { TranscriptEntry } from '../../src/attempt/transcript.ts';
import type { Message, Model } from '../../src/core/model.ts';
import { createProtection } from '../../src/core/protection.ts';
import { defaultSettings } from '../../src/core/settings.ts';
import type { TestRun, TestRunner } from '../../src/core/testRun.ts';
import { createAnthropicModel } from '../../src/models/anthropic.ts';
import type { RecordedReply } from '../../src/models/scripted.ts';
import { createShell } from '../../src/platform/shell.ts';
import { type MessagesBody, says, startModelServer } from '../support/modelServer.ts';
import { ticketOf } from '../support/nouns.ts';
import { createRepository } from '../support/repository.ts';
import { type Bug, bugs } from './agent/bugs.ts';
import { editProbes, type FurtherProbe, furtherProbes } from '../support/editProbes.ts';
import type { Bench } from './bench.ts';

/** What a provider charges for a token read from its cache, and one written to it, of a plain one. */
const [readPrice, writePrice] = [0.1, 1.25];

/** What scripted attempts at real bugs send, against a loop that resends everything, one call a request. */
export const bench: Bench = {
  title: `The agent, ${bugs.length} scripted attempts at small bugs`,
  async run(report) {
    const root = mkdtempSync(join(tmpdir(), 'pw-bench-agent-'));
    try {
      const runs: Measured[] = [];
      for (const [index, bug] of bugs.entries())
        runs.push(await measure(join(root, bug.name), bug, index));
      const mean = (of: (run: Measured) => number): number =>
        runs.reduce((sum, run) => sum + of(run), 0) / runs.length;
      const [ours, plain] = [mean((run) => run.ours.cost), mean((run) => run.plain.cost)];
      report({
        what: 'bugs whose test failed before and passed after',
        value: runs.filter(({ solved }) => solved).length,
        unit: '',
        target: bugs.length,
        better: 'larger',
      });
      report({ what: 'requests of an attempt', value: mean((run) => run.ours.requests), unit: '' });
      report({ what: 'the same, plain loop', value: mean((run) => run.plain.requests), unit: '' });
      report({
        what: 'tokens sent, without cache hits',
        value: mean((run) => run.ours.sent - run.ours.cached),
        unit: '',
      });
      report({
        what: 'tokens sent, with cache hits',
        value: mean((run) => run.ours.sent),
        unit: '',
      });
      report({ what: 'tokens sent, plain loop', value: mean((run) => run.plain.sent), unit: '' });
      report({
        what: 'price of what is sent, to plain loop',
        value: ours / plain,
        unit: '×',
        target: 0.5,
      });
      report({
        what: 'our own code per step, median',
        value: median(runs.flatMap(({ stepMs }) => stepMs)),
        unit: 'ms',
        target: 50,
      });
      report({
        what: 'edit probes passed',
        value: editProbes.filter(({ edit, ...probe }) => passes({ ...probe, edits: [edit] }))
          .length,
        unit: '',
        target: editProbes.length,
        better: 'larger',
      });
      report({
        what: 'further edit probes passed',
        value: furtherProbes.filter(passes).length,
        unit: '',
        target: furtherProbes.length,
        better: 'larger',
      });
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
};

interface Sent {
  readonly requests: number;
  readonly sent: number;
  /** Of those, read from the provider's cache. */
  readonly cached: number;
  /** In plain tokens. */
  readonly cost: number;
}

interface Measured {
  readonly ours: Sent;
  readonly plain: Sent;
  readonly solved: boolean;
  readonly stepMs: readonly number[];
}

async function measure(root: string, bug: Bug, index: number): Promise<Measured> {
  const git = await createRepository(root, filesOf(bug));
  const server = await startModelServer({ replies: transcriptOf(bug, index) });
  const transcript: TranscriptEntry[] = [];
  const verdicts: string[] = [];
  const clock = stopwatch();
  try {
    const { apiKey, baseUrl, name } = server;
    const model = await createAnthropicModel({ apiKey, baseUrl, name, log: () => undefined });
    await runAgent(
      {
        model: outside(model, clock),
        root,
        git,
        shell: createShell(),
        tests: testsOf(bug, clock, verdicts),
        guard: createProtection([]),
        clock: { now: () => new Date() },
        limits: defaultSettings.limits,
        onProgress: () => undefined,
        onRefused: () => undefined,
        saveTranscript: (entry) => Promise.resolve(void transcript.push(entry)),
        submit: () => Promise.resolve({ accepted: true, feedback: '' }),
      },
      firstMessage({ ticket: ticketFor(bug), reviewComments: [], negativeFeedback: [] }),
      new AbortController().signal,
    );
    return {
      ours: sentByUs(server.calls()),
      plain: sentPlainly(transcript),
      solved: verdicts[0] === 'failed' && verdicts.at(-1) === 'passed',
      stepMs: clock.steps,
    };
  } finally {
    await server.dispose();
  }
}

function filesOf({ language, file, source }: Bug): Record<string, string> {
  const other = (n: number): string =>
    language === 'python'
      ? `def helper_${n}(x):\n    return x + ${n}\n`
      : `export const helper${n} = (x) => x + ${n};\n`;
  const folder = language === 'python' ? '' : 'src/';
  const extension = language === 'python' ? 'py' : 'mjs';
  return {
    [file]: source,
    ...Object.fromEntries(
      Array.from({ length: 20 }, (_, n) => [
        `${folder}helper_${n}.${extension}`,
        other(n).repeat(10),
      ]),
    ),
    'README.md': '# A small project\n',
  };
}

function ticketFor({ name, file }: Bug) {
  return ticketOf({
    title: `${name} is wrong`,
    description: `Wrong result in ${file}:1.`,
    filesToModify: [file],
  });
}

/** As models work: look around, write the test, see it fail, repair, see it pass; some err on the way. */
function transcriptOf(bug: Bug, index: number): RecordedReply[] {
  const { file, wrong, right, test } = bug;
  const run = says('', ['run_tests', { files: [test.path] }]);
  const edit = (old: string) =>
    says('Now the fix.', ['edit', { path: file, edits: [{ old, new: right }] }]);
  return [
    says(
      'Let me look at the code.',
      ['list', {}],
      ['read', { path: file }],
      ['search', { pattern: bug.name }],
    ),
    says('A test that shows it.', ['create', test]),
    run,
    ...(index % 3 === 0 ? [edit(`${wrong} `), says('', ['read', { path: file }])] : []),
    ...(index % 4 === 0
      ? [says('', ['git', { action: 'log', path: file }], ['read', { path: 'README.md' }])]
      : []),
    edit(wrong),
    run,
    says('Done.', [
      'submit',
      { summary: `Repair ${bug.name}.`, reasoning: 'As the test shows.', test_files: [test.path] },
    ]),
  ];
}

function testsOf(bug: Bug, clock: Stopwatch, verdicts: string[]): TestRunner {
  const shell = createShell();
  const run = async (root: string, files: readonly string[]): Promise<TestRun> => {
    const [file, args] =
      bug.language === 'python'
        ? ['python3', ['-m', 'unittest', ...files.map((path) => path.replace(/\.py$/, ''))]]
        : [process.execPath, ['--test', ...files]];
    const result = await clock.without(() => shell.run({ file, args, cwd: root }));
    const verdict = result.exitCode === 0 ? 'passed' : 'failed';
    verdicts.push(verdict);
    const output = result.stdout.toString() + result.stderr.toString();
    return {
      verdict,
      command: file,
      exitCode: result.exitCode,
      output,
      durationMs: result.durationMs,
    };
  };
  return { title: 'tests', all: (root) => run(root, []), files: run };
}

interface Stopwatch {
  /** What each step took, without what was waited for outside. */
  readonly steps: number[];
  step(): void;
  without<T>(work: () => Promise<T>): Promise<T>;
}

function stopwatch(): Stopwatch {
  const steps: number[] = [];
  let since: number | undefined;
  let outsideMs = 0;
  return {
    steps,
    step() {
      const now = performance.now();
      if (since !== undefined) steps.push(now - since - outsideMs);
      [since, outsideMs] = [now, 0];
    },
    async without(work) {
      const started = performance.now();
      try {
        return await work();
      } finally {
        outsideMs += performance.now() - started;
      }
    },
  };
}

/** A step lasts from one call of the model to the next. */
function outside(model: Model, clock: Stopwatch): Model {
  return {
    ...model,
    reply: (...args) => {
      clock.step();
      return clock.without(() => model.reply(...args));
    },
  };
}

const charsPerToken = 4;
/** Shorter beginnings are not kept by the provider. */
const leastCached = 1_024;

/** What was read from the cache is the beginning that was marked in the request before. */
function sentByUs(calls: readonly MessagesBody[]): Sent {
  let before = '';
  const sum = { requests: 0, sent: 0, cached: 0, cost: 0 };
  for (const call of calls) {
    const text = JSON.stringify([call.tools, call.system, call.messages])
      .replaceAll(',"cache_control":{"type":"ephemeral"}', '')
      .replace(/\]+$/, '');
    const tokens = Math.ceil(text.length / charsPerToken);
    const kept = Math.floor((text.startsWith(before) ? before.length : 0) / charsPerToken);
    const cached = kept >= leastCached ? kept : 0;
    sum.requests += 1;
    sum.sent += tokens;
    sum.cached += cached;
    sum.cost += cached * readPrice + (tokens - cached) * writePrice;
    before = text.replace(/\}$/, '');
  }
  return sum;
}

/** The same conversation one call at a time, all of it sent each time, nothing kept. */
function sentPlainly(transcript: readonly TranscriptEntry[]): Sent {
  const start = transcript.find((entry) => entry.kind === 'start');
  let chars = JSON.stringify([start?.tools, start?.system]).length;
  const sum = { requests: 0, sent: 0, cached: 0, cost: 0 };
  const messages = transcript.flatMap((entry): Message[] => {
    if (entry.kind === 'sent') return [entry.message];
    return entry.kind === 'reply' ? [{ role: 'assistant', content: entry.content }] : [];
  });
  chars += JSON.stringify(messages[0]).length;
  for (const [index, message] of messages.entries()) {
    if (message.role !== 'assistant') continue;
    const results = messages[index + 1]?.content ?? [];
    const calls = message.content.filter(({ type }) => type === 'tool_use');
    for (const call of calls) {
      const tokens = Math.ceil(chars / charsPerToken);
      sum.requests += 1;
      sum.sent += tokens;
      sum.cost += tokens;
      const result = results.find(
        (one) =>
          one.type === 'tool_result' && call.type === 'tool_use' && one.toolUseId === call.id,
      );
      chars += JSON.stringify([call, result]).length;
    }
  }
  return sum;
}

function passes({ content, edits, expected }: FurtherProbe): boolean {
  const result = applyEdits(content, edits);
  return expected === undefined ? !result.ok : result.ok && result.content.toString() === expected;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
