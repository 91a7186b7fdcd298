import { join } from 'node:path';
import { runAgent } from '../attempt/agent.ts';
import { patchOf } from '../attempt/patch.ts';
import { firstMessage } from '../attempt/prompt.ts';
import type { Worktree } from '../attempt/worktree.ts';
import type { Patch, Submission } from '../core/attempt.ts';
import { errorMessage, PatchwrightError, throwIfCancelled } from '../core/errors.ts';
import { gatesPassed } from '../core/gate.ts';
import type { Model } from '../core/model.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import type { Progress } from '../core/progress.ts';
import type { Protection } from '../core/protection.ts';
import { noSandbox } from '../core/sandbox.ts';
import { keptKinds, redact } from '../core/secrets.ts';
import type { Settings } from '../core/settings.ts';
import type { TestRunner } from '../core/testRun.ts';
import { attempt, eventsOf, type Job, note, toTesting, type Wanted } from './attempt.ts';
import { audit } from './changes.ts';
import { codeContext } from './codeContext.ts';
import { confirmedFor } from './confirmed.ts';
import { reject } from './decide.ts';
import { diagnosticsOf } from './diagnostics.ts';
import type { House } from './house.ts';
import { instructionsOf } from './instructions.ts';
import { feedbackOf, judge } from './judge.ts';
import { lessonsFor } from './past.ts';
import { newRequest } from './request.ts';
import { feedbackFor, saidFor } from './said.ts';
import { assertRequestsLeft } from './today.ts';

