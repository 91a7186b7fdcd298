import { field, type FileCoverage, isObject, items, lineOf } from './report.ts';

/** The JSON of coverage.py. undefined: it is none. */
export function readCoveragePy(document: unknown): FileCoverage[] | undefined {
  const files = field(document, 'files');
  if (!isObject(files) || !isObject(field(document, 'totals'))) return undefined;
  return Object.entries(files).flatMap(([path, one]) => {
    const missed = linesOf(field(one, 'missing_lines'));
    const hit = linesOf(field(one, 'executed_lines')).length;
    const found = hit + missed.length;
    return found === 0 ? [] : [{ path, found, hit, missed }];
  });
}

function linesOf(value: unknown): number[] {
  const lines = items(value).flatMap((line) => lineOf(line) ?? []);
  return [...new Set(lines)].sort((a, b) => a - b);
}
