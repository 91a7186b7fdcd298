import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from '../../core/errors.ts';
import type { SelfTest } from '../../core/selfTest.ts';

/** The last result for a workspace folder. */
export interface KeptSelfTest {
  read(): Promise<SelfTest | undefined>;
  write(result: SelfTest): Promise<void>;
}

/** @param file outside of the workspace: what a repository brings along must not pass for a result */
export function keptSelfTest(file: string): KeptSelfTest {
  return {
    async read() {
      try {
        const kept = JSON.parse(await readFile(file, 'utf8')) as Partial<SelfTest> | null;
        const isWhole = Array.isArray(kept?.canaries) && Array.isArray(kept.gates) && kept.right;
        return isWhole ? (kept as SelfTest) : undefined;
      } catch (error) {
        if (systemCode(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
        throw error;
      }
    },
    async write(result) {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await writeFile(file, JSON.stringify(result), { mode: 0o600 });
    },
  };
}
