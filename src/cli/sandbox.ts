import type { CommandResult } from '../core/ports.ts';
import { openSandbox } from '../compose.ts';
import { type Arguments, usageError } from './arguments.ts';
import { exit } from './exitCodes.ts';
import { folderOf, folderSettings } from './folder.ts';
import { type Output, plain } from './output.ts';

export const sandboxHelp = [
  'sandbox [--timeout SECONDS] -- COMMAND…',
  'run a command where the tests of patches run; its exit code is passed on',
] as const;

/** As `timeout` has it, and what a shell says of a killed command. */
const timedOutCode = 124;
const killedCode = 137;

/** Opens no backlog and writes nothing but what the command writes. */
export async function sandbox(
  args: Arguments,
  out: Output,
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<number> {
  const [file, ...rest] = args.rest;
  if (file === undefined) throw usageError('`sandbox` needs a command.');
  const folder = folderOf(args);
  const settings = folderSettings(folder, environment);
  const { shell, state } = await openSandbox(folder, settings, environment);
  if (state.kind === 'without') out.warn(`No sandbox, as you chose: ${state.reason}`);
  const result = await shell.run(
    {
      file,
      args: rest,
      cwd: folder,
      timeoutMs: (args.timeoutSeconds ?? settings.test.timeoutSeconds) * 1000,
      ...(out.json ? {} : { onOutput: passOn }),
    },
    signal,
  );
  const { exitCode, timedOut, stopped, durationMs } = result;
  if (out.json) {
    const [stdout, stderr] = [result.stdout, result.stderr].map((bytes) => bytes.toString('utf8'));
    const more = { timedOut, stopped: stopped ?? null, durationMs };
    out.result({ exitCode, ...more, stdout, stderr }, () => '');
  } else if (stopped) out.warn(`patchwright: the command was ended: ${stopped}.`);
  else if (timedOut) out.warn('patchwright: the command was ended: it took too long.');
  return codeOf(result);
}

function codeOf({ exitCode, timedOut, stopped }: CommandResult): number {
  if (timedOut) return timedOutCode;
  if (stopped) return exitCode || killedCode;
  return exitCode ?? exit.failed;
}

/** A terminal is not for the command to write to; a file or a pipe gets what it printed. */
function passOn(text: string, name: 'stdout' | 'stderr'): void {
  const stream = process[name];
  stream.write(stream.isTTY ? plain(text) : text);
}
