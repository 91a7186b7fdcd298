import { stripVTControlCharacters } from 'node:util';
import { levelOf } from './exceptions/level.ts';

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
const minLines = 3;
/** A time, or a line of a file. */
const notName = /^\d{1,4}[:./-]\d|:\d{1,9}$/;

/**
 * Brings a line into the form of docker compose, `name | text`; a line without a name is of whoever spoke last. Where
 * the same stands before each line it is cut.
 */
export type Carry = (line: string) => string;

/** undefined for the most logs, whose lines are all of one process. */
export function carryFor(head: Buffer): Carry | undefined {
  const text = stripVTControlCharacters(head.toString('utf8'));
  const whole = text.slice(0, Math.max(0, text.lastIndexOf('\n')));
  const lines = whole.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (lines.length < minLines) return undefined;
  if (lines.every((line) => clocked.test(line))) {
    return (line) => stripVTControlCharacters(line).replace(clocked, '');
  }
  const form = [...forms, pod].find((candidate) => namesAll(candidate, lines));
  return form && carryBy(form);
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
    goesOn ||= /^\s{2,}\S/.test(line.slice(match[0].length));
  }
  // One name alone says nothing, unless it stands before what is indented, too.
  return goesOn || (form !== pod && names.size > 1 && names.size <= lines.length / 2);
}

function carryBy(form: RegExp): Carry {
  let last = '';
  return (coloured) => {
    const line = stripVTControlCharacters(coloured);
    const match = form.exec(line);
    if (match) last = (match[1] ?? '').replace(/[^\w.-]/g, '.').replace(/^\W/, '');
    if (last === '') return line;
    return `${last} | ${match ? line.slice(match[0].length) : line}`;
  };
}
