import { join } from 'node:path';
import type { Diagnostic } from '../core/diagnostics.ts';
import type { ToolFinding } from '../core/toolFix.ts';
import type { GateContext, Gate, GateFinding } from './context.ts';
import { failed, notConfigured, passed, plural } from './finding.ts';
import { guarded } from './guardedRun.ts';
import { type Found, newFindings } from './static/found.ts';
import { checkSyntax, type Syntax } from './static/syntax.ts';
import { type BaseFiles, binaryOf, type Tool, tools } from './static/tools.ts';
import { readWritten } from './tests/written.ts';
import { renames, type TreeChange, treeChanges, treePaths } from './treeChanges.ts';

const maxSourceBytes = 2 << 20;
const maxOutputBytes = 16 << 20;

/**
 * The syntax of every changed file, then the project's own type checker and linters on base and patch:
 * only what the patch adds counts. Which of them are used is the base's to say.
 */
export const staticAnalysis: Gate = {
  id: 'static',
  runsCode: true, // a linter's configuration is code
  async run(context, signal) {
    const { git, patch } = context;
    const changes = await treeChanges(git, patch.base, patch.commit, signal);
    const moved = await renames(git, patch.base, patch.commit, signal);
    const syntax = await checkAll(context, changes, moved, signal);
    if (syntax.problems.length > 0) return refusal(syntax.problems, syntax);
    const paths = changes.flatMap(({ path }) => path ?? []);
    const used = await usedTools(context, paths, signal);
    if (used.length === 0 && syntax.checked === 0) {
      return notConfigured(
        'The patch changes no file that a parser, type checker or linter here reads.',
        {
          evidence: syntax.evidence,
        },
      );
    }
    const reports = await compare(context, used, changes, moved, signal);
    if (reports.problem) return failed(reports.problem, reports);
    const evidence = [...syntax.evidence, ...reports.evidence];
    const marks = [...reports.marks, ...configurationMarks(paths)];
    if (reports.added.length > 0) return refusal(reports.added, { evidence, marks });
    return passed(summary(syntax.checked, reports.ran), { evidence, marks });
  },
};

/** As much of a gate's context as running the project's checkers takes. */
export type Checking = Pick<
  GateContext,
  'git' | 'patch' | 'checkout' | 'folder' | 'held' | 'timeoutMs'
>;

/** What the project's own checkers say of the patch and did not say of its base. Leaves another tree behind. */
export async function introducedBy(
  context: Checking,
  signal?: AbortSignal,
): Promise<readonly Diagnostic[]> {
  const { git, patch } = context;
  const changes = await treeChanges(git, patch.base, patch.commit, signal);
  const moved = await renames(git, patch.base, patch.commit, signal);
  const paths = changes.flatMap(({ path }) => path ?? []);
  const used = await usedTools(context, paths, signal);
  return (await compare(context, used, changes, moved, signal)).found;
}

/** Whether there is a checker that is set up in the commit and installed. */
export async function hasCheckers(context: Checking, signal?: AbortSignal): Promise<boolean> {
  const base = await baseFiles(context, signal);
  const root = join(context.checkout.path, context.folder);
  for (const tool of tools) {
    if (binaryOf(tool, root, process.env) && (await tool.isConfigured(base))) return true;
  }
  return false;
}

/** How often the tool reports it, on the base and on the patch; why that is not known. */
export async function countFindings(
  context: Checking,
  { tool: name, rule, file }: ToolFinding,
  signal?: AbortSignal,
): Promise<{ readonly before: number; readonly after: number } | string> {
  const tool = tools.find((one) => one.name === name);
  if (!tool) return 'it is not known';
  const { patch } = context;
  const counts: number[] = [];
  for (const tree of [patch.base, patch.commit]) {
    const ran = await guarded(context, tree, () => runAll(context, [tool], [file], signal), signal);
    if (ran.problems[0] !== undefined) return ran.problems[0];
    const said = ran.result.get(name);
    if (said === undefined || typeof said === 'string') return said ?? 'it did not run';
    const same = said.found.filter((one) => one.file === file && isRule(one.rule, rule));
    counts.push(same.length);
  }
  const [before = 0, after = 0] = counts;
  return { before, after };
}

/** Some put their own name before it: `Ruff (F401)`. */
function isRule(said: string, rule: string): boolean {
  return said === rule || said.endsWith(`(${rule})`) || said.endsWith(`/${rule}`);
}

function refusal(
  problems: readonly string[],
  details: { readonly evidence: readonly string[]; readonly marks?: readonly string[] },
): GateFinding {
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return failed(`${problems[0]}${more}`, {
    ...details,
    evidence: [...problems, ...details.evidence],
  });
}

