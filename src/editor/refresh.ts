/** Runs `work` soon after the first call, then at most once per pause (in ms): bursts become one. */
export function throttled(
  work: () => void,
  pauseMs: () => number = () => refreshMs,
): { (): void; dispose(): void } {
  let timer: NodeJS.Timeout | undefined;
  let last = 0;
  const run = (): void => {
    timer = undefined;
    last = Date.now();
    work();
  };
  const ask = (): void => {
    timer ??= setTimeout(run, Math.max(0, last + pauseMs() - Date.now()));
  };
  return Object.assign(ask, { dispose: () => clearTimeout(timer) });
}

/** How often views look again while changes come in. */
export const refreshMs = 60;

/** With tens of thousands of tickets a look takes long: then most of the time must be left for others. */
export const idleFactor = 8;

/** Whether there is nothing else to look at than before. */
export function isSame(before: readonly unknown[], now: readonly unknown[]): boolean {
  return before.length === now.length && before.every((one, at) => one === now[at]);
}
