import { stripVTControlCharacters } from 'node:util';

/** What is said to the program around a terminal (APC, DCS, PM, SOS), as Buildkite's agent says when. */
const aside = /\x1b[_PX^][^\x07\x1b]{0,1000}(?:\x07|\x1b\\)/g; // oxlint-disable-line no-control-regex

/** Without what is said to the terminal, colours above all. */
export function stripControls(text: string): string {
  if (!text.includes('\x1b') && !text.includes('\x9b')) return text;
  return stripVTControlCharacters(text.replace(aside, ''));
}
