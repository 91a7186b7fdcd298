/** Longer texts seldom come again, and their answers would fill the memory. */
const maxRememberedChars = 400;

/**
 * The last answers, between `max` and twice as many: when one generation is full the one before it goes,
 * and what is asked for again moves to the younger one. So texts that come only once never push out those
 * that come again and again.
 */
function createGenerations<T>(max: number) {
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  const keep = (text: string, answer: T): void => {
    if (young.size >= max) [old, young] = [young, new Map<string, T>()];
    young.set(alone(text), answer);
  };
  return {
    keep,
    get(text: string): T | undefined {
      const known = young.get(text);
      if (known !== undefined) return known;
      const before = old.get(text);
      if (before !== undefined) keep(text, before);
      return before;
    },
  };
}

/** The same function with a memory of its last answers. */
export function remembered<T extends string | number | readonly string[]>(
  max: number,
  work: (text: string) => T,
): (text: string) => T {
  const answers = createGenerations<T>(max);
  return (text) => {
    if (text.length > maxRememberedChars) return work(text);
    const known = answers.get(text);
    if (known !== undefined) return known;
    const answer = work(text);
    answers.keep(text, answer);
    return answer;
  };
}

/** `0x` and `::1` are read by their very digits. */
const oddDigits = /0x|::/i;

/**
 * The same for what takes variables out of a text: of texts that differ in their digits only the answers are
 * the same, when they hold no digit. So messages that never come again, but for their numbers, cost little.
 */
export function rememberedByDigits(
  max: number,
  work: (text: string) => string,
): (text: string) => string {
  const answers = createGenerations<string>(max);
  return (text) => {
    if (text.length > maxRememberedChars || oddDigits.test(text)) return work(text);
    const shape = text.replace(/\d/g, '0');
    const known = answers.get(shape);
    if (known !== undefined) return known;
    const answer = work(text);
    if (!/\d/.test(answer)) answers.keep(shape, answer);
    return answer;
  };
}

/** A piece of a longer text keeps the whole of it in memory; a copy does not. */
function alone(text: string): string {
  const copy = Buffer.from(text, 'utf8').toString('utf8');
  return copy === text ? copy : text; // a lone surrogate
}
