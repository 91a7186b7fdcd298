import type { ForgeKind, ForgeRepository } from '../core/pullRequest.ts';

/**
 * The repository that a git remote's address names: `https://host/owner/name.git`,
 * `git@host:owner/name.git`, `ssh://git@host:22/owner/name`. undefined where no forge can be told: then
 * `kind` (a setting) decides. Other addresses (files, other protocols) name none.
 */
export function repositoryOf(remote: string, kind?: ForgeKind): ForgeRepository | undefined {
  const place = placeOf(remote.trim());
  if (!place) return undefined;
  const { scheme, host, path } = place;
  const forge = kind ?? kindOf(host);
  if (!forge || !/^[^/]+\/.*[^/]$/.test(path)) return undefined;
  const origin = `${scheme}://${host}`;
  return { forge, path, apiUrl: apiOf(forge, origin, host), webUrl: `${origin}/${path}` };
}

function placeOf(remote: string) {
  const scp = /^(?:[^@/:]+@)?([^/:]+):(?!\/)(.+)$/.exec(remote);
  if (scp && !/^[a-z][a-z+]*:\/\//i.test(remote)) {
    return { scheme: 'https', host: webHost(scp[1] ?? ''), path: tidy(scp[2] ?? '') };
  }
  try {
    const url = new URL(remote);
    if (!['https:', 'http:', 'ssh:', 'git+ssh:', 'ssh+git:', 'git:'].includes(url.protocol))
      return undefined;
    const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
    // The port of ssh is none of the web's.
    const host = webHost(isWeb ? url.host : url.hostname);
    const scheme = url.protocol === 'http:' ? 'http' : 'https';
    return { scheme, host, path: tidy(decodeURI(url.pathname)) };
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

function kindOf(host: string): ForgeKind | undefined {
  if (/(^|\.)github\.|\.ghe\.com$/i.test(host)) return 'github';
  return /(^|\.)gitlab\./i.test(host) ? 'gitlab' : undefined;
}

function apiOf(forge: ForgeKind, origin: string, host: string): string {
  if (forge === 'gitlab') return `${origin}/api/v4`;
  const isCloud = host === 'github.com' || host.endsWith('.ghe.com');
  return isCloud ? `https://api.${host}` : `${origin}/api/v3`;
}
