import { execFileSync } from 'node:child_process';
import { inOrder } from '../../../src/editor/sortOrder.ts';
import { createEmitter } from '../../../src/core/events.ts';
import { errorMessage, PatchwrightError } from '../../../src/core/errors.ts';
import type { Attempt } from '../../../src/core/attempt.ts';
import { hunkNameText } from '../../../src/core/hunks.ts';
import type { PatchRequest, Release } from '../../../src/core/patchRequest.ts';
import type { Progress } from '../../../src/core/progress.ts';
import type { SignalGroup, Ticket } from '../../../src/core/ticket.ts';
import { differencesOf, type Variant } from '../../../src/core/variants.ts';
import type { DoctorCheck, HistoryEvent, Learned } from '../../../src/pipeline.ts';
import type { App, Compose } from '../../../src/editor/app.ts';
import { ticketOf } from '../../support/nouns.ts';

/** A house whose every state a test can set at once; what the verbs are asked for is kept. */
export interface MemoryApp {
  readonly compose: Compose;
  readonly asked: string[];
  tickets: readonly Ticket[];
  groups: readonly SignalGroup[];
  /** Of every ticket. */
  variants: readonly Variant[];
  attempts: readonly Attempt[];
  requests: readonly PatchRequest[];
  releases: readonly Release[];
  /** Thrown by the next verb. */
  failure: unknown;
  history: readonly HistoryEvent[];
  /** As the house finds them in the folder. */
  checks: readonly DoctorCheck[];
  learned: Learned;
  progress(progress: Progress): void;
  changed(): void;
}

export function createMemoryApp(): MemoryApp {
  const progress = createEmitter<Progress>(rethrow);
  const change = createEmitter<void>(rethrow);
  const memory: MemoryApp = {
    asked: [],
    tickets: [],
    groups: [],
    variants: [],
    attempts: [],
    requests: [],
    releases: [],
    failure: undefined,
    history: [],
    checks: [{ title: 'git', ok: true, detail: 'git 2.39' }],
    learned: {
      enabled: true,
      models: [],
      suggestions: [],
      reviews: { decisions: 0, parts: {}, days: {} },
      settings: [],
    },
    progress: (value) => progress.fire(value),
    changed: () => change.fire(),
    compose: async ({ folder }) => appOf(memory, folder, progress.event, change.event),
  };
  return memory;
}

