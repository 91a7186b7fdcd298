import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import { configFolder } from './folders.ts';
import { errorMessage, PatchwrightError, systemCode } from '../core/errors.ts';

/** The raw keys of `.vscode/settings.json`; none when there is no such file. */
export function readWorkspaceSettings(folder: string): Record<string, unknown> {
  return readSettingsFile(join(folder, '.vscode', 'settings.json'), '.vscode/settings.json');
}

/** Those of the user, for every folder. */
export function readUserSettings(environment: NodeJS.ProcessEnv): Record<string, unknown> {
  const file = join(configFolder(environment), 'settings.json');
  return readSettingsFile(file, file);
}

function readSettingsFile(file: string, name: string): Record<string, unknown> {
  const text = readIfThere(file, name);
  if (text === undefined) return {};
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error || typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new PatchwrightError('invalid_settings', {
      what: 'The settings could not be read.',
      why: error
        ? `${name}: ${printParseErrorCode(error.error)} at offset ${error.offset}.`
        : `${name} does not hold an object.`,
      remedy: 'Correct the file and try again.',
    });
  }
  return value as Record<string, unknown>;
}

function readIfThere(file: string, name: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
    throw new PatchwrightError(
      'invalid_settings',
      {
        what: 'The settings could not be read.',
        why: `${name}: ${errorMessage(error)}.`,
        remedy: 'Make it a readable file and try again.',
      },
      { cause: error },
    );
  }
}
