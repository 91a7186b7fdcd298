import { isWord } from './slots.ts';
import { wildcard } from './tokens.ts';

/**
 * How many different words must have been seen at one place, with all else equal, before it counts as a
 * variable. Chosen so that two bugs that differ in a word stay two.
 */
const minWords = 5;
/** The same for names (`shop.api`, `getUser`, `a_b`), which are variables more often than words are. */
const minNames = 3;
/** STATES and COMMANDS are often all that tells messages apart. */
const moreCapitals = 4;
/** A pair of places, and a message that begins with the variable, need more evidence. */
const morePaired = 1;
const moreFirst = 2;

/**
 * Whether what has been seen at the positions shows that they hold variables.
 * @param seen the different tokens per position
 */
export function isSupported(
  tokens: readonly string[],
  positions: readonly number[],
  seen: readonly ReadonlySet<string>[],
): boolean {
  const constants = tokens.filter((token, at) => isWord(token) && !positions.includes(at)).length;
  if (constants === 0) return false;
  const more =
    moreForFew(constants) +
    (positions.includes(0) ? moreFirst : 0) +
    (positions.length - 1) * morePaired;
  return seen.every((values) => {
    const words = [...values].filter((value) => value !== wildcard);
    const names = words.filter(isName).length;
    // What is a number here and a name there is a variable by the number alone.
    if (positions.length === 1 && words.length < values.size) return constants >= 2 && names > 0;
    const shouted = words.filter((value) => /^[A-Z_]{2,}$/.test(value)).length;
    const needed = minWords + more + (shouted * 2 > words.length ? moreCapitals : 0);
    if (values.size >= needed) return true;
    return names >= minNames + more && names >= 0.8 * values.size;
  });
}

/** With few constant words left, chance alone makes messages look alike. */
function moreForFew(constants: number): number {
  return constants >= 3 ? 0 : constants === 2 ? 2 : 6;
}

function isName(token: string): boolean {
  return /[._$@/\\#]|[a-z][A-Z]/.test(token) && /[a-z]/.test(token);
}
