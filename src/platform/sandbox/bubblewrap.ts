import type { Mount } from './mounts.ts';

export interface BubblewrapLine {
  readonly mounts: readonly Mount[];
  readonly network: boolean;
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly user: { readonly uid: number; readonly gid: number };
  /** Descriptors of the system call filter and of the report about the command's first process. */
  readonly filterFd: number;
  readonly statusFd: number;
}

/** bubblewrap's options, up to the command. */
export function bubblewrapOptions(line: BubblewrapLine): readonly string[] {
  const { user, environment } = line;
  return [
    '--unshare-user',
    '--unshare-ipc',
    '--unshare-pid',
    '--unshare-uts',
    '--unshare-cgroup-try',
    ...(line.network ? [] : ['--unshare-net']),
    // As root these two are what keeps the host's mounts out of reach.
    '--cap-drop',
    'ALL',
    '--disable-userns',
    '--uid',
    String(user.uid),
    '--gid',
    String(user.gid),
    '--hostname',
    'sandbox',
    '--new-session',
    '--die-with-parent',
    '--clearenv',
    ...Object.entries(environment).flatMap(([name, value]) => ['--setenv', name, value]),
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    ...line.mounts.flatMap(mountOptions),
    // What bubblewrap itself has made is memory without a limit; and to root some of /proc is the host's.
    ...['/dev', '/proc', '/'].flatMap((path) => ['--remount-ro', path]),
    '--chdir',
    line.cwd,
    '--seccomp',
    String(line.filterFd),
    '--json-status-fd',
    String(line.statusFd),
  ];
}

function mountOptions({ kind, path, source, sizeBytes }: Mount): readonly string[] {
  switch (kind) {
    case 'read':
      return ['--ro-bind', source, path];
    case 'write':
      return ['--bind', source, path];
    case 'link':
      return ['--symlink', source, path];
    case 'fresh':
      return ['--size', String(sizeBytes), '--tmpfs', path];
  }
}
