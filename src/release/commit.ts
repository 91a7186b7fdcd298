import { isPatchwrightError, PatchwrightError } from '../core/errors.ts';
import type { Git } from '../core/ports.ts';
import { afterMessageHook } from './messageHook.ts';
import { fields, naming } from './ownGit.ts';

/**
 * The tree of merging two commits, made without index or working tree (git 2.38 or newer).
 * Rejects with `conflict`, naming the files; `remedy` is what to do then.
 */
export async function mergeTrees(
  git: Git,
  ours: string,
  theirs: string,
  remedy: string,
  signal?: AbortSignal,
): Promise<string> {
  const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', ours, theirs];
  const { code, out } = await git.code(args, { okCodes: [0, 1, 129], signal });
  if (code === 129) throw tooOld();
  const [tree = '', ...conflicts] = fields(out);
  if (code === 0) return tree;
  throw new PatchwrightError('conflict', {
    what: 'Nothing was changed, because the change conflicts with newer commits on this branch.',
    why: `Both changed ${naming(conflicts)}.`,
    remedy,
  });
}

function tooOld(): PatchwrightError {
  return new PatchwrightError('git_too_old', {
    what: 'This git cannot merge outside of the working tree.',
    why: 'Patchwright needs git 2.38 or newer.',
    remedy: 'Update git and try again.',
  });
}

export interface Message {
  readonly subject: string;
  readonly body: readonly (string | undefined)[];
  readonly trailers: readonly (readonly [key: string, value: string])[];
}

/** Writes a commit object and nothing else: no index, no ref, no file. Signed, and a merge's message checked, as the user has set it up. */
export async function writeCommit(
  git: Git,
  tree: string,
  parents: readonly string[],
  message: Message,
  signal?: AbortSignal,
): Promise<string> {
  const plain = messageText(message);
  const input = parents.length > 1 ? await afterMessageHook(git, plain, signal) : plain;
  const sign = await signingFlags(git, signal);
  const args = ['commit-tree', tree, ...sign, ...parents.flatMap((id) => ['-p', id]), '-F', '-'];
  const extraEnv = { ...utf8Messages, ...(await missingIdentity(git, signal)) };
  try {
    return await git.run(args, { input, extraEnv, signal });
  } catch (error) {
    throw sign.length > 0 && isPatchwrightError(error, 'git_failed') ? unsigned(error) : error;
  }
}

function unsigned(cause: PatchwrightError): PatchwrightError {
  const text = {
    what: 'Nothing was changed, because the commit could not be signed.',
    why: `commit.gpgSign is on, and ${cause.why}`,
    remedy: 'Make `git commit -S` work in a terminal (unlock the key, for instance) and try again.',
  };
  return new PatchwrightError('git_failed', text, { cause });
}

const utf8Messages = {
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'i18n.commitEncoding',
  GIT_CONFIG_VALUE_0: 'UTF-8',
};

/** A commit that only serves a computation; never signed, never referenced. */
export async function writeScratchCommit(
  git: Git,
  treeish: string,
  parents: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  const extraEnv = await missingIdentity(git, signal);
  const tree = await git.run(['rev-parse', '--verify', `${treeish}^{tree}`], { signal });
  const args = ['commit-tree', tree, '--no-gpg-sign', ...parents.flatMap((id) => ['-p', id])];
  return git.run([...args, '-F', '-'], { input: 'scratch\n', extraEnv, signal });
}

async function signingFlags(git: Git, signal?: AbortSignal): Promise<readonly string[]> {
  const args = ['config', '--type=bool', '--default=false', '--get', 'commit.gpgSign'];
  return (await git.run(args, { signal })) === 'true' ? ['-S'] : [];
}

/** Where the user never told git who they are: an identity that says so, instead of a guess or a failure. */
async function missingIdentity(git: Git, signal?: AbortSignal): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const role of ['AUTHOR', 'COMMITTER']) {
    const args = ['-c', 'user.useConfigOnly=true', 'var', `GIT_${role}_IDENT`];
    const { code } = await git.code(args, { okCodes: [0, 1, 128], signal });
    if (code === 0) continue;
    env[`GIT_${role}_NAME`] = 'Patchwright';
    env[`GIT_${role}_EMAIL`] = 'patchwright@localhost';
  }
  return env;
}

function messageText({ subject, body, trailers }: Message): string {
  const paragraphs = body.map((text) => plainLines(text ?? '')).filter((text) => text !== '');
  const last = trailers.map(([key, value]) => `${key}: ${oneLine(value)}`).join('\n');
  return `${[oneLine(subject), ...paragraphs, last].join('\n\n')}\n`;
}

/** Titles and names come from logs and people: a line break in one could forge a trailer. */
export function oneLine(text: string, max = 120): string {
  const line = text.slice(0, 4 * max).replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ');
  const chars = Array.from(line.trim());
  return chars.length > max ? `${chars.slice(0, max - 1).join('')}…` : chars.join('');
}

function plainLines(text: string): string {
  return text
    .slice(0, 4_000)
    .split(/\r?\n/)
    .map((line) => line.replace(/\p{Cc}/gu, ' ').trimEnd())
    .join('\n')
    .trim();
}
