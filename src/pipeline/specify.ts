/** A draft specification of what users ask for, by a model that costs little. */
import { specificationMessage } from '../attempt/prompt.ts';
import { specifying } from '../attempt/specifying.ts';
import { keptKinds } from '../core/secrets.ts';
import type { Settings } from '../core/settings.ts';
import { isUnspecified, type Specification, specifiedBy } from '../core/specification.ts';
import type { Ticket } from '../core/ticket.ts';
import { audit } from './changes.ts';
import { notFound } from './lookUp.ts';
import { feedbackFor, saidFor } from './said.ts';
import type { House } from './house.ts';
import { beginLook, plainOf, runLook } from './look.ts';

/** A few calls without a file: far below what an attempt may take. */
function limitsOf({ limits }: Settings): Settings['limits'] {
  return {
    ...limits,
    stepsPerAttempt: Math.min(limits.stepsPerAttempt, 3),
    tokensPerAttempt: Math.min(limits.tokensPerAttempt, 50_000),
    outputTokensPerAttempt: Math.min(limits.outputTokensPerAttempt, 8_000),
    minutesPerAttempt: Math.min(limits.minutesPerAttempt, 3),
  };
}

/** Writes it into the ticket, unless somebody has meanwhile. Throws `limit_reached`, `no_submission` or `model_*`. */
export async function specify(house: House, ticketId: string, signal: AbortSignal): Promise<void> {
  const { backlog } = house;
  const settings = house.settings();
  const model = await house.openModel(settings, 'cheap');
  const ticketNow = (): Ticket => {
    const ticket = backlog.tickets.get(ticketId);
    if (!ticket) throw notFound(`ticket ${ticketId}`);
    return ticket;
  };
  const look = await beginLook(
    house,
    settings,
    model,
    () => {
      const ticket = ticketNow();
      return { ticket, preview: { request: ticket.description, title: ticket.title, branch: '' } };
    },
    signal,
  );
  let specification: Specification | undefined;
  const { ticket } = look;
  const work = {
    job: specifying((handedIn) => {
      specification = clean(handedIn);
    }),
    first: () => {
      const negativeFeedback = feedbackFor(house, ticket);
      const keep = keptKinds(settings.privacy);
      return Promise.resolve(
        specificationMessage({
          ticket,
          reviewComments: [],
          said: saidFor(house, ticket),
          negativeFeedback,
          keep,
        }),
      );
    },
    limits: limitsOf(settings),
    onProgress: () => undefined,
    result: () => {
      if (!specification) throw new Error('The agent returned without a specification.');
      const fields = { summary: specification.goal };
      if (!isUnspecified(ticketNow())) return { fields, changes: [] };
      const written = specifiedBy(model.name, specification);
      const by = { actor: `model:${model.name}`, action: 'specification.made', subject: ticketId };
      return {
        fields,
        changes: [{ kind: 'ticket' as const, id: ticketId, fields: written }, audit(by)],
      };
    },
  };
  await runLook(look, work, signal);
}

/** It is shown and kept, and goes to other models. */
function clean({ goal, behaviour, acceptance, questions }: Specification): Specification {
  const each = (texts: readonly string[]) => texts.map(plainOf);
  return {
    goal: plainOf(goal),
    behaviour: each(behaviour),
    acceptance: each(acceptance),
    questions: each(questions),
  };
}
