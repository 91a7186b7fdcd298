import { parseRecord } from './jsonRecord.ts';

/**
 * Some logs have records of several lines: `journalctl -o verbose` and `-o export`, JSON that was written to be read,
 * as clouds export it. A gatherer makes one line of each, a JSON record.
 */
export interface Gatherer {
  /** The record that ends with the line, if one does; the line itself where it is part of none. */
  take(line: string): string | undefined;
  /** What was not ended before the log was. */
  end(): string | undefined;
  readonly isOpen: boolean;
}

/** More is no record of a log. */
const maxRecordLines = 5_000;
const maxRecordChars = 1_000_000;
const maxFields = 500;
/** Members that say that what is written so is a log; and those of other documents, reports of tests above all. */
const logged =
  /"(?:message|msg|log|textPayload|jsonPayload|short_message|logRecords|ingestionTime|@timestamp)": /;
const reported =
  /"(?:stats|suites|testResults|numFailedTests|examples|failures|specs|dependencies|version)": /;
/** Members of a record, not of the answer of an interface that has a list of records. */
const dated = /"(?:time|ts|timestamp|@timestamp|date|level|severity|lvl|levelname)": /;
const verboseHead =
  /^[A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})? \S{1,10} \[s=[\da-f]/;

/** undefined for the most logs, a line of which says something by itself. */
export function gathererFor(head: string): Gatherer | undefined {
  const text = head.replace(/^\ufeff/, '');
  if (verboseHead.test(text)) return gatherFields(/^ {4}([A-Z_][A-Z\d_]{0,63})=(.*)$/, verboseHead);
  if (text.startsWith('__CURSOR=')) return gatherFields(/^([A-Z_][A-Z\d_]{0,63})=(.*)$/, /^$/);
  const isSpread = /^(?:\[\r?\n\s{0,16}\{|\{\r?\n\s{1,16}")/.test(text);
  const isLog = isSpread && logged.test(text) && !reported.test(text);
  return isLog ? gatherJson(listIn(text)) : undefined;
}

/** The journal's fields, a line each; what has several lines is written in bytes and left out. */
function gatherFields(field: RegExp, border: RegExp): Gatherer {
  const fields = new Map<string, string>();
  let chars = 0;
  const end = (): string | undefined => {
    const record = fields.has('MESSAGE') ? JSON.stringify(Object.fromEntries(fields)) : undefined;
    fields.clear();
    chars = 0;
    return record;
  };
  return {
    take(line) {
      if (border.test(line)) return end();
      const [, name, value] = field.exec(line) ?? [];
      if (name === undefined || value === undefined) return undefined;
      chars += line.length;
      if (fields.size < maxFields && chars <= maxRecordChars) fields.set(name, value);
      return undefined;
    },
    end,
    get isOpen() {
      return fields.size > 0;
    },
  };
}

const listHead = /^(\s{1,16})"(?:events|logEvents|entries|records|logs|items)": \[(?=\r?$)/m;

/** The line with which a list of records begins in the answer of an interface to a log; records may have lists too. */
function listIn(head: string): string | undefined {
  const [line, indent = ''] = listHead.exec(head) ?? [];
  if (line === undefined) return undefined;
  const members = head.split('\n');
  const own = members.filter((member) => member.startsWith(`${indent}"`));
  const inner = members.filter((member) => member.startsWith(indent) && !own.includes(member));
  if (own.some((member) => dated.test(member))) return undefined;
  const isRecord = own.some((member) => logged.test(member));
  return isRecord && !inner.some((member) => logged.test(member)) ? undefined : line;
}

/** Of lists and objects around records, and of records that were too long. */
const fragment = /^\s*(?:[[\]{}]{0,3},?$|")/;
/** So no line within a record begins. */
const outside = /^[^\s\]}]/;

/** @param list the line that shows that what it stands in is no record but has a list of them */
function gatherJson(list: string | undefined): Gatherer {
  let lines: string[] = [];
  let chars = 0;
  let indent = '';
  const end = (): string | undefined => {
    const text = lines.join('\n').replace(/,\s*$/, '');
    lines = [];
    const record = parseRecord(text);
    return record && JSON.stringify(record);
  };
  return {
    take(line) {
      if (outside.test(line)) lines = [];
      if (lines.length === 0) {
        const open = /^(\s{0,16})\{$/.exec(line);
        if (!open) return fragment.test(line) ? undefined : line;
        indent = open[1] ?? '';
        lines = [line];
        chars = line.length;
        return undefined;
      }
      chars += line.length;
      if (line === list || lines.length >= maxRecordLines || chars > maxRecordChars) {
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
