import { stripVTControlCharacters } from 'node:util';
import { levelOf } from './exceptions/headers/level.ts';
import { readHeader, timeAt } from './exceptions/headers/loggerPrefix.ts';
import { peel } from './exceptions/headers/transport.ts';

/**
 * What runs several commands at once (concurrently, turbo, pnpm, Lerna) names each before its lines; so do stern the
 * pods of a stateful set and grep the logs it has found lines in. Only a whole log shows that a word in brackets is
 * such a name, and no tag of a logger.
 */
const forms: readonly RegExp[] = [
  /^\[([\w@./:-]{1,60})\] /,
  /^([\w@./-]{1,60}[:#][A-Za-z][\w.-]{0,40}): /,
  /^([\w@.-]{0,40}\/[\w@./-]{1,60} [a-z][\w:.-]{0,40}): /,
  /^(@[\w.-]{1,40}\/[\w.-]{1,60}): /,
  /^([\w@.~/-]{1,200}\.(?:log|out|err)(?:\.\d{1,3})?):/,
];
/** So might a sentence begin. */
const pod = /^([a-z][a-z0-9.-]{0,60}-\d{1,3} [a-z][a-z0-9-]{0,60}) /;
/** Jenkins' time, and two blanks, before whatever a command prints. */
const clocked = /^\d\d:\d\d:\d\d(?: {2}|$)/;
/** A time before every line, frames too, is not the logger's; GitLab's has the stream's number behind it. */
const timed =
  /^\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,6})?(?:Z| ?[+-]\d\d:?\d\d)?(?:\]:?|:)?(?: (?![\da-f]{2}[OE][ +])|$)/;
const indented = /^(?:\s{2,}|\t)\S/;
/** A level in capitals, brackets or a column; another word of a command's output may be one by chance. */
const plainLevel = /^[[(<]|[A-Z]{3}|: {2}/;
const minLines = 3;
/** How many lines may stand before the first name, and how many with one must follow then. */
const maxOpening = 12;
const minNamed = 8;
/** A time, or a line of a file. */
const notName = /^\d{1,4}[:./-]\d|:\d{1,9}$/;

/**
 * Brings a line into the form of docker compose, `name | text`; a line without a name is of whoever spoke last. Where
 * the same stands before each line it is cut.
 */
export type Carry = (line: string) => string;

/**
 * undefined for the most logs, whose lines are all of one process.
 * @param before what was read of the log before: its last lines tell who spoke last
 */
export function carryFor(head: Buffer, before?: Buffer): Carry | undefined {
  const lines = wholeLinesIn(head);
  if (lines.length < minLines) return undefined;
  if (lines.every((line) => clocked.test(line))) {
    return (line) => stripVTControlCharacters(line).replace(clocked, '');
  }
  if (lines.every((line) => timed.test(line))) {
    const goesOn = (line: string): boolean =>
      indented.test(peel(line.replace(timed, '')).text) && !isTimedByLogger(line);
    return lines.some(goesOn) ? restamped : undefined;
  }
  const form = formOf(lines);
  const inner = form ? undefined : formOf(lines.map((line) => peel(line).text));
  const carry = form ? carryBy(form) : inner && carryWithin(carryBy(inner));
  if (carry && before) wholeLinesIn(before).forEach(carry);
  return carry;
}

function wholeLinesIn(bytes: Buffer): readonly string[] {
  const text = stripVTControlCharacters(bytes.toString('utf8'));
  const whole = text.slice(0, Math.max(0, text.lastIndexOf('\n')));
  return whole.split(/\r?\n/).filter((line) => line.trim() !== '');
}

function formOf(lines: readonly string[]): RegExp | undefined {
  return [...forms, pod].find((form) => {
    // Whoever runs the commands may say something first.
    const first = lines.findIndex((line) => form.test(line));
    if (first < 0 || first > maxOpening) return false;
    const named = lines.slice(first);
    return (first === 0 || named.length >= minNamed) && namesAll(form, named);
  });
}

/** Leaves alone what a carrier has put before the name. */
function carryWithin(carry: Carry): Carry {
  return (coloured) => {
    const line = stripVTControlCharacters(coloured);
    const { text } = peel(line);
    return line.endsWith(text) ? line.slice(0, line.length - text.length) + carry(text) : line;
  };
}

/** Whether the level, aligned or behind names, is one only behind the time: that is the logger's own then. */
function isTimedByLogger(line: string): boolean {
  const { level, between = '' } = readHeader(line);
  if (level === undefined || !plainLevel.test(between)) return false;
  return readHeader(peel(line.replace(timed, '')).text).level === undefined;
}

/** As `docker logs --timestamps` writes it. */
function restamped(coloured: string): string {
  const line = stripVTControlCharacters(coloured);
  const isCarried = timed.test(line) && !isTimedByLogger(line);
  const iso = isCarried ? timeAt(line, 0) : undefined;
  return iso === undefined ? line : `${iso.slice(0, -1)}0000Z ${line.replace(timed, '')}`;
}

function namesAll(form: RegExp, lines: readonly string[]): boolean {
  const names = new Set<string>();
  let goesOn = false;
  for (const line of lines) {
    const match = form.exec(line);
    const name = match?.[1] ?? '';
    const [word = ''] = name.split(/[:#]/);
    if (!match || notName.test(name) || levelOf(word) !== undefined) return false;
    names.add(name);
    goesOn ||= indented.test(line.slice(match[0].length));
  }
  if (goesOn) return true;
  // What begins every line alike says nothing of any.
  const isUsual = names.size === 1 ? lines.length >= 5 : names.size <= lines.length / 2;
  return form !== pod && isUsual;
}

function carryBy(form: RegExp): Carry {
  let last = '';
  return (coloured) => {
    const line = stripVTControlCharacters(coloured);
    const match = form.exec(line);
    if (match) last = streamOf(match[1] ?? '');
    if (last === '') return line;
    return `${last} | ${match ? line.slice(match[0].length) : line}`;
  };
}

/** A number alone, as concurrently counts its commands, would be that of a source line. */
function streamOf(name: string): string {
  const plain = name.replace(/[^\w.-]/g, '.').replace(/^\W/, '');
  return /^\d{1,6}$/.test(plain) ? `command-${plain}` : plain;
}
