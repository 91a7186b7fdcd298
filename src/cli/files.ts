import { readFileSync, writeFileSync } from 'node:fs';
import {
  errorMessage,
  explainFileError,
  isPatchwrightError,
  PatchwrightError,
} from '../core/errors.ts';

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

/** To a file that was named on the command line. */
export function writeNamed(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const explained = explainFileError(error, file);
    if (isPatchwrightError(explained)) throw explained;
    throw new PatchwrightError(
      'not_found',
      {
        what: `${file} can't be written.`,
        why: errorMessage(error),
        remedy: 'Name a file in a folder that is there.',
      },
      { cause: error },
    );
  }
}
