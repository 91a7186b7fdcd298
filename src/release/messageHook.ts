import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPatchwrightError, PatchwrightError } from '../core/errors.ts';
import type { Git } from '../core/ports.ts';

/**
 * A merge's message as the user's `commit-msg` hook leaves it; git runs the hook for merges, and not for
 * reverts. Rejects with `git_failed` where the hook refuses the message.
 */
export async function afterMessageHook(
  git: Git,
  message: string,
  signal?: AbortSignal,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pw-message-'));
  const file = join(folder, 'MERGE_MSG');
  try {
    await writeFile(file, message);
    const run = ['hook', 'run', '--ignore-missing', 'commit-msg', '--', file];
    await git.withHooks().run(run, { signal });
    return await readFile(file, 'utf8');
  } catch (error) {
    throw isPatchwrightError(error, 'git_failed') ? refused(error) : error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function refused(cause: PatchwrightError): PatchwrightError {
  const text = {
    what: 'Nothing was changed, because your commit-msg hook refused the message of the merge.',
    why: cause.why,
    remedy: 'Have the hook let merges pass, or keep the branch and merge it by hand.',
  };
  return new PatchwrightError('git_failed', text, { cause });
}
