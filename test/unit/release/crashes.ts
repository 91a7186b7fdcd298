import type { Git } from '../../../src/core/ports.ts';

/** What a process that died no longer does: everything after. */
export class Crash extends Error {}

/** git that tells of every call before it is made; what is thrown then is what the caller gets. */
export function crashingAt(git: Git, at: () => void): Git {
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    at();
    return work();
  };
  const wrap = (inner: Git): Git => ({
    ...inner,
    run: (...args) => step(() => inner.run(...args)),
    code: (...args) => step(() => inner.code(...args)),
    bytes: (...args) => step(() => inner.bytes(...args)),
    at: (path) => wrap(inner.at(path)),
    withHooks: () => wrap(inner.withHooks()),
  });
  return wrap(git);
}

/** git that works `steps` times; then `at` happens before every further call. */
export function interrupted(git: Git, steps: number, at: () => void): Git {
  let left = steps;
  return crashingAt(git, () => {
    if (left <= 0) at();
    left -= 1;
  });
}

/** git that works `steps` times and then never again, as for a process that was killed. */
export function crashing(git: Git, steps: number): Git {
  return interrupted(git, steps, () => {
    throw new Crash(`after ${steps} steps`);
  });
}
