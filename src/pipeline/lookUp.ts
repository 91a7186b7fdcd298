import { PatchwrightError, unknownHere } from '../core/errors.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import type { Ticket } from '../core/ticket.ts';
import type { House } from './house.ts';

export function requestOf(house: House, id: string): PatchRequest {
  const request = house.backlog.requests.find(id);
  if (!request) throw notFound(`patch request ${id}`);
  return request;
}

/** With what of it lies in the archive. */
export async function wholeRequestOf(house: House, id: string): Promise<PatchRequest> {
  const request = requestOf(house, id);
  return (await house.backlog.archive.request(request.id)) ?? request;
}

export function ticketOf(house: House, id: string): Ticket {
  const ticket = house.backlog.tickets.get(id);
  if (!ticket) throw notFound(`ticket ${id}`);
  return ticket;
}

export function notFound(thing: string): PatchwrightError {
  return new PatchwrightError('not_found', {
    what: `There is no ${thing}.`,
    why: unknownHere,
    remedy: 'List what there is with `patchwright requests` and `patchwright tickets`.',
  });
}
