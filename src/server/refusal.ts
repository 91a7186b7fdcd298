import { errorMessage, isPatchwrightError, type ErrorCode } from '../core/errors.ts';

/** Why a request gets no answer but a status. */
export interface Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
}

export function refusal(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Refusal {
  return Object.assign(new Error(message), { status, code, headers });
}

export function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && 'status' in error && 'headers' in error;
}

/** What our own errors are on the wire; 500 is a bug of ours. */
const statuses: Partial<Record<ErrorCode, number>> = {
  usage: 400,
  not_found: 404,
  not_a_reviewer: 403,
  protected_branch: 403,
  untrusted: 403,
  nothing_to_do: 409,
  illegal_move: 409,
  stale: 409,
  conflict: 409,
  would_overwrite: 409,
  gates_failed: 409,
  limit_reached: 429,
  resting: 409,
  busy: 503,
  disk_full: 503,
  read_only: 503,
};

/** Any thrown value as one. */
export function asRefusal(error: unknown): Refusal {
  if (isRefusal(error)) return error;
  if (!isPatchwrightError(error)) return refusal(500, 'internal', 'Something failed here.');
  const status = statuses[error.code] ?? 409;
  return refusal(status, error.code, errorMessage(error), status === 503 ? retryLater : {});
}

export const retryLater = { 'retry-after': '5' };