function summary(checked: number, ran: readonly string[]): string {
  const files = `${plural(checked, 'changed file')} parsed`;
  return ran.length > 0 ? `${files}; nothing new from ${ran.join(', ')}.` : `${files}.`;
}

function configurationMarks(paths: readonly string[]): string[] {
  const configs =
    /(^|\/)(tsconfig[^/]*\.json|eslint\.config\.\w+|\.eslintrc[^/]*|\.?biome\.jsonc?|\.oxlintrc\.json|\.?ruff\.toml|\.flake8|\.?mypy\.ini|pyrightconfig\.json|\.golangci\.\w+|\.?clippy\.toml)$/;
  return paths
    .filter((path) => configs.test(path))
    .map((path) => `changes what is checked: ${path}`);
}

interface CheckedSyntax {
  readonly problems: readonly string[];
  readonly evidence: readonly string[];
  readonly checked: number;
}

async function checkAll(
  context: GateContext,
  changes: readonly TreeChange[],
  moved: ReadonlyMap<string, string>,
  signal?: AbortSignal,
): Promise<CheckedSyntax> {
  const problems: string[] = [];
  const evidence: string[] = [];
  let checked = 0;
  for (const { path, status, newMode } of changes) {
    if (path === undefined || status === 'D' || !newMode.startsWith('100')) continue;
    const syntax = await syntaxAt(context, context.patch.commit, path, signal);
    if (syntax?.kind === 'fine') checked++;
    if (syntax?.kind === 'unchecked') evidence.push(`syntax not checked: ${path}: ${syntax.why}`);
    if (syntax?.kind !== 'wrong') continue;
    checked++;
    const before = status === 'A' && !moved.has(path) ? undefined : (moved.get(path) ?? path);
    const was = before && (await syntaxAt(context, context.patch.base, before, signal));
    const line = `${path}:${syntax.line}: ${syntax.message}`;
    if (was && was.kind === 'wrong') evidence.push(`wrong before already: ${line}`);
    else problems.push(`Syntax error: ${line}`);
  }
  return { problems, evidence, checked };
}

async function syntaxAt(
  { git, held, checkout }: GateContext,
  commit: string,
  path: string,
  signal?: AbortSignal,
): Promise<Syntax | undefined> {
  const size = Number(await git.run(['cat-file', '-s', `${commit}:${path}`], { signal }));
  if (size > maxSourceBytes) return { kind: 'unchecked', why: 'it is too large' };
  const bytes = await git.bytes(['cat-file', 'blob', `${commit}:${path}`], {
    signal,
    maxOutputBytes: 2 * maxSourceBytes,
  });
  return checkSyntax(held, { path, text: bytes.toString('utf8') }, checkout.path, signal);
}

