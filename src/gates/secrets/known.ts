import { PatchwrightError } from '../../core/errors.ts';
import type { Git } from '../../core/ports.ts';
import { splitNul } from '../treeChanges.ts';
import { findSecrets, type Secret, textOf } from './scanner.ts';

const maxFiles = 20;

/** Where the base already has the same secret, found as one there too; undefined where it is new. */
export async function placeOnBase(
  git: Git,
  base: string,
  secret: Secret,
  signal?: AbortSignal,
): Promise<string | undefined> {
  // By its longest line, since git looks at one line at a time; handed in by a pipe, where no list of processes shows it.
  const [needle = ''] = secret.value.split(/\r?\n/).toSorted((a, b) => b.length - a.length);
  const { code, out } = await git.code(
    ['grep', '-z', '-l', '-a', '-F', '--full-name', '-f', '-', base, '--', ':(top)'],
    { input: `${needle}\n`, okCodes: [0, 1], signal },
  );
  if (code !== 0) return undefined;
  for (const name of splitNul(Buffer.from(out)).slice(0, maxFiles)) {
    const place = name.toString('utf8').slice(base.length + 1);
    const text = textOf(await git.bytes(['cat-file', 'blob', `${base}:${place}`], { signal }));
    const found = await findSecrets({ name: place, text }, signal);
    if (found.some(({ value }) => value === secret.value)) return place;
  }
  return undefined;
}

/** Fingerprints of findings that the user has looked at and accepts. */
export function acceptedSecrets(lines: readonly string[]): ReadonlySet<string> {
  const words = lines.map((line) => line.replace(/#.*/, '').trim()).filter((line) => line !== '');
  const bad = words.find((word) => !/^[0-9a-f]{16}$/.test(word));
  if (bad === undefined) return new Set(words);
  throw new PatchwrightError('invalid_settings', {
    what: '.patchwright/secrets-allow could not be read.',
    why: `${JSON.stringify(bad.slice(0, 40))} is not the fingerprint of a finding.`,
    remedy: 'Write one fingerprint of 16 hexadecimal digits a line, as the secrets gate shows it.',
  });
}
