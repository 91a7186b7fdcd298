import { place, type SignalGroup, type Ticket } from '../core/ticket.ts';
import type { Difference } from '../core/variants.ts';
import { exactly, plural, shorten } from './text.ts';

/** Why events are one ticket, as a document. Pure. */
export function groupDocument(
  ticket: Ticket,
  group: SignalGroup | undefined,
  differences: readonly Difference[],
  merged: readonly Ticket[],
): string {
  const { fingerprint, location, splitFrom } = ticket.metadata;
  return [
    `${ticket.id}: ${ticket.title}`,
    '',
    ...(group
      ? [
          `${plural(group.count, 'event')} from ${exactly(group.firstSeen)} to ${exactly(group.lastSeen)} are this ticket.`,
        ]
      : ['No event was counted for it.']),
    ...(fingerprint
      ? [
          '',
          'They are one because all of this is the same in each of them:',
          ...fingerprint.parts.map(({ label, value }) => `  ${label}: ${value}`),
          `  together: fingerprint ${fingerprint.hash.slice(0, 16)} (rules of version ${fingerprint.version})`,
        ]
      : ['', 'It has no fingerprint: it was written by hand.']),
    ...(location ? ['', `Place: ${place(location)}`] : []),
    ...(splitFrom ? ['', `It was split off from ${splitFrom}.`] : []),
    ...(merged.length > 0
      ? ['', 'Merged into it by hand:', ...merged.map(({ id, title }) => `  ${id}: ${title}`)]
      : []),
    ...(differences.length > 0
      ? [
          '',
          'What its events differ in (Split Ticket… gives some of them a ticket of their own):',
          ...differences.flatMap(({ part, values }) => [
            `  ${part}`,
            ...values.map(({ value, count }) => `    ${count}× ${shorten(value, 200)}`),
          ]),
        ]
      : []),
    '',
  ].join('\n');
}
