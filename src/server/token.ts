import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PatchwrightError, systemCode } from '../core/errors.ts';
import { configFolder } from '../platform/folders.ts';

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
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const token = newServerToken();
  try {
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(`${token}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return { token, file };
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    const other = await readKept(file); // another process was quicker
    if (other !== undefined) return { token: other, file };
    throw error;
  }
}

async function readKept(file: string): Promise<string | undefined> {
  let text: string;
  try {
    text = (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const { mode } = await stat(file);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
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
