import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { errorMessage, throwIfCancelled } from '../core/errors.ts';
import type { Disposable, Log } from '../core/ports.ts';
import type { FilePosition } from '../core/signal.ts';
import { createScanner, type ScanItem, type Scanner, type ScannerDeps } from './scan.ts';
import type { FromWorker, ToWorker } from './scanWorker.ts';
import { createSourceRules } from './walk.ts';

export interface WorkerScannerDeps extends ScannerDeps {
  /** All that was committed: the thread cannot ask. */
  readonly positions: () => readonly FilePosition[];
}

/** Scans in a thread of its own, so that the event loop stays free; in this one where no thread can be had. */
export interface ScanThread extends Disposable {
  scanner(deps: WorkerScannerDeps): Scanner;
}

/** A thread that nothing was asked of for so long is ended. */
const idleMs = 60_000;
/** Bounds what a log can make the thread hold; it needs a fraction of it. */
const resourceLimits = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 192 };

const isSource = import.meta.url.endsWith('.ts');
/** Beside this module: as it is, or as a bundle of its own. */
const entry = fileURLToPath(
  new URL(isSource ? './scanWorker.ts' : './scanWorker.cjs', import.meta.url),
);

export function createScanThread(log: Log, file = entry): ScanThread {
  let current: Promise<Thread | undefined> | undefined;
  let idle: NodeJS.Timeout | undefined;
  let disposed = false;

  const thread = (): Promise<Thread | undefined> => {
    current ??= startThread(file, () => {
      current = undefined;
    }).catch((error: unknown) => {
      // Once is enough: what can't start now won't next time either.
      log(`Logs are read without a thread of their own: ${errorMessage(error)}`);
      return undefined;
    });
    return current;
  };

  const end = async (): Promise<void> => {
    const ending = current;
    current = undefined;
    await (await ending)?.end();
  };

  return {
    scanner(deps) {
      const rules = createSourceRules(deps.settings);
      return {
        matches: (path) => rules.kindOf(path) !== undefined,
        async *scan(options, signal) {
          throwIfCancelled(signal);
          clearTimeout(idle);
          const ready = disposed ? undefined : await thread();
          throwIfCancelled(signal);
          if (!ready) {
            yield* createScanner(deps).scan(options, signal);
            return;
          }
          try {
            yield* ready.scan(deps, options.flush, signal);
          } finally {
            idle = setTimeout(() => void end(), idleMs).unref();
          }
        },
      };
    },
    async dispose() {
      disposed = true;
      clearTimeout(idle);
      await end();
    },
  };
}

interface Thread {
  scan(deps: WorkerScannerDeps, flush: boolean, signal?: AbortSignal): AsyncGenerator<ScanItem>;
  end(): Promise<void>;
}

/** Resolves when the thread is at work; rejects when it can't be. */
async function startThread(file: string, onEnd: () => void): Promise<Thread> {
  const worker = new Worker(file, { name: 'patchwright-scan', env: {}, resourceLimits });
  const [first] = (await once(worker, 'message')) as [FromWorker];
  if (first.kind !== 'ready') throw new Error(`unexpected ${first.kind}`);
  const listeners = new Map<number, (message: FromWorker) => void>();
  let ids = 0;
  let ended: string | undefined;

  const fail = (message: string): void => {
    ended ??= message;
    onEnd();
    for (const [id, tell] of listeners) tell({ kind: 'failed', id, message });
  };
  worker.on('message', (message: FromWorker) => {
    if (message.kind !== 'ready') listeners.get(message.id)?.(message);
  });
  worker.on('error', (error) => fail(errorMessage(error)));
  worker.on('exit', () => fail('the thread ended'));
  worker.unref(); // a scan keeps the process alive, the waiting thread does not
  const send = (message: ToWorker): void => worker.postMessage(message);

  return {
    async *scan({ folder, settings, positions }, flush, signal) {
      const id = ++ids;
      const queue: FromWorker[] =
        ended === undefined ? [] : [{ kind: 'failed', id, message: ended }];
      let wake = (): void => undefined;
      listeners.set(id, (message) => {
        queue.push(message);
        wake();
      });
      const cancel = (): void => {
        send({ kind: 'cancel', id });
        wake();
      };
      signal?.addEventListener('abort', cancel);
      worker.ref();
      let isOver = false;
      try {
        send({
          kind: 'scan',
          id,
          folder,
          settings: {
            sources: settings.sources,
            privacy: settings.privacy,
            thresholds: settings.thresholds,
          },
          flush,
          positions: positions(),
        });
        for (;;) {
          throwIfCancelled(signal);
          const message = queue.shift();
          if (!message) {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          } else if (message.kind === 'item') {
            yield message.item;
            send({ kind: 'taken', id });
          } else {
            isOver = true;
            if (message.kind === 'failed')
              throw new Error(`Reading logs failed: ${message.message}`);
            return;
          }
        }
      } finally {
        if (!isOver) send({ kind: 'cancel', id });
        signal?.removeEventListener('abort', cancel);
        listeners.delete(id);
        if (listeners.size === 0) worker.unref();
      }
    },
    async end() {
      worker.removeAllListeners('exit');
      await worker.terminate();
    },
  };
}
