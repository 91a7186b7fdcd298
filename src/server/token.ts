import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { PatchwrightError } from '../core/errors.ts';
import { configFolder } from '../platform/folders.ts';
import { isReadByOthers, makeOnce, textOf } from '../platform/privateFile.ts';

/** Enough that nobody guesses it. */
export function newServerToken(): string {
  return randomBytes(32).toString('hex');
}

/**
 * The token of a folder's server, kept in a file of the user's own settings that only they can read; made when
 * there is none. Outside the folder: what lies there is copied, packed and shared.
 */
export async function keptServerToken(
  folder: string,
  environment: NodeJS.ProcessEnv,
): Promise<{ readonly token: string; readonly file: string }> {
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 32);
  const file = join(configFolder(environment), 'server', `${name}.token`);
  const kept = await readKept(file);
  if (kept !== undefined) return { token: kept, file };
  await makeOnce(file, `${newServerToken()}\n`);
  const token = await readKept(file); // perhaps that of another process, which was quicker
  if (token === undefined) throw unusable(file, 'It was removed as it was made.', 'Try again.');
  return { token, file };
}

async function readKept(file: string): Promise<string | undefined> {
  const text = (await textOf(file))?.trim();
  if (text === undefined) return undefined;
  if (await isReadByOthers(file)) {
    throw unusable(file, 'Others can read it.', `Make it yours alone (chmod 600), or delete it.`);
  }
  if (/^[0-9a-f]{64}$/.test(text)) return text;
  throw unusable(file, 'It does not hold a token.', 'Delete it; a new one is made then.');
}

function unusable(file: string, why: string, remedy: string): PatchwrightError {
  return new PatchwrightError('corrupt', {
    what: `The server's token in ${file} can't be used.`,
    why,
    remedy,
  });
}
