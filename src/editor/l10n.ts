import { createPhrasebook, type Phrasebook } from './phrasebook.ts';

/**
 * The seam to VS Code's translations, so that texts can be made and tested without the editor.
 * English is the key: without a translation it is what is shown.
 */
export type Translate = (message: string, ...values: readonly (string | number)[]) => string;

const english: Translate = (message, ...values) =>
  message.replace(/\{(\d+)\}/g, (place, index: string) => String(values[Number(index)] ?? place));

let translate: Translate = english;
let translations: Readonly<Record<string, string>> | undefined;
/** Made when the first text asks for it. */
let phrasebook: Phrasebook | undefined;

/**
 * Once, at activation.
 * @param bundle all translations; undefined in English
 */
export function useTranslations(given: Translate, bundle?: Readonly<Record<string, string>>): void {
  translate = given;
  phrasebook = undefined;
  translations = bundle;
}

/** A text in the user's language; `{0}` stands for the first value. */
export function t(message: string, ...values: readonly (string | number)[]): string {
  return translate(message, ...values);
}

/** What the house wrote (a reason, an error, what a gate found), in the user's language. */
export function told(text: string): string {
  if (!translations) return text;
  phrasebook ??= createPhrasebook(translations);
  return phrasebook(text);
}

/** Marks a text that `t` is given later, for tables that are made before the language is known. */
export function msg<const T extends string>(message: T): T {
  return message;
}
