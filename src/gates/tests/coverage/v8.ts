import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodedMappings, TraceMap } from '@jridgewell/trace-mapping';
import type { Coverage, FileCoverage } from '../../../core/testRun.ts';
import { isJavaScript } from '../../source/script.ts';
import { list, parseJson, record, records, relativeTo, text } from '../outcome.ts';
import { type Lines, scriptLines } from './scriptLines.ts';
import { readWritten } from '../written.ts';

const maxReportBytes = 256 << 20;
const maxSourceBytes = 2 << 20;
const maxUrlNote = 4_200;

/** What one process says about one script: later ranges lie inside of earlier ones and win. */
interface ScriptRuns {
  readonly functions: readonly Readonly<Record<string, unknown>>[];
  readonly sourceMap: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Folds what V8 has written (NODE_V8_COVERAGE) into lines. undefined: nothing of the project ran in a
 * process that wrote a report.
 */
export function readV8Coverage(folder: string, root: string): Coverage | undefined {
  const scripts = new Map<string, ScriptRuns[]>();
  let bytes = 0;
  for (const name of names(folder)) {
    const report = readWritten(join(folder, name)) ?? '';
    bytes += report.length;
    if (bytes > maxReportBytes) return undefined; // a part of it would be wrong
    collect(record(parseJson(report)), root, scripts);
  }
  const files = [...scripts].flatMap(([path, runs]) => fileCoverage(root, path, runs));
  return files.length > 0 ? files : undefined;
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return []; // no process wrote one
  }
}

function collect(
  report: Readonly<Record<string, unknown>> | undefined,
  root: string,
  scripts: Map<string, ScriptRuns[]>,
): void {
  const maps = record(report?.['source-map-cache']);
  for (const script of records(report?.['result'])) {
    const url = text(script['url']);
    const path = url.startsWith('file://') ? ownPath(root, url) : undefined;
    if (path === undefined) continue;
    const runs = scripts.get(path) ?? [];
    runs.push({ functions: records(script['functions']), sourceMap: record(maps?.[url]) });
    scripts.set(path, runs);
  }
}

/** Relative to root; undefined for what is not the project's own source. */
function ownPath(root: string, url: string): string | undefined {
  try {
    const path = relativeTo(root, fileURLToPath(url.split(/[?#]/)[0] ?? url));
    const foreign = /^(\/|\w:)|(^|\/)(node_modules|\.yarn)\//.test(path);
    return foreign || !isJavaScript(path) ? undefined : path;
  } catch {
    return undefined; // a file: URL with a host, or a broken escape
  }
}

function fileCoverage(root: string, path: string, runs: readonly ScriptRuns[]): FileCoverage[] {
  const source = sourceOf(join(root, path));
  if (source === undefined) return [];
  const ran = new Uint8Array(source.length + 1);
  for (const run of runs) {
    const [counts, known] = run.sourceMap
      ? mapped(run, run.sourceMap, source)
      : direct(run, source);
    if (!known) return [];
    for (let i = 0; i < ran.length; i++) ran[i] = (ran[i] ?? 0) | (counts[i] ?? 0);
  }
  const lines: Lines | undefined = scriptLines(path, source, (offset) => ran[offset] === 1);
  return lines ? [{ path, ...lines }] : [];
}

function sourceOf(file: string): string | undefined {
  const source = readWritten(file);
  return source !== undefined && source.length <= maxSourceBytes ? source : undefined;
}

/** The script is the file itself: V8's offsets are ours. */
function direct(run: ScriptRuns, source: string): [Uint8Array, boolean] {
  const [counts, length] = countsOf(run.functions, source.length + 1);
  // Node puts the script's URL behind what it has stripped of types. Other differences in length mean
  // that a loader has made something else of it and left no map.
  const more = length - source.length;
  return [counts, more >= -1 && more <= maxUrlNote];
}

function countsOf(functions: ScriptRuns['functions'], size: number): [Uint8Array, number] {
  const counts = new Uint8Array(size);
  let length = 0;
  for (const range of functions.flatMap((one) => records(one['ranges'])).toSorted(byPlace)) {
    const [start, end] = [Number(range['startOffset']), Number(range['endOffset'])];
    length = Math.max(length, end);
    counts.fill(Number(range['count']) > 0 ? 1 : 0, start, end);
  }
  return [counts, length];
}

type Range = Readonly<Record<string, unknown>>;

/** Outer ranges before those that lie in them. */
function byPlace(a: Range, b: Range): number {
  const start = Number(a['startOffset']) - Number(b['startOffset']);
  return start === 0 ? Number(b['endOffset']) - Number(a['endOffset']) : start;
}

/** Through the source map that the process had: what ran in the generated code, told in the source. */
function mapped(
  run: ScriptRuns,
  { data, lineLengths }: Readonly<Record<string, unknown>>,
  source: string,
): [Uint8Array, boolean] {
  const counts = new Uint8Array(source.length + 1);
  if (!record(data)) return [counts, false];
  const map = new TraceMap(data as never); // validated by its own constructor
  if (map.sources.length !== 1) return [counts, false]; // a bundle: not this file's own
  const generated = countsOf(
    run.functions,
    sum(list(lineLengths)) + list(lineLengths).length + 1,
  )[0];
  const starts = lineStarts(source);
  let lineStart = 0;
  const points: (readonly [offset: number, ran: number])[] = [];
  decodedMappings(map).forEach((segments, line) => {
    for (const segment of segments) {
      if (segment.length === 1) continue;
      const offset = (starts[segment[2]] ?? source.length) + segment[3];
      points.push([offset, generated[lineStart + segment[0]] ?? 0]);
    }
    lineStart += Number(list(lineLengths)[line] ?? 0) + 1;
  });
  points.sort((a, b) => a[0] - b[0]);
  points.forEach(([offset, ran], i) => {
    counts.fill(ran, offset, points[i + 1]?.[0] ?? counts.length);
  });
  return [counts, true];
}

function sum(numbers: readonly unknown[]): number {
  return numbers.reduce<number>((total, one) => total + Number(one), 0);
}

function lineStarts(source: string): number[] {
  const starts = [0];
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) {
    starts.push(at + 1);
  }
  return starts;
}
