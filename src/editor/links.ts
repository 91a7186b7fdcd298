import { linkTickets, type TicketLink, type TicketLinks } from '../core/causeLinks.ts';
import { t } from './l10n.ts';
import { idleFactor, isSame } from './refresh.ts';
import type { Session } from './sessions.ts';
import { shorten } from './text.ts';
import { statusName } from './ticketText.ts';

/** Which tickets of the folders have one cause; compared when it is asked for, and something has changed. */
export function createLinks(all: () => readonly Session[]): TicketLinks {
  let compared: readonly unknown[] = [];
  let links: TicketLinks = () => [];
  let freeFrom = 0;
  return (folder, ticketId) => {
    const sessions = all();
    if (sessions.length < 2) return [];
    const now = sessions.flatMap((session) => [session, session.revision()]);
    const started = performance.now();
    if (!isSame(compared, now) && started >= freeFrom) {
      compared = now;
      links = linkTickets(sessions.map(ticketsOf));
      const ended = performance.now();
      freeFrom = ended + (ended - started) * idleFactor;
    }
    return links(folder, ticketId);
  };
}

function ticketsOf({ id, folder, app }: Session) {
  return { id, name: folder.name, tickets: app.backlog.tickets.list() };
}

/** In a row: `also in web, jobs`. */
export function alsoIn(links: readonly TicketLink[]): string | undefined {
  const names = [...new Set(links.map(({ folderName }) => folderName))];
  return names.length > 0 ? t('also in {0}', names.join(', ')) : undefined;
}

/** `web, exception-1a2b3c4d (Open): this one tells of that error: …`. */
export function linkLine(link: TicketLink): string {
  const { folderName, ticketId } = link;
  return t('{0}, {1} ({2}): {3}', folderName, ticketId, statusName(link), because(link));
}

function because({ rule, about }: TicketLink): string {
  const what = shorten(about, 200);
  switch (rule) {
    case 'same_error':
      return t('the same error in the same place, {0}', what);
    case 'same_package':
      return t('the same error in a package that both use, {0}', what);
    case 'quotes':
      return t('this one tells of that error, "{0}"', what);
    case 'quoted':
      return t('that one tells of this error, "{0}"', what);
    case 'same_request':
      return t('the request {0} went through both', what);
  }
}

/** What a person who closes tickets is told of those that stay as they are. */
export function stillOpen(links: readonly TicketLink[]): string | undefined {
  const names = alsoIn(links.filter(({ status }) => status !== 'closed'));
  return names && t('Closed in this folder only: {0}, where it is a ticket of its own', names);
}
