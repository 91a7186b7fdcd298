import { type About, type Past, placesOf } from './digest.ts';
import type { HistoricRequest } from './history.ts';
import { likeness, wordsOf } from './words.ts';

/** A ticket of before that is like another one, and what became of it. */
export interface SimilarTicket {
  readonly id: string;
  readonly title: string;
  readonly outcome: 'landed' | 'rejected' | 'rolled_back' | 'failed';
  /** What the patch did, or why it did not stay. */
  readonly why: string;
  /** 0–1. */
  readonly likeness: number;
}

/** What two tickets can have in common, and how much that counts; together 1. */
const weights = { exceptionType: 0.3, files: 0.3, function: 0.2, words: 0.2 };
const leastLikeness = 0.4;
const maxSimilar = 3;
const maxWhyChars = 300;

/** The most similar ones that have come to an end, first. */
export function similarTo(past: Past, about: About): readonly SimilarTicket[] {
  const ids = new Set([
    ...past.requests.map(({ ticketId }) => ticketId),
    ...past.attempts.map(({ ticketId }) => ticketId),
  ]);
  ids.delete(about.id);
  return [...ids]
    .flatMap((id) => {
      const ticket = past.ticket(id);
      const end = ticket && endOf(past, id);
      const alike = ticket ? likenessOf(ticket, about) : 0;
      if (!ticket || !end || alike < leastLikeness) return [];
      return [{ id, title: ticket.title, ...end, likeness: Math.round(100 * alike) / 100 }];
    })
    .sort((a, b) => b.likeness - a.likeness || (a.id < b.id ? -1 : 1))
    .slice(0, maxSimilar);
}

function likenessOf(one: About, other: About): number {
  const same = (a: string | undefined, b: string | undefined): number =>
    Number(a !== undefined && a === b);
  const files = likeness(new Set(placesOf(one)), new Set(placesOf(other)));
  // Functions of one name in different files have nothing in common.
  const functions =
    files > 0 ? same(one.metadata.location?.function, other.metadata.location?.function) : 0;
  return (
    weights.exceptionType * same(one.metadata.exceptionType, other.metadata.exceptionType) +
    weights.files * files +
    weights.function * functions +
    weights.words * likeness(wordsOf(one.title), wordsOf(other.title))
  );
}

/** The last word on it. */
function endOf(past: Past, id: string): Pick<SimilarTicket, 'outcome' | 'why'> | undefined {
  const last = past.requests
    .filter(({ ticketId }) => ticketId === id)
    .reduce<HistoricRequest | undefined>(
      (newest, one) => (newest && newest.createdAt > one.createdAt ? newest : one),
      undefined,
    );
  switch (last?.status) {
    case 'APPLIED':
      return { outcome: 'landed', why: cut(last.reasoning) };
    case 'DENIED':
      return { outcome: 'rejected', why: cut(last.reviewComment) };
    case 'ROLLED_BACK': {
      const release = past.releases.find(({ requestId }) => requestId === last.id);
      return { outcome: 'rolled_back', why: cut(release?.rollbackReason) };
    }
    case undefined: {
      const failed = past.attempts.findLast((a) => a.ticketId === id && a.outcome === 'failed');
      return failed && { outcome: 'failed', why: cut(failed.error) };
    }
    default:
      return undefined; // not decided yet
  }
}

function cut(text = ''): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= maxWhyChars ? line : `${line.slice(0, maxWhyChars - 1)}…`;
}
