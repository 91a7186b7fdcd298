/** How something would be changed, before anything is: read-only tools, a plan, and a person's yes. */
import { randomUUID } from 'node:crypto';
import { runAgent } from '../attempt/agent.ts';
import { planning } from '../attempt/planning.ts';
import { planMessage } from '../attempt/prompt.ts';
import { type Attempt, noUsage, totalTokens } from '../core/attempt.ts';
import { errorMessage, isPatchwrightError, PatchwrightError } from '../core/errors.ts';
import { costOf, type Model } from '../core/model.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import { estimateOf, type PlanDraft, type Preview, slugOf } from '../core/plan.ts';
import type { Progress } from '../core/progress.ts';
import { keptKinds, redact } from '../core/secrets.ts';
import type { Settings } from '../core/settings.ts';
import { assertMove, manualTicketId, type Ticket } from '../core/ticket.ts';
import { audit } from './changes.ts';
import { codeContext } from './codeContext.ts';
import { notFound } from './decide.ts';
import { draft, feedbackFor, instructionsOf } from './draft.ts';
import type { House } from './house.ts';
import { newTicket } from './tickets.ts';
import { assertRequestsLeft, budgetToday } from './today.ts';

/** What is to be planned: a ticket there is, or a wish in a person's own words. */
export type Wish = { readonly ticketId: string } | { readonly text: string };

export interface PreviewOptions {
  /** Nobody asked for it. */
  readonly unasked?: boolean;
}

/** A preview that has its plan. */
export type Planned = Attempt & { readonly preview: Preview };

interface Started {
  readonly attempt: Planned;
  readonly ticket: Ticket;
  readonly budgetUsd?: number;
}

