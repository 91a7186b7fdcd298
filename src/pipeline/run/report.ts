export const runTypes = ['hourly', 'daily', 'weekly', 'monthly', 'full'] as const;
export type RunType = (typeof runTypes)[number];

/** What a run came to; the stable field names of its JSON. Everything in it is one line of plain text. */
export interface RunReport {
  readonly type: RunType;
  readonly dryRun: boolean;
  readonly startedAt: string;
  readonly endedAt: string;
  /** When a run of this type ended before. */
  readonly previousAt?: string;
  readonly found: readonly string[];
  readonly done: readonly string[];
  readonly skipped: readonly Reasoned[];
  readonly failed: readonly Reasoned[];
}

export interface Reasoned {
  readonly what: string;
  readonly why: string;
}

/** Titles come from logs: nothing of them is to be a link, an image or a tag where the report is shown. */
export function markdownOf(report: RunReport): string {
  const { type, startedAt, endedAt, previousAt, found, done, skipped, failed } = report;
  const reasons = (all: readonly Reasoned[]) => all.map(({ what, why }) => `${what}: ${why}`);
  return [
    `# Patchwright, ${type} run`,
    '',
    `${startedAt} to ${endedAt}${previousAt ? `; the one before ended ${previousAt}` : ''}.`,
    ...section('Found', found),
    ...section('Done', done),
    ...section('Skipped', reasons(skipped)),
    ...section('Failed', reasons(failed)),
    '',
  ].join('\n');
}

function section(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return ['', `## ${title}`, '', 'Nothing.'];
  return ['', `## ${title}`, '', ...lines.map((line) => `- ${plain(line)}`)];
}

function plain(line: string): string {
  return line.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|!#&~]/g, '\\$&');
}

/** `2026-03-05T080000.123Z-hourly`: sorts by time, and is a file's name everywhere; no two runs share one. */
export function reportName({ type, startedAt }: Pick<RunReport, 'type' | 'startedAt'>): string {
  return `${startedAt.slice(0, 23).replaceAll(':', '')}Z-${type}`;
}
