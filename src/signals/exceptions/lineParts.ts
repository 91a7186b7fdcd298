import { linesOfEslint } from './eslintJson.ts';
import { linesOfList, mayBeList } from './jsonLists.ts';
import { linesOfReport, rustReport } from './jsonReports.ts';

/** Lines of a log that hold several: reports and lists of records that were written into one, bars of progress. */

const maxXmlChars = 4_000;

/** Of a line of printable ASCII that is not long: cheap, and false for most. */
export function mayHoldLines(text: string): boolean {
  return mayBeList(text) || rustReport.test(text);
}

/** The lines that a line holds, colours apart; undefined when it is one by itself. */
export function linesIn(text: string): readonly string[] | undefined {
  if (text.length > maxXmlChars && text.includes('<testcase ')) {
    // XML has no lines of its own: pytest writes all that passed into one.
    return text.split(/(?=<testcase )/);
  }
  const report = linesOfReport(text) ?? linesOfEslint(text) ?? linesOfList(text);
  return report ?? (text.includes('\r') ? text.split(/\r+/) : undefined);
}
