import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { AuditSigner, SignatureState } from '../core/audit.ts';
import { errorMessage, explainFileError, PatchwrightError, systemCode } from '../core/errors.ts';
import { configFolder } from './folders.ts';

/** Signs with a key of the user's own, outside every workspace, that nobody else may read. */
export function createAuditSigner(env: NodeJS.ProcessEnv): AuditSigner {
  const place = join(configFolder(env), 'audit-key.pem');
  return {
    place,
    sign(textOf) {
      const secret = readKey(place) ?? makeKey(place);
      const key = publicText(secret);
      const signature = sign(null, Buffer.from(textOf(key)), secret).toString('base64');
      return { key, signature };
    },
    judge: (text, key, signature) => judge(readKey(place), text, key, signature),
  };
}

function judge(
  own: KeyObject | undefined,
  text: string,
  key: string,
  signature: string,
): SignatureState {
  if (!isSigned(text, key, signature)) return 'bad';
  if (!own) return 'no_key';
  return publicText(own) === key ? 'good' : 'other_key';
}

function isSigned(text: string, key: string, signature: string): boolean {
  try {
    const from = { key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' } as const;
    const bytes = Buffer.from(signature, 'base64');
    return verify(null, Buffer.from(text), createPublicKey(from), bytes);
  } catch {
    return false; // no key at all
  }
}

function publicText(secret: KeyObject): string {
  return createPublicKey(secret).export({ format: 'der', type: 'spki' }).toString('base64');
}

function readKey(place: string): KeyObject | undefined {
  try {
    return createPrivateKey(readFileSync(place));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined;
    throw new PatchwrightError(
      'corrupt',
      {
        what: `The key of the audit trail, ${place}, can't be read.`,
        why: errorMessage(error),
        remedy: 'Put it back from a backup, or move it away: a new one is made when it is needed.',
      },
      { cause: error },
    );
  }
}

/** Whole or not there, and one only: of two processes at once the second takes the first one's. */
function makeKey(place: string): KeyObject {
  const { privateKey } = generateKeyPairSync('ed25519');
  const temporary = `${place}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' });
    writeFileSync(temporary, pem, { mode: 0o600, flush: true });
    chmodSync(temporary, 0o600); // one that a crash left keeps the mode it had
    putThere(temporary, place);
  } catch (error) {
    throw explainFileError(error, place);
  } finally {
    rmSync(temporary, { force: true });
  }
  return readKey(place) ?? privateKey;
}

function putThere(temporary: string, place: string): void {
  try {
    linkSync(temporary, place);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return; // another process was first
    renameSync(temporary, place); // some file systems have no hard links
  }
}
