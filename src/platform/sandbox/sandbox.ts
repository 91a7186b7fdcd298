import { randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command, CommandResult, Shell } from '../../core/ports.ts';
import type { SandboxLimits } from '../../core/sandbox.ts';
import { bubblewrapOptions } from './bubblewrap.ts';
import { readChildrenMs } from './childrenMs.ts';
import { createControlGroup, tasksPerProcess } from './controlGroup.ts';
import { withoutCredentials } from './gitConfig.ts';
import { mountsFor, toolCaches } from './mounts.ts';
import { type Architecture, seccompFilter } from './seccomp.ts';
import { type Contents, type Site, stillThere } from './site.ts';
import { type Waiting, watchWaiting } from './waiting.ts';
import { firstProcess, refusedBy, type Watchdog, watch } from './watchdog.ts';

export interface SandboxOptions {
  /** What really starts processes. */
  readonly shell: Shell;
  /** bubblewrap, absolute: PATH may lead through the worktree. */
  readonly program: string;
  readonly architecture: Architecture;
  readonly site: Site;
  readonly limits: SandboxLimits;
  readonly network: boolean;
  /** For the command that installs dependencies: their folders can be written to. */
  readonly installs?: boolean;
  readonly environment: NodeJS.ProcessEnv;
}

/** Passed on into the sandbox; what else there is may be a key. */
const allowed =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\w+|TZ|TERM|COLORTERM|JAVA_HOME|GOPATH|GOROOT|CARGO_HOME|RUSTUP_(HOME|TOOLCHAIN)|PYENV_(ROOT|VERSION)|VOLTA_HOME|NVM_DIR|FNM_DIR|ASDF_DIR|DOTNET_ROOT)$/;

const filterFd = 3;
const statusFd = 4;
const timesFd = 5;
/** In blocks of 512 bytes, as POSIX has `ulimit -f`. */
const blocksPerMb = 2048;
const maxOutputMb = 64;

/** The one door for what a model wrote: runs each command where it reaches nothing but its worktree. */
export function createSandbox(options: SandboxOptions): Shell {
  return { run: (command, signal) => runHeld(options, command, signal) };
}

async function runHeld(
  options: SandboxOptions,
  command: Command,
  signal?: AbortSignal,
): Promise<CommandResult> {
  const { shell, site, limits } = options;
  const own = mkdtempSync(join(tmpdir(), 'patchwright-sandbox-'));
  const group = createControlGroup(randomUUID(), limits);
  const contents = stillThere(site.contents);
  const caches = options.installs ? [] : makeCaches(contents);
  let dog: Watchdog | undefined;
  let waiting: Waiting | undefined;
  try {
    const files = writeFiles(own, options);
    const mounts = mountsFor({
      site,
      contents,
      network: options.network,
      installs: options.installs ?? false,
      writable: command.writable ?? [],
      empty: files.empty,
      configs: files.configs,
    });
    const bwrap = bubblewrapOptions({
      mounts,
      network: options.network,
      environment: environmentOf(options, command),
      cwd: command.cwd,
      user: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
      filterFd,
      statusFd,
    });
    dog = watch({
      limits,
      statusFile: files.status,
      folders: [site.root, own, ...(command.writable ?? [])],
      group,
    });
    waiting = watchWaiting(() => firstProcess(files.status));
    const result = await shell.run(
      {
        ...command,
        ...outerCommand(options, files, group.join, [...bwrap, ...innerCommand(limits, command)]),
        cwd: '/',
        env: {}, // what the command is to have must not act on what holds it
        extraEnv: {},
        onOutput: countingOutput(command, dog),
      },
      signal,
    );
    const stopped = dog.stopped() ?? refusedBy(group, limits);
    const cpuMs = readChildrenMs(files.times);
    const waitedMs = waiting.ms();
    return {
      ...result,
      ...(waitedMs === undefined ? {} : { waitedMs }),
      ...(cpuMs === undefined ? {} : { cpuMs }),
      ...(stopped ? { stopped } : {}),
    };
  } finally {
    dog?.dispose();
    waiting?.dispose();
    await group.remove();
    for (const folder of caches) removeIfEmpty(folder);
    rmSync(own, { recursive: true, force: true });
  }
}

interface Files {
  readonly filter: string;
  readonly status: string;
  readonly times: string;
  readonly empty: string;
  readonly configs: ReadonlyMap<string, string>;
}

