import { copyFile, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Shell } from '../../core/ports.ts';
import type { ToolFinding } from '../../core/toolFix.ts';
import { binaryOf, tools } from './tools.ts';

/** What makes each tool mend what it finds in a file; of one rule only, where it can be told. */
const calls: Readonly<
  Record<Exclude<ToolFinding['tool'], 'tsc'>, (finding: ToolFinding) => readonly string[]>
> = {
  eslint: ({ file }) => ['--fix', '--no-error-on-unmatched-pattern', '--', file],
  oxlint: ({ file }) => ['--fix', file],
  biome: ({ file, rule }) => ['lint', '--write', `--only=${rule.replace(/^lint\//, '')}`, file],
  ruff: ({ file, rule }) =>
    ['check', '--fix', '--no-cache', '--force-exclude'].concat(`--select=${rule}`, '--', file),
  'cargo clippy': () => ['clippy', '--fix', '--offline', '--allow-dirty', '--allow-no-vcs'],
  'cargo check': () => ['fix', '--offline', '--allow-dirty', '--allow-no-vcs'],
};

/** Lets the tool change the files below `root`. False when it is not installed. */
export async function fixWithTool(
  held: Shell,
  root: string,
  finding: ToolFinding,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  // A rule or a file that looks like an option is none of ours.
  if (finding.file.startsWith('-') || !/^[\w@/.:-]+$/.test(finding.rule)) return false;
  const tool = tools.find(({ name }) => name === finding.tool);
  const file = tool && binaryOf(tool, root, process.env);
  if (!file) return false;
  if (finding.tool === 'tsc') return fixByLanguageService(held, root, finding, timeoutMs, signal);
  // What it can't mend it reports by its exit code; what it has mended is what counts.
  await held.run({ file, args: calls[finding.tool](finding), cwd: root, timeoutMs }, signal);
  return true;
}

const isSource = import.meta.url.endsWith('.ts');
/** Beside this module: as it is, or as a bundle of its own. */
const codeFixes = fileURLToPath(
  new URL(isSource ? './codeFixes.ts' : './codeFixes.cjs', import.meta.url),
);

/** The compiler mends nothing itself, but the library it comes with knows how editors do it. */
async function fixByLanguageService(
  held: Shell,
  root: string,
  { file, rule }: ToolFinding,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const temp = await realpath(await mkdtemp(join(tmpdir(), 'patchwright-fix-')));
  try {
    const program = join(temp, isSource ? 'codeFixes.mts' : 'codeFixes.cjs');
    await copyFile(codeFixes, program);
    const { exitCode } = await held.run(
      {
        file: process.execPath,
        args: [program, file, rule],
        cwd: root,
        extraEnv: { ELECTRON_RUN_AS_NODE: '1' },
        timeoutMs,
        writable: [temp],
      },
      signal,
    );
    return exitCode === 0;
  } finally {
    await rm(temp, { recursive: true, force: true });
  }
}

export function isInstalled(finding: ToolFinding, root: string): boolean {
  const tool = tools.find(({ name }) => name === finding.tool);
  return tool !== undefined && binaryOf(tool, join(root), process.env) !== undefined;
}
