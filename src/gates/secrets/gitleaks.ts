import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorMessage, systemCode, throwIfCancelled } from '../../core/errors.ts';
import type { Shell } from '../../core/ports.ts';
import { isFiller } from '../../core/secretValues.ts';
import { placesOf, type Secret, type Source } from './scanner.ts';

export interface GitleaksResult {
  readonly secrets: readonly Secret[];
  /** Why it gave no answer though it is installed. */
  readonly problem?: string;
}

const timeoutMs = 60_000;
const maxOutputBytes = 16 << 20;

/** Names, hashes and ids are most of what it finds by this rule; ours judges the same with more care. */
const ignoredRules: ReadonlySet<string> = new Set(['generic-api-key']);

const args = [
  'stdin',
  '--no-banner',
  '--no-color',
  '--log-level=error',
  '--report-format=json',
  '--report-path=-',
  '--exit-code=0',
  // A comment in a patch must not switch off what looks at it.
  '--ignore-gitleaks-allow',
];

/** What gitleaks finds in the sources, where it is on the PATH; nothing where it is not. */
export async function runGitleaks(
  shell: Shell,
  sources: readonly Source[],
  signal?: AbortSignal,
): Promise<GitleaksResult> {
  if (sources.length === 0) return { secrets: [] };
  // A folder of ours and empty, so that no settings or ignore list of a project are read.
  const cwd = await mkdtemp(join(tmpdir(), 'patchwright-gitleaks-'));
  try {
    const input = sources.map(({ text }) => text).join('\n');
    const command = { file: 'gitleaks', args, cwd, input, timeoutMs, maxOutputBytes };
    const { exitCode, stdout, stderr, timedOut, truncated } = await shell.run(command, signal);
    if (timedOut) return failed(`no answer within ${timeoutMs / 1000} s`);
    if (truncated) return failed('its report is too long');
    if (exitCode !== 0)
      return failed(`exit code ${exitCode}: ${stderr.toString('utf8').trim().slice(-200)}`);
    return { secrets: readReport(stdout.toString('utf8'), sources) };
  } catch (error) {
    throwIfCancelled(signal);
    return systemCode(error) === 'ENOENT' ? { secrets: [] } : failed(errorMessage(error));
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

function failed(why: string): GitleaksResult {
  return { secrets: [], problem: `gitleaks is installed but could not be used: ${why}` };
}

/** Its line numbers are of all sources together: what it found is looked up in each instead. */
function readReport(report: string, sources: readonly Source[]): Secret[] {
  const findings: unknown = JSON.parse(report.trim() === '' ? '[]' : report);
  if (!Array.isArray(findings)) throw new Error('its report is not a list.');
  const values = new Map<string, string>();
  for (const one of findings as readonly {
    readonly RuleID?: unknown;
    readonly Secret?: unknown;
  }[]) {
    if (typeof one.Secret !== 'string' || typeof one.RuleID !== 'string') {
      throw new Error('its report names no secret.');
    }
    if (ignoredRules.has(one.RuleID) || isFiller(one.Secret) || one.Secret === '') continue;
    values.set(one.Secret, `gitleaks-${one.RuleID}`);
  }
  return sources.flatMap((source) =>
    [...values].flatMap(([value, rule]) => placesOf(value, rule, source)),
  );
}
