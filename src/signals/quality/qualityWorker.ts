/** The code analysis in a thread of its own, so that the editor's is never held. */
import { parentPort, workerData } from 'node:worker_threads';
import { analyse, type AnalysisRequest } from './analyse.ts';

// What it throws reaches whoever started it as the thread's error.
void analyse(workerData as AnalysisRequest).then((analysis) =>
  parentPort?.postMessage(analysis, []),
);
