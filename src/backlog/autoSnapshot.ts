import { errorMessage } from '../core/errors.ts';
import type { Log } from '../core/ports.ts';

const idleMs = 2_000;
export const manyChanges = 500;
/** A snapshot costs what the backlog weighs; so at most one per cent of the time goes into them. */
const pause = 100;

export interface AutoSnapshot {
  noteChanges(count: number): void;
  stop(): void;
  /** The last one, if there is anything new. */
  finish(): Promise<void>;
}

/** Decides when a snapshot is due: after many changes, or when it has been quiet for a while. */
export function createAutoSnapshot(
  snapshot: () => Promise<void>,
  log: Log,
  whenQuiet = true,
): AutoSnapshot {
  let changes = 0;
  let notBefore = 0;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let hasChanged = false;

  async function run(): Promise<void> {
    changes = 0;
    const start = performance.now();
    try {
      await snapshot();
    } catch (error) {
      log(`The backlog's snapshot could not be written: ${errorMessage(error)}`);
    }
    const end = performance.now();
    notBefore = end + pause * (end - start);
  }

  function schedule(): void {
    clearTimeout(timer);
    if (isStopped || changes === 0) return;
    if (changes < manyChanges && !whenQuiet) return;
    const delay = changes >= manyChanges ? 0 : idleMs;
    timer = setTimeout(() => void run(), Math.max(delay, notBefore - performance.now()));
    timer.unref();
  }

  return {
    noteChanges(count) {
      changes += count;
      hasChanged = true;
      schedule();
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
    async finish() {
      if (hasChanged) await run();
    },
  };
}
