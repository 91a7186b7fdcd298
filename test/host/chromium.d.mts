export function findChromium(): string | undefined;
/** Path of a Chromium. Throws with the command to run when there is none and it can't be installed. */
export function ensureChromium(): string;
