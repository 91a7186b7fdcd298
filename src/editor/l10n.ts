/**
 * The seam to VS Code's translations, so that texts can be made and tested without the editor.
 * English is the key: without a translation it is what is shown.
 */
export type Translate = (message: string, ...values: readonly (string | number)[]) => string;

const english: Translate = (message, ...values) =>
  message.replace(/\{(\d+)\}/g, (place, index: string) => String(values[Number(index)] ?? place));

let translate: Translate = english;

/** Once, at activation. */
export function useTranslations(given: Translate): void {
  translate = given;
}

/** A text in the user's language; `{0}` stands for the first value. */
export function t(message: string, ...values: readonly (string | number)[]): string {
  return translate(message, ...values);
}

/** Marks a text that `t` is given later, for tables that are made before the language is known. */
export function msg<const T extends string>(message: T): T {
  return message;
}
