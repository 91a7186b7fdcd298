import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { readHeader } from './exceptions/headers/loggerPrefix.ts';

/** Files that are one log: what was rotated away, oldest first, and what is still written. */
export interface LogSet {
  /** The first of the names given. */
  readonly name: string;
  /** In chronological order. */
  readonly files: readonly string[];
}

interface Part {
  readonly file: string;
  /** `20260302` and what orders the files of one day; empty for the live file. */
  readonly date: string;
  /** 0 for none. */
  readonly number: number;
  /** The number lies behind a date: there it counts upwards (winston, logback). */
  readonly counts: boolean;
}

const packed = /\.(?:gz|gzip|z)$/i;
const dated =
  /[._-](\d{4})[-_]?(\d{2})[-_]?(\d{2})(?:[-_T.]?(\d{2})[-_:]?(\d{2})(?:[-_:]?(\d{2}))?)?(?=[._-]|$)/;
const numberedEnd = /\.(\d{1,4})$/;
const numberedMiddle = /[._-](\d{1,4})(?=\.[A-Za-z]\w{0,10}$)/;
const kept = /\.(?:old|bak|prev|previous)$/i;

/** Puts the files of a rotated log together; a name alone decides, so nothing is opened for it. */
export function logSets(files: readonly string[]): readonly LogSet[] {
  const given = new Set(files.map((file) => file.replace(packed, '')));
  const sets = new Map<string, Part[]>();
  for (const file of new Set(files)) {
    const [stem, part] = partOf(file, given);
    const known = sets.get(stem);
    if (known) known.push(part);
    else sets.set(stem, [part]);
  }
  return [...sets.values()].map((parts) => ({
    name: parts[0]?.file ?? '',
    files: [...parts].sort(byAge).map(({ file }) => file),
  }));
}

function partOf(file: string, given: ReadonlySet<string>): readonly [string, Part] {
  const folder = dirname(file);
  let name = basename(file).replace(packed, '');
  const date = dated.exec(name);
  if (date) name = name.slice(0, date.index) + name.slice(date.index + date[0].length);
  let number = 0;
  const end = numberedEnd.exec(name);
  // `worker-1.log` and `worker-2.log` are two logs, unless `worker.log` or a date says otherwise.
  const middle = end ? null : numberedMiddle.exec(name);
  const plain = middle && name.slice(0, middle.index) + name.slice(middle.index + middle[0].length);
  if (end) {
    number = Number(end[1]);
    name = name.slice(0, end.index);
  } else if (middle && plain && (date || given.has(join(folder, plain)) || given.has(plain))) {
    number = Number(middle[1]);
    name = plain;
  } else if (kept.test(name)) {
    number = 1;
    name = name.replace(kept, '');
  }
  return [
    `${folder}/${name}`,
    { file, date: date ? date.slice(1).join('') : '', number, counts: date !== null },
  ];
}

/** The live file last; older dates first; without a date the higher number is the older file. */
function byAge(a: Part, b: Part): number {
  if (a.date !== b.date) {
    if (a.date === '') return 1;
    return b.date === '' ? -1 : a.date < b.date ? -1 : 1;
  }
  if (a.counts) return a.number - b.number;
  return b.number - a.number;
}

/** Which of the files say the same; a file and its own archive are one. */
export function contentKey(): { add(bytes: Uint8Array): void; key(): string } {
  const hash = createHash('sha256');
  return { add: (bytes) => void hash.update(bytes), key: () => hash.digest('hex') };
}

/** The first time that is told in a file's first lines, ISO 8601. */
export function firstTime(text: string): string | undefined {
  for (const line of text.split('\n', 200)) {
    const { timestamp } = readHeader(line.slice(0, 300));
    if (timestamp !== undefined) return timestamp;
  }
  return undefined;
}

/** Whether a line begins anew here, rather than going on in the middle of one that was cut by size. */
export function beginsLine(text: string): boolean {
  const line = text.split('\n', 1)[0] ?? '';
  const header = readHeader(line.slice(0, 300));
  return header.timestamp !== undefined || header.level !== undefined || line.startsWith('{');
}