function writeFiles(folder: string, { architecture, network, site }: SandboxOptions): Files {
  const at = (name: string, content: string | Buffer): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  // Without a network of its own the command would reach the host's abstract sockets.
  const filter = seccompFilter(architecture, { unixSockets: !network });
  const configs = (site.git?.configs ?? []).flatMap((path, index): [string, string][] =>
    existsSync(path)
      ? [[path, at(`config-${index}`, withoutCredentials(readFileSync(path, 'utf8')))]]
      : [],
  );
  return {
    filter: at('filter', filter),
    status: at('status', ''),
    times: at('times', ''),
    empty: at('empty', ''),
    configs: new Map(configs),
  };
}

/** Opens the descriptors, joins the groups and sets what is inherited; then it is bubblewrap. */
function outerCommand(
  { program, limits }: SandboxOptions,
  { filter, status, times }: Files,
  groups: readonly string[],
  rest: readonly string[],
): Pick<Command, 'file' | 'args'> {
  const script = [
    'set -e',
    `ulimit -c 0; ulimit -f ${limits.diskMb * blocksPerMb}`,
    `exec ${filterFd}<"$1" ${statusFd}>"$2" ${timesFd}>"$3"; shift 3`,
    closeInherited,
    ...groups.map(() => 'echo $$ >"$1"; shift'),
    'exec "$@"',
  ].join('\n');
  const args = ['-c', script, 'sh', filter, status, times, ...groups, program, ...rest];
  // Where its input is a socket, bash takes itself for a remote shell and reads the user's files.
  return existsSync(bash)
    ? { file: bash, args: ['--norc', '--noprofile', ...args] }
    : { file: '/bin/sh', args };
}

const bash = '/bin/bash';
/**
 * A folder that whoever started us left open would be a way out. Other shells than bash know descriptors up
 * to 9 only.
 */
const closeInherited = `for fd in /proc/$$/fd/*; do fd=\${fd##*/}
case $fd in [0-${timesFd}]|255) ;; [6-9]) eval "exec $fd>&-" ;; *) [ -z "$BASH" ] || eval "exec $fd>&-" ;; esac
done`;

/** Sets the limit on tasks, if it can be had, and tells what was computed. */
function innerCommand(limits: SandboxLimits, { file, args }: Command): readonly string[] {
  const tasks = limits.processes * tasksPerProcess;
  // bash has it under -u, dash under -p.
  const limit = `ulimit -u ${tasks} 2>/dev/null || ulimit -p ${tasks} 2>/dev/null`;
  const script = [
    ...(countsTasks() ? [limit] : []),
    `"$@" ${timesFd}>&-`,
    `code=$?; times >&${timesFd}; exit $code`,
  ].join('\n');
  return ['--', '/bin/sh', '-c', script, 'sh', file, ...args];
}

/**
 * Since Linux 5.14 the number of tasks is counted by user namespace, so that the user's own don't count; of
 * root they never are (see controlGroup.ts).
 */
function countsTasks(): boolean {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  return (major > 5 || (major === 5 && minor >= 14)) && process.getuid?.() !== 0;
}

function environmentOf(
  { environment, site }: SandboxOptions,
  { env, extraEnv }: Command,
): Record<string, string> {
  const given = Object.entries(env ?? environment).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && (env !== undefined || allowed.test(entry[0])),
  );
  return { ...Object.fromEntries(given), HOME: site.home, TMPDIR: '/tmp', ...extraEnv };
}

function countingOutput(command: Command, dog: Watchdog): NonNullable<Command['onOutput']> {
  let bytes = 0;
  return (text, stream) => {
    bytes += text.length;
    if (bytes > maxOutputMb << 20) dog.stop(`it printed more than ${maxOutputMb} MiB`);
    command.onOutput?.(text, stream);
  };
}

/** Mount points must be there before their parent is made read only. */
function makeCaches({ installed }: Contents): readonly string[] {
  return installed.flatMap((folder) =>
    toolCaches.flatMap((name) => {
      const path = join(folder, name);
      if (existsSync(path) || !folder.endsWith('node_modules')) return [];
      try {
        mkdirSync(path);
        return [path];
      } catch {
        return []; // not ours to write to: then the tools have to do without
      }
    }),
  );
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Gone with its parent.
  }
}
