/** Finds the text that a finished sentence was made from, and says it in another language. */
export type Phrasebook = (text: string) => string;

/** Ends the keys of what the house writes: a bundle's key may end in a slash and a comment. */
export const houseMark = '/house';

interface Phrase {
  /** What stands before, between and after the values. */
  readonly literals: readonly string[];
  /** Of the values, in the order in which they stand. */
  readonly names: readonly string[];
  readonly letters: number;
  readonly translation: string;
}

const maxChars = 4_000;
const maxDepth = 4;
const maxKept = 2_000;
/** Phrases are made of whole sentences: a value that goes beyond one was not theirs. */
const sentenceEnd = /(?<=[.!?]) (?=[A-Z0-9'`"])/;
/** Other languages have other ones, or none. */
const pluralEnding = 's';
/** Less than that is found in anything. */
const minLetters = 4;

/**
 * What the house writes down is English, also in a backlog that people of several languages share; each sees
 * it in theirs. A sentence that no phrase fits stays as it is, and so do values that are none.
 * Takes time linear in the text for each phrase, whatever the text is: it may come from anywhere.
 * Only the house's own phrases are looked for: what models and people wrote may read like a text of the editor.
 * @param bundle translations, `{0}` for the first value; English and `houseMark` are the key
 */
export function createPhrasebook(bundle: Readonly<Record<string, string>>): Phrasebook {
  const own = Object.entries(bundle)
    .filter(([key]) => key.endsWith(houseMark))
    .map(([key, translation]) => [key.slice(0, -houseMark.length), translation] as const);
  const phrases = own
    .map(([english, translation]) => phraseOf(english, translation))
    .filter(({ letters, names }) => names.length > 0 && letters >= minLetters)
    .sort((a, b) => b.letters - a.letters);
  const whole = new Map(own);
  const known = new Map<string, string>();
  const say = (text: string, depth: number): string => {
    if (depth > maxDepth || !/[A-Za-z]{2}/.test(text)) return text;
    return whole.get(text) ?? filled(text, depth) ?? bySentence(text, depth) ?? text;
  };
  const filled = (text: string, depth: number): string | undefined => {
    for (const { literals, names, translation } of phrases) {
      const values = valuesOf(text, literals);
      if (!values || values.some((value) => sentenceEnd.test(value))) continue;
      return translation.replace(/\{(\d+)\}/g, (place, name: string) => {
        const value = values[names.indexOf(name)];
        if (value === pluralEnding) return '';
        return value === undefined ? place : say(value, depth + 1);
      });
    }
    return undefined;
  };
  const bySentence = (text: string, depth: number): string | undefined => {
    const sentences = text.split(sentenceEnd);
    if (sentences.length < 2) return undefined;
    return sentences
      .map((one) => say(one, depth + 1))
      .join(' ')
      .replaceAll('。 ', '。');
  };
  return (text) => {
    if (text.length > maxChars) return text;
    const before = known.get(text);
    if (before !== undefined) return before;
    if (known.size >= maxKept) known.clear();
    const said = say(text, 0);
    known.set(text, said);
    return said;
  };
}

function phraseOf(english: string, translation: string): Phrase {
  const parts = english.split(/\{(\d+)\}/);
  const literals = parts.filter((_, at) => at % 2 === 0);
  const letters = literals.join('').replace(/[^A-Za-z]/g, '').length;
  return { literals, names: parts.filter((_, at) => at % 2 === 1), letters, translation };
}

/** The shortest values that fit, from the left; undefined: none do. */
function valuesOf(text: string, literals: readonly string[]): readonly string[] | undefined {
  const [first = ''] = literals;
  const last = literals.at(-1) ?? '';
  if (text.length < first.length + last.length) return undefined;
  if (!text.startsWith(first) || !text.endsWith(last)) return undefined;
  const end = text.length - last.length;
  const values: string[] = [];
  let from = first.length;
  for (const literal of literals.slice(1, -1)) {
    const at = text.indexOf(literal, from);
    if (at < 0 || at + literal.length > end) return undefined;
    values.push(text.slice(from, at));
    from = at + literal.length;
  }
  return [...values, text.slice(from, end)];
}
