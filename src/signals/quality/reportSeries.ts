/** What runs put into the name of a report: dates, numbers of runs, hashes. */
const ofARun = new RegExp(
  [
    '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
    '\\d{4}[-_.]?\\d\\d[-_.]?\\d\\d(?:[T_.-]?\\d\\d[:.h_-]?\\d\\d(?:[:.m_-]?\\d\\d)?(?:[.,]\\d{1,9})?)?Z?',
    '\\d{9,20}',
    '(?<![a-z0-9])(?=[a-f]{0,40}\\d)(?=\\d{0,40}[a-f])[0-9a-f]{7,40}(?![a-z0-9])',
    '(?<=(?:run|build|job|report|results?|eslint|ruff|lint|scan|pipeline|sarif)[-_.#]?)\\d{1,8}',
  ].join('|'),
  'gi',
);

/** The same for the reports of one job, run after run; the report itself where its name has nothing of a run. */
export function seriesOf(report: string): string {
  return report.replace(ofARun, '*');
}

export interface Dated {
  readonly file: string;
  /** When it was written, in ms. */
  readonly mtimeMs: number;
}

/** Of each series the newest. */
export function newestOfSeries(reports: readonly Dated[]): readonly string[] {
  const newest = new Map<string, Dated>();
  for (const report of reports) {
    const known = newest.get(seriesOf(report.file));
    if (!known || isNewer(report, known)) newest.set(seriesOf(report.file), report);
  }
  return [...newest.values()].map(({ file }) => file).sort();
}

function isNewer(a: Dated, b: Dated): boolean {
  if (a.mtimeMs !== b.mtimeMs) return a.mtimeMs > b.mtimeMs;
  return a.file.localeCompare(b.file, 'en', { numeric: true }) > 0;
}

/** Where the successor of a report lies that is gone and has no series. */
export function folderOf(report: string): string {
  return report.slice(0, report.lastIndexOf('/') + 1);
}
