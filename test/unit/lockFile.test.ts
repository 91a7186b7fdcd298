import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly optionalDependencies?: Record<string, string>; resolved?: string }>
  >;
}

describe('lock file', () => {
  const lock = JSON.parse(
    readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'),
  ) as Lock;

  it('has the optional packages of every platform, or `npm ci` refuses it', () => {
    const missing = Object.values(lock.packages)
      .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
      .filter((name) => !(`node_modules/${name}` in lock.packages));
    assert.deepEqual(missing, [], 'run node test/support/completeLock.mjs');
  });

  it('names no registry, so that it works with any', () => {
    assert.ok(Object.values(lock.packages).every(({ resolved }) => resolved === undefined));
  });
});
