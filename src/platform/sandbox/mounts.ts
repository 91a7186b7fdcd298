import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Contents, Site } from './site.ts';

export interface Mount {
  readonly kind: 'read' | 'write' | 'fresh' | 'link';
  readonly path: string;
  /** What is seen there; for a link, what it says. */
  readonly source: string;
  readonly sizeBytes?: number;
}

/** Folders that tools write to while tests run, inside of what package managers own. */
export const toolCaches = ['.cache', '.vite', '.vite-temp', '.vitest'];

/**
 * Of /etc only what programs need: it holds passwords and keys, and root may read them. Each costs every
 * command a little time.
 */
const configuration = [
  'passwd',
  'group',
  'nsswitch.conf',
  'hosts',
  'protocols',
  'services',
  'ld.so.cache',
  'alternatives',
  'localtime',
  'mime.types',
  'fonts',
  'os-release',
  'ssl/certs',
  'ssl/openssl.cnf',
  'pki/tls',
  'pki/ca-trust/extracted',
  'crypto-policies',
  'static',
  'java',
  'maven',
  'php',
  'dotnet',
].map((name) => `/etc/${name}`);

const system = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/nix/store'];
const mib = 1 << 20;
const tempBytes = 512 * mib;

export interface MountOptions {
  readonly site: Site;
  readonly contents: Contents;
  readonly network: boolean;
  /** Lets package managers' folders be written to: for the command that installs. */
  readonly installs: boolean;
  readonly writable: readonly string[];
  /** An empty file of ours. */
  readonly empty: string;
  /** Copies of git's configuration without passwords, by what they stand for. */
  readonly configs: ReadonlyMap<string, string>;
}

/** Everything the command sees of the disk, parents before what lies in them. */
export function mountsFor(options: MountOptions): readonly Mount[] {
  const { site, contents, network, empty } = options;
  const mounts: Mount[] = [
    ...[...system, ...configuration].flatMap(systemPath),
    ...(network ? ['/etc/resolv.conf'] : []).map(read),
    ...['/tmp', '/dev/shm'].map(fresh),
    { kind: 'link', path: '/var/tmp', source: '/tmp' },
    ...(isOrdinary(site.home) ? [fresh(site.home)] : []),
    ...site.toolchains.map(read),
    ...(site.git?.folders ?? []).map(read),
    ...[...options.configs].map(([path, source]) => ({ kind: 'read' as const, path, source })),
    { kind: 'write', path: site.root, source: site.root },
    ...(site.git ? [read(site.git.link)] : []),
    ...(options.installs ? [] : contents.installed.flatMap(readOnlyInstalled)),
    ...contents.secret.map((path) => ({ kind: 'read' as const, path, source: empty })),
    ...options.writable.map((path) => ({ kind: 'write' as const, path, source: path })),
  ];
  return inOrder(mounts);
}

/** Where one path is named twice, the later one counts; a stable sort keeps it so. */
function inOrder(mounts: readonly Mount[]): readonly Mount[] {
  const depth = ({ path }: Mount): number => path.split('/').length;
  const last = new Map(mounts.map((mount) => [mount.path, mount]));
  const sorted = [...last.values()].toSorted((a, b) => depth(a) - depth(b));
  return sorted.filter((mount) => !isShownAlready(mount, last));
}

/** Part of a folder that is to be read only as well. */
function isShownAlready(mount: Mount, mounts: ReadonlyMap<string, Mount>): boolean {
  if (!isPlainRead(mount)) return false;
  for (let path = dirname(mount.path); path !== '/'; path = dirname(path)) {
    const above = mounts.get(path);
    if (above) return isPlainRead(above);
  }
  return false;
}

function isPlainRead({ kind, path, source }: Mount): boolean {
  return kind === 'read' && path === source;
}

function readOnlyInstalled(folder: string): readonly Mount[] {
  const caches = toolCaches.map((name) => join(folder, name));
  return [read(folder), ...caches.filter((path) => existsSync(path)).map(fresh)];
}

/** `/bin` is a link on most systems; so is /etc/localtime. */
function systemPath(path: string): readonly Mount[] {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) return [];
  if (!stats.isSymbolicLink()) return [read(path)];
  const source = readlinkSync(path);
  const isSeen = resolve(dirname(path), source).startsWith('/usr/');
  return [isSeen ? { kind: 'link', path, source } : read(path)];
}

function read(path: string): Mount {
  return { kind: 'read', path, source: path };
}

function fresh(path: string): Mount {
  return { kind: 'fresh', path, source: '', sizeBytes: tempBytes };
}

function isOrdinary(home: string): boolean {
  return home !== '/' && !system.some((folder) => home === folder || home.startsWith(`${folder}/`));
}
