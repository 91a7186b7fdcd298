import { readFileSync } from 'node:fs';
import { errorMessage, PatchwrightError } from '../core/errors.ts';

/** Of a file that was named on the command line; 0 is stdin. Throws `not_found`. */
export function contentOf(file: string | 0, name: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new PatchwrightError(
      'not_found',
      {
        what: `${name} can't be read.`,
        why: errorMessage(error),
        remedy: 'Name a file that is there.',
      },
      { cause: error },
    );
  }
}
