import { PatchwrightError } from './errors.ts';

/** What holds the code that a model wrote while it runs. */

export type SandboxState =
  /** Everything is run in it. */
  | { readonly kind: 'held'; readonly title: string; readonly network: boolean }
  /** There is none, and the user chose to run without. */
  | { readonly kind: 'without'; readonly reason: string; readonly remedy: string }
  /** There is none: nothing a model wrote is run. */
  | { readonly kind: 'refused'; readonly reason: string; readonly remedy: string };

/** What a command and all that it starts may use together. */
export interface SandboxLimits {
  readonly memoryMb: number;
  readonly processes: number;
  /** Written below the worktree and the temporary folders; also the largest file. */
  readonly diskMb: number;
}

/** The mark that every result without a sandbox carries. */
export const withoutSandbox =
  'Run without a sandbox: the tests could read and write all your files.';

/** For the command line, whose settings a cloned repository could bring along. */
export const allowVariable = 'PATCHWRIGHT_ALLOW_WITHOUT_SANDBOX';

/** Why nothing is run, and the two ways out. */
export function noSandbox({ reason, remedy }: Reasons): PatchwrightError {
  return new PatchwrightError('no_sandbox', {
    what: 'Nothing that a model wrote is run here.',
    why: `There is no sandbox to hold it: ${reason}`,
    remedy: `${remedy} Or choose to run without: ${howToAllow}.`.trim(),
  });
}

export const howToAllow = `patchwright.sandbox.allowWithout in your user settings (on the command line ${allowVariable}=1)`;

interface Reasons {
  readonly reason: string;
  readonly remedy: string;
}
