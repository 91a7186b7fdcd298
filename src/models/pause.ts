import { setTimeout as sleep } from 'node:timers/promises';
import { cancelled } from '../core/errors.ts';

/** Rejects with `cancelled` when the signal fires meanwhile. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, signal ? { signal } : {});
  } catch {
    throw cancelled();
  }
}
