import { parseRecord } from './jsonRecord.ts';

/**
 * Some logs have records of several lines: `journalctl -o verbose` and `-o export`, JSON that was written to be read,
 * as clouds export it. A gatherer makes one line of each, a JSON record.
 */
export interface Gatherer {
  /** The record that ends with the line, if one does. */
  take(line: string): string | undefined;
  /** What was not ended before the log was. */
  end(): string | undefined;
  readonly isOpen: boolean;
}

/** More lines are no record of a log. */
const maxRecordLines = 5_000;
/** Members that say that what is written so is a log; and those of other documents, reports of tests above all. */
const logged =
  /"(?:message|msg|log|textPayload|jsonPayload|short_message|logRecords|ingestionTime|@timestamp)": /;
const reported =
  /"(?:stats|suites|testResults|numFailedTests|examples|failures|specs|dependencies|version)": /;
const verboseHead =
  /^[A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})? \S{1,10} \[s=[\da-f]/;

/** undefined for the most logs, a line of which says something by itself. */
export function gathererFor(head: string): Gatherer | undefined {
  const text = head.replace(/^\ufeff/, '');
  if (verboseHead.test(text)) return gatherFields(/^ {4}([A-Z_][A-Z\d_]{0,63})=(.*)$/, verboseHead);
  if (text.startsWith('__CURSOR=')) return gatherFields(/^([A-Z_][A-Z\d_]{0,63})=(.*)$/, /^$/);
  const isSpread = /^(?:\[\r?\n\s{0,16}\{|\{\r?\n\s{1,16}")/.test(text);
  return isSpread && logged.test(text) && !reported.test(text) ? gatherJson() : undefined;
}

/** The journal's fields, a line each; what has several lines is written in bytes and left out. */
function gatherFields(field: RegExp, border: RegExp): Gatherer {
  let fields: Record<string, string> = {};
  const end = (): string | undefined => {
    const record = fields;
    fields = {};
    return record['MESSAGE'] === undefined ? undefined : JSON.stringify(record);
  };
  return {
    take(line) {
      if (border.test(line)) return end();
      const [, name, value] = field.exec(line) ?? [];
      if (name !== undefined && value !== undefined) fields = { ...fields, [name]: value };
      return undefined;
    },
    end,
    get isOpen() {
      return Object.keys(fields).length > 0;
    },
  };
}

/** Where a list of records begins, in the answer of an interface to a log. */
const listed = /^\s{1,16}"(?:events|logEvents|entries|records|logs|items)": \[$/;

function gatherJson(): Gatherer {
  let lines: string[] = [];
  let indent = '';
  const end = (): string | undefined => {
    const text = lines.join('\n').replace(/,\s*$/, '');
    lines = [];
    const record = parseRecord(text);
    return record && JSON.stringify(record);
  };
  return {
    take(line) {
      if (lines.length === 0) {
        const open = /^(\s{0,16})\{$/.exec(line);
        if (open) {
          indent = open[1] ?? '';
          lines = [line];
        }
        return undefined;
      }
      if (listed.test(line) || lines.length >= maxRecordLines) {
        lines = [];
        return undefined;
      }
      lines.push(line);
      return line.startsWith(`${indent}}`) ? end() : undefined;
    },
    end,
    get isOpen() {
      return lines.length > 0;
    },
  };
}
