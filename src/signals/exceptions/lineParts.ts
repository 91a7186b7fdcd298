import { linesOfEslint } from './diagnostics/eslintJson.ts';
import { linesOfList, mayBeList } from './records/jsonLists.ts';
import { linesOfReport, mayBeReport } from './tests/jsonReports.ts';

/** Lines of a log that hold several: reports and lists of records that were written into one, bars of progress. */

const maxXmlChars = 4_000;

/** Cheap, and true for all that `linesIn` takes apart, where it holds no control characters. */
export function mayHoldLines(text: string): boolean {
  return mayBeList(text) || mayBeReport(text) || isLongXml(text);
}

/** The lines that a line without colours holds; undefined when it is one by itself. */
export function linesIn(text: string): readonly string[] | undefined {
  if (isLongXml(text)) return text.split(/(?=<testcase )/);
  const report = linesOfReport(text) ?? linesOfEslint(text) ?? linesOfList(text);
  return report ?? (text.includes('\r') ? text.split(/\r+/) : undefined);
}

/** XML has no lines of its own: pytest writes all that passed into one. */
function isLongXml(text: string): boolean {
  return text.length > maxXmlChars && text.includes('<testcase ');
}
