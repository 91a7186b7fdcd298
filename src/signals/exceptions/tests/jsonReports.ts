import { stripVTControlCharacters } from 'node:util';
import type { Follow, Grammar, ParsedException } from '../grammar.ts';
import { frameOf } from '../parts.ts';
import { isInApp } from '../languages/ruby.ts';
import { failedExpectation, failure, javascriptFailure } from './testFailure.ts';

const maxLines = 950;
/** Lists of what failed: mocha's, Playwright's, Jest's and Vitest's, RSpec's. */
const head = /^(\s{1,60})"(?:failures|errors|failureMessages|exception)": ([[{])$/;
/** mocha's `json-stream`. */
const streamed = /^\["fail",\{.{1,16000}\}\]$/;
const timedOut = /\bTest timeout of \d{1,9}ms exceeded/;
/** Keys of reports that hold one of those lists, for a report in a single line. */
const inOneLine = /"failureMessages":\[(?!\])|"summary_line":"\d/;

/** What cargo and Rust's test harness write of a compiler's complaint and of a test that failed. */
const rustReport =
  /^\{"reason": ?"compiler-message"|^\{ ?"type": ?"test",.{0,2000}"event": ?"failed"/;

/** The same as they print it for people. */
function linesOfRust(value: unknown): readonly string[] {
  const { message, name, stdout } = value as Readonly<Record<string, unknown>>;
  if (typeof message === 'object' && message !== null) {
    return shownLines((message as Readonly<Record<string, unknown>>)['rendered']);
  }
  return [
    `---- ${String(name)} stdout ----`,
    ...shownLines(stdout),
    ...shownLines(message).map((line, at) => (at === 0 ? `note: ${line}` : line)),
    'successes:',
  ];
}

function shownLines(text: unknown): readonly string[] {
  return typeof text === 'string' ? stripVTControlCharacters(text).split('\n', maxLines) : [];
}

/** Cheap, and true for all that `linesOfReport` takes. */
export function mayBeReport(text: string): boolean {
  return text.startsWith('{') && (rustReport.test(text) || inOneLine.test(text));
}

/** A report in a single line, as one with a line for each value; undefined when it is none. */
export function linesOfReport(text: string): readonly string[] | undefined {
  if (!mayBeReport(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return rustReport.test(text)
      ? linesOfRust(value)
      : JSON.stringify(value, undefined, 2).split('\n');
  } catch {
    return undefined; // cut, or no JSON after all
  }
}

/** The JSON that runners of tests write. */
export const jsonReports: Grammar = {
  language: 'javascript',
  standsAlone: true,
  hints: [
    '"compiler-message"',
    '"event": "failed"',
    '"event":"failed"',
    '"failures": [',
    '"errors": [',
    '"failureMessages":',
    '"summary_line":',
    '["fail",{',
  ],
  saysEnough: (line) => streamed.test(line),
  begin(line) {
    const match = line.endsWith('[') || line.endsWith('{') ? head.exec(line) : null;
    if (match) return untilClosed(match[1] ?? '', match[2] === '[' ? ']' : '}');
    return line.startsWith('["fail",{') && streamed.test(line) ? () => 'no' : undefined;
  },
  *parse(lines) {
    const areMessages = lines[0]?.includes('"failureMessages"') ?? false;
    for (const item of itemsOf(lines)) {
      const parsed = areMessages ? fromText(String(item), undefined) : read(item);
      if (parsed) yield parsed;
    }
  },
};

function untilClosed(indent: string, bracket: string): Follow {
  let lines = 0;
  return (line) => {
    if (line.startsWith(indent + bracket)) return 'last';
    return line.startsWith(`${indent} `) && ++lines <= maxLines ? 'more' : 'no';
  };
}

function itemsOf(lines: readonly string[]): readonly unknown[] {
  const [first = '', ...rest] = lines;
  const text = streamed.test(first)
    ? first
    : `${first.slice(first.indexOf(': ') + 1)}${rest.join('\n').replace(/,\s*$/, '')}`;
  try {
    const value: unknown = JSON.parse(text);
    if (!Array.isArray(value)) return [value];
    return streamed.test(first) ? value.slice(1) : value;
  } catch {
    return []; // cut, or no JSON after all
  }
}

/** Only what is surely a failed test: other programs have lists of errors, too. */
function read(item: unknown): ParsedException | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const values = item as Readonly<Record<string, unknown>>;
  const { err, stack, message, location, class: type, backtrace } = values;
  if (typeof err === 'object' && err !== null) return read(err);
  if (typeof type === 'string') return fromRspec(type, message, backtrace);
  const said = typeof message === 'string' ? message : err;
  if (typeof stack === 'string' && stack !== '' && (stack.includes('\n') || said !== undefined))
    return fromText(stack, said);
  if (typeof said !== 'string') return undefined;
  return timedOut.test(said) || isPlaced(location) ? fromText(said, said) : undefined;
}

/** Playwright says the place twice: as a value, and in the message's stack. */
function isPlaced(location: unknown): boolean {
  return typeof location === 'object' && location !== null && 'file' in location;
}

function fromText(text: string, said: unknown): ParsedException | undefined {
  const lines = stripVTControlCharacters(text).split(/\r?\n/, maxLines);
  const parsed = javascriptFailure(lines);
  if (parsed) return parsed;
  const message = typeof said === 'string' ? stripVTControlCharacters(said) : (lines[0] ?? '');
  return message === '' ? undefined : failure('javascript', failedExpectation, message, []);
}

function fromRspec(
  type: string,
  message: unknown,
  backtrace: unknown,
): ParsedException | undefined {
  if (!Array.isArray(backtrace)) return undefined;
  const said = typeof message === 'string' ? message : '';
  // Several failures of one example have their places in the message alone.
  const places = [...backtrace.slice(0, 100), ...said.split('\n', 100).map((line) => line.trim())];
  const frames = places.flatMap((place) => {
    const match = /^(?:# )?(.{1,1000}?):(\d{1,9})(?::in [`'](.{1,300})')?$/.exec(String(place));
    if (!match) return [];
    const file = match[1] ?? '';
    return [frameOf(file, isInApp(file), { function: match[3], line: Number(match[2]) })];
  });
  return failure('ruby', type, said, frames);
}
