import type { Coverage, FileCoverage } from '../../../core/testRun.ts';
import { list, record, relativeTo } from '../outcome.ts';

/** Line numbers and whether they ran, of several reports about one file. */
function createLines() {
  const files = new Map<string, Map<number, boolean>>();
  return {
    add(path: string, line: number, ran: boolean): void {
      const lines = files.get(path) ?? new Map<number, boolean>();
      lines.set(line, ran || lines.get(line) === true);
      files.set(path, lines);
    },
    coverage: (): Coverage =>
      [...files].map(([path, lines]): FileCoverage => {
        const sorted = [...lines].sort(([a], [b]) => a - b);
        const of = (state: boolean) =>
          sorted.flatMap(([line, ran]) => (ran === state ? [line] : []));
        return { path, covered: of(true), uncovered: of(false) };
      }),
  };
}

/** Several reports of one run as one. */
export function mergeCoverage(all: readonly Coverage[]): Coverage {
  const lines = createLines();
  for (const { path, covered, uncovered } of all.flat()) {
    for (const line of covered) lines.add(path, line, true);
    for (const line of uncovered) lines.add(path, line, false);
  }
  return lines.coverage();
}

/** What nearly every tool can write: `SF:` names a file, `DA:line,count` a line. */
export function readLcov(source: string, root: string): Coverage {
  const counts = createLines();
  let path: string | undefined;
  for (const line of source.split(/\r?\n/)) {
    if (line.startsWith('SF:')) path = ownFile(root, line.slice(3).trim());
    const [, number, count] = /^DA:(\d+),(\d+)/.exec(line) ?? [];
    if (path !== undefined && number) counts.add(path, Number(number), Number(count) > 0);
  }
  return counts.coverage();
}

/** `module/path/file.go:startLine.column,endLine.column statements count`. */
export function readGoProfile(source: string, modulePath: string): Coverage {
  const counts = createLines();
  for (const line of source.split('\n')) {
    const match = /^(.+):(\d+)\.\d+,(\d+)\.(\d+) \d+ (\d+)$/.exec(line.trim());
    const [, file = '', from, to, endColumn, count] = match ?? [];
    if (!match || !file.startsWith(`${modulePath}/`)) continue;
    // A block that ends at the first column ends with the line before.
    const last = Number(endColumn) <= 2 ? Number(to) - 1 : Number(to);
    for (let n = Number(from); n <= Math.max(last, Number(from)); n++) {
      counts.add(file.slice(modulePath.length + 1), n, Number(count) > 0);
    }
  }
  return counts.coverage();
}

/** coverage.py's JSON, one of each process. */
export function readPythonCoverage(reports: readonly unknown[], root: string): Coverage {
  const counts = createLines();
  for (const report of reports) {
    for (const [file, value] of Object.entries(record(record(report)?.['files']) ?? {})) {
      const path = ownFile(root, file);
      if (path === undefined) continue;
      for (const line of list(record(value)?.['executed_lines'])) {
        counts.add(path, Number(line), true);
      }
      for (const line of list(record(value)?.['missing_lines'])) {
        counts.add(path, Number(line), false);
      }
    }
  }
  return counts.coverage();
}

/** undefined: not a file of the project. */
function ownFile(root: string, file: string): string | undefined {
  if (file === '') return undefined;
  const path = relativeTo(root, file);
  return /^(\/|\w:)|(^|\/)(node_modules|\.venv|venv|site-packages)\//.test(path) ? undefined : path;
}
