/** Runs asynchronous work one after the other, in the order it was handed in. */
export type Serial = <T>(work: () => Promise<T>) => Promise<T>;

export function createSerial(): Serial {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next;
    return next;
  };
}

/** At most one run at a time, and one more for all who ask meanwhile: each caller's run starts after its call. */
export function coalesce(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let waiting: Promise<void> | undefined;

  function start(): Promise<void> {
    const run = work().finally(() => {
      if (running === run) running = undefined;
    });
    running = run;
    return run;
  }

  function startLater(after: Promise<void>): Promise<void> {
    const begin = () => {
      waiting = undefined;
      return start();
    };
    return after.then(begin, begin);
  }

  return () => {
    if (!running) return start();
    waiting ??= startLater(running);
    return waiting;
  };
}
