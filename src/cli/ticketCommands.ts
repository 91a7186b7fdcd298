import type { App } from '../compose.ts';
import {
  byTurn,
  type Priority,
  type Ticket,
  type TicketStatus,
  ticketStatuses,
} from '../core/ticket.ts';
import type { SplitBy } from '../pipeline.ts';
import { usageError } from './arguments.ts';
import { type Command, type Context, statusesOf, ticketNamed } from './command.ts';
import { exit } from './exitCodes.ts';
import { ticketView, ticketDetails } from '../views.ts';
import { differenceText, ticketLine, ticketText } from './views.ts';

export const ticketCommands: Readonly<Record<string, Command>> = {
  tickets: {
    usage: '[--status STATUS]… [--limit N] [--archived]',
    help: 'list tickets, the next to be drafted first (--archived: those in the archive)',
    operands: 0,
    readOnly: true,
    overFolders: { linksTickets: true },
    run: tickets,
  },
  show: { usage: 'TICKET', help: 'show a ticket whole', operands: 1, readOnly: true, run: show },
  new: {
    usage: '--title TEXT [-m TEXT] [--priority P] [FILE…]',
    help: 'write a ticket by hand',
    operands: 20,
    run: newTicket,
  },
  edit: {
    usage: 'TICKET [--title TEXT] [-m TEXT] [--priority P]',
    help: 'change a ticket',
    operands: 1,
    run: edit,
  },
  merge: {
    usage: 'TICKET INTO',
    help: 'count what is seen of one ticket for another',
    operands: 2,
    run: merge,
  },
  split: {
    usage: 'TICKET [--by PART=VALUE]',
    help: 'take a merge back; or list what its events differ in, and give some of them a ticket of their own',
    operands: 1,
    run: split,
  },
  snooze: {
    usage: 'TICKET --until DATE',
    help: 'put a ticket out of the way until then',
    operands: 1,
    run: snooze,
  },
  close: {
    usage: 'TICKET -m REASON',
    help: 'close a ticket as not worth fixing',
    operands: 1,
    run: close,
  },
};

async function tickets({ app, args, out }: Context): Promise<number> {
  const statuses = statusesOf<TicketStatus>(args.statuses, ticketStatuses);
  const all = args.archived
    ? (await app.backlog.archive.list()).filter(({ status }) => statuses?.includes(status) ?? true)
    : app.backlog.tickets.list(statuses ? { statuses } : {});
  const found = [...all].sort(openFirst).slice(0, args.limit);
  const { groups } = app.backlog;
  const outlook = app.pipeline.outlook();
  out.result(
    found.map((ticket) => ticketView(ticket, groups.seen(ticket.id), outlook(ticket))),
    () =>
      found
        .map((ticket) => ticketLine(ticket, groups.seen(ticket.id), outlook(ticket)))
        .join('\n') || 'No tickets.',
  );
  return found.length === 0 ? exit.nothing : exit.done;
}

function openFirst(a: Ticket, b: Ticket): number {
  return Number(b.status === 'open') - Number(a.status === 'open') || byTurn(a, b);
}

async function show({ app, args, out }: Context): Promise<number> {
  const ticket = (await archivedNamed(app, args.rest[0])) ?? ticketNamed(app, args.rest[0]);
  const group = app.backlog.groups.seen(ticket.id);
  const differences = app.pipeline.differences(ticket.id);
  const attempts = app.backlog.attempts.ofTicket(ticket.id);
  const requests = app.backlog.requests.list({ ticketId: ticket.id });
  const outlook = app.pipeline.outlook()(ticket);
  out.result(ticketDetails(ticket, { group, outlook, differences, attempts, requests }), () =>
    ticketText(ticket, group, attempts, requests, differences, outlook),
  );
  return exit.done;
}

async function archivedNamed({ backlog }: App, id = ''): Promise<Ticket | undefined> {
  return backlog.tickets.get(id) ? undefined : backlog.archive.get(id);
}

async function newTicket({ app, args, out }: Context): Promise<number> {
  if (!args.title) throw usageError('`new` needs --title.');
  const priority = priorityOf(args.priority);
  const ticket = await app.pipeline.newTicket({
    title: args.title,
    ...(args.message ? { description: args.message } : {}),
    ...(priority ? { priority } : {}),
    files: args.rest,
  });
  out.result(ticketView(ticket, undefined), () => `Created ${ticket.id}.`);
  return exit.done;
}

async function edit(context: Context): Promise<number> {
  const { args, app } = context;
  const priority = priorityOf(args.priority);
  const change = {
    ...(args.title ? { title: args.title } : {}),
    ...(args.message ? { description: args.message } : {}),
    ...(priority ? { priority } : {}),
  };
  if (Object.keys(change).length === 0) throw usageError('Say what to change.');
  return act(context, (ticket) => app.pipeline.edit(ticket.id, change));
}

async function merge(context: Context): Promise<number> {
  const into = ticketNamed(context.app, context.args.rest[1]);
  return act(context, (ticket) => context.app.pipeline.merge(ticket.id, into.id));
}

async function split(context: Context): Promise<number> {
  const { app, args, out } = context;
  const ticket = ticketNamed(app, args.rest[0]);
  if (args.by !== undefined) {
    const fresh = await app.pipeline.splitBy(ticket.id, partOf(args.by));
    const group = app.backlog.groups.seen(fresh.id);
    out.result(ticketView(fresh, group), () =>
      [ticketLine(fresh, group), `To undo it: patchwright merge ${fresh.id} ${ticket.id}`].join(
        '\n',
      ),
    );
    return exit.done;
  }
  const differences = app.pipeline.differences(ticket.id);
  if (ticket.metadata.mergedInto || differences.length === 0) {
    return act(context, ({ id }) => app.pipeline.split(id));
  }
  out.result({ differences }, () =>
    ['Say what to split it by: --by PART=VALUE', ...differences.map(differenceText)].join('\n'),
  );
  return exit.usage;
}

/** `message=…`: all behind the first sign is the value. */
function partOf(by: string): SplitBy {
  const at = by.indexOf('=');
  if (at < 1 || at === by.length - 1)
    throw usageError('--by takes PART=VALUE, such as message="disk full".');
  return { part: by.slice(0, at), value: by.slice(at + 1) };
}

async function snooze(context: Context): Promise<number> {
  const { until } = context.args;
  if (!until) throw usageError('`snooze` needs --until, such as 2030-01-31.');
  return act(context, (ticket) => context.app.pipeline.snooze(ticket.id, until));
}

async function close(context: Context): Promise<number> {
  const { message } = context.args;
  if (!message) throw usageError('`close` needs a reason: -m "why it is not worth fixing".');
  return act(context, (ticket) => context.app.pipeline.close(ticket.id, message));
}

/** Does it, and shows the ticket as it is then. */
export async function act(
  { app, args, out }: Context,
  work: (ticket: Ticket) => Promise<void>,
): Promise<number> {
  const { id } = ticketNamed(app, args.rest[0]);
  await work(ticketNamed(app, id));
  const ticket = ticketNamed(app, id);
  const group = app.backlog.groups.seen(id);
  out.result(ticketView(ticket, group), () => ticketLine(ticket, group));
  return exit.done;
}

const priorities: readonly Priority[] = ['low', 'medium', 'high', 'critical'];

function priorityOf(text: string | undefined): Priority | undefined {
  if (text === undefined) return undefined;
  const found = priorities.find((one) => one === text);
  if (!found) throw usageError(`--priority takes ${priorities.join(', ')}.`);
  return found;
}