function appOf(
  memory: MemoryApp,
  folder: string,
  onDidProgress: App['pipeline']['onDidProgress'],
  onDidChange: App['backlog']['onDidChange'],
): App {
  const ask = async (text: string): Promise<void> => {
    memory.asked.push(text);
    const { failure } = memory;
    memory.failure = undefined;
    if (failure) throw failure;
  };
  return {
    sandbox: async () => ({ kind: 'held', title: 'bubblewrap', network: false }),
    backlog: backlogOf(memory, onDidChange),
    pipeline: {
      onDidProgress,
      recover: () => ask('recover'),
      diagnose: () => undefined,
      grown: () => undefined,
      leftovers: () => Promise.resolve([]),
      cleanUp: () => Promise.resolve([]),
      monitor: () => Promise.resolve(),
      replay: () => Promise.reject(new Error('not part of these tests')),
      canary: () => Promise.reject(new Error('not part of these tests')),
      exportEvidence: () => Promise.reject(new Error('not part of these tests')),
      verifyEvidence: () => Promise.reject(new Error('not part of these tests')),
      selfTest: () => Promise.reject(new Error('not part of these tests')),
      lastSelfTest: () => Promise.resolve(undefined),
      run: () => Promise.reject(new Error('not part of these tests')),
      schedule: () => ({ changed: () => undefined }),
      habit: () => memory.learned.reviews.habit,
      performance: () => {
        throw new Error('Not shown here.');
      },
      outlook: () => () => ({
        odds: { chance: 0.5, costUsd: 0.5, minutes: 4, unasked: 'draft', reason: 'No history.' },
      }),
      learned: () => memory.learned,
      switchLearning: (to) => ask(`learning ${to}`),
      async scan() {
        await ask('scan').catch((error: unknown) => {
          memory.progress({ kind: 'scan_failed', message: errorMessage(error) });
          throw error;
        });
        return {
          files: 1,
          lines: 10,
          bytes: 100,
          signals: 1,
          created: ['exception-abababab'],
          updated: [],
          previewsWanted: [],
          malformed: 2,
          problems: [],
        };
      },
      async draft(ticketId) {
        await ask(`draft ${ticketId ?? 'next'}`);
        return first(memory.requests);
      },
      preview: () => Promise.reject(new Error('not part of these tests')),
      async confirm(previewId, options) {
        await ask(`confirm ${previewId} ${String(options?.numbered ?? false)}`);
        return first(memory.requests);
      },
      drop: (previewId) => ask(`drop ${previewId}`),
      previewed: () => Promise.resolve(),
      async judge() {
        await ask('judge');
        const { base, commit, branch, testFiles, files, gates } = first(memory.requests);
        return { patch: { base, commit, branch, testFiles, files }, reports: gates };
      },
      async propose({ ticketId }) {
        await ask(`propose ${ticketId}`);
        return first(memory.requests);
      },
      cancel: (ticketId) => ask(`cancel ${ticketId}`),
      async approve(requestId, options) {
        await ask(`approve ${requestId} ${String(options?.confirmedProtectedBranch ?? false)}`);
        return { kind: 'landed', release: first(memory.releases) };
      },
      reject: (requestId, comment) => ask(`reject ${requestId} ${comment}`),
      rankBefore: (ticketId, nextId) => ask(`rankBefore ${ticketId} ${nextId}`),
      async requestChanges(requestId, comment) {
        await ask(`requestChanges ${requestId} ${comment}`);
        return first(memory.requests);
      },
      async dropHunks(requestId, hunks) {
        await ask(`dropHunks ${requestId} ${hunks.map(hunkNameText).join(' ')}`);
        return first(memory.requests);
      },
      async undoEdit(requestId) {
        await ask(`undoEdit ${requestId}`);
        return first(memory.requests);
      },
      editing: {
        async start(requestId) {
          await ask(`edit ${requestId}`);
          return folder;
        },
        async finish(requestId) {
          await ask(`finish ${requestId}`);
          return first(memory.requests);
        },
        abandon: (requestId) => ask(`abandon ${requestId}`),
        open: () => [],
      },
      undoReject: (requestId) => ask(`undoReject ${requestId}`),
      async rollBack(releaseId, reason) {
        await ask(`rollBack ${releaseId} ${reason}`);
        return first(memory.releases);
      },
      async newTicket({ title, description = '' }) {
        await ask(`newTicket ${title} ${description}`);
        return first(memory.tickets);
      },
      edit: (ticketId, change) => ask(`edit ${ticketId} ${JSON.stringify(change)}`),
      merge: (ticketId, intoId) => ask(`merge ${ticketId} ${intoId}`),
      split: (ticketId) => ask(`split ${ticketId}`),
      differences: () => differencesOf(memory.variants),
      async splitBy(ticketId, { part, value }) {
        await ask(`split ${ticketId} by ${part}=${value}`);
        return ticketOf({ id: 'exception-cdcdcdcd' });
      },
      snooze: (ticketId, until) => ask(`snooze ${ticketId} ${until}`),
      close: (ticketId, reason) => ask(`close ${ticketId} ${reason}`),
      reopen: (ticketId) => ask(`reopen ${ticketId}`),
      protectedFiles: () => Promise.resolve([]),
      protect: (path) => ask(`protect ${path}`),
      history: async () => memory.history,
      insight: () => {
        throw new Error('Not shown here.');
      },
      doctor: async () => memory.checks,
      sync: () => Promise.reject(new Error('not part of these tests')),
      people: async () => [],
      vouch: () => Promise.reject(new Error('not part of these tests')),
      takeOver: () => Promise.reject(new Error('not part of these tests')),
      dispose: () => ask('dispose'),
    },
    readFile: async (commit, path) =>
      execFileSync('git', ['show', `${commit}:${path}`], { cwd: folder, encoding: 'utf8' }),
    transcript: async () => [],
    dispose: () => ask('dispose'),
  };
}

