/** Gates: what every patch must pass before a person is asked. Only executed evidence counts. */

export const gateIds = [
  'protected',
  'size',
  'secrets',
  'static',
  'reproduction',
  'suite',
  'coverage',
  'loop',
  'mcp',
] as const;
export type GateId = (typeof gateIds)[number];
export type Verdict = 'passed' | 'failed' | 'skipped' | 'not_configured';

export interface GateReport {
  readonly id: GateId;
  readonly verdict: Verdict;
  /** One sentence a person can act on. */
  readonly reason: string;
  readonly durationMs: number;
  /** Facts that back the verdict, each one line. */
  readonly evidence: readonly string[];
  /** Output of what was run, sanitised and bounded. */
  readonly output: string;
  /** Findings that do not fail the gate but that the reviewer must see. */
  readonly marks: readonly string[];
}

export const gateTitles: Readonly<Record<GateId, string>> = {
  protected: 'Protected files',
  size: 'Patch size',
  secrets: 'Secrets',
  static: 'Static analysis',
  reproduction: 'Reproduction test',
  suite: 'Test suite',
  coverage: 'Coverage',
  loop: 'Loops and speed',
  mcp: 'MCP servers',
};

/** A patch passes when no gate failed and none that must run was left out. */
export function gatesPassed(reports: readonly GateReport[]): boolean {
  return (
    reports.length > 0 &&
    reports.every((r) => r.verdict === 'passed' || r.verdict === 'not_configured')
  );
}

/** For the status bar: passed and run, of those that apply. */
export function gateTally(reports: readonly GateReport[]): { passed: number; of: number } {
  const applicable = reports.filter((r) => r.verdict !== 'not_configured');
  return { passed: applicable.filter((r) => r.verdict === 'passed').length, of: applicable.length };
}
