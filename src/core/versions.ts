/** Which version a workspace says it is, and which of two is the newer one. Pure. */

export interface NamedAt {
  readonly name: string;
  /** When it was given that name, ISO 8601 UTC. */
  readonly at: string;
}

/** What a repository says of itself at HEAD. */
export interface WorkspaceVersion {
  /** Of its manifest, with the time of the commit that last changed that. */
  readonly manifest?: NamedAt;
  /** The newest tag that HEAD contains. */
  readonly tag?: NamedAt;
  /** Names of the newest tags there are at all, the newest first. */
  readonly tags: readonly NamedAt[];
}

export const nothingVersioned: WorkspaceVersion = { tags: [] };

const maxVersionChars = 100;

/** Where the common package managers keep the version of a project, in the order they are asked. */
const manifests: Readonly<Record<string, (text: string) => string | undefined>> = {
  'package.json': jsonVersion,
  'pyproject.toml': tomlVersion,
  'Cargo.toml': tomlVersion,
  'composer.json': jsonVersion,
  'pom.xml': (text) =>
    /<version>([^<]{1,100})<\/version>/.exec(
      text.replace(/<(parent|dependencies|build)>[^]*?<\/\1>/g, ''),
    )?.[1],
  'mix.exs': (text) => /\bversion: "([^"]{1,100})"/.exec(text)?.[1],
  VERSION: (text) => /^\s*([\w.+-]{1,100})\s*$/.exec(text)?.[1],
};

export const manifestNames: readonly string[] = Object.keys(manifests);

/** The version that a manifest of this name gives. */
export function versionIn(name: string, text: string): string | undefined {
  const found = manifests[name]?.(text)?.trim();
  return found === undefined || found === '' || found.length > maxVersionChars ? undefined : found;
}

function jsonVersion(text: string): string | undefined {
  try {
    const { version } = JSON.parse(text) as { version?: unknown };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined; // half edited, or no manifest at all
  }
}

const ofTheProject = new Set(['project', 'tool.poetry', 'package', 'workspace.package']);

function tomlVersion(text: string): string | undefined {
  let table = '';
  for (const line of text.split('\n', 2_000)) {
    table = /^\s*\[([^\]]{1,100})\]/.exec(line)?.[1]?.trim() ?? table;
    const version = /^\s*version\s*=\s*["']([^"']{1,100})["']/.exec(line)?.[1];
    if (version !== undefined && ofTheProject.has(table)) return version;
  }
  return undefined;
}

/**
 * Whether `a` comes after `b`. Where either is no number (a commit's hash), which of them is the later
 * one can't be known from their names: undefined.
 */
export function isNewer(a: string, b: string): boolean | undefined {
  const [x, y] = [numbersOf(a), numbersOf(b)];
  if (!x || !y) return undefined;
  for (let i = 0; i < Math.max(x.numbers.length, y.numbers.length); i++) {
    const difference = (x.numbers[i] ?? 0) - (y.numbers[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  if (x.before === y.before) return false;
  // 2.0.0 comes after 2.0.0-rc.1.
  if (x.before === '' || y.before === '') return x.before === '';
  return x.before.localeCompare(y.before, 'en', { numeric: true }) > 0;
}

function numbersOf(
  version: string,
): { readonly numbers: readonly number[]; readonly before: string } | undefined {
  const match =
    /^(?:[A-Za-z][\w-]{0,60}[@/ -])?v?(\d{1,15}(?:\.\d{1,15}){1,5}|\d{1,8}(?![A-Za-z\d]))(?:[-.]?([A-Za-z][\w.-]{0,60}))?(?:\+[\w.-]{0,100})?$/.exec(
      version.slice(0, maxVersionChars).trim(),
    );
  if (!match) return undefined;
  return { numbers: (match[1] ?? '').split('.').map(Number), before: match[2] ?? '' };
}

/** A tag that names a release has a number in it; `nightly` and `backup` have none. */
export function namesRelease(tag: string): boolean {
  return /\d/.test(tag);
}
