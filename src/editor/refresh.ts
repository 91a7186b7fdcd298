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
