import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { PatchwrightError } from '../core/errors.ts';
import { isReadByOthers, makeOnce, replaceFile, textOf } from './privateFile.ts';

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
  if (await isReadByOthers(file)) {
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

function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