/** Makes a plan. Nothing but the backlog is written. */
export async function preview(
  house: House,
  wish: Wish,
  { unasked = false }: PreviewOptions,
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Planned> {
  const settings = house.settings();
  const model = await house.openModel(settings, 'planning');
  const started = await begin(house, settings, model, wish, signal);
  const { id: previewId, preview: begun, ticketId } = started.attempt;
  const { title } = begun;
  tell({ kind: 'preview_started', previewId, ticketId, title });
  const end = (ok: boolean, message: string): void =>
    tell({ kind: 'preview_ended', previewId, title, ok, message, unasked });
  try {
    const planned = await makePlan(house, settings, model, started, tell, signal);
    end(true, 'The plan waits for your decision.');
    return planned;
  } catch (error) {
    end(false, errorMessage(error));
    throw error;
  }
}

/** Under the lock that drafts are claimed under, so that the day's limits hold for both. */
async function begin(
  house: House,
  settings: Settings,
  model: Model,
  wish: Wish,
  signal: AbortSignal,
): Promise<Started> {
  const { backlog } = house;
  return backlog.exclusively(
    'draft',
    async () => {
      const now = house.clock.now().toISOString();
      const ticket = 'text' in wish ? wishedFor(wish.text, now) : ticketOf(house, wish.ticketId);
      assertRequestsLeft(house, settings);
      const budget = model.price ? { budgetUsd: budgetToday(house, settings) } : {};
      const attempt: Planned = {
        id: randomUUID(),
        ticketId: ticket.id,
        number: 1,
        branch: '',
        base: await house.git.run(['rev-parse', 'HEAD'], { signal }),
        outcome: 'running',
        startedAt: now,
        runner: house.runner,
        model: model.name,
        steps: 0,
        usage: noUsage,
        preview: {
          request: ticket.description,
          title: ticket.title,
          branch: `auto-improve/${slugOf(ticket.title)}`,
        },
      };
      await backlog.write([{ kind: 'attempt', id: attempt.id, fields: attempt }]);
      return { ticket, attempt, ...budget };
    },
    signal,
  );
}

function ticketOf(house: House, ticketId: string): Ticket {
  const ticket = house.backlog.tickets.get(ticketId);
  if (!ticket) throw notFound(`ticket ${ticketId}`);
  assertMove(ticket, 'in_progress');
  return ticket;
}

const maxTitleChars = 100;

/** The ticket as it would be; it is made when the plan is confirmed. */
function wishedFor(text: string, now: string): Ticket {
  const description = redact(text).trim();
  const [line = ''] = description.split('\n');
  const title = line.replace(/\s+/g, ' ').slice(0, maxTitleChars).trim();
  if (title === '') {
    throw new PatchwrightError('usage', {
      what: 'There is nothing to plan.',
      why: 'The text is empty.',
      remedy: 'Say what should become better.',
    });
  }
  const byHand = 'Asked for by a person.';
  return {
    id: manualTicketId(title, now),
    title,
    description,
    category: 'bug_fix',
    status: 'open',
    priority: { value: 'medium', reason: byHand },
    risk: { value: 5, reason: byHand },
    effort: { value: 5, reason: byHand },
    createdAt: now,
    updatedAt: now,
    evidence: [],
    proposedSolution: '',
    testPlan: '',
    filesToModify: [],
    metadata: {},
  };
}

async function makePlan(
  house: House,
  settings: Settings,
  model: Model,
  { attempt, ticket, budgetUsd }: Started,
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Planned> {
  const { git, folder } = house;
  const prefix = await git.run(['rev-parse', '--show-prefix'], { signal });
  const place = { git, base: attempt.base, prefix };
  let spent: Partial<Attempt> = {};
  let handedIn: PlanDraft | undefined;
  try {
    const first = planMessage({
      ticket,
      reviewComments: ticket.metadata.reviewComments ?? [],
      keep: keptKinds(settings.privacy),
      negativeFeedback: feedbackFor(house, ticket),
      ...(await instructionsOf(place)),
      ...(await codeContext(place, ticket, signal)),
    });
    await runAgent(
      {
        job: planning,
        model,
        root: folder,
        git,
        shell: house.shell,
        isHidden: async (path, during) => isIgnored(house, path, during),
        takePlan: (plan) => {
          handedIn = plan;
        },
        guard: { check: () => ({ ok: false, rule: 'a preview changes nothing' }) },
        clock: house.clock,
        limits: settings.limits,
        budgetTodayUsd: budgetUsd,
        onProgress: (progress) => {
          if (progress.kind === 'step') {
            const { step: steps, usage, costUsd } = progress;
            spent = { steps, usage, ...(costUsd === undefined ? {} : { costUsd }) };
          }
          tell({ kind: 'preview', previewId: attempt.id, progress });
        },
        onRefused: () => undefined, // no tool writes
        saveTranscript: (entry) => house.saveTranscript(attempt.id, entry),
        submit: () => Promise.resolve({ accepted: false, feedback: 'Call plan instead.' }),
      },
      first,
      signal,
    );
    if (!handedIn) throw new Error('The agent returned without a plan.');
    const plan = clean(handedIn);
    const estimate = estimateOf(plan, earlierBy(house, model), (usage) =>
      costOf(usage, model.price),
    );
    const ended = {
      ...spent,
      outcome: 'succeeded' as const,
      endedAt: house.clock.now().toISOString(),
      summary: plan.summary,
      preview: { ...attempt.preview, plan: { ...plan, estimate } },
    };
    await house.backlog.write([
      { kind: 'attempt', id: attempt.id, fields: ended },
      audit({ actor: `model:${model.name}`, action: 'plan.made', subject: attempt.ticketId }),
    ]);
    return { ...attempt, ...ended };
  } catch (error) {
    const outcome = isPatchwrightError(error, 'cancelled') ? 'cancelled' : 'failed';
    const endedAt = house.clock.now().toISOString();
    await house.backlog.write([
      {
        kind: 'attempt',
        id: attempt.id,
        fields: { ...spent, outcome, endedAt, error: errorMessage(error) },
      },
    ]);
    throw error;
  }
}

/** The tools read the user's own folder: what git ignores there is not the project's. */
async function isIgnored({ git }: House, path: string, signal: AbortSignal): Promise<boolean> {
  if (path === '') return false;
  const { code } = await git.code(['check-ignore', '-q', '--', path], { okCodes: [0, 1], signal });
  return code === 0;
}

/** It is shown and kept: no secret stays in it. */
function clean(plan: PlanDraft): PlanDraft {
  return {
    ...plan,
    summary: redact(plan.summary),
    approach: redact(plan.approach),
    riskReason: redact(plan.riskReason),
    files: plan.files.map((file) => ({ ...file, change: redact(file.change) })),
  };
}

/** Drafts that came to an end, by the model that would make the next. */
function earlierBy({ backlog }: House, { name }: Model) {
  return backlog.attempts
    .list()
    .filter(({ model, outcome, steps }) => model === name && outcome === 'succeeded' && steps > 0)
    .slice(-20)
    .map(({ usage, costUsd }) => ({
      tokens: totalTokens(usage),
      ...(costUsd === undefined ? {} : { costUsd }),
    }));
}

export interface ConfirmOptions {
  /** Where the branch exists already, go on under its name with a number. */
  readonly numbered?: boolean;
}

/** The person's yes: a ticket where there is none yet, and a draft by the plan. */
export async function confirm(
  house: House,
  previewId: string,
  { numbered = false }: ConfirmOptions,
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<PatchRequest> {
  const { attempt, preview: waiting } = waitingNamed(house, previewId);
  const { branch, title, request } = waiting;
  if (!numbered && (await exists(house, branch))) throw taken(branch);
  const { id, ticketId } = attempt;
  if (!house.backlog.tickets.get(ticketId)) {
    const files = waiting.plan?.files.map(({ path }) => path) ?? [];
    await newTicket(house, { title, description: request, files }, ticketId);
  }
  await decide(house, id, ticketId, { ...waiting, decision: 'confirmed' });
  return draft(house, { ticketId, again: true }, tell, signal);
}

export async function drop(house: House, previewId: string): Promise<void> {
  const { attempt, preview: waiting } = waitingNamed(house, previewId);
  await decide(house, attempt.id, attempt.ticketId, { ...waiting, decision: 'dropped' });
}

async function decide(house: House, id: string, ticketId: string, decided: Preview): Promise<void> {
  await house.backlog.write([
    { kind: 'attempt', id, fields: { preview: decided } },
    audit({
      actor: await house.reviewer(),
      action: `plan.${decided.decision}`,
      subject: ticketId,
      after: { preview: id },
    }),
  ]);
}

function waitingNamed({ backlog }: House, previewId: string) {
  const attempt = backlog.attempts.get(previewId);
  if (!attempt?.preview?.plan) throw notFound(`plan ${previewId.slice(0, 8)}`);
  if (attempt.preview.decision) {
    throw new PatchwrightError('illegal_move', {
      what: `The plan ${previewId.slice(0, 8)} is decided already.`,
      why: `It was ${attempt.preview.decision}.`,
      remedy: 'Ask for a new one.',
    });
  }
  return { attempt, preview: attempt.preview };
}

async function exists({ git }: House, branch: string): Promise<boolean> {
  const list = ['for-each-ref', '--ignore-case', '--format=%(refname)', `refs/heads/${branch}`];
  return (await git.run(list)) !== '';
}

function taken(branch: string): PatchwrightError {
  return new PatchwrightError('branch_exists', {
    what: `There is a branch ${branch} already.`,
    why: 'It may hold work that somebody still wants, so it is left as it is.',
    remedy: 'Go on under its name with a number, or stop here and delete or rename it first.',
  });
}