function backlogOf(memory: MemoryApp, onDidChange: App['backlog']['onDidChange']): App['backlog'] {
  const nothing = () => undefined;
  return {
    tickets: {
      get: (id) => memory.tickets.find((ticket) => ticket.id === id),
      list: ({ statuses, order, limit } = {}) => {
        const found = memory.tickets.filter(({ status }) => statuses?.includes(status) ?? true);
        const ordered = order
          ? inOrder(found, order, (id) => memory.groups.find((group) => group.id === id))
          : found;
        return ordered.slice(0, limit);
      },
      seenSince: () => [],
      summaries: () => [],
      countByStatus: () => {
        const counts: Partial<Record<Ticket['status'], number>> = {};
        for (const { status } of memory.tickets) counts[status] = (counts[status] ?? 0) + 1;
        return counts;
      },
    },
    archive: {
      has: () => false,
      count: () => 0,
      get: async () => undefined,
      list: async () => [],
      bringBack: async () => undefined,
      request: async (id) => memory.requests.find((request) => request.id === id),
      attempt: async (id) => memory.attempts.find((attempt) => attempt.id === id),
    },
    unused: { list: async () => [], remove: async () => undefined },
    groups: {
      get: (id) => memory.groups.find((group) => group.id === id),
      seen: (id) => memory.groups.find((group) => group.id === id),
      variants: () => memory.variants,
      quiet: () => [],
      reasoned: () => [],
    },
    positions: { get: nothing, all: () => [] },
    attempts: {
      get: (id) => memory.attempts.find((attempt) => attempt.id === id),
      list: () => memory.attempts,
      previews: () => memory.attempts.filter(({ preview }) => preview),
      find: (id) => memory.attempts.find((attempt) => attempt.id === id),
      since: (at) => memory.attempts.filter(({ startedAt }) => startedAt >= at),
      ofTicket: (id) => memory.attempts.filter(({ ticketId }) => ticketId === id),
      running: () => memory.attempts.filter(({ outcome }) => outcome === 'running'),
    },
    requests: {
      get: (id) => memory.requests.find((request) => request.id === id),
      find: (text) => memory.requests.find(({ id, ticketId }) => id === text || ticketId === text),
      list: (filter) =>
        memory.requests.filter(({ status }) => filter?.statuses?.includes(status) ?? true),
      createdSince: () => memory.requests.length,
    },
    releases: {
      get: (id) => memory.releases.find((release) => release.id === id),
      list: () => memory.releases,
    },
    feedback: {
      negativeSince: () => [],
      has: () => false,
      themed: () => [],
      ofTheme: () => [],
      rated: () => [],
      usersOf: () => [],
    },
    learning: { list: () => [], latest: () => undefined },
    metrics: { series: () => [], windows: () => [] },
    interactions: { recent: () => [] },
    team: {
      chains: () => [],
      pending: () => [],
      requests: () => [],
      request: nothing,
      approvals: () => [],
      requestsSince: () => 0,
      attemptsSince: () => [],
      isRiskTheirs: () => false,
    },
    audit: {
      list: () => [],
      verify: () => ({ events: 0, broken: [] }),
      exported: () => [],
      checkpoint: () => undefined,
      countBefore: () => 0,
      prune: () => Promise.resolve(0),
    },
    write: async () => undefined,
    refresh: async () => undefined,
    exclusively: (_name, work) => work(),
    onDidChange,
    notices: [],
    file: '',
    snapshot: async () => undefined,
    dispose: async () => undefined,
  };
}

function first<T>(all: readonly T[]): T {
  const [one] = all;
  if (one) return one;
  throw new PatchwrightError('nothing_to_do', { what: 'There is none.', why: '', remedy: '' });
}

function rethrow(error: unknown): void {
  throw error;
}
