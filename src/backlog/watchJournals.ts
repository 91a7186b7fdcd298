import { type FSWatcher, watch } from 'node:fs';
import type { Paths } from './paths.ts';

const pollMs = 1_000;

/**
 * Calls back when another process may have written: at once where the system tells, else within a
 * second. Keeps no process alive.
 */
export function watchJournals(
  paths: Paths,
  isOwn: (fileName: string) => boolean,
  onChange: () => void,
): () => void {
  let watcher: FSWatcher | undefined;

  function start(): void {
    if (watcher) return;
    try {
      watcher = watch(paths.journal, { persistent: false }, (_, name) => {
        if (name === null || !isOwn(name)) onChange();
      });
      watcher.on('error', stop);
    } catch {
      watcher = undefined; // not there yet, or no watching on this file system: the poll sees to it
    }
  }

  function stop(): void {
    watcher?.close();
    watcher = undefined;
  }

  start();
  const poll = setInterval(() => {
    start();
    onChange();
  }, pollMs);
  poll.unref();
  return () => {
    clearInterval(poll);
    stop();
  };
}
