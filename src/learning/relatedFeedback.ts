import type { Feedback } from '../core/signal.ts';
import type { Ticket } from '../core/ticket.ts';
import { wordsOf } from './words.ts';

/**
 * Which complaints are about what a ticket is about: by the words that both use, names in the code among
 * them, a word counting the more the fewer complaints use it. Those with nothing in common come last, the
 * newest first. Pure.
 */
export function relatedFeedback(
  ticket: Pick<Ticket, 'title' | 'description' | 'filesToModify' | 'metadata'>,
  feedback: readonly Feedback[],
  most: number,
): readonly Feedback[] {
  const about = termsOf(textOf(ticket));
  const terms = feedback.map(({ text, context }) => termsOf(`${text} ${plainText(context)}`));
  const users = new Map<string, number>();
  for (const word of terms.flatMap((one) => [...one])) users.set(word, (users.get(word) ?? 0) + 1);
  const weightOf = (word: string): number =>
    Math.log(1 + feedback.length / Math.max(1, users.get(word) ?? 0));
  const relation = (words: ReadonlySet<string>): number =>
    [...words].filter((word) => about.has(word)).reduce((sum, word) => sum + weightOf(word), 0);
  return feedback
    .map((one, index) => ({ one, relation: relation(terms[index] ?? new Set()) }))
    .sort((a, b) => b.relation - a.relation || (a.one.timestamp < b.one.timestamp ? 1 : -1))
    .slice(0, most)
    .map(({ one }) => one);
}

function textOf({
  title,
  description,
  filesToModify,
  metadata,
}: Pick<Ticket, 'title' | 'description' | 'filesToModify' | 'metadata'>): string {
  const { location, stack = [], exceptionType } = metadata;
  const places = [...(location ? [location] : []), ...stack].map(
    ({ file, function: name = '' }) => `${file} ${name}`,
  );
  const route = plainText([metadata['endpoint'], metadata['route']]);
  return [title, description, exceptionType, route, ...filesToModify, ...places].join(' ');
}

function plainText(value: unknown): string {
  return value === undefined || value === null ? '' : JSON.stringify(value);
}

/** Words of every text, of every error message, and of every path. */
const common = new Set(
  'the and for with that this from not are was were has have had but you your our its can could will would when what why how all any get got does did into out too very just there they them then than also after before because been being please still every each about cannot error errors exception undefined null object value read reading properties src lib index test tests js ts py'.split(
    ' ',
  ),
);

/** `addToCart` and `add_to_cart` say `add`, `cart`; `carts` says `cart`. */
function termsOf(text: string): ReadonlySet<string> {
  const parted = text.replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2').replaceAll('_', ' ');
  const words = [...wordsOf(parted)].filter((word) => word.length > 2 && !common.has(word));
  return new Set(words.map((word) => (word.length > 3 ? word.replace(/(?<!s)s$/, '') : word)));
}
