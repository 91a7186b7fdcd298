/** Runs in a thread of its own: reads what sources have grown by, for `scanInWorker.ts`. */
import { parentPort } from 'node:worker_threads';
import { type FilePosition, positionsOf } from '../core/signal.ts';
import { errorMessage, isPatchwrightError } from '../core/errors.ts';
import type { Settings } from '../core/settings.ts';
import { createScanner, type ScanItem } from './scan.ts';

export interface ScanOrder {
  readonly kind: 'scan';
  readonly id: number;
  readonly folder: string;
  readonly settings: Pick<Settings, 'sources' | 'privacy' | 'thresholds'>;
  readonly flush: boolean;
  readonly positions: readonly FilePosition[];
}

export type ToWorker =
  | ScanOrder
  /** An item was taken: another may be sent. */
  | { readonly kind: 'taken'; readonly id: number }
  | { readonly kind: 'cancel'; readonly id: number };

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'item'; readonly id: number; readonly item: ScanItem }
  | { readonly kind: 'end'; readonly id: number }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };

/** So many items are on the way at most: reading goes on while one is being written down. */
const maxOnTheWay = 2;

interface Running {
  readonly controller: AbortController;
  taken(): void;
}

const running = new Map<number, Running>();

function post(message: FromWorker): void {
  parentPort?.postMessage(message);
}

async function run(order: ScanOrder): Promise<void> {
  const { id, folder, settings, flush } = order;
  const controller = new AbortController();
  let onTheWay = 0;
  let wake = (): void => undefined;
  const free = async (): Promise<void> => {
    if (onTheWay < maxOnTheWay || controller.signal.aborted) return;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  };
  controller.signal.addEventListener('abort', () => wake());
  running.set(id, {
    controller,
    taken() {
      onTheWay--;
      wake();
    },
  });
  const positions = new Map(order.positions.map((position) => [position.file, position]));
  const scanner = createScanner({
    folder,
    clock: { now: () => new Date() },
    settings,
    readPosition: (file) => positions.get(file),
  });
  try {
    for await (const item of scanner.scan({ flush }, controller.signal)) {
      post({ kind: 'item', id, item });
      onTheWay++;
      if (item.kind === 'batch') {
        for (const position of positionsOf(item.batch)) positions.set(position.file, position);
      }
      await free();
    }
    post({ kind: 'end', id });
  } catch (error) {
    if (isPatchwrightError(error, 'cancelled')) post({ kind: 'end', id });
    else post({ kind: 'failed', id, message: errorMessage(error) });
  } finally {
    running.delete(id);
  }
}

parentPort?.on('message', (message: ToWorker) => {
  if (message.kind === 'scan') void run(message);
  else if (message.kind === 'taken') running.get(message.id)?.taken();
  else running.get(message.id)?.controller.abort();
});
post({ kind: 'ready' });
