import type { FileCoverage } from './report.ts';

/** LCOV's trace files, as c8, istanbul, grcov and others write them. A file may have several records. */
export function readLcov(text: string): FileCoverage[] {
  const files = new Map<string, Counts>();
  let current: Counts | undefined;
  for (const line of linesIn(text)) {
    const colon = line.indexOf(':');
    const value = line.slice(colon + 1).trim();
    switch (colon < 0 ? line.trim() : line.slice(0, colon)) {
      case 'SF':
        current = files.get(value) ?? { hits: new Map(), found: 0, hit: 0 };
        if (value !== '' && value.length <= maxPathChars) files.set(value, current);
        break;
      case 'DA':
        if (current) addLine(current, value);
        break;
      case 'LF':
        if (current) current.found = countIn(value);
        break;
      case 'LH':
        if (current) current.hit = countIn(value);
        break;
      case 'end_of_record':
        current = undefined;
        break;
    }
  }
  return [...files].flatMap(([path, counts]) => coverageOf(path, counts));
}

const maxPathChars = 4_096;

interface Counts {
  readonly hits: Map<number, boolean>;
  found: number;
  hit: number;
}

/** Without an array of them all. */
function* linesIn(text: string): Iterable<string> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    yield text.slice(start, end < 0 ? undefined : end);
    if (end < 0) return;
    start = end + 1;
  }
}

function addLine({ hits }: Counts, value: string): void {
  const [, line, count] = /^(\d{1,9}),(-?\d{1,15})/.exec(value) ?? [];
  if (line === undefined) return;
  hits.set(Number(line), (hits.get(Number(line)) ?? false) || Number(count) > 0);
}

function countIn(value: string): number {
  return /^\d{1,9}$/.test(value) ? Number(value) : 0;
}

/** The lines count where they are named, else the sums. */
function coverageOf(path: string, { hits, found, hit }: Counts): FileCoverage[] {
  if (hits.size > 0) {
    const missed = [...hits].filter(([, isHit]) => !isHit).map(([line]) => line);
    missed.sort((a, b) => a - b);
    return [{ path, found: hits.size, hit: hits.size - missed.length, missed }];
  }
  return found > 0 && hit <= found ? [{ path, found, hit, missed: [] }] : [];
}
