/** How something would be changed, before anything is: read-only tools, a plan, and a person's yes. */
import { planning } from '../attempt/planning.ts';
import { planMessage } from '../attempt/prompt.ts';
import { type Attempt, type AttemptProgress, totalTokens } from '../core/attempt.ts';
import { errorMessage, PatchwrightError } from '../core/errors.ts';
import { costOf, type Model } from '../core/model.ts';
import type { Git } from '../core/ports.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import { estimateOf, type PlanDraft, type Preview, slugOf } from '../core/plan.ts';
import type { Progress } from '../core/progress.ts';
import { keptKinds, redact } from '../core/secrets.ts';
import type { Settings } from '../core/settings.ts';
import { assertMove, manualTicketId, type Ticket } from '../core/ticket.ts';
import { audit } from './changes.ts';
import { codeContext } from './codeContext.ts';
import { notFound } from './lookUp.ts';
import { draft } from './draft.ts';
import { instructionsOf } from './instructions.ts';
import { feedbackFor, saidFor } from './said.ts';
import type { House } from './house.ts';
import { beginLook, type Look, type Looked, plainOf, runLook } from './look.ts';
import { newTicket } from './tickets.ts';
import { assertRequestsLeft } from './today.ts';

/** What is to be planned: a ticket there is, or a wish in a person's own words. */
export type Wish = { readonly ticketId: string } | { readonly text: string };

export interface PreviewOptions {
  /** Nobody asked for it. */
  readonly unasked?: boolean;
}

/** A preview that has its plan. */
export type Planned = Attempt & { readonly preview: Preview };

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
  const look = await beginPlan(house, settings, model, wish, signal);
  const { id: previewId, preview: begun, ticketId } = look.attempt;
  const { title } = begun;
  tell({ kind: 'preview_started', previewId, ticketId, title });
  const end = (ok: boolean, message: string): void =>
    tell({ kind: 'preview_ended', previewId, title, ok, message, unasked });
  try {
    const planned = await makePlan(look, tell, signal);
    end(true, 'The plan waits for your decision.');
    return planned;
  } catch (error) {
    end(false, errorMessage(error));
    throw error;
  }
}

function beginPlan(
  house: House,
  settings: Settings,
  model: Model,
  wish: Wish,
  signal: AbortSignal,
): Promise<Look> {
  const about = (now: string): Looked => {
    const ticket = 'text' in wish ? wishedFor(wish.text, now) : ticketOf(house, wish.ticketId);
    assertRequestsLeft(house, settings);
    const { description: request, title } = ticket;
    return { ticket, preview: { request, title, branch: `auto-improve/${slugOf(title)}` } };
  };
  return beginLook(house, settings, model, about, signal);
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
  look: Look,
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Planned> {
  const { house, settings, model, attempt, ticket } = look;
  const { git, shell } = house;
  let handedIn: PlanDraft | undefined;
  const work = {
    job: planning((plan) => {
      handedIn = clean(plan);
    }),
    first: async () => {
      const prefix = await git.run(['rev-parse', '--show-prefix'], { signal });
      const place = { git, base: attempt.base, prefix };
      return planMessage({
        ticket,
        reviewComments: ticket.metadata.reviewComments ?? [],
        keep: keptKinds(settings.privacy),
        negativeFeedback: feedbackFor(house, ticket),
        said: saidFor(house, ticket),
        ...(await instructionsOf(place)),
        ...(await codeContext(place, ticket, signal)),
      });
    },
    limits: settings.limits,
    shell,
    isHidden: (path: string, during: AbortSignal) => isIgnored(git, path, during),
    onProgress: (progress: AttemptProgress) =>
      tell({ kind: 'preview', previewId: attempt.id, progress }),
    result: () => {
      if (!handedIn) throw new Error('The agent returned without a plan.');
      const estimate = estimateOf(handedIn, earlierBy(house, model), (usage) =>
        costOf(usage, model.price),
      );
      const preview = { ...attempt.preview, plan: { ...handedIn, estimate } };
      const by = { actor: `model:${model.name}`, action: 'plan.made', subject: ticket.id };
      return { fields: { summary: handedIn.summary, preview }, changes: [audit(by)] };
    },
  };
  return { ...attempt, ...(await runLook(look, work, signal)) };
}

/** The tools read the user's own folder: what git ignores there is not the project's. */
async function isIgnored(git: Git, path: string, signal: AbortSignal): Promise<boolean> {
  if (path === '') return false;
  const { code } = await git.code(['check-ignore', '-q', '--', path], { okCodes: [0, 1], signal });
  return code === 0;
}

/** It is shown and kept. */
function clean(plan: PlanDraft): PlanDraft {
  return {
    ...plan,
    summary: plainOf(plan.summary),
    approach: plainOf(plan.approach),
    riskReason: plainOf(plan.riskReason),
    files: plan.files.map((file) => ({ ...file, change: plainOf(file.change) })),
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
