import { readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import picomatch from 'picomatch';
import { domainOf, type EditorDiagnostic } from '../../core/quality.ts';
import type { QualityFinding, QualityKind, QualitySignal } from '../../core/signal.ts';
import { reasonOf, walk } from '../walk.ts';
import { complexityOf } from './complexity.ts';
import { readDiagnostics } from './diagnostics.ts';
import { createDuplicates } from './duplication.ts';
import { coverageGap, duplicated, linted, tooComplex, unexplained } from './findings.ts';
import { languageOf } from './languages.ts';
import { isMade, isOwnSource } from './ownSources.ts';
import { readReport } from './readReport.ts';
import type { FileCoverage, LintFinding } from './report.ts';
import { type Dated, folderOf, newestOfSeries, seriesOf } from './reportSeries.ts';
import { tokensOf } from './tokens.ts';
import { toQualitySignal } from './toQualitySignal.ts';
import { documentationOf } from './undocumented.ts';
import { createWorkspacePaths, type WorkspacePaths } from './workspacePaths.ts';

/** Plain data: it crosses to a thread of its own. */
export interface AnalysisRequest {
  readonly folder: string;
  /** Globs. */
  readonly reports: readonly string[];
  readonly ignore: readonly string[];
  /** Files under version control, relative to the folder; undefined: none of our own analysis. */
  readonly tracked: readonly string[] | undefined;
  readonly diagnostics: readonly EditorDiagnostic[] | undefined;
  /** ISO 8601. */
  readonly now: string;
  readonly maxMs: number;
}

export interface Analysis {
  /** The worst of each kind first, so many of each at most. */
  readonly signals: readonly QualitySignal[];
  /** What was judged whole (see `domainOf`), and the hashes of all that was found. */
  readonly judged: readonly string[];
  readonly found: readonly string[];
  /** Reports that lie there now, read or not, without those that a newer one of their series replaces. */
  readonly present: readonly string[];
  /** What the reports of a series, or of a folder, judged, and of when: for reports that are not there any more. */
  readonly successors: readonly { readonly domain: string; readonly at: string }[];
  /** How many there are of each kind, also beyond those handed over. */
  readonly counts: Readonly<Record<QualityKind, number>>;
  readonly reports: number;
  readonly files: number;
  readonly problems: readonly { readonly file: string; readonly reason: string }[];
}

export const maxReportBytes = 32 << 20;
const maxReports = 200;
const maxSourceBytes = 512 << 10;
const maxSources = 5_000;
const maxSourceTotal = 48 << 20;
const maxSignalsPerKind = 200;
const maxFound = 20_000;
/** Where the findings are from that no report has. */
const editor = 'the editor';

/** Everything in one go. Bounded in files, bytes and time; what lies in the workspace never makes it fail. */
export async function analyse(request: AnalysisRequest): Promise<Analysis> {
  const deadline = performance.now() + request.maxMs;
  const { reports, files, problems } = await findFiles(request);
  const root = await realpath(request.folder).catch(() => request.folder);
  const known = [...new Set([...files, ...(request.tracked ?? [])])];
  const paths = createWorkspacePaths(request.folder, known);
  const read = await readReports(request, reports, root, paths, problems);
  const own = await readSources(request, root, deadline, problems);
  const all = [...read.findings, ...own.findings];
  const judged = [...read.judged, ...own.judged];
  const signals = all.map(({ finding, source, at }) => toQualitySignal(finding, source, at));
  return {
    signals: worstOf(signals),
    judged: all.length > maxFound ? [] : judged,
    found: signals.slice(0, maxFound).map(({ fingerprint }) => fingerprint.hash),
    present: [...reports, editor],
    successors: all.length > maxFound ? [] : read.successors,
    counts: countsOf(signals),
    reports: read.reports,
    files: own.files,
    problems,
  };
}

interface Placed {
  readonly finding: QualityFinding;
  /** Where it is read, and of when that is. */
  readonly source: string;
  readonly at: string;
}

async function findFiles({ folder, reports, ignore }: AnalysisRequest) {
  const isIgnored = picomatch([...ignore], { dot: true });
  const isReport = picomatch([...reports], { dot: true });
  const walked = await walk(folder, {
    kindOf: (path) => (!isIgnored(path) && isReport(path) ? ('report' as const) : undefined),
    prunes: (path) => isIgnored(`${path}/\u0001/\u0001`),
  });
  return {
    reports: newestOfSeries(
      await dated(
        folder,
        walked.sources.map(({ file }) => file),
      ),
    ),
    files: [...walked.byName.values()].flat(),
    problems: walked.problems.filter(({ file }) => isReport(file)),
  };
}

/** What can't be looked at is told when it is read. */
function dated(folder: string, files: readonly string[]): Promise<readonly Dated[]> {
  const look = async (file: string): Promise<Dated> => ({
    file,
    mtimeMs: await stat(join(folder, file)).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    ),
  });
  return Promise.all(files.map(look));
}

type Problems = { file: string; reason: string }[];

