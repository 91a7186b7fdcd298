import type { App } from '../compose.ts';
import { PatchwrightError } from '../core/errors.ts';
import { gatesPassed } from '../core/gate.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import { requestStatuses, type RequestStatus } from '../core/patchRequest.ts';
import type { ScanReport } from '../core/progress.ts';
import { score, type Ticket, type TicketStatus, ticketStatuses } from '../core/ticket.ts';
import { type Arguments, usageError } from './arguments.ts';
import { exit } from './exitCodes.ts';
import type { Output } from './output.ts';
import { progressLine } from './progress.ts';
import {
  attemptView,
  gateText,
  gateView,
  releaseView,
  requestLine,
  requestView,
  ticketLine,
  ticketText,
  ticketView,
} from './views.ts';

export interface Context {
  readonly app: App;
  readonly args: Arguments;
  readonly out: Output;
  readonly signal: AbortSignal;
}

export interface Command {
  readonly arguments: string;
  readonly help: string;
  /** Opens the backlog without writing anything. */
  readonly readOnly?: boolean;
  /** Resolves to the exit code. */
  run(context: Context): Promise<number>;
}

export const commands: Readonly<Record<string, Command>> = {
  scan: {
    arguments: '',
    help: 'read what the logs and feedback have gained since the last scan',
    run: scan,
  },
  watch: { arguments: '', help: 'scan whenever a source grows, until interrupted', run: watch },
  tickets: {
    arguments: '[--status STATUS]… [--limit N]',
    help: 'list tickets, the next to be drafted first',
    readOnly: true,
    run: tickets,
  },
  show: { arguments: 'TICKET', help: 'show a ticket whole', readOnly: true, run: show },
  new: {
    arguments: '--title TEXT [-m TEXT] [FILE…]',
    help: 'write a ticket by hand',
    run: newTicket,
  },
  draft: {
    arguments: 'TICKET | --next [--model NAME]',
    help: 'draft a patch for a ticket and run the gates',
    run: draft,
  },
  requests: {
    arguments: '[--status STATUS]…',
    help: 'list patch requests',
    readOnly: true,
    run: requests,
  },
  diff: { arguments: 'REQUEST', help: "print a request's patch", readOnly: true, run: diff },
  gates: {
    arguments: 'REQUEST',
    help: "show a request's gate results",
    readOnly: true,
    run: gates,
  },
  approve: {
    arguments: 'REQUEST [-m COMMENT] [--yes-protected-branch]',
    help: 'merge a patch into the current branch',
    run: approve,
  },
  reject: {
    arguments: 'REQUEST -m COMMENT',
    help: 'reject a patch; the comment is learned from',
    run: reject,
  },
  reopen: { arguments: 'REQUEST', help: 'take a rejection back', run: reopen },
  rollback: {
    arguments: 'REQUEST [-m REASON] [--yes-protected-branch]',
    help: 'undo a landed patch by a revert commit',
    run: rollback,
  },
  protect: { arguments: 'FILE', help: 'add a file to the protected list', run: protect },
  audit: {
    arguments: '[verify] [--limit N]',
    help: 'list the audit trail, or prove that it is whole',
    readOnly: true,
    run: audit,
  },
  doctor: {
    arguments: '',
    help: 'say what works and what is missing',
    readOnly: true,
    run: doctor,
  },
};

async function scan({ app, out, signal }: Context): Promise<number> {
  const report = await app.pipeline.scan(signal);
  out.result(report, () => scanText(report));
  return exit.done;
}

