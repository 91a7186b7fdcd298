/** What the value of a secret looks like, and what only stands where one would. */

/** Words that stand where a secret would, in code, documentation and messages about secrets. */
const stopWords =
  /^(?:null|undefined|none|nil|true|false|yes|no|on|off|string|number|boolean|object|required|missing|invalid|expired|empty|unset|not|is|was|must|the|an?|for|from|of|and|or|in|to|at|example|changeme|your[\w-]*|xxx+|test|dummy|placeholder|redacted|hidden|masked|self|this|new|get|set|unexpected|unknown|wrong|incorrect|rejected|revoked|error|failed|refused|denied|mismatch|process|env|os|config|settings|options|args|req|request|ctx|params)$/i;

export function isPlaceholder(value: string): boolean {
  return (
    stopWords.test(value) ||
    /^[<$%{[*#]/.test(value) ||
    /^(?:process|os|config|settings|self|this|req|ctx|options|params|env|args)\./.test(value) ||
    /^(.)\1*$/.test(value)
  );
}

export function looksRandom(value: string): boolean {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^\w\s]/].filter((kind) => kind.test(value)).length;
  return kinds >= 2 && entropy(value) >= 2.5 && !/\s/.test(value);
}

/** Shannon entropy in bits per character. */
export function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const char of value) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values())
    bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}
