import { resolve } from 'node:path';
import type { FileFindings } from '../pipeline/scanFiles.ts';
import { createGit } from '../platform/git.ts';
import { createShell } from '../platform/shell.ts';
import { type Arguments, usageError } from './arguments.ts';
import { exit } from './exitCodes.ts';
import type { Output } from './output.ts';

export const scanSecretsHelp = [
  'scan-secrets FILE… [--folder DIR]',
  'look for secrets in files and folders; exit code 4 when there are any',
] as const;

/** Opens no backlog and writes nothing. */
export async function scanSecrets(
  args: Arguments,
  out: Output,
  signal: AbortSignal,
): Promise<number> {
  if (args.rest.length === 0)
    throw usageError('`scan-secrets` needs the name of a file or folder.');
  const { scanFiles } = await import('../pipeline/scanFiles.ts');
  const folder = resolve(args.folder);
  const shell = createShell();
  const git = createGit(shell, folder);
  const found = await scanFiles({ names: args.rest, folder, git, shell }, signal);
  for (const problem of found.problems) out.warn(problem);
  const { findings, files, bytes } = found;
  out.result({ findings, files, bytes }, () => textOf(found));
  if (findings.length > 0) return exit.refused;
  return found.problems.length > 0 ? exit.failed : exit.done;
}

function textOf({ findings, files }: FileFindings): string {
  const places = findings.map(
    ({ file, line, column, rule, masked }) => `${file}:${line}:${column}: ${rule} ${masked}`,
  );
  const count =
    findings.length === 0
      ? 'No secrets'
      : `${findings.length} secret${findings.length === 1 ? '' : 's'}`;
  return [...places, `${count} in ${files} file${files === 1 ? '' : 's'}.`].join('\n');
}
