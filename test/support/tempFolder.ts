import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of this test's own, gone when the suite ends. Call inside `describe`. */
export function tempFolder(name = 'pw'): { path(...parts: string[]): string } {
  let root = '';
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), `${name}-`)));
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  });
  return { path: (...parts) => join(root, ...parts) };
}
