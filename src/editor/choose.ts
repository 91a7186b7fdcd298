import * as vscode from 'vscode';
import { PatchwrightError } from '../core/errors.ts';
import type { PatchRequest, Release } from '../core/patchRequest.ts';
import { byTurn, type Ticket, type TicketStatus } from '../core/ticket.ts';
import type { Dialogs } from './dialogs.ts';
import { activeAddress, fromUri } from './address.ts';
import { shownCommit } from './documents.ts';
import { titleOf, waitingRequests } from './reviewTree.ts';
import { requestDescription } from './reviewText.ts';
import type { Session } from './sessions.ts';
import { exactly, shorten, withoutIcons } from './text.ts';
import { ticketDescription } from './ticketText.ts';
import { t } from './l10n.ts';

/**
 * What a command is about: its argument (a row, a title bar's address, an id), else the diff in front,
 * else a choice. undefined: the person chose nothing.
 */
export async function chooseRequest(
  session: Session,
  argument: unknown,
  dialogs: Dialogs,
  candidates: readonly PatchRequest[] = waitingRequests(session.app.backlog),
): Promise<PatchRequest | undefined> {
  const named = requestNamed(session, argument) ?? requestNamed(session, activeAddress());
  if (named) return named;
  if (candidates.length === 0) throw nothing(t('There is no patch request to review.'));
  if (candidates.length === 1) return candidates[0];
  const items = candidates.map((request) => ({
    label: withoutIcons(shorten(titleOf(session.app.backlog, request), 120)),
    description: requestDescription(request),
    detail: request.ticketId,
    request,
  }));
  return (await dialogs.choose(items, { title: t('Patch Request'), matchOnDetail: true }))?.request;
}

/** The request that a row, an address or an id stands for. */
export function requestNamed(session: Session, argument: unknown): PatchRequest | undefined {
  const { requests } = session.app.backlog;
  if (typeof argument === 'string') return requests.find(argument);
  const row = asRow(argument);
  if (row.request) return requests.get(row.request.id);
  if (row.ticket) return requests.find(row.ticket.id);
  const address = argument instanceof vscode.Uri ? fromUri(argument) : undefined;
  const found = address && requests.get(address.owner);
  if (found && address.at && address.at !== shownCommit(found)) throw edited();
  return found;
}

export async function chooseTicket(
  session: Session,
  argument: unknown,
  dialogs: Dialogs,
  statuses: readonly TicketStatus[],
  title: string,
  except?: string,
): Promise<string | undefined> {
  if (typeof argument === 'string') return argument;
  const row = asRow(argument);
  if (row.ticket) return row.ticket.id;
  const { tickets, groups } = session.app.backlog;
  const candidates = tickets.list({ statuses }).filter(({ id }) => id !== except);
  const items = candidates.toSorted(byTurn).map((ticket) => ({
    label: withoutIcons(shorten(ticket.title, 120)),
    description: ticketDescription(ticket, groups.seen(ticket.id), undefined, new Date()),
    detail: ticket.id,
    id: ticket.id,
  }));
  if (items.length === 0) throw nothing(t('There is no ticket for this.'));
  return (await dialogs.choose(items, { title, matchOnDetail: true }))?.id;
}

/** Of the releases that have not been rolled back, newest first. */
export async function chooseRelease(
  session: Session,
  argument: unknown,
  dialogs: Dialogs,
): Promise<Release | undefined> {
  const { releases, tickets } = session.app.backlog;
  const standing = releases
    .list()
    .filter((release) => !release.rolledBackAt)
    .sort((a, b) => (a.appliedAt < b.appliedAt ? 1 : -1));
  if (typeof argument === 'string') return releases.get(argument);
  const row = asRow(argument);
  if (row.release) return releases.get(row.release.id); // its ticket may have landed again since
  const ticketId = row.ticket?.id;
  if (ticketId) return standing.find((release) => release.ticketId === ticketId);
  if (standing.length === 0) throw nothing(t('There is no release to roll back.'));
  if (standing.length === 1) return standing[0];
  const items = standing.map((release) => ({
    label: withoutIcons(shorten(tickets.get(release.ticketId)?.title ?? release.ticketId, 120)),
    description: t('{0} on {1}', release.commit.slice(0, 8), release.branch),
    detail: t('Landed {0}', exactly(release.appliedAt)),
    release,
  }));
  return (await dialogs.choose(items, { title: t('Roll Back Release') }))?.release;
}

function edited(): PatchwrightError {
  return new PatchwrightError('stale', {
    what: t('This is not the patch that waits any more.'),
    why: t('It was edited since its diff was opened.'),
    remedy: t('Open its diff again.'),
  });
}

interface Row {
  readonly ticket?: Pick<Ticket, 'id'>;
  readonly request?: Pick<PatchRequest, 'id'>;
  readonly release?: Pick<Release, 'id'>;
}

function asRow(argument: unknown): Row {
  return typeof argument === 'object' && argument !== null && 'kind' in argument
    ? (argument as Row)
    : {};
}

function nothing(what: string): PatchwrightError {
  return new PatchwrightError('nothing_to_do', { what, why: '', remedy: '' });
}
