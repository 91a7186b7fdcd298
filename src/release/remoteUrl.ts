import type { ForgeKind, ForgeRepository } from '../core/pullRequest.ts';

export interface RemoteOptions {
  /** Decides where the address does not tell. */
  readonly kind?: ForgeKind | undefined;
  /** Where the forge lies on its host, if not at the root: `gitlab` of `https://example.org/gitlab/`. */
  readonly folder?: string;
  /** What the host of an address for ssh stands for. */
  readonly sshHost?: string | undefined;
}

/**
 * The repository that a git remote's address names: `https://host/owner/name.git`,
 * `git@host:owner/name.git`, `ssh://git@host:22/owner/name`. undefined where no forge can be told. Other addresses (files, other protocols) name none.
 */
export function repositoryOf(
  remote: string,
  { kind, folder = '', sshHost }: RemoteOptions = {},
): ForgeRepository | undefined {
  const place = placeOf(remote.trim());
  if (!place) return undefined;
  const host = place.isSsh && sshHost !== undefined ? webHost(sshHost) : place.host;
  const below = folder === '' ? '' : `/${tidy(folder)}`;
  // By ssh the path is the repository's alone.
  const isBelow = !place.isSsh && `/${place.path}`.startsWith(`${below}/`);
  const path = isBelow ? place.path.slice(below.length) : place.path;
  const forge = kind ?? kindOf(host);
  if (!forge || !isRepository(forge, path)) return undefined;
  const origin = `${place.scheme}://${host}${below}`;
  return { forge, path, apiUrl: apiOf(forge, origin, host), webUrl: `${origin}/${path}` };
}

/** The host that git reaches by ssh: often a name of the user's own ssh configuration. */
export function sshHostOf(remote: string): string | undefined {
  const place = placeOf(remote.trim());
  return place?.isSsh ? place.host : undefined;
}

function placeOf(remote: string) {
  const scp = /^(?:[^@/:]+@)?([^/:]+):(?!\/)(.+)$/.exec(remote);
  if (scp && !/^[a-z][a-z+]*:\/\//i.test(remote)) {
    return { isSsh: true, scheme: 'https', host: webHost(scp[1] ?? ''), path: tidy(scp[2] ?? '') };
  }
  try {
    const url = new URL(remote);
    if (!['https:', 'http:', 'ssh:', 'git+ssh:', 'ssh+git:', 'git:'].includes(url.protocol))
      return undefined;
    const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
    // The port of ssh is none of the web's.
    const host = webHost(isWeb ? url.host : url.hostname);
    const scheme = url.protocol === 'http:' ? 'http' : 'https';
    const isSsh = /ssh/.test(url.protocol);
    return { isSsh, scheme, host, path: tidy(decodeURI(url.pathname)) };
  } catch {
    return undefined;
  }
}

/** The forge itself, of the hosts that it answers at besides (`ssh` through port 443, for instance). */
function webHost(host: string): string {
  return host.toLowerCase().replace(/^(?:www|ssh|altssh)\.(?=(?:github|gitlab)\.com$)/, '');
}

function tidy(path: string): string {
  return path
    .replace(/^\/+/, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
}

/** Groups of groups are GitLab's only. */
function isRepository(forge: ForgeKind, path: string): boolean {
  return (forge === 'github' ? /^[^/]+\/[^/]+$/ : /^[^/]+\/.*[^/]$/).test(path);
}

function kindOf(host: string): ForgeKind | undefined {
  if (host === 'gist.github.com') return undefined; // it takes no pull requests
  if (/(^|\.)github\.|\.ghe\.com$/i.test(host)) return 'github';
  return /(^|\.)gitlab\./i.test(host) ? 'gitlab' : undefined;
}

function apiOf(forge: ForgeKind, origin: string, host: string): string {
  if (forge === 'gitlab') return `${origin}/api/v4`;
  const isCloud = host === 'github.com' || host.endsWith('.ghe.com');
  return isCloud ? `https://api.${host}` : `${origin}/api/v3`;
}
