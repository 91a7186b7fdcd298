import { isPatchwrightError, PatchwrightError } from '../core/errors.ts';
import { planDocument } from '../core/planText.ts';
import type { Planned, Wish } from '../pipeline.ts';
import { usageError } from './arguments.ts';
import { type Command, type Context, ticketNamed } from './command.ts';
import { exit } from './exitCodes.ts';
import { callOf } from './invocation.ts';
import { sayingProgress } from './progress.ts';
import { requestView } from '../views.ts';
import { cost, requestText } from './views.ts';

const operands = '[--confirm [--numbered] | --drop]';

export const planCommands: Readonly<Record<string, Command>> = {
  improve: {
    usage: `"TEXT" | PLAN ${operands}`,
    help: 'plan a change without making it; --confirm drafts by the plan',
    operands: 1,
    run: (context) => run(context, improveWish),
  },
  preview: {
    usage: `TICKET ${operands}`,
    help: 'the same for a ticket',
    operands: 1,
    run: (context) => run(context, ticketWish),
  },
};

/** What is named, and the plan that waits for it already. */
interface Asked {
  readonly wish?: Wish;
  readonly waiting: Planned | undefined;
}

async function run(context: Context, askedFor: (context: Context) => Asked): Promise<number> {
  const { app, args, out, signal } = context;
  if (args.confirm && args.drop) throw usageError('Say --confirm or --drop, not both.');
  const { wish, waiting } = askedFor(context);
  if (args.drop) {
    if (!waiting) throw noPlan();
    await app.pipeline.drop(waiting.id);
    out.result({ planId: waiting.id, decision: 'dropped' }, () => 'Dropped.');
    return exit.done;
  }
  const known = args.confirm || !wish ? waiting : undefined;
  if (!known && !wish) throw noPlan();
  const planned =
    known ?? (await sayingProgress(app, out, () => app.pipeline.preview(wish as Wish, signal)));
  if (!args.confirm) {
    out.result(planView(planned), () => planText(context, planned));
    return exit.done;
  }
  if (!known) out.say(planDocument(planned));
  const request = await confirmed(context, planned);
  out.result(requestView(request), () => requestText(request, args));
  return exit.done;
}

/** A plan that waits, by its id; else a wish in words. */
function improveWish({ app, args }: Context): Asked {
  const [text] = args.rest;
  if (!text?.trim()) throw usageError('Say what should become better, in quotes.');
  const plans = waitingPlans(app.backlog.attempts.previews() as readonly Planned[]);
  const byId = /^[0-9a-f-]{8,36}$/.test(text)
    ? plans.filter(({ id }) => id.startsWith(text))
    : undefined;
  if (byId?.length === 1) return { waiting: byId[0] };
  const same = plans.find(({ preview }) => preview.request === text.trim());
  return { wish: { text }, waiting: same };
}

function ticketWish({ app, args }: Context): Asked {
  const { id: ticketId } = ticketNamed(app, args.rest[0]);
  const plans = waitingPlans(app.backlog.attempts.previews() as readonly Planned[]);
  return { wish: { ticketId }, waiting: plans.find((one) => one.ticketId === ticketId) };
}

function waitingPlans(previews: readonly Planned[]): readonly Planned[] {
  return previews.filter(({ preview }) => preview.plan && !preview.decision);
}

function noPlan(): PatchwrightError {
  return new PatchwrightError('not_found', {
    what: 'No plan waits for that.',
    why: 'None was made, or it is decided already.',
    remedy: 'Make one with `patchwright improve "TEXT"` or `patchwright preview TICKET`.',
  });
}

/** On the command line the choice is an option, so the refusal names it. */
async function confirmed({ app, args, out, signal }: Context, { id }: Planned) {
  try {
    return await sayingProgress(app, out, () =>
      app.pipeline.confirm(id, { numbered: args.numbered }, signal),
    );
  } catch (error) {
    if (!isPatchwrightError(error, 'branch_exists')) throw error;
    throw new PatchwrightError('branch_exists', {
      what: error.what,
      why: error.why,
      remedy: `Go on under a numbered name with \`${callOf(args, 'improve', id.slice(0, 8), '--confirm', '--numbered')}\`, or delete or rename the branch first.`,
    });
  }
}

function planView({ id, ticketId, model, steps, usage, costUsd, preview }: Planned) {
  return {
    planId: id,
    ticketId,
    title: preview.title,
    branch: preview.branch,
    ...preview.plan,
    model,
    steps,
    usage,
    costUsd: costUsd ?? null,
  };
}

function planText({ args }: Context, planned: Planned): string {
  const id = planned.id.slice(0, 8);
  return [
    planDocument(planned),
    `The plan cost ${cost(planned)}. Nothing is changed yet.`,
    `  ${callOf(args, 'improve', id, '--confirm')}`,
    `  ${callOf(args, 'improve', id, '--drop')}`,
  ].join('\n');
}
