import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder that takes long to prepare: made once for the suite, and as it was then before each of its tests.
 * Copies are other files than those that were prepared, at the same paths. Call inside `describe`.
 */
export function preparedFolder(
  name: string,
  prepare: () => Promise<void>,
): { path(...parts: string[]): string } {
  let base = '';
  const at = (...parts: string[]): string => join(base, 'now', ...parts);
  before(async () => {
    base = realpathSync(mkdtempSync(join(tmpdir(), `${name}-`)));
    await prepare();
    cpSync(at(), join(base, 'then'), copying);
  });
  beforeEach(() => {
    rmSync(at(), removing);
    cpSync(join(base, 'then'), at(), copying);
  });
  after(() => rmSync(base, removing));
  return { path: at };
}

const copying = { recursive: true, verbatimSymlinks: true, preserveTimestamps: true } as const;
const removing = { recursive: true, force: true, maxRetries: 5 } as const;