async function readReports(
  { folder, now, diagnostics }: AnalysisRequest,
  reports: readonly string[],
  root: string,
  paths: WorkspacePaths,
  problems: Problems,
) {
  const coverage = new Map<string, { one: FileCoverage; source: string; at: string }>();
  const lint: (LintFinding & { file: string; source: string; at: string })[] = [];
  const judged = new Set<string>();
  const successors: { domain: string; at: string }[] = [];
  let count = 0;

  const take = (found: ReturnType<typeof readReport>, source: string, at: string): void => {
    for (const one of found?.coverage ?? []) {
      const file = paths.find(one.path, source);
      const known = file === undefined ? undefined : coverage.get(file);
      // Of several reports the newest tells how it is now; of the same time, the one that runs most.
      const isBetter =
        !known ||
        at > known.at ||
        (at === known.at && one.hit / one.found > known.one.hit / known.one.found);
      if (file !== undefined && isBetter) coverage.set(file, { one, source, at });
    }
    for (const one of found?.lint ?? []) {
      const file = paths.find(one.path, source);
      if (file !== undefined) lint.push({ ...one, file, source, at });
    }
    // Of this report alone: what another one would have said is not known to be gone.
    const whole = [
      ...(found?.coverage ? [{ kind: 'coverage' as const, tool: '' }] : []),
      ...(found?.tools ?? []).map((tool) => ({ kind: 'lint' as const, tool })),
    ];
    for (const one of whole) {
      judged.add(domainOf(one, source));
      for (const more of [seriesOf(source), folderOf(source)]) {
        successors.push({ domain: domainOf(one, more), at });
      }
    }
  };

  for (const source of reports.slice(0, maxReports)) {
    const read = await textOf(join(folder, source), root, maxReportBytes);
    const found = 'text' in read ? readReport(source, read.text) : undefined;
    if ('text' in read && found) {
      count++;
      take(found, source, read.at);
    } else {
      const reason = 'text' in read ? 'no report of a known kind' : read.reason;
      problems.push({ file: source, reason });
    }
  }
  if (diagnostics) take(readDiagnostics(diagnostics), editor, now);
  const findings: Placed[] = [...coverage].flatMap(([file, { one, source, at }]) => {
    const finding = coverageGap(file, one);
    return finding ? [{ finding, source, at }] : [];
  });
  const from = new Map(
    lint.map(({ file, tool, source, at }) => [`${tool} ${file}`, { source, at }]),
  );
  for (const finding of linted(lint)) {
    const { source, at } = from.get(`${finding.tool} ${finding.file}`) ?? { source: '', at: now };
    findings.push({ finding, source, at });
  }
  return { findings, judged: [...judged], successors, reports: count };
}

/** Our own: what is the same in two places, hard to follow, or unexplained. */
async function readSources(
  { folder, tracked, ignore, now }: AnalysisRequest,
  root: string,
  deadline: number,
  problems: Problems,
) {
  if (!tracked) return { findings: [], judged: [], files: 0 };
  const isIgnored = picomatch([...ignore], { dot: true });
  const own = [...tracked]
    .filter((path) => languageOf(path) && isOwnSource(path) && !isIgnored(path))
    .sort();
  const duplicates = createDuplicates();
  const findings: QualityFinding[] = [];
  let bytes = 0;
  let files = 0;
  let isWhole = own.length <= maxSources;
  for (const path of own.slice(0, maxSources)) {
    if (performance.now() > deadline || bytes > maxSourceTotal) {
      isWhole = false;
      break;
    }
    const read = await textOf(join(folder, path), root, maxSourceBytes);
    const language = languageOf(path);
    if (!('text' in read) || !language || isMade(read.text)) continue;
    bytes += read.text.length;
    files++;
    const tokens = tokensOf(read.text, language);
    duplicates.add(path, tokens);
    const documentation = documentationOf(path, read.text);
    const found = [
      tooComplex(path, complexityOf(tokens, language)),
      documentation && unexplained(path, documentation),
    ];
    findings.push(...found.filter((one) => one !== undefined));
  }
  findings.push(...duplicated(duplicates.find()));
  if (!isWhole) {
    const reason = `the code analysis looked at ${files} of ${own.length} source files`;
    problems.push({ file: '.', reason });
  }
  const judged = isWhole ? ['duplication', 'complexity', 'undocumented'] : [];
  return {
    findings: findings.map((finding) => ({ finding, source: finding.file, at: now })),
    judged,
    files,
  };
}

type Read = { readonly text: string; readonly at: string } | { readonly reason: string };

/** The text of a plain file that lies in the folder, also when a folder on the way is a link. */
async function textOf(path: string, root: string, maxBytes: number): Promise<Read> {
  try {
    const real = await realpath(path);
    if (!real.startsWith(root + sep)) return { reason: 'a link that leads out of the workspace' };
    const found = await stat(real);
    if (!found.isFile()) return { reason: 'not a regular file' };
    if (found.size > maxBytes) return { reason: `more than ${maxBytes / (1 << 20)} MiB` };
    return { text: decoded(await readFile(real)), at: found.mtime.toISOString() };
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

/** PowerShell writes UTF-16. */
function decoded(bytes: Buffer): string {
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
  return bytes.toString(isWide ? 'utf16le' : 'utf8');
}

function worstOf(signals: readonly QualitySignal[]): QualitySignal[] {
  const counts = new Map<string, number>();
  return [...signals].sort(byWeight).filter(({ finding }) => {
    const kind = `${finding.kind} ${finding.severity}`;
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    return count < maxSignalsPerKind;
  });
}

function byWeight(a: QualitySignal, b: QualitySignal): number {
  return (
    b.finding.weight - a.finding.weight || a.fingerprint.hash.localeCompare(b.fingerprint.hash)
  );
}

function countsOf(signals: readonly QualitySignal[]): Record<QualityKind, number> {
  const counts = { coverage: 0, duplication: 0, complexity: 0, undocumented: 0, lint: 0 };
  for (const { finding } of signals) counts[finding.kind]++;
  return counts;
}
