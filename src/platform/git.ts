import { existsSync, statfsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { askGitByHand, PatchwrightError, systemCode } from '../core/errors.ts';
import type { Command, CommandResult, Git, GitOptions, Shell } from '../core/ports.ts';
import { scrubbedEnv } from './shell.ts';

const maxOutputBytes = 256 << 20;

/**
 * A thin wrapper instead of a library: what Patchwright needs from git are exact bytes, standard input,
 * exit codes as answers (merge-tree) and the one process door that can cancel a whole group.
 */
export function createGit(shell: Shell, cwd: string, hooks = false): Git {
  const execute = async (args: readonly string[], options: GitOptions = {}) => {
    const command = {
      file: 'git',
      args: [...(hooks ? [] : ['-c', 'core.hooksPath=/dev/null']), ...fixed, ...args],
      cwd,
      env: { ...scrubbedEnv(), ...quiet },
      maxOutputBytes: options.maxOutputBytes ?? maxOutputBytes,
      ...(options.extraEnv ? { extraEnv: options.extraEnv } : {}),
      ...(options.input === undefined ? {} : { input: options.input }),
    };
    const result = await runPatiently(shell, command, options.signal).catch((error: unknown) => {
      throw startError(error, cwd);
    });
    if (result.truncated && options.maxOutputBytes === undefined) throw tooMuch(args);
    const code = result.exitCode ?? -1;
    if (!(options.okCodes ?? [0]).includes(code))
      throw gitError(args, code, result.stderr.toString(), cwd);
    return { code, stdout: result.stdout };
  };
  return {
    cwd,
    run: async (args, options) => cut((await execute(args, options)).stdout),
    bytes: async (args, options) => (await execute(args, options)).stdout,
    code: async (args, options) => {
      const { code, stdout } = await execute(args, options);
      return { code, out: cut(stdout) };
    },
    at: (folder) => createGit(shell, folder, hooks),
    withHooks: () => createGit(shell, cwd, true),
  };
}

const maxTries = 20;
const pauseMs = 25;
/** What git ends with when it meets a worktree whose record another git is just writing. */
const halfMade = /failed to read \S{1,4096}\/commondir: Success/;

async function runPatiently(
  shell: Shell,
  command: Command,
  signal?: AbortSignal,
): Promise<CommandResult> {
  for (let tries = 1; ; tries += 1) {
    const result = await shell.run(command, signal);
    const isOver = result.exitCode !== 128 || !halfMade.test(result.stderr.toString());
    if (isOver || tries === maxTries) return result;
    await wait(pauseMs);
  }
}

/** Never ask, never page, never talk to a fsmonitor of the repository's choosing, always English. */
const quiet = {
  GIT_TERMINAL_PROMPT: '0',
  GIT_PAGER: 'cat',
  GIT_EDITOR: 'true',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_LFS_SKIP_SMUDGE: '1',
  LC_ALL: 'C',
};
const fixed = ['-c', 'core.fsmonitor=false', '-c', 'core.quotePath=false'];

function cut(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/\r?\n$/, '');
}

/** The command's own name: what comes before it are settings for this one call. */
function nameOf(args: readonly string[]): string {
  let at = 0;
  while (args[at] === '-c') at += 2;
  return args[at] ?? '';
}

function startError(error: unknown, cwd: string): unknown {
  if (systemCode(error) !== 'ENOENT') return error;
  return existsSync(cwd)
    ? new PatchwrightError(
        'no_git',
        {
          what: 'git was not found.',
          why: 'Patchwright makes every patch with it.',
          remedy: 'Install git 2.38 or newer and make sure that it is on the PATH.',
        },
        { cause: error },
      )
    : new PatchwrightError(
        'git_failed',
        {
          what: `The folder ${cwd} is gone.`,
          why: 'It was moved or deleted.',
          remedy: 'Open the folder where it is now and try again.',
        },
        { cause: error },
      );
}

