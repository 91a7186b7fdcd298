import type { TestStatus } from '../../core/testRun.ts';
import { type Outcome, type RawCase, toCases } from './outcome.ts';

/** Reads TAP (testanything.org), with subtests and diagnostics. undefined: it is none. */
export function readTapReport(source: string, root: string): Outcome | undefined {
  const lines = source.split(/\r?\n/);
  const isTap = lines.some((line) => /^TAP version \d+$|^1\.\.\d+/.test(line));
  if (!isTap) return undefined;
  const raw: RawCase[] = [];
  const broken: string[] = [];
  /** Names of the subtests around, by depth; tape has them as comments between flat results. */
  const titles: string[] = [];
  let planned: number | undefined;
  let top = 0;
  lines.forEach((line, i) => {
    const depth = Math.floor((/^ */.exec(line)?.[0].length ?? 0) / 4);
    const text = line.slice(4 * depth);
    const subtest =
      /^# (?:Subtest: )?(?!(?:tests|pass|fail|skip|todo|ok|time|failed|duration)\b)(.+)$/.exec(
        text,
      )?.[1];
    const result = /^(not )?ok\b\s*\d*\s*-?\s*(.*)$/.exec(text);
    const plan = /^1\.\.(\d+)/.exec(text)?.[1];
    if (text.startsWith('Bail out!')) broken.push(text);
    if (depth === 0 && plan !== undefined) planned = Number(plan);
    if (subtest !== undefined) titles.splice(depth, titles.length, subtest);
    if (!result) return;
    if (depth === 0) top += 1;
    const [, not, rest = ''] = result;
    const [name = '', directive] = rest.split(/\s+#\s*(?=(?:skip|todo)\b)/i);
    // A subtest's own result repeats its name; what it holds has been told.
    const isSummary = raw.length > 0 && titles[depth] === name && hasInner(lines, i, depth);
    if (isSummary) titles.splice(depth);
    if (isSummary && !not) return;
    const around = titles.slice(0, depth + 1).filter((title) => title !== name);
    raw.push({ titles: [...around, name], ...outcomeOf(not !== undefined, directive, lines, i) });
  });
  if (planned === undefined) broken.push('The tests ended before their plan was told.');
  else if (planned > top) broken.push(`${planned} results were planned, ${top} came.`);
  return { cases: toCases(raw, root), broken };
}

/** Whether the line before belongs to a deeper level. */
function hasInner(lines: readonly string[], at: number, depth: number): boolean {
  return (lines[at - 1] ?? '').startsWith(' '.repeat(4 * (depth + 1)));
}

function outcomeOf(
  failed: boolean,
  directive: string | undefined,
  lines: readonly string[],
  at: number,
): { readonly status: TestStatus; readonly message?: string } {
  if (directive !== undefined) return { status: 'skipped' };
  if (!failed) return { status: 'passed' };
  return { status: 'failed', message: messageOf(lines, at) };
}

const maxLines = 60;

/** The YAML block below a failure. What names no other error has failed by its own assertion. */
function messageOf(lines: readonly string[], at: number): string {
  const block: string[] = [];
  if (/^\s+---\s*$/.test(lines[at + 1] ?? '')) {
    for (const line of lines.slice(at + 2, at + 2 + maxLines)) {
      if (/^\s+\.\.\.\s*$/.test(line)) break;
      block.push(line);
    }
  }
  const text = block.join('\n');
  const type =
    /^\s+(?:name|type|error|stack):\s*(?:\|-?\s*)?['"]?([A-Z]\w*(?:Error|Exception))\b/m.exec(
      text,
    )?.[1];
  const said = /ok\b\s*\d*\s*-?\s*(.*)$/.exec(lines[at] ?? '')?.[1] ?? '';
  return `${type ?? 'AssertionError'}: ${said}\n${text}`;
}
