/** Looked through at a time: little enough that findings are handed on before they grow old. */
const maxStepBytes = 64 * 1024;
/** Where all is traces, or the code is still cold, a step of that size would take too long. */
const minStepBytes = 8 * 1024;
const maxStepMs = 3;
const maxHoldMs = 5;

/** Lets others have the event loop now and then; reading alone would not, when the disk is quick. */
export interface Pace {
  stepBytes(): number;
  /** How many milliseconds the last step held the event loop. */
  took(ms: number): void;
  breathe(): Promise<void>;
}

export function createPace(): Pace {
  let stepBytes = minStepBytes;
  let last = performance.now();
  return {
    stepBytes: () => stepBytes,
    took(ms) {
      const wanted = ms > maxStepMs ? stepBytes / 2 : stepBytes * 2;
      stepBytes = Math.min(maxStepBytes, Math.max(minStepBytes, wanted));
    },
    async breathe() {
      if (performance.now() - last < maxHoldMs) return;
      await new Promise((resolve) => setImmediate(resolve));
      last = performance.now();
    },
  };
}