/** Half an answer would be taken for a whole one. */
function tooMuch(args: readonly string[]): PatchwrightError {
  return new PatchwrightError('git_failed', {
    what: `git ${nameOf(args)} wrote too much.`,
    why: `Its answer is longer than ${maxOutputBytes >> 20} MiB.`,
    remedy: 'Open a smaller part of the repository.',
  });
}

/** So little room that it is the reason when a file could not be written. */
const littleRoomBytes = 16 << 20;

/** git does not say why it could not write a file of the work tree; then the disk itself is asked. */
function isDiskFull(stderr: string, cwd: string): boolean {
  if (/No space left on device|Out of diskspace|Disk quota exceeded/.test(stderr)) return true;
  if (!/unable to write|couldn't write|unable to create file/.test(stderr)) return false;
  try {
    const { bavail, bsize } = statfsSync(cwd);
    return bavail * bsize < littleRoomBytes;
  } catch {
    return false; // the folder is gone: then that is not the reason
  }
}

function gitError(
  args: readonly string[],
  code: number,
  stderr: string,
  cwd: string,
): PatchwrightError {
  const name = nameOf(args);
  const said = stderr.trim().split('\n').slice(-6).join(' ').slice(0, 600);
  if (/not a git repository/.test(stderr)) {
    return new PatchwrightError('no_git', {
      what: 'This folder is not a git repository.',
      why: 'Patchwright makes every patch on a git branch of its own.',
      remedy: 'Run `git init` and make a first commit.',
    });
  }
  if (/dubious ownership/.test(stderr)) {
    return new PatchwrightError('git_failed', {
      what: 'git refuses to work in this repository.',
      why: 'It belongs to another user.',
      remedy: 'If you trust it, run `git config --global --add safe.directory <folder>`.',
    });
  }
  if (isDiskFull(stderr, cwd)) {
    return new PatchwrightError('disk_full', {
      what: `git ${name} could not write.`,
      why: 'The disk is full.',
      remedy: 'Free some space and try again.',
    });
  }
  const lock = /Unable to create '([^'\n]{1,4096}\.lock)': File exists/.exec(stderr)?.[1];
  if (lock !== undefined) {
    return new PatchwrightError('busy', {
      what: `git ${name} could not go on.`,
      why: `Another git command holds ${lock}, or one that was killed has left it behind.`,
      remedy:
        'Wait until it has ended. If none is at work, `patchwright cleanup` offers to remove the file after ten minutes.',
    });
  }
  const filter = /(?:clean|smudge) filter '?([^'\s]+)'? failed/.exec(stderr)?.[1];
  if (filter !== undefined) {
    return new PatchwrightError('git_failed', {
      what: `git ${name} could not go on without the filter ${filter}.`,
      why: said,
      remedy: `Install what the filter runs${filter === 'lfs' ? ' (git-lfs)' : ''}, or correct it in git's configuration, and try again.`,
    });
  }
  const inTheWay = /'refs\/heads\/([^'\n]{1,250})' exists; cannot create '/.exec(stderr)?.[1];
  if (inTheWay !== undefined) {
    return new PatchwrightError('git_failed', {
      what: `git ${name} could not make a branch.`,
      why: `There is a branch ${inTheWay}, and none can be made below its name.`,
      remedy: `Rename it (\`git branch -m ${inTheWay} <name>\`) and try again.`,
    });
  }
  if (/from promisor remote|lazy fetching disabled/.test(stderr)) {
    return new PatchwrightError('git_failed', {
      what: `git ${name} needs objects that are not in this clone.`,
      why: `It is a partial clone, and its remote could not be asked for them: ${said}`,
      remedy: 'Make the remote reachable (`git fetch` says what is wrong with it) and try again.',
    });
  }
  return new PatchwrightError('git_failed', {
    what: `git ${name} failed with code ${code}.`,
    why: said || 'It gave no reason.',
    remedy: askGitByHand,
  });
}
