import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Backlog } from '../../src/backlog/backlog.ts';
import { type OpenBacklogOptions, openBacklog } from '../../src/backlog/openBacklog.ts';
import type { Attempt } from '../../src/core/attempt.ts';
import type { Change } from '../../src/core/change.ts';
import type { PatchRequest, Release } from '../../src/core/patchRequest.ts';
import type { Feedback, FilePosition } from '../../src/core/signal.ts';
import type { Ticket } from '../../src/core/ticket.ts';
import { createAuditSigner } from '../../src/platform/auditKey.ts';

export const systemClock = { now: () => new Date() };

/** Opens without watching unless asked, so that a test says itself when it looks. */
export function open(folder: string, options: Partial<OpenBacklogOptions> = {}): Promise<Backlog> {
  return openBacklog({
    folder,
    clock: systemClock,
    log: () => undefined,
    signer: createAuditSigner({ XDG_CONFIG_HOME: join(folder, 'config'), APPDATA: folder }),
    watch: false,
    ...options,
  });
}

export function sampleTicket(id: string, fields: Partial<Ticket> = {}): Ticket {
  return {
    id,
    title: `TypeError in checkout (${id})`,
    description: 'TypeError: cannot read properties of undefined\nat total (cart.js:12)',
    category: 'bug_fix',
    status: 'open',
    priority: { value: 'medium', reason: 'Seen 5 times; the program went on.' },
    risk: { value: 3, reason: 'Its stack touches 1 file.' },
    effort: { value: 2, reason: 'The stack names the place.' },
    createdAt: '2026-03-01T10:00:00.000Z',
    updatedAt: '2026-03-01T10:00:00.000Z',
    evidence: [
      { at: '2026-03-01T09:59:00.000Z', file: 'logs/app.log', offset: 12, text: 'a\0b "c" é 🦊' },
    ],
    proposedSolution: 'Handle the case.',
    testPlan: 'A test that raises it.',
    filesToModify: ['src/cart.js', 'src/price.js'],
    metadata: { exceptionType: 'TypeError', location: { file: 'src/cart.js', line: 12 } },
    ...fields,
  };
}

export function ticketChange(id: string, fields: Partial<Ticket> = {}): Change {
  return { kind: 'ticket', id, fields: sampleTicket(id, fields) };
}

export const sampleAttempt: Attempt = {
  id: '2b1f0e0c-6f43-4e0f-9a57-5b2c7f6c0001',
  ticketId: 'exception-1',
  number: 1,
  branch: 'improvement/exception-1',
  base: 'a'.repeat(40),
  outcome: 'succeeded',
  startedAt: '2026-03-01T10:00:00.000Z',
  endedAt: '2026-03-01T10:05:00.000Z',
  runner: { pid: 1234, host: 'here', started: '17' },
  model: 'recorded',
  steps: 7,
  usage: { inputTokens: 1, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 4 },
  costUsd: 0.125,
  summary: 'Handled the empty cart.',
  gates: [
    {
      id: 'suite',
      verdict: 'passed',
      reason: 'All 12 tests pass.',
      durationMs: 812.5,
      evidence: ['12 passed'],
      output: 'ok',
      marks: [],
    },
  ],
};

export const sampleRequest: PatchRequest = {
  id: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  ticketId: 'exception-1',
  attemptId: sampleAttempt.id,
  createdAt: '2026-03-01T10:06:00.000Z',
  status: 'PENDING_APPROVAL',
  branch: 'improvement/exception-1',
  base: 'a'.repeat(40),
  commit: 'b'.repeat(40),
  files: [
    {
      path: 'src/cart.js',
      status: 'modified',
      oldMode: '100644',
      newMode: '100644',
      added: 3,
      removed: 1,
    },
    {
      path: 'new.js',
      oldPath: 'old.js',
      status: 'renamed',
      oldMode: '100644',
      newMode: '100755',
      added: -1,
      removed: -1,
    },
  ],
  testFiles: ['test/cart.test.js'],
  diff: '--- a/src/cart.js\n+++ b/src/cart.js\n',
  reasoning: 'An empty cart has no first item.',
  component: 'src',
  improvementType: 'bug_fix',
  confidence: { value: 0.8, parts: [{ label: 'Test fails before', value: 0.4 }] },
  gates: sampleAttempt.gates ?? [],
  feedbackIds: ['f1'],
  metrics: {
    motivation: { occurrences: 6, feedback: 1 },
    attempt: {
      number: 1,
      steps: 7,
      submissions: 1,
      tokens: 10,
      usage: sampleAttempt.usage,
      costUsd: 0.125,
      durationMs: 60_000,
      tests: [
        { gate: 'suite', verdict: 'passed', reason: 'All 12 tests pass.', durationMs: 812.5 },
      ],
    },
  },
  model: 'recorded',
  costUsd: 0.125,
};

export const sampleRelease: Release = {
  id: 'd1',
  requestId: sampleRequest.id,
  ticketId: 'exception-1',
  commit: 'c'.repeat(40),
  branch: 'work',
  backupRef: 'refs/patchwright/backup/1',
  appliedAt: '2026-03-01T11:00:00.000Z',
};

export const sampleFeedback: Feedback = {
  id: 'f1',
  timestamp: '2026-03-01T08:00:00.000Z',
  userId: 'hash',
  rating: 1,
  text: 'The cart is empty!',
  sentiment: 'negative',
  context: [{ said: 'hello' }],
  model: 'm',
  taskType: 'chat',
  metadata: { extra: true },
};

export const samplePosition: FilePosition = {
  file: 'logs/app.log',
  offset: 5_000_000_000,
  inode: '18446744073709551615',
  headHash: 'aa',
  headBytes: 256,
  tailHash: 'bb',
};

export interface Child {
  readonly process: ChildProcess;
  /** Lines it has printed so far. */
  readonly said: string[];
  /** Resolves once it has printed that many lines, or has ended. */
  until(lines: number): Promise<void>;
  kill(): Promise<void>;
  ended(): Promise<number | null>;
}

/** A real second process at the same backlog: see backlogChild.ts. */
export function startChild(mode: string, folder: string, ...args: string[]): Child {
  const script = join(import.meta.dirname, 'backlogChild.ts');
  const child = spawn(process.execPath, [script, mode, folder, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: string[] = [];
  const waiting = new Set<() => void>();
  const tellAll = () => {
    for (const check of waiting) check();
  };
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    said.push(line);
    tellAll();
  });
  const closed = Promise.all([once(child, 'exit'), once(lines, 'close')]).then(() => undefined);
  let isOver = false;
  void closed.then(() => {
    isOver = true;
    tellAll();
  });
  return {
    process: child,
    said,
    until: (count) =>
      new Promise((resolve) => {
        const check = () => {
          if (said.length < count && !isOver) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    async kill() {
      child.kill('SIGKILL');
      await closed;
    },
    async ended() {
      await closed;
      return child.exitCode;
    },
  };
}
