/** The page's texts in the user's language; the editor hands the translations over. */
let words: Readonly<Record<string, string>> = {};

export function useWords(given: Readonly<Record<string, string>>): void {
  words = given;
}

/** English is the key; `{0}` stands for the first value. */
export function t(message: string, ...values: readonly (string | number)[]): string {
  return (words[message] ?? message).replace(/\{(\d+)\}/g, (place, index: string) =>
    String(values[Number(index)] ?? place),
  );
}

/** Marks a text that `t` is given later. */
export function msg<const T extends string>(message: T): T {
  return message;
}
