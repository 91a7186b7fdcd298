import { afterAssignments, baseName, type Segment, segmentsOf } from './scriptLine.ts';

export type Scripts = Readonly<Record<string, string>>;

const maxDepth = 6;

/**
 * A command line as single commands, with `npm run x` (yarn, pnpm too) replaced by what the script and
 * its `pre` say. undefined: it can't be taken apart, so it has to run as it is.
 */
export function expandLine(
  line: string,
  scripts: Scripts,
  depth = 0,
): readonly Segment[] | undefined {
  const segments = depth > maxDepth ? undefined : segmentsOf(line);
  if (!segments) return undefined;
  const expanded: Segment[] = [];
  for (const segment of segments) {
    const call = scriptCall(segment);
    if (!call || !Object.hasOwn(scripts, call.name)) {
      expanded.push(segment);
      continue;
    }
    const inner = expandCall(call, scripts, depth + 1);
    if (!inner) return undefined;
    expanded.push(...inner);
  }
  return expanded;
}

interface ScriptCall {
  readonly name: string;
  readonly assignments: Segment;
  readonly extra: Segment;
}

function expandCall(
  call: ScriptCall,
  scripts: Scripts,
  depth: number,
): readonly Segment[] | undefined {
  const before = scripts[`pre${call.name}`];
  const lines = [...(before === undefined ? [] : [before]), scripts[call.name] ?? ''];
  const parts = lines.map((line) => expandLine(line, scripts, depth));
  if (parts.includes(undefined)) return undefined;
  const segments = parts.flatMap((part) => part ?? []);
  return segments.map((segment, i) => [
    ...call.assignments,
    ...segment,
    ...(i === segments.length - 1 ? call.extra : []),
  ]);
}

function scriptCall(segment: Segment): ScriptCall | undefined {
  const start = afterAssignments(segment);
  const manager = baseName(segment[start]);
  if (!['npm', 'yarn', 'pnpm', 'bun'].includes(manager)) return undefined;
  const rest = segment.slice(start + 1).filter((word) => !/^(-s|--silent)$/.test(word.text));
  const runs = /^(run|run-script)$/.test(rest[0]?.text ?? '');
  const name = runs
    ? rest[1]?.text
    : /^(t|tst)$/.test(rest[0]?.text ?? '')
      ? 'test'
      : rest[0]?.text;
  if (!name || (!runs && manager === 'npm' && name !== 'test')) return undefined;
  const extra = rest.slice(runs ? 2 : 1).filter((word) => word.text !== '--');
  return { name, assignments: segment.slice(0, start), extra };
}