async function usedTools(
  context: Checking,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<readonly Tool[]> {
  const base = await baseFiles(context, signal);
  const used: Tool[] = [];
  for (const tool of tools) {
    if (paths.some((path) => tool.concerns(path)) && (await tool.isConfigured(base))) {
      used.push(tool);
    }
  }
  // Clippy checks what cargo does, and more.
  const names = new Set(used.map(({ name }) => name));
  return used.filter(({ name }) => name !== 'cargo check' || !names.has('cargo clippy'));
}

async function baseFiles(
  { git, patch, folder }: Checking,
  signal?: AbortSignal,
): Promise<BaseFiles> {
  const paths = await treePaths(git, patch.base, signal);
  const inFolder = paths.flatMap((path) => (path?.startsWith(folder) ? [path] : []));
  const names = [...new Set(inFolder.map((path) => path.slice(folder.length).split('/')[0] ?? ''))];
  return {
    names,
    text: async (name) =>
      names.includes(name)
        ? git.run(['cat-file', 'blob', `${patch.base}:${folder}${name}`], { signal })
        : '',
  };
}

interface Comparison {
  /** Why nothing can be said: the tools did what they must not. */
  readonly problem?: string;
  readonly added: readonly string[];
  readonly evidence: readonly string[];
  readonly marks: readonly string[];
  readonly ran: readonly string[];
  readonly found: readonly Diagnostic[];
}

/** What a tool said of one tree; a reason when it could not be run. */
type Said = { readonly found: readonly Found[]; readonly lines: (found: Found) => string } | string;

async function compare(
  context: Checking,
  used: readonly Tool[],
  changes: readonly TreeChange[],
  moved: ReadonlyMap<string, string>,
  signal?: AbortSignal,
): Promise<Comparison> {
  if (used.length === 0) return { added: [], evidence: [], marks: [], ran: [], found: [] };
  const { patch, folder } = context;
  const inside = (path: string): string[] =>
    path.startsWith(folder) ? [path.slice(folder.length)] : [];
  const there = (gone: TreeChange['status']): string[] =>
    changes.flatMap(({ path, status }) => (path && status !== gone ? inside(path) : []));
  const before = await guarded(
    context,
    patch.base,
    () => runAll(context, used, there('A').concat([...moved.values()].flatMap(inside)), signal),
    signal,
  );
  if (before.problems[0] !== undefined) return misbehaved(before.problems);
  const working = used.filter(({ name }) => typeof before.result.get(name) !== 'string');
  const after = await guarded(
    context,
    patch.commit,
    () => runAll(context, working, there('D'), signal),
    signal,
  );
  if (after.problems[0] !== undefined) return misbehaved(after.problems);
  const judged = used.map(({ name }) =>
    judgeTool(name, before.result.get(name), after.result.get(name), (file) =>
      (moved.get(folder + file) ?? folder + file).slice(folder.length),
    ),
  );
  return {
    added: judged.flatMap(({ added }) => added),
    evidence: judged.flatMap(({ evidence }) => evidence),
    marks: [...before.marks, ...after.marks, ...judged.flatMap(({ marks }) => marks)],
    ran: working.map(({ name }) => name),
    found: judged.flatMap(({ found }) => found),
  };
}

function misbehaved(problems: readonly string[]): Comparison {
  const problem = `A type checker or linter did what it must not do: ${problems[0]}.`;
  return { problem, added: [], evidence: problems, marks: [], ran: [], found: [] };
}

function judgeTool(
  name: string,
  before: Said | undefined,
  after: Said | undefined,
  oldName: (file: string) => string,
): Omit<Comparison, 'ran'> {
  if (before === undefined || typeof before === 'string') {
    return { added: [], evidence: [`${name} not run: ${before}`], marks: [], found: [] };
  }
  if (after === undefined || typeof after === 'string') {
    const added = `${name} runs without the patch, and with it not any more: ${after}`;
    return { added: [added], evidence: [], marks: [], found: [] };
  }
  const added = newFindings(
    before.found,
    after.found,
    (side, found) => (side === 'before' ? before : after).lines(found),
    oldName,
  );
  const line = ({ file, line: at, rule, message }: Found): string =>
    `${name}: ${file}:${at}: ${[rule, message].filter(Boolean).join(' ')}`;
  const known = after.found.length - added.length;
  return {
    added: added.filter(({ severity }) => severity === 'error').map(line),
    evidence: [`${name}: ${added.length} new, ${known} as before.`],
    marks: added.filter(({ severity }) => severity === 'warning').map((one) => `new ${line(one)}`),
    found: added.map(({ rule, ...rest }) => ({
      ...rest,
      ...(rule ? { code: rule } : {}),
      source: name,
    })),
  };
}

async function runAll(
  context: Checking,
  used: readonly Tool[],
  files: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Said>> {
  const said = new Map<string, Said>();
  const base = await baseFiles(context, signal);
  for (const tool of used) said.set(tool.name, await runTool(context, tool, files, base, signal));
  return said;
}

async function runTool(
  context: Checking,
  tool: Tool,
  files: readonly string[],
  base: BaseFiles,
  signal?: AbortSignal,
): Promise<Said> {
  const root = join(context.checkout.path, context.folder);
  const binary = binaryOf(tool, root, process.env);
  if (!binary) return `${tool.binary} is not installed`;
  const concerned = files.filter((path) => tool.concerns(path));
  const found: Found[] = [];
  for (const args of await tool.calls(concerned, base)) {
    const result = await context.held.run(
      { file: binary, args, cwd: root, timeoutMs: context.timeoutMs, maxOutputBytes },
      signal,
    );
    const [stdout, stderr] = [result.stdout.toString('utf8'), result.stderr.toString('utf8')];
    if (result.timedOut) return `it did not end within ${context.timeoutMs / 1000} s`;
    const read = tool.read({ stdout, stderr, root });
    if (!read || (read.length === 0 && result.exitCode !== 0)) {
      return `it ended with code ${result.exitCode}: ${firstLine(stderr) || firstLine(stdout)}`;
    }
    found.push(...read);
  }
  return { found, lines: createLines(root, found) };
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}

/** Reads the lines now: the tree makes way for the next one. */
function createLines(root: string, found: readonly Found[]): (found: Found) => string {
  const files = new Map<string, readonly string[]>();
  for (const { file } of found) if (!files.has(file)) files.set(file, linesOf(join(root, file)));
  return ({ file, line }) => files.get(file)?.[line - 1] ?? '';
}

/** [] for what lies outside, or is not there: then the message alone tells. */
function linesOf(file: string): readonly string[] {
  return readWritten(file)?.split('\n') ?? [];
}
