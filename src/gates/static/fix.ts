import { join } from 'node:path';
import type { Shell } from '../../core/ports.ts';
import type { ToolFinding } from '../../core/toolFix.ts';
import { binaryOf, tools } from './tools.ts';

/** What makes each tool mend what it finds in a file; of one rule only, where it can be told. */
const calls: Readonly<Record<ToolFinding['tool'], (finding: ToolFinding) => readonly string[]>> = {
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
  // What it can't mend it reports by its exit code; what it has mended is what counts.
  await held.run({ file, args: calls[finding.tool](finding), cwd: root, timeoutMs }, signal);
  return true;
}

export function isInstalled(finding: ToolFinding, root: string): boolean {
  const tool = tools.find(({ name }) => name === finding.tool);
  return tool !== undefined && binaryOf(tool, join(root), process.env) !== undefined;
}
