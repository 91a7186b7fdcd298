import { PatchwrightError } from '../../core/errors.ts';

/** A key that was met at a remote, and the name that it goes by since. */
export interface Person {
  /** Of the key: 32 hex digits. */
  readonly fingerprint: string;
  /** `user:<name>`. */
  readonly name: string;
  readonly since: string;
}

/**
 * Why a key may not speak for a name; undefined when it may. The first key that is met with a name is
 * trusted, another one is not, nor the same key with another name: else one person could count as two.
 */
export function distrust(
  people: readonly Person[],
  fingerprint: string,
  name: string,
): string | undefined {
  const own = people.find((one) => one.fingerprint === fingerprint);
  if (own) {
    return own.name === name ? undefined : `its key is the one of ${own.name}, not of ${name}`;
  }
  const other = people.find((one) => sameName(one.name, name));
  return (
    other &&
    `${name} has another key than before (${other.fingerprint} since ${other.since.slice(0, 10)}); ` +
      `if they have a new machine, ask them, and say \`patchwright sync --trust ${fingerprint}\``
  );
}

function sameName(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}

export function notMet(fingerprint: string): PatchwrightError {
  return new PatchwrightError('not_found', {
    what: `The key ${fingerprint} was not trusted.`,
    why: 'No chain on the remote is signed with it.',
    remedy: 'Sync first; what was refused is named there.',
  });
}