/** The way of a patch: ticket → worktree → the model's loop → gates → a request that waits for a person. */
export async function draft(
  house: House,
  { ticketId, again }: Wanted,
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<PatchRequest> {
  const ready = await readyToDraft(house, signal);
  return attempt(house, { ticketId, again, ...ready, tell, signal }, (job, worktree) =>
    writePatch({ ...job, model: ready.model }, worktree),
  );
}

/**
 * A reviewer wants the patch different. It is denied with the comment, and a new attempt goes on from its
 * commit, on its branch; what comes of that is a request of its own, so that each decision stays with the
 * commit it was about. Where the attempt fails, the earlier patch can be taken up again with `undoReject`.
 */
export async function requestChanges(
  house: House,
  requestId: string,
  comment: string,
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<PatchRequest> {
  const ready = await readyToDraft(house, signal);
  assertRequestsLeft(house, ready.settings);
  const { ticketId, base, branch, commit } = await reject(house, requestId, comment);
  const from = { base, onto: { branch, commit }, again: true }; // the comment is something new
  return attempt(house, { ticketId, ...ready, ...from, tell, signal }, (job, worktree) =>
    writePatch({ ...job, model: ready.model }, worktree, true),
  );
}

async function readyToDraft(house: House, signal: AbortSignal) {
  const settings = house.settings();
  // Before anything is spent: without it no gate could run.
  const sandbox = await house.sandbox(settings);
  if (sandbox.kind === 'refused') throw noSandbox(sandbox);
  const model = await house.openModel(settings, 'patching');
  throwIfCancelled(signal);
  return { settings, model };
}

/** The agent's loop; each submission is committed and judged by the gates before it is believed. */
async function writePatch(
  job: Job & { readonly model: Model },
  worktree: Worktree,
  continues = false,
): Promise<PatchRequest> {
  const { house, settings, model, ticket, signal } = job;
  const root = join(worktree.path, worktree.prefix);
  const tests = await house.findTests(root, settings);
  if (!tests) throw noTests(); // without them no gate can pass: spend nothing
  note(job, { kind: 'stage', text: `Tests: ${tests.title}` });
  if (!model.price) note(job, { kind: 'stage', text: unknownPrice(model) });
  const protection = await house.protection();
  const { submission } = await runAgent(
    {
      model,
      root,
      git: worktree.git.at(root),
      base: worktree.base,
      tests,
      shell: house.shell,
      ...(await commandsOf(house, settings, root)),
      ...(await diagnosticsIn(job, worktree)),
      guard: protection,
      clock: house.clock,
      limits: settings.limits,
      budgetTodayUsd: job.budgetUsd,
      onProgress: (progress) => note(job, progress),
      onRefused: (path, rule) => void noteRefusal(job, path, rule),
      saveTranscript: (entry) => saveEntry(job, entry),
      submit: (handedIn) => submit(job, worktree, tests, protection, handedIn),
    },
    firstMessage({
      ticket,
      reviewComments: ticket.metadata.reviewComments ?? [],
      keep: keptKinds(settings.privacy),
      negativeFeedback: feedbackFor(house, ticket),
      said: saidFor(house, ticket),
      ...lessonsFor(house.backlog, ticket),
      ...(await instructionsOf(worktree)),
      // Of the base; the checkout is further on where the patch continues another one.
      ...(continues ? { continues } : await codeContext(worktree, ticket, signal)),
      testTitle: tests.title,
      plan: confirmedFor(house, ticket.id)?.plan,
    }),
    signal,
  );
  return newRequest(job, submission);
}

/** As it is written, so that the audit trail's hash can be held against the file. */
async function saveEntry({ house, attempt, ledger }: Job, entry: unknown): Promise<void> {
  ledger.transcript.hash.update(`${redact(JSON.stringify(entry))}\n`);
  ledger.transcript.entries += 1;
  await house.saveTranscript(attempt.id, entry);
}

/** The model runs commands in the sandbox only, whatever the user allows for tests. */
async function commandsOf(house: House, settings: Settings, root: string) {
  const sandbox = await house.sandbox(settings);
  if (sandbox.kind !== 'held') return {};
  const shell = await house.held(root, settings);
  return { commands: { shell, allowed: settings.agent.commands } };
}

/** What the model has so far is committed as if it were handed in, so that the trees can be compared. */
async function diagnosticsIn(job: Job, worktree: Worktree) {
  const { house, settings, signal } = job;
  const summary = 'Work in progress.';
  const snapshot = async (): Promise<Patch> =>
    (await commit(job, worktree, { summary, reasoning: '', testFiles: [] })).patch;
  return diagnosticsOf(house, settings, worktree, snapshot, signal);
}

function noTests(): PatchwrightError {
  return new PatchwrightError('no_test_command', {
    what: 'No patch was drafted.',
    why: 'No way to run the tests of this project was found, and a patch counts only with tests.',
    remedy: 'Set patchwright.test.command (and patchwright.test.single) to what runs them.',
  });
}

function unknownPrice(model: Model): string {
  return `The price of ${model.name} is not known: the limits on tokens and steps hold, the one on cost can't`;
}

async function submit(
  job: Job,
  worktree: Worktree,
  tests: TestRunner,
  protection: Protection,
  submission: Submission,
): Promise<{ accepted: boolean; feedback: string }> {
  const { ledger } = job;
  ledger.submissions += 1;
  await toTesting(job);
  const { patch, skipped } = await commit(job, worktree, submission);
  if (skipped.length > 0) return { accepted: false, feedback: nestedRepositories };
  ledger.patch = patch;
  const { house, settings, ticket, signal } = job;
  const judging = { house, settings, ticket, on: eventsOf(job), useCache: true, signal };
  ledger.gates = await judge(judging, worktree, patch, tests, protection);
  // The gates laid other trees out; the model goes on from its own.
  await worktree.lay(patch.commit, job.signal);
  const accepted = gatesPassed(ledger.gates);
  return { accepted, feedback: accepted ? 'All gates passed.' : feedbackOf(ledger.gates) };
}

const nestedRepositories =
  'A git repository inside the folder cannot be part of a patch. Remove it and submit again.';

async function commit({ ticket, attempt, model }: Job, worktree: Worktree, submission: Submission) {
  const testFiles = submission.testFiles.map((file) => worktree.prefix + file);
  const { commit: id, skipped } = await worktree.commit({
    ticketId: ticket.id,
    attemptId: attempt.id,
    title: ticket.title,
    summary: submission.summary,
    testFiles,
    model: model.name,
  });
  const patch = await patchOf(worktree.git, worktree.base, id, worktree.branch, testFiles);
  return { patch, skipped };
}

async function noteRefusal(job: Job, path: string, rule: string): Promise<void> {
  const { house, attempt, model } = job;
  try {
    await house.backlog.write([
      audit({
        actor: `model:${model.name}`,
        action: 'edit.refused',
        subject: attempt.ticketId,
        after: { attempt: attempt.id, path, rule },
      }),
    ]);
  } catch (error) {
    house.log(`A refused edit could not be noted: ${errorMessage(error)}`);
  }
}
