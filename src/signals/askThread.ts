import { Worker } from 'node:worker_threads';
import { cancelled, isPatchwrightError, throwIfCancelled } from '../core/errors.ts';

export interface Question {
  /** The module without its extension: beside `from` in the sources, beside the bundle when built. */
  readonly script: string;
  /** The asking module's `import.meta.url`. */
  readonly from: string;
  /** Cloned for the thread as its `workerData`. */
  readonly request: unknown;
  readonly maxHeapMiB: number;
  /** Of that, what is young: little keeps the whole small. */
  readonly maxYoungMiB?: number;
}

/**
 * What a thread of its own posts first; its end is the thread's end. Rejects at once when the signal fires, with
 * its reason if that is an error of ours, else with `cancelled`; nothing of the thread is left then.
 */
export async function askThread<T>(question: Question, signal?: AbortSignal): Promise<T> {
  throwIfCancelled(signal);
  const { script, from, request, maxHeapMiB, maxYoungMiB } = question;
  const worker = new Worker(new URL(`./${script}.${from.endsWith('.ts') ? 'ts' : 'cjs'}`, from), {
    workerData: request,
    env: {},
    resourceLimits: {
      maxOldGenerationSizeMb: maxHeapMiB,
      ...(maxYoungMiB === undefined ? {} : { maxYoungGenerationSizeMb: maxYoungMiB }),
    },
  });
  let onAbort: (() => void) | undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      onAbort = () => reject(isPatchwrightError(signal?.reason) ? signal.reason : cancelled());
      signal?.addEventListener('abort', onAbort, { once: true });
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) =>
        reject(new Error(`The thread ${script} ended early (${code}).`)),
      );
    });
  } finally {
    if (onAbort) signal?.removeEventListener('abort', onAbort);
    await worker.terminate();
  }
}
