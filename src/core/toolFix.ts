import type { QualityFinding } from './signal.ts';
import type { Ticket } from './ticket.ts';

/** Findings that the tool which reports them can also mend. */

export interface ToolFinding {
  /** As the gate for static analysis calls it. */
  readonly tool: 'tsc' | 'eslint' | 'oxlint' | 'biome' | 'ruff' | 'cargo clippy' | 'cargo check';
  readonly rule: string;
  /** Relative to the workspace folder, with `/`. */
  readonly file: string;
}

const prefix = 'tool:';

/** Stands where a model's name does. */
export function toolName({ tool }: ToolFinding): string {
  return prefix + tool.replaceAll(' ', '-');
}

export function isTool(model: string): boolean {
  return model.startsWith(prefix);
}

const tools: Readonly<Record<string, ToolFinding['tool']>> = {
  ts: 'tsc', // as editors call it
  tsc: 'tsc',
  typescript: 'tsc',
  eslint: 'eslint',
  oxlint: 'oxlint',
  oxc: 'oxlint',
  biome: 'biome',
  ruff: 'ruff',
  clippy: 'cargo clippy',
  rustc: 'cargo check',
};

/** undefined: no tool that is known mends what the ticket is about. */
export function toolFindingOf({ metadata }: Pick<Ticket, 'metadata'>): ToolFinding | undefined {
  const finding = metadata['finding'] as Partial<QualityFinding> | undefined;
  if (finding?.kind !== 'lint' || !finding.tool || !finding.rule || !finding.file) return undefined;
  const name = finding.tool.toLowerCase();
  const tool = Object.hasOwn(tools, name) ? tools[name] : undefined;
  // Editors tell the number only.
  const rule = tool === 'tsc' ? finding.rule.replace(/^(?=\d+$)/, 'TS') : finding.rule;
  return tool && { tool, rule, file: finding.file };
}
