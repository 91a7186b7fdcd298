/** Longer texts seldom come again, and their answers would fill the memory. */
const maxRememberedChars = 400;

/**
 * The same function with a memory of its last answers, between `max` and twice as many: when one
 * generation is full the one before it goes, and what is asked for again moves to the younger one.
 * So texts that come only once never push out those that come again and again.
 */
export function remembered<T extends string | number>(
  max: number,
  work: (text: string) => T,
): (text: string) => T {
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  const keep = (text: string, answer: T): T => {
    if (young.size >= max) [old, young] = [young, new Map<string, T>()];
    young.set(text, answer);
    return answer;
  };
  return (text) => {
    if (text.length > maxRememberedChars) return work(text);
    const known = young.get(text);
    if (known !== undefined) return known;
    const before = old.get(text);
    return before === undefined ? keep(alone(text), work(text)) : keep(alone(text), before);
  };
}

/** A piece of a longer text keeps the whole of it in memory; a copy does not. */
function alone(text: string): string {
  const copy = Buffer.from(text, 'utf8').toString('utf8');
  return copy === text ? copy : text; // a lone surrogate
}
