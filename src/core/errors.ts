/** Every way Patchwright can fail that a person (or a script) may want to tell apart. */
export type ErrorCode =
  | 'usage'
  | 'invalid_settings'
  | 'no_folder'
  | 'untrusted'
  | 'no_git'
  | 'git_too_old'
  | 'git_failed'
  | 'unborn_branch'
  | 'detached_head'
  | 'operation_in_progress'
  | 'missing_key'
  | 'model_auth'
  | 'model_rate_limited'
  | 'model_overloaded'
  | 'model_unreachable'
  | 'model_bad_reply'
  | 'model_refused'
  | 'model_stuck'
  | 'no_submission'
  | 'limit_reached'
  | 'resting'
  | 'gates_failed'
  | 'no_test_command'
  | 'no_sandbox'
  | 'setup_failed'
  | 'app_not_started'
  | 'worktree_failed'
  | 'would_overwrite'
  | 'protected_branch'
  | 'branch_exists'
  | 'not_a_reviewer'
  | 'forge_auth'
  | 'forge_refused'
  | 'forge_unreachable'
  | 'forge_bad_reply'
  | 'push_rejected'
  | 'conflict'
  | 'stale'
  | 'not_found'
  | 'nothing_to_do'
  | 'illegal_move'
  | 'busy'
  | 'disk_full'
  | 'read_only'
  | 'corrupt'
  | 'cancelled';

/**
 * An error a person should read: what happened, why, and what to do about it.
 * Anything else that is thrown is a bug of ours.
 */
export class PatchwrightError extends Error {
  override readonly name = 'PatchwrightError';
  readonly code: ErrorCode;
  readonly what: string;
  readonly why: string;
  readonly remedy: string;

  constructor(
    code: ErrorCode,
    text: { readonly what: string; readonly why: string; readonly remedy: string },
    options?: ErrorOptions,
  ) {
    super(inSentences([text.what, text.why, text.remedy]), options);
    this.code = code;
    this.what = text.what;
    this.why = text.why;
    this.remedy = text.remedy;
  }
}

/** What a tool or a server said often ends without a full stop. */
export function inSentences(texts: readonly string[]): string {
  const ended = (text: string): string => (/[.!?…)"`。]$/.test(text) ? text : `${text}.`);
  return texts.filter(Boolean).map(ended).join(' ');
}

/** By its name, not its class: each bundle has a class of its own. */
export function isPatchwrightError(error: unknown, code?: ErrorCode): error is PatchwrightError {
  if (!(error instanceof Error) || error.name !== 'PatchwrightError') return false;
  return code === undefined || (error as PatchwrightError).code === code;
}

/** Why there is no such ticket or request: it may well be known elsewhere. */
export const unknownHere = 'The backlog of this folder does not know it.';

/** What there is to do where git failed and all that is known is what it said. */
export const askGitByHand = 'Run the same git command by hand to see what it needs.';

/** Whether git failed for a reason that nobody knew to name: one that only the caller may explain. */
export function isUnexplained(error: unknown): boolean {
  return isPatchwrightError(error, 'git_failed') && error.remedy === askGitByHand;
}

export function cancelled(what = 'Cancelled.'): PatchwrightError {
  return new PatchwrightError('cancelled', { what, why: '', remedy: '' });
}

/** Throws `cancelled` when the signal has fired; call it before spending anything. */
export function throwIfCancelled(signal?: AbortSignal): void {
  if (signal?.aborted) throw cancelled();
}

/** The sentence to show for any thrown value. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The system's error code (`ENOENT`, `ENOSPC`, …) of a thrown value, if it has one. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/**
 * Turns a full disk, a read-only folder or a file in a folder's place into the sentence a person needs;
 * others pass through.
 */
export function explainFileError(error: unknown, path: string): unknown {
  const explanation = explanationOf(error);
  if (!explanation) return error;
  const { code, why, remedy } = explanation;
  const what = `Could not write ${path}.`;
  return new PatchwrightError(code, { what, why, remedy }, { cause: error });
}

const full = {
  code: 'disk_full',
  why: 'The disk is full.',
  remedy: 'Free some space and try again; nothing that was saved before is lost.',
} as const;
const readOnly = {
  code: 'read_only',
  why: 'The folder cannot be written to.',
  remedy: 'Make the folder writable for your user and try again.',
} as const;
const inTheWay = {
  code: 'corrupt',
  why: 'A file stands where a folder should be.',
  remedy: 'Move that file away or rename it, and try again.',
} as const;

function explanationOf(error: unknown) {
  const makesFolder = (error as { syscall?: unknown } | null)?.syscall === 'mkdir';
  switch (systemCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return full;
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return readOnly;
    case 'ENOENT': // what a recursive mkdir says on a read-only disk: it looks for what it could not make
      return makesFolder ? readOnly : undefined;
    case 'EEXIST':
      return makesFolder ? inTheWay : undefined;
    case 'ENOTDIR':
      return inTheWay;
    default:
      return undefined;
  }
}
