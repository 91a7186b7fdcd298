/** What the chat participant and the tools for other agents say and do. Knows nothing of VS Code. */
import type { Backlog } from '../backlog/backlog.ts';
import { errorMessage } from '../core/errors.ts';
import { gateTally } from '../core/gate.ts';
import { planDocument } from '../core/planText.ts';
import { byTurn, type Ticket } from '../core/ticket.ts';
import type { Pipeline } from '../pipeline.ts';
import { type Input, listTickets, proposePatch, showTicket } from '../pipeline/agentTools.ts';
import { t, told } from './l10n.ts';
import { plural } from './text.ts';
import { waitingPlans } from './waitingPlans.ts';

/** As much of the house as a chat needs. */
export interface ChatHouse {
  readonly backlog: Pick<Backlog, 'tickets' | 'requests' | 'attempts' | 'groups'>;
  readonly pipeline: Pick<Pipeline, 'preview' | 'scan' | 'propose'>;
}

/** Where an answer goes. */
export interface ChatStream {
  markdown(text: string): void;
  progress(text: string): void;
  button(title: string, command: ChatCommand, id: string): void;
}

export type ChatCommand = 'confirmPlan' | 'editPlanRequest' | 'dropPlan';

export interface ChatRequest {
  readonly command: string | undefined;
  readonly prompt: string;
}

function helpText(): string {
  return [
    t('I turn errors and wishes into tested patches that wait for your decision.'),
    '',
    t('- `/improve` plans a change; nothing is written before you confirm it'),
    t('- `/scan` reads what logs and feedback have gained'),
    t('- `/status` says what there is to do'),
  ].join('\n');
}

/** Answers in the stream; what fails is said there, too. */
export async function answerChat(
  { command, prompt }: ChatRequest,
  house: () => Promise<ChatHouse>,
  stream: ChatStream,
  signal: AbortSignal,
): Promise<void> {
  try {
    switch (command) {
      case 'improve':
        return await improve(prompt.trim(), await house(), stream, signal);
      case 'scan':
        return await scan(await house(), stream, signal);
      case 'status':
        return stream.markdown(statusText(await house()));
      default:
        return stream.markdown(helpText());
    }
  } catch (error) {
    if (!signal.aborted) stream.markdown(inert(told(errorMessage(error))));
  }
}

async function improve(
  text: string,
  { pipeline }: ChatHouse,
  stream: ChatStream,
  signal: AbortSignal,
): Promise<void> {
  if (text === '') return stream.markdown(t('Say what should become better behind `/improve`.'));
  stream.progress(t('Reading the code to plan it; nothing is changed'));
  const plan = await pipeline.preview({ text }, signal);
  stream.markdown(planDocument(plan));
  stream.button(t('Confirm'), 'confirmPlan', plan.id);
  stream.button(t('Edit Request'), 'editPlanRequest', plan.id);
  stream.button(t('Drop'), 'dropPlan', plan.id);
}

async function scan(house: ChatHouse, stream: ChatStream, signal: AbortSignal): Promise<void> {
  stream.progress(t('Reading logs and feedback'));
  const { lines, created } = await house.pipeline.scan(signal);
  stream.markdown(t('Read {0}: {1}', plural(lines, 'line'), plural(created.length, 'new ticket')));
  const fresh = created.flatMap((id) => house.backlog.tickets.get(id) ?? []);
  if (fresh.length > 0) stream.markdown(`\n\n${fresh.slice(0, 10).map(ticketLine).join('\n')}`);
}

function statusText({ backlog }: ChatHouse): string {
  const counts = backlog.tickets.countByStatus();
  const waiting = backlog.requests.list({ statuses: ['PENDING_APPROVAL'] });
  const plans = waitingPlans(backlog);
  const open = backlog.tickets
    .list({ statuses: ['open'] })
    .toSorted(byTurn)
    .slice(0, 5);
  return [
    t(
      'Open tickets: {0}. Waiting for your decision: {1} patches, {2} plans.',
      counts.open ?? 0,
      waiting.length,
      plans.length,
    ),
    ...waiting.map((request) => {
      const { passed, of } = gateTally(request.gates);
      return t('- patch for {0}: {1} of {2} gates passed', request.ticketId, passed, of);
    }),
    ...plans.map(({ preview }) => t('- plan: {0}', inert(preview.title))),
    ...(open.length > 0 ? ['', t('Next in turn:'), ...open.map(ticketLine)] : []),
  ].join('\n');
}

function ticketLine({ id, title, priority }: Ticket): string {
  return `- \`${id}\` (${priority.value}): ${inert(title)}`;
}

/** Titles and errors come from logs: neither link nor image nor element. */
function inert(text: string): string {
  return text.replace(/[<>[\]`]/g, (character) => `\\${character}`);
}

/** A tool that other agents of the editor may call. */
export interface ChatTool {
  readonly name: `patchwright_${string}`;
  /** Shown while it runs. */
  readonly doing: (input: Input) => string;
  /** Asked before it runs; left out: it only reads. */
  readonly question?: (input: Input) => { readonly title: string; readonly message: string };
  readonly run: (input: Input, house: ChatHouse, signal: AbortSignal) => Promise<string>;
}

export const chatTools: readonly ChatTool[] = [
  {
    name: 'patchwright_listTickets',
    doing: () => t('Listing tickets of Patchwright'),
    run: (input, { backlog }) => listTickets(input, backlog),
  },
  {
    name: 'patchwright_showTicket',
    doing: ({ ticketId }) => t('Reading ticket {0}', shown(ticketId)),
    run: (input, { backlog }) => showTicket(input, backlog),
  },
  {
    name: 'patchwright_proposePatch',
    doing: ({ ticketId }) => t('Running the gates on a patch for {0}', shown(ticketId)),
    question: ({ ticketId, diff }) => ({
      title: t('Hand a patch to Patchwright?'),
      message: t(
        'The gates run its tests for ticket {0} ({1}). It lands only when you approve it later.',
        shown(ticketId),
        plural(filesIn(diff), 'file'),
      ),
    }),
    run: (input, house, signal) => proposePatch(input, house, signal),
  },
];

/** One short line, as it is shown in a question to a person. */
function shown(value: unknown): string {
  return typeof value === 'string' ? inert(value.replace(/\s+/g, ' ').slice(0, 200)) : '';
}

function filesIn(diff: unknown): number {
  return typeof diff === 'string' ? (diff.match(/^\+\+\+ /gm) ?? []).length : 0;
}
