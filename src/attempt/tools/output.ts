/** Every result has an end, and says how to get what lies behind it. */

export const maxResultChars = 16_000;

/** Keeps the start and, mostly, the end, where test runners say what failed. */
export function cutMiddle(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const head = Math.floor(maxChars / 3);
  const tail = maxChars - head;
  const left = text.length - maxChars;
  return `${text.slice(0, head)}\n[… ${left} characters left out …]\n${text.slice(-tail)}`;
}

export function cutEnd(text: string, maxChars: number, hint: string): string {
  return text.length <= maxChars ? text : `${text.slice(0, maxChars)}\n[cut here; ${hint}]`;
}

/** Takes lines until they fill `maxChars`; tells how many it took. */
export function takeLines(
  lines: readonly string[],
  maxChars: number,
): { readonly text: string; readonly taken: number } {
  let chars = 0;
  let taken = 0;
  for (const line of lines) {
    chars += line.length + 1;
    if (chars > maxChars && taken > 0) break;
    taken++;
  }
  return { text: lines.slice(0, taken).join('\n'), taken };
}