export function scanText(report: ScanReport): string {
  return [
    `Read ${count(report.lines, 'new line')} in ${count(report.files, 'file')}: ${count(report.signals, 'signal')}, ${report.created.length} new and ${report.updated.length} updated tickets.`,
    ...(report.malformed > 0
      ? [`${count(report.malformed, 'malformed record')} skipped (--verbose names them).`]
      : []),
    ...report.problems.map((p) => `Could not read ${p.file}: ${p.reason}`),
  ].join('\n');
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

async function watch({ app, out, signal }: Context): Promise<number> {
  const subscription = app.pipeline.onDidProgress((progress) => {
    if (progress.kind !== 'scanned') return;
    for (const id of [...progress.report.created, ...progress.report.updated]) {
      const ticket = app.backlog.tickets.get(id);
      if (!ticket) continue;
      const group = app.backlog.groups.get(id);
      const isNew = progress.report.created.includes(id);
      out.event(
        { event: isNew ? 'created' : 'updated', ticket: ticketView(ticket, group) },
        () => `${isNew ? 'new    ' : 'updated'} ${ticketLine(ticket, group)}`,
      );
    }
  });
  const watcher = app.watch();
  await app.pipeline.scan(signal);
  out.say('Watching. Press Ctrl+C to stop.');
  const alive = setInterval(() => undefined, 60_000);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  clearInterval(alive);
  watcher.dispose();
  await subscription.dispose();
  return exit.done;
}

async function tickets({ app, args, out }: Context): Promise<number> {
  const statuses = statusesOf<TicketStatus>(args.statuses, ticketStatuses);
  const all = [...app.backlog.tickets.list(statuses ? { statuses } : {})];
  const found = all.sort((a, b) => score(a) - score(b)).slice(0, args.limit);
  const { backlog } = app;
  out.result(
    found.map((ticket) => ticketView(ticket, backlog.groups.get(ticket.id))),
    () =>
      found.length === 0
        ? 'No tickets.'
        : found.map((ticket) => ticketLine(ticket, backlog.groups.get(ticket.id))).join('\n'),
  );
  return found.length === 0 ? exit.nothing : exit.done;
}

async function show({ app, args, out }: Context): Promise<number> {
  const ticket = ticketNamed(app, args);
  const group = app.backlog.groups.get(ticket.id);
  const attempts = app.backlog.attempts.ofTicket(ticket.id);
  const found = app.backlog.requests.list({ ticketId: ticket.id });
  out.result(
    {
      ...ticketView(ticket, group),
      evidence: ticket.evidence,
      proposedSolution: ticket.proposedSolution,
      testPlan: ticket.testPlan,
      attempts: attempts.map(attemptView),
      requests: found.map(requestView),
    },
    () => ticketText(ticket, group, attempts, found),
  );
  return exit.done;
}

async function newTicket({ app, args, out }: Context): Promise<number> {
  if (!args.title) throw usageError('`new` needs --title.');
  const ticket = await app.pipeline.newTicket({
    title: args.title,
    ...(args.message ? { description: args.message } : {}),
    files: args.rest,
  });
  out.result(ticketView(ticket, undefined), () => `Created ${ticket.id}.`);
  return exit.done;
}

async function draft({ app, args, out, signal }: Context): Promise<number> {
  const [id] = args.rest;
  if ((id === undefined) === !args.next) throw usageError('Name one ticket, or say --next.');
  const subscription = app.pipeline.onDidProgress((progress) => {
    const line = progressLine(progress);
    if (line) out.say(line);
  });
  try {
    const request = await app.pipeline.draft(id, signal);
    out.result(requestView(request), () => requestText(request));
    return exit.done;
  } finally {
    await subscription.dispose();
  }
}

export function requestText(request: PatchRequest): string {
  const id = request.id.slice(0, 8);
  return [
    requestLine(request),
    `  ${request.reasoning}`,
    `  patchwright diff ${id} · patchwright approve ${id} · patchwright reject ${id} -m "…"`,
  ].join('\n');
}

async function requests({ app, args, out }: Context): Promise<number> {
  const statuses = statusesOf<RequestStatus>(args.statuses, requestStatuses);
  const found = app.backlog.requests.list(statuses ? { statuses } : {});
  out.result(found.map(requestView), () =>
    found.length === 0 ? 'No patch requests.' : found.map(requestLine).join('\n'),
  );
  return found.length === 0 ? exit.nothing : exit.done;
}

async function diff({ app, args, out }: Context): Promise<number> {
  const request = requestNamed(app, args);
  out.result({ requestId: request.id, diff: request.diff }, () => request.diff.trimEnd());
  return exit.done;
}

async function gates({ app, args, out }: Context): Promise<number> {
  const { gates: reports, id } = requestNamed(app, args);
  const passed = gatesPassed(reports);
  out.result({ requestId: id, passed, gates: reports.map(gateView) }, () =>
    reports.map(gateText).join('\n'),
  );
  return passed ? exit.done : exit.refused;
}

async function approve({ app, args, out }: Context): Promise<number> {
  const request = requestNamed(app, args);
  const release = await app.pipeline.approve(request.id, {
    confirmedProtectedBranch: args.confirmedProtectedBranch,
    ...(args.message ? { comment: args.message } : {}),
  });
  out.result(
    releaseView(release),
    () =>
      `Merged into ${release.branch} as ${release.commit.slice(0, 12)}. Undo it with \`patchwright rollback ${request.id.slice(0, 8)}\`.`,
  );
  return exit.done;
}

async function reject({ app, args, out }: Context): Promise<number> {
  const request = requestNamed(app, args);
  if (!args.message) throw usageError('`reject` needs a comment: -m "what is wrong with it".');
  await app.pipeline.reject(request.id, args.message);
  out.result(
    { requestId: request.id, status: 'DENIED' },
    () => `Rejected. Take it back with \`patchwright reopen ${request.id.slice(0, 8)}\`.`,
  );
  return exit.done;
}

async function reopen({ app, args, out }: Context): Promise<number> {
  const request = requestNamed(app, args);
  await app.pipeline.undoReject(request.id);
  out.result(
    { requestId: request.id, status: 'PENDING_APPROVAL' },
    () => 'It waits for a decision again.',
  );
  return exit.done;
}

async function rollback({ app, args, out }: Context): Promise<number> {
  const request = requestNamed(app, args);
  const release = app.backlog.releases.list().find((one) => one.requestId === request.id);
  if (!release) {
    throw new PatchwrightError('illegal_move', {
      what: `Patch request ${request.id.slice(0, 8)} can't be rolled back.`,
      why: 'It has not landed.',
      remedy: 'Only an approved request can be rolled back.',
    });
  }
  const undone = await app.pipeline.rollBack(release.id, args.message ?? 'Rolled back by hand.', {
    confirmedProtectedBranch: args.confirmedProtectedBranch,
  });
  out.result(
    releaseView(undone),
    () => `Rolled back by ${undone.rollbackCommit?.slice(0, 12) ?? ''} on ${undone.branch}.`,
  );
  return exit.done;
}

async function protect({ app, args, out }: Context): Promise<number> {
  const [path] = args.rest;
  if (!path) throw usageError('`protect` needs a file.');
  await app.pipeline.protect(path.replaceAll('\\', '/').replace(/^\.\//, ''));
  out.result({ protected: path }, () => `${path} is protected: no patch may change it.`);
  return exit.done;
}

async function audit({ app, args, out }: Context): Promise<number> {
  if (args.rest[0] === 'verify') {
    const { events, broken } = app.backlog.audit.verify();
    out.result({ valid: broken.length === 0, events, broken }, () =>
      broken.length === 0
        ? `The audit trail is whole: ${events} events.`
        : `The audit trail is broken at ${broken.join(', ')}.`,
    );
    return broken.length === 0 ? exit.done : exit.failed;
  }
  const events = app.backlog.audit.list({ limit: args.limit });
  out.result(events, () =>
    events.map((e) => `${e.timestamp} ${e.actor} ${e.action} ${e.subject}`).join('\n'),
  );
  return events.length === 0 ? exit.nothing : exit.done;
}

async function doctor({ app, out }: Context): Promise<number> {
  const checks = await app.pipeline.doctor();
  out.result(checks, () =>
    checks
      .map(
        (c) =>
          `${c.ok ? '✓' : c.optional ? '!' : '✗'} ${c.title.padEnd(16)} ${c.detail}${c.fix ? `\n    ${c.fix}` : ''}`,
      )
      .join('\n'),
  );
  return checks.every((c) => c.ok || c.optional) ? exit.done : exit.failed;
}

function ticketNamed(app: App, { rest: [id] }: Arguments): Ticket {
  if (!id) throw usageError('Name a ticket.');
  const ticket = app.backlog.tickets.get(id);
  if (ticket) return ticket;
  throw new PatchwrightError('not_found', {
    what: `There is no ticket ${id}.`,
    why: 'The backlog of this folder does not know it.',
    remedy: 'List them with `patchwright tickets`.',
  });
}

function requestNamed(app: App, { rest: [id] }: Arguments): PatchRequest {
  if (!id) throw usageError('Name a patch request (or its ticket).');
  const request = app.backlog.requests.find(id);
  if (request) return request;
  throw new PatchwrightError('not_found', {
    what: `There is no patch request ${id}.`,
    why: 'The backlog of this folder does not know it.',
    remedy: 'List them with `patchwright requests`.',
  });
}

function statusesOf<T extends string>(
  given: readonly string[],
  known: readonly T[],
): readonly T[] | undefined {
  const bad = given.find((status) => !known.some((one) => one === status));
  if (bad)
    throw usageError(`There is no status ${JSON.stringify(bad)}; there are ${known.join(', ')}.`);
  return given.length === 0 ? undefined : (given as readonly T[]);
}
