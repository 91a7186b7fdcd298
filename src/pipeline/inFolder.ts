import { join } from 'node:path';
import type { Protection } from '../core/protection.ts';
import type { TestRunner } from '../core/testRun.ts';

/**
 * A workspace folder may lie below the repository's root. Commits name files from the root; the
 * workspace's tests and its protected list name them from the folder.
 */
export function inFolder(
  prefix: string,
  { tests, protection }: { readonly tests?: TestRunner; readonly protection: Protection },
): { readonly tests?: TestRunner; readonly protection: Protection } {
  if (prefix === '') return { protection, ...(tests ? { tests } : {}) };
  const coverage = tests?.coverage?.bind(tests);
  const inside = (path: string): string =>
    path.startsWith(prefix) ? path.slice(prefix.length) : path;
  return {
    protection: {
      ...protection,
      check: (path) => {
        const verdict = protection.check(path);
        return verdict.ok && path.startsWith(prefix) ? protection.check(inside(path)) : verdict;
      },
    },
    ...(tests
      ? {
          tests: {
            title: tests.title,
            all: (root, signal) => tests.all(join(root, prefix), signal),
            ...(coverage
              ? {
                  coverage: (root: string, signal?: AbortSignal) =>
                    coverage(join(root, prefix), signal),
                }
              : {}),
            files: (root, files, signal) =>
              tests.files(join(root, prefix), files.map(inside), signal),
          },
        }
      : {}),
  };
}
