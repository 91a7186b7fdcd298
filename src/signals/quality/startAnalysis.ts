import { Worker } from 'node:worker_threads';
import { cancelled, PatchwrightError, throwIfCancelled } from '../../core/errors.ts';
import type { Analysis, AnalysisRequest } from './analyse.ts';

export type Analyse = (request: AnalysisRequest, signal?: AbortSignal) => Promise<Analysis>;

/** What one file's reading may take beyond the time in which no new one is begun. */
const graceMs = 30_000;
const maxHeapMiB = 1_024;

/** Rejects with `cancelled` at once when the signal fires; nothing of it is left then. */
export const startAnalysis: Analyse = async (request, signal) => {
  throwIfCancelled(signal);
  const worker = new Worker(script(), {
    workerData: request,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: maxHeapMiB },
  });
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  try {
    return await new Promise<Analysis>((resolve, reject) => {
      onAbort = () => reject(cancelled());
      signal?.addEventListener('abort', onAbort, { once: true });
      timer = setTimeout(() => reject(tooLong(request.maxMs)), request.maxMs + graceMs);
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`The code analysis ended early (${code}).`)));
    });
  } finally {
    clearTimeout(timer);
    if (onAbort) signal?.removeEventListener('abort', onAbort);
    await worker.terminate();
  }
};

/** Beside this file in the sources, beside the bundle when built. */
function script(): URL {
  const name = import.meta.url.endsWith('.ts') ? 'qualityWorker.ts' : 'qualityWorker.cjs';
  return new URL(`./${name}`, import.meta.url);
}

function tooLong(ms: number): PatchwrightError {
  return new PatchwrightError('limit_reached', {
    what: 'The code analysis was stopped.',
    why: `It took longer than ${Math.round((ms + graceMs) / 1000)} seconds.`,
    remedy: 'Leave large files out with patchwright.sources.ignore.',
  });
}
