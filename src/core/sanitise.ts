export interface SanitiseLimits {
  /** Of all texts together. */
  readonly chars: number;
  readonly textChars: number;
  readonly depth: number;
  /** Of each list and object. */
  readonly entries: number;
}

/** Makes a text harmless, knowing the name of its field. */
export type CleanText = (name: string, text: string) => string;

/**
 * A copy of bounded size in which each text, and each name, was made harmless; what is too deep or too long is
 * left out.
 */
export function sanitised(
  value: unknown,
  limits: SanitiseLimits,
  clean: CleanText,
  name = '',
): unknown {
  return copy(value, name, 0, { left: limits.chars, limits, clean });
}

/** Without keys that would change what an object inherits. */
export function safeObject(
  entries: readonly (readonly [string, unknown])[],
): Record<string, unknown> {
  return Object.fromEntries(
    entries.filter(([key]) => !/^(?:__proto__|constructor|prototype)$/.test(key)),
  );
}

interface Budget {
  left: number;
  readonly limits: SanitiseLimits;
  readonly clean: CleanText;
}

function copy(value: unknown, name: string, depth: number, budget: Budget): unknown {
  const { limits, clean } = budget;
  if (budget.left <= 0) return null;
  if (typeof value === 'string') {
    const text = value.slice(0, Math.min(limits.textChars, budget.left));
    budget.left -= text.length;
    return clean(name, text);
  }
  budget.left -= 8;
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= limits.depth) return null;
  if (Array.isArray(value))
    return value.slice(0, limits.entries).map((item) => copy(item, name, depth + 1, budget));
  const entries = Object.entries(value).slice(0, limits.entries);
  return safeObject(
    entries.map(([key, item]) => [
      clean('', key.slice(0, 100)),
      copy(item, key, depth + 1, budget),
    ]),
  );
}
