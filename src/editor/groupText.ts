import { place, type SignalGroup, type Ticket } from '../core/ticket.ts';
import type { Difference } from '../core/variants.ts';
import { t } from './l10n.ts';
import { exactly, shorten } from './text.ts';

/** Why events are one ticket, as a document. Pure. */
export function groupDocument(
  ticket: Ticket,
  group: SignalGroup | undefined,
  differences: readonly Difference[],
  merged: readonly Ticket[],
  links: readonly string[] = [],
): string {
  const { fingerprint, location, splitFrom } = ticket.metadata;
  return [
    `${ticket.id}: ${ticket.title}`,
    '',
    ...(group
      ? [
          t(
            'Events: {0}, from {1} to {2}.',
            group.count,
            exactly(group.firstSeen),
            exactly(group.lastSeen),
          ),
        ]
      : [t('No event was counted for it.')]),
    ...(fingerprint
      ? [
          '',
          t('They are one because all of this is the same in each of them:'),
          ...fingerprint.parts.map(({ label, value }) => `  ${label}: ${value}`),
          t(
            '  together: fingerprint {0} (rules of version {1})',
            fingerprint.hash.slice(0, 16),
            fingerprint.version,
          ),
        ]
      : ['', t('It has no fingerprint: it was written by hand.')]),
    ...(location ? ['', t('Place: {0}', place(location))] : []),
    ...(splitFrom ? ['', t('It was split off from {0}.', splitFrom)] : []),
    ...(merged.length > 0
      ? ['', t('Merged into it by hand:'), ...merged.map(({ id, title }) => `  ${id}: ${title}`)]
      : []),
    ...(links.length > 0
      ? [
          '',
          t('Tickets of other folders with the same cause, each with a patch of its own:'),
          ...links.map((one) => `  ${one}`),
        ]
      : []),
    ...(differences.length > 0
      ? [
          '',
          t('What its events differ in (Split Ticket… gives some of them a ticket of their own):'),
          ...differences.flatMap(({ part, values }) => [
            `  ${part}`,
            ...values.map(({ value, count }) => `    ${count}× ${shorten(value, 200)}`),
          ]),
        ]
      : []),
    '',
  ].join('\n');
}
