import { accessSync, constants, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Shell } from '../../core/ports.ts';
import { createSandbox } from './sandbox.ts';
import { type Architecture, architectureOf } from './seccomp.ts';

export type Found =
  | {
      readonly usable: true;
      readonly title: string;
      readonly program: string;
      readonly architecture: Architecture;
    }
  | { readonly usable: false; readonly reason: string; readonly remedy: string };

const program = 'bwrap';
/** `--disable-userns` and `--size` came with it. */
const leastVersion = [0, 8] as const;

/** Looks for bubblewrap and tries it out: a version alone does not say whether the kernel plays along. */
export async function findSandbox(shell: Shell, environment: NodeJS.ProcessEnv): Promise<Found> {
  if (process.platform !== 'linux') return missing(otherSystem, otherRemedy);
  const architecture = architectureOf(process.arch);
  if (!architecture) return missing(`There is no sandbox for ${process.arch} processors.`, '');
  const path = onPath(environment['PATH'] ?? '');
  if (!path) return missing('bubblewrap is not installed.', installRemedy());
  const { stdout } = await shell.run({ file: path, args: ['--version'], cwd: '/' });
  const title = stdout.toString('utf8').trim();
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(title) ?? [];
  const isOld = Number(major) === leastVersion[0] && Number(minor) < leastVersion[1];
  if (isOld) return missing(`${title} is too old; version 0.8 is needed.`, installRemedy());
  const problem = await tryOut(shell, path, architecture, environment);
  if (problem !== undefined) return missing(`${title} does not work here: ${problem}`, userRemedy);
  return { usable: true, title, program: path, architecture };
}

function missing(reason: string, remedy: string): Found {
  return { usable: false, reason, remedy };
}

const otherSystem = 'There is a sandbox for Linux only.';
const otherRemedy = 'Work in a Linux container, virtual machine or WSL.';
const userRemedy =
  'Let ordinary users make user namespaces: see kernel.unprivileged_userns_clone, user.max_user_namespaces and kernel.apparmor_restrict_unprivileged_userns; in a container, allow them there.';

function installRemedy(): string {
  const commands: readonly (readonly [string, string])[] = [
    ['apt-get', 'sudo apt-get install bubblewrap'],
    ['dnf', 'sudo dnf install bubblewrap'],
    ['pacman', 'sudo pacman -S bubblewrap'],
    ['zypper', 'sudo zypper install bubblewrap'],
    ['apk', 'sudo apk add bubblewrap'],
  ];
  const [, command] = commands.find(([name]) => isProgram(join('/usr/bin', name))) ?? [];
  return command ? `Run: ${command}` : 'Install bubblewrap 0.8 or newer.';
}

/** Not from folders that are named relative to where we happen to be. */
function onPath(path: string): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => isAbsolute(folder) && !folder.includes('node_modules'))
    .map((folder) => join(folder, program))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The very line that is used later, with a command that does nothing. */
async function tryOut(
  shell: Shell,
  path: string,
  architecture: Architecture,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'patchwright-try-'));
  try {
    const root = join(folder, 'root');
    mkdirSync(root);
    const sandbox = createSandbox({
      shell,
      program: path,
      architecture,
      site: {
        root,
        home: '/home/nobody',
        contents: { installed: [], secret: [] },
        toolchains: [],
      },
      limits: { memoryMb: 512, processes: 64, diskMb: 64 },
      network: false,
      environment,
    });
    const result = await sandbox.run({
      file: '/bin/sh',
      args: ['-c', 'exit 0'],
      cwd: root,
      timeoutMs: 10_000,
    });
    if (result.exitCode === 0) return undefined;
    return result.stderr.toString('utf8').trim().slice(0, 300) || `exit code ${result.exitCode}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
