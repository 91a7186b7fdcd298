import type { QualityFinding, QualityKind } from '../../core/signal.ts';
import type { Clone } from './duplication.ts';
import type { FunctionComplexity } from './complexity.ts';
import type { FileCoverage, LintFinding } from './report.ts';
import type { Documentation } from './undocumented.ts';

/** What is worth a ticket, one for each file and rule. Pure. */

export const maxPlaces = 12;
/** A function with more ways through it than that is hard to test; linters warn from here. */
const maxComplexity = 20;
/** A gap: less than this share of the lines is run, and at least so many are not. */
const minCovered = 0.8;
const minMissed = 10;
const minUndocumented = 3;
const minUndocumentedShare = 0.5;

type Counted = Pick<QualityFinding, 'severity' | 'count' | 'weight' | 'reason' | 'places'> & {
  readonly line?: number | undefined;
};

function finding(
  kind: QualityKind,
  file: string,
  { line, ...counted }: Counted,
  from: Pick<QualityFinding, 'tool' | 'rule'> = { tool: '', rule: '' },
): QualityFinding {
  return { kind, ...from, file, ...(line === undefined ? {} : { line }), ...counted };
}

export function coverageGap(file: string, coverage: FileCoverage): QualityFinding | undefined {
  const { found, hit, missed } = coverage;
  const count = found - hit;
  if (count < minMissed || hit >= minCovered * found) return undefined;
  const share = Math.round((100 * hit) / found);
  return finding('coverage', file, {
    line: missed[0],
    severity: 'warning',
    count,
    weight: count,
    reason: `Tests run ${share} % of ${file}: ${count} of ${found} lines are not run.`,
    places: rangesOf(missed),
  });
}

/** `12–18`, `30`: lines that follow each other as one. */
function rangesOf(lines: readonly number[]): string[] {
  const ranges: string[] = [];
  let from = lines[0];
  for (const [i, line] of lines.entries()) {
    if (lines[i + 1] === line + 1) continue;
    if (ranges.length === maxPlaces) break;
    ranges.push(from === line ? `line ${line}` : `lines ${from}–${line}`);
    from = lines[i + 1];
  }
  return ranges;
}

export function tooComplex(
  file: string,
  functions: readonly FunctionComplexity[],
): QualityFinding | undefined {
  const over = functions
    .filter(({ complexity }) => complexity > maxComplexity)
    .sort((a, b) => b.complexity - a.complexity || a.line - b.line);
  const [worst] = over;
  if (!worst) return undefined;
  const more = over.length === 1 ? '' : ` ${over.length} functions are like that.`;
  return finding('complexity', file, {
    line: worst.line,
    severity: 'warning',
    count: over.length,
    weight: worst.complexity,
    reason: `${worst.complexity} ways lead through ${worst.name} in ${file}; more than ${maxComplexity} are hard to test.${more}`,
    places: over
      .slice(0, maxPlaces)
      .map(({ name, line, complexity }) => `line ${line}: ${name}, ${complexity} ways through it`),
  });
}

/** All that a file has in common with others or with itself, told at the first of each two places. */
export function duplicated(clones: readonly Clone[]): QualityFinding[] {
  const byFile = new Map<string, Clone[]>();
  for (const clone of clones) {
    byFile.set(clone.a.file, [...(byFile.get(clone.a.file) ?? []), clone]);
  }
  return [...byFile].map(([file, all]) => {
    const lines = all.reduce((sum, { a }) => sum + a.to - a.from + 1, 0);
    const others = new Set(all.map(({ b }) => b.file)).size;
    const where = all.every(({ b }) => b.file === file)
      ? 'in the same file'
      : `in ${others === 1 ? 'another file' : `${others} files`}`;
    return finding('duplication', file, {
      line: all[0]?.a.from,
      severity: 'warning',
      count: all.length,
      weight: lines,
      reason: `${lines} lines of ${file} stand again ${where}.`,
      places: all
        .slice(0, maxPlaces)
        .map(({ a, b }) => `lines ${a.from}–${a.to}, again in ${b.file}:${b.from}–${b.to}`),
    });
  });
}

export function unexplained(
  file: string,
  { offered, missing }: Documentation,
): QualityFinding | undefined {
  if (missing.length < minUndocumented || missing.length < minUndocumentedShare * offered)
    return undefined;
  return finding('undocumented', file, {
    line: missing[0]?.line,
    severity: 'warning',
    count: missing.length,
    weight: missing.length,
    reason: `${missing.length} of ${offered} things that ${file} offers to others have no comment.`,
    places: missing.slice(0, maxPlaces).map(({ name, line }) => `line ${line}: ${name}`),
  });
}

/** One for each file, linter and rule. */
export function linted(
  found: readonly (LintFinding & { readonly file: string })[],
): QualityFinding[] {
  const groups = new Map<string, (LintFinding & { readonly file: string })[]>();
  for (const one of found) {
    const key = JSON.stringify([one.file, one.tool, one.rule]);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()].map((group) => lintFinding(withoutTwice(group)));
}

type Found = LintFinding & { readonly file: string };

/** A finding that two reports name, or a report and the editor. */
function withoutTwice(group: readonly Found[]): readonly Found[] {
  const known = new Map(group.map((one) => [JSON.stringify([one.line, one.message]), one]));
  return [...known.values()].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

function lintFinding(group: readonly Found[]): QualityFinding {
  const [first] = group as readonly [Found, ...Found[]];
  const { file, tool, rule, message, line } = first;
  const severity = group.some((one) => one.severity === 'error') ? 'error' : 'warning';
  const named = rule === '' ? tool : `${tool} (${rule})`;
  const more = group.length === 1 ? '' : ` And ${group.length - 1} more like it.`;
  return finding(
    'lint',
    file,
    {
      line,
      severity,
      count: group.length,
      weight: group.length + (severity === 'error' ? 1_000_000 : 0),
      reason: `${named} in ${file}: ${message}${more}`,
      places: group
        .slice(0, maxPlaces)
        .map((one) => `${one.line === undefined ? '' : `line ${one.line}: `}${one.message}`),
    },
    { tool, rule },
  );
}
