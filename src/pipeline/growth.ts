import { errorMessage, isPatchwrightError } from '../core/errors.ts';
import type { Log } from '../core/ports.ts';

/** How long sources must be quiet before what may be half written counts as whole. */
const quietMs = 150;

/** Turns any number of "it has grown" into one scan at a time, and a last one when it is quiet. */
export function createGrowth(
  scan: (flush: boolean, signal: AbortSignal) => Promise<unknown>,
  log: Log,
): { grown(): void; dispose(): Promise<void> } {
  const controller = new AbortController();
  let wanted: 'no' | 'held' | 'flush' = 'no';
  let quiet: NodeJS.Timeout | undefined;
  let current: Promise<void> | undefined;

  const run = async (): Promise<void> => {
    while (wanted !== 'no' && !controller.signal.aborted) {
      const flush = wanted === 'flush';
      wanted = 'no';
      try {
        await scan(flush, controller.signal);
      } catch (error) {
        if (!isPatchwrightError(error, 'cancelled')) log(`Scan failed: ${errorMessage(error)}`);
      }
    }
    current = undefined;
  };

  const want = (what: 'held' | 'flush'): void => {
    if (controller.signal.aborted) return;
    if (wanted !== 'flush') wanted = what;
    current ??= run();
  };

  return {
    grown() {
      want('held');
      clearTimeout(quiet);
      quiet = setTimeout(() => want('flush'), quietMs);
    },
    async dispose() {
      clearTimeout(quiet);
      controller.abort();
      await current;
    },
  };
}
