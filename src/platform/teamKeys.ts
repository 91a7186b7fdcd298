import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { link, mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { explainFileError, PatchwrightError, systemCode } from '../core/errors.ts';

export interface TeamKeysOptions {
  /** The user's own; keys and whom one has met lie there. */
  readonly config: string;
  readonly folder: string;
}

export interface KnownKey {
  readonly fingerprint: string;
  readonly name: string;
  readonly since: string;
}

/** The user's signing key, made on first use, and the keys that were met at each remote. */
export function createTeamKeys({ config, folder }: TeamKeysOptions) {
  const keyFile = join(config, 'team-key.pem');
  const peopleFile = (remote: string) =>
    join(config, 'team', `${sha256(remote).slice(0, 32)}.json`);

  async function people(remote: string): Promise<readonly KnownKey[]> {
    const text = await textOf(peopleFile(remote));
    if (text === undefined) return [];
    try {
      const value = JSON.parse(text) as { people?: unknown };
      if (Array.isArray(value.people) && value.people.every(isKnownKey)) return value.people;
    } catch {
      // told below, like another form
    }
    // To begin anew would trust anybody once more.
    throw new PatchwrightError('corrupt', {
      what: `${peopleFile(remote)} can't be read.`,
      why: 'It says whose keys are trusted, and has another form than it should.',
      remedy: 'Correct it, or delete it to trust the keys that are met next.',
    });
  }

  return {
    async signer(name: string) {
      const secret = await privateKeyIn(keyFile);
      const der = createPublicKey(secret).export({ format: 'der', type: 'spki' });
      const chain = `z${sha256(der).slice(0, 32)}-${await cloneId(folder)}`;
      return {
        chain,
        name,
        key: der.toString('base64'),
        sign: (bytes: Uint8Array) => sign(null, bytes, secret),
      };
    },
    people,
    async remember(remote: string, person: KnownKey): Promise<void> {
      const others = (await people(remote)).filter(
        ({ fingerprint }) => fingerprint !== person.fingerprint,
      );
      const text = JSON.stringify({ remote: 'named by its SHA-256', people: [...others, person] });
      await replaceFile(peopleFile(remote), `${text}\n`);
    },
  };
}

function isKnownKey(value: unknown): value is KnownKey {
  const { fingerprint, name, since } = (value ?? {}) as Partial<Record<string, unknown>>;
  return [fingerprint, name, since].every((one) => typeof one === 'string');
}

async function privateKeyIn(file: string): Promise<KeyObject> {
  const there = await textOf(file);
  if (there === undefined) {
    const { privateKey } = generateKeyPairSync('ed25519');
    await makeOnce(file, String(privateKey.export({ format: 'pem', type: 'pkcs8' })));
    return privateKeyIn(file);
  }
  const { mode } = await stat(file);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw keyError(file, 'Others on this machine can read it.', `Run \`chmod 600 ${file}\`.`);
  }
  const remedy =
    'Put it back from a copy, or delete it to get a new one (others must trust it then).';
  try {
    const key = createPrivateKey(there);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // told below, like a key of another kind
  }
  throw keyError(file, 'It holds no Ed25519 key.', remedy);
}

function keyError(file: string, why: string, remedy: string): PatchwrightError {
  return new PatchwrightError('untrusted', {
    what: `The key in ${file} was not used.`,
    why,
    remedy,
  });
}

/**
 * One for each copy of a folder: two that are on the way alike must never write one chain. It goes with
 * the backlog, so that one who lost it starts a new chain and takes the old one for another clone's.
 */
async function cloneId(folder: string): Promise<string> {
  const file = join(folder, '.patchwright', 'clone');
  const there = await textOf(file);
  if (there === undefined) {
    await makeOnce(file, `${randomBytes(16).toString('hex')}\n`);
    return cloneId(folder);
  }
  return sha256(`${there.trim()}\n${await realpath(folder)}\n${hostname()}`).slice(0, 12);
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw explainFileError(error, file);
  }
}

/** Whole or not at all; of two that make it at a time one wins. */
async function makeOnce(file: string, text: string): Promise<void> {
  const temporary = await temporaryOf(file, text);
  try {
    await link(temporary, file);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw explainFileError(error, file);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function replaceFile(file: string, text: string): Promise<void> {
  const temporary = await temporaryOf(file, text);
  try {
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw explainFileError(error, file);
  }
}

async function temporaryOf(file: string, text: string): Promise<string> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return temporary;
  } catch (error) {
    throw explainFileError(error, file);
  }
}

function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
