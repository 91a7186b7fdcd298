import type { Feedback } from './signal.ts';
import type { Ticket } from './ticket.ts';

/** What users ask for, as somebody could build it: a draft that a model makes of their words. */
export interface Specification {
  readonly goal: string;
  /** What the program does then, a sentence each. */
  readonly behaviour: readonly string[];
  /** How anyone can tell that it does. */
  readonly acceptance: readonly string[];
  /** What the words leave open. */
  readonly questions: readonly string[];
}

/** A ticket of what users say, of which nobody has written yet what is to be done. */
export function isUnspecified({ category, proposedSolution, evidence }: Ticket): boolean {
  return category === 'feature' && proposedSolution === '' && evidence.length > 0;
}

/** As the ticket has it, in words. */
export function specifiedBy(
  model: string,
  { goal, behaviour, acceptance, questions }: Specification,
): Pick<Ticket, 'proposedSolution' | 'testPlan'> {
  const open = questions.length > 0 ? ['', 'Open questions:', ...questions.map(item)] : [];
  return {
    proposedSolution: [
      `A draft by ${model}, from what users said:`,
      goal,
      ...behaviour.map(item),
      ...open,
    ].join('\n'),
    testPlan: acceptance.map(item).join('\n'),
  };
}

function item(text: string): string {
  return `- ${text.replace(/\s+/g, ' ').trim()}`;
}

const quotes = 3;
const maxQuoteChars = 120;

/** What stands for a specification where there is none: the users' own words. */
export function inTheirWords(
  { description }: Ticket,
  said: readonly Pick<Feedback, 'text'>[],
): string {
  const texts = said.map(({ text }) => text.replace(/\s+/g, ' ').trim());
  const shown = [...new Set(texts)].slice(0, quotes).map((text) => `“${short(text)}”`);
  return shown.length === 0 ? description : `${description}. In their words: ${shown.join(', ')}`;
}

function short(text: string): string {
  return text.length > maxQuoteChars ? `${text.slice(0, maxQuoteChars)}…` : text;
}
