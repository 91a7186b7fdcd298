import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { type AgentDeps, type AgentResult, runAgent } from '../../../src/attempt/agent.ts';
import { type AgentTask, firstMessage } from '../../../src/attempt/prompt.ts';
import type { TranscriptEntry } from '../../../src/attempt/transcript.ts';
import type { AttemptProgress, Submission } from '../../../src/core/attempt.ts';
import type { TestRun, TestRunner } from '../../../src/core/testRun.ts';
import type { Git } from '../../../src/core/ports.ts';
import { createProtection } from '../../../src/core/protection.ts';
import { defaultSettings } from '../../../src/core/settings.ts';
import type { Ticket } from '../../../src/core/ticket.ts';
import { createAnthropicModel } from '../../../src/models/anthropic.ts';
import { createShell } from '../../../src/platform/shell.ts';
import {
  type ModelServer,
  type ModelServerOptions,
  startModelServer,
} from '../../support/modelServer.ts';
import { createRepository, type Tree } from '../../support/repository.ts';

export const ticket: Ticket = {
  id: 'exception-0a1b2c3d',
  title: "TypeError: Cannot read properties of undefined (reading 'price')",
  description: 'TypeError in src/total.mjs:2.',
  category: 'bug_fix',
  status: 'in_progress',
  priority: { value: 'medium', reason: 'Seen 5 times.' },
  risk: { value: 3, reason: 'x' },
  effort: { value: 2, reason: 'x' },
  createdAt: '2026-11-01T00:00:00.000Z',
  updatedAt: '2026-11-01T00:00:00.000Z',
  evidence: [
    {
      at: '2026-11-01T00:00:00.000Z',
      file: 'app.log',
      offset: 0,
      text: 'TypeError: …\n    at total (src/total.mjs:2:14)',
    },
  ],
  proposedSolution: 'Handle the case.',
  testPlan: 'A test that raises it.',
  filesToModify: ['src/total.mjs'],
  metadata: {
    exceptionType: 'TypeError',
    language: 'node',
    location: { file: 'src/total.mjs', line: 2 },
  },
};

export const task: AgentTask = { ticket, reviewComments: [], negativeFeedback: [] };

/** A small project with a real bug: an empty list has no last item. */
export const project: Tree = {
  'src/total.mjs': 'export function lastPrice(items) {\n  return items.at(-1).price;\n}\n',
  'test/total.test.mjs':
    "import test from 'node:test';\nimport assert from 'node:assert';\nimport { lastPrice } from '../src/total.mjs';\n\ntest('last', () => assert.equal(lastPrice([{ price: 2 }]), 2));\n",
  'package.json': '{"name":"demo","type":"module","scripts":{"test":"node --test"}}\n',
  '.gitignore': 'node_modules\n.env\n',
};

export const reproduction = {
  path: 'test/empty.test.mjs',
  content:
    "import test from 'node:test';\nimport assert from 'node:assert';\nimport { lastPrice } from '../src/total.mjs';\n\ntest('no items', () => assert.equal(lastPrice([]), 0));\n",
};
export const fix = {
  path: 'src/total.mjs',
  edits: [{ old: 'items.at(-1).price', new: 'items.at(-1)?.price ?? 0' }],
};
export const handIn = {
  summary: 'An empty list has a last price of 0.',
  reasoning: 'at(-1) of an empty list is undefined.',
  test_files: [reproduction.path],
};

/** Runs `node --test` for real. */
export function nodeTests(): TestRunner {
  const shell = createShell();
  const run = async (
    root: string,
    files: readonly string[],
    signal?: AbortSignal,
  ): Promise<TestRun> => {
    const args = ['--test', '--test-reporter=tap', ...files];
    const result = await shell.run({ file: process.execPath, args, cwd: root }, signal);
    return {
      verdict: result.exitCode === 0 ? 'passed' : 'failed',
      command: 'node --test',
      exitCode: result.exitCode,
      output: result.stdout.toString() + result.stderr.toString(),
      durationMs: result.durationMs,
    };
  };
  return {
    title: 'node --test (package.json)',
    all: async (root, signal) => await run(root, [], signal),
    files: async (root, files, signal) => await run(root, files, signal),
  };
}

export interface Run {
  readonly server: ModelServer;
  readonly root: string;
  readonly git: Git;
  readonly progress: AttemptProgress[];
  readonly refusals: [path: string, rule: string][];
  readonly transcript: TranscriptEntry[];
  readonly submissions: Submission[];
  /** Text of a file of the worktree. */
  file(path: string): string;
  go(signal?: AbortSignal): Promise<AgentResult>;
}

export interface RunOptions extends ModelServerOptions {
  readonly files?: Tree;
  readonly deps?: Partial<AgentDeps>;
  readonly limits?: Partial<AgentDeps['limits']>;
  readonly task?: Partial<AgentTask>;
  /** Of the model's window; default: not known. */
  readonly contextTokens?: number;
  readonly price?: { input: number; output: number; cacheRead: number; cacheWrite: number };
}

/** The real SDK against the scripted server, in a real repository, with the real protection. */
export async function prepare(root: string, options: RunOptions): Promise<Run> {
  const git = await createRepository(root, { ...project, ...options.files });
  const server = await startModelServer(options);
  const progress: AttemptProgress[] = [];
  const refusals: [string, string][] = [];
  const transcript: TranscriptEntry[] = [];
  const submissions: Submission[] = [];
  return {
    server,
    git,
    root: realpathSync(root),
    progress,
    refusals,
    transcript,
    submissions,
    file: (path) => readFileSync(join(root, path), 'utf8'),
    async go(signal = new AbortController().signal) {
      const model = await createAnthropicModel({
        apiKey: server.apiKey,
        baseUrl: server.baseUrl,
        name: server.name,
        log: () => undefined,
        ...(options.price ? { price: options.price } : {}),
      });
      const { contextTokens } = options;
      const deps: AgentDeps = {
        model: contextTokens === undefined ? model : { ...model, contextTokens },
        root,
        git,
        tests: nodeTests(),
        guard: createProtection([]),
        clock: { now: () => new Date() },
        limits: { ...defaultSettings.limits, ...options.limits },
        onProgress: (one) => progress.push(one),
        onRefused: (path, rule) => refusals.push([path, rule]),
        saveTranscript: async (entry) => void transcript.push(structuredClone(entry)),
        submit: async (submission) => {
          submissions.push(submission);
          return await Promise.resolve({ accepted: true, feedback: '' });
        },
        ...options.deps,
      };
      return await runAgent(deps, firstMessage({ ...task, ...options.task }), signal);
    },
  };
}
