import { PatchwrightError } from '../../core/errors.ts';
import { askThread } from '../askThread.ts';
import type { Analysis, AnalysisRequest } from './analyse.ts';

export type Analyse = (request: AnalysisRequest, signal?: AbortSignal) => Promise<Analysis>;

/** What one file's reading may take beyond the time in which no new one is begun. */
const graceMs = 30_000;

/** Rejects with `cancelled` at once when the signal fires; nothing of it is left then. */
export const startAnalysis: Analyse = async (request, signal) => {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(tooLong(request.maxMs)), request.maxMs + graceMs);
  try {
    return await askThread<Analysis>(
      { script: 'qualityWorker', from: import.meta.url, request, maxHeapMiB: 1_024 },
      AbortSignal.any([late.signal, ...(signal ? [signal] : [])]),
    );
  } finally {
    clearTimeout(timer);
  }
};

function tooLong(ms: number): PatchwrightError {
  return new PatchwrightError('limit_reached', {
    what: 'The code analysis was stopped.',
    why: `It took longer than ${Math.round((ms + graceMs) / 1000)} seconds.`,
    remedy: 'Leave large files out with patchwright.sources.ignore.',
  });
}
