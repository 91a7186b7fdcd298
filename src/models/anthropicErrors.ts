/** The SDK's errors as ours. */
import {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  APIUserAbortError,
} from '@anthropic-ai/sdk';
import { cancelled, PatchwrightError } from '../core/errors.ts';
import { CutReplyError } from './cutReply.ts';
import {
  badReply,
  causesOf,
  errorOfStatus,
  overloaded,
  printable,
  unreachable,
} from './modelErrors.ts';

/** `subject` is what was asked for: a model's name. The key never gets into the message. */
export function explainModelError(
  error: unknown,
  apiKey: string,
  subject: string,
): PatchwrightError {
  if (error instanceof PatchwrightError) return error;
  if (error instanceof APIUserAbortError) return cancelled();
  const key = apiKey.trim();
  const raw = error instanceof APIError && error.apiMessage ? error.apiMessage : causesOf(error);
  const said = printable(raw, key);
  if (error instanceof APIConnectionTimeoutError) return unreachable('It did not answer in time.');
  if (error instanceof APIConnectionError) return unreachable(said);
  if (error instanceof APIError) return explainStatus(error, said, printable(subject, key));
  if (error instanceof CutReplyError) return unreachable(error.message);
  if (error instanceof SyntaxError) {
    return badReply('The server sent something that is not the Messages protocol.', said);
  }
  return unreachable(`The connection broke: ${said}`);
}

/** The conversation is longer than the model's window: with less of it the call may work. */
export function fillsContext(error: unknown): boolean {
  return (
    error instanceof APIError &&
    error.status === 400 &&
    /prompt is too long|exceed context limit/i.test(error.message)
  );
}

function explainStatus(error: APIError, said: string, subject: string): PatchwrightError {
  if (error.type === 'overloaded_error') return overloaded(said);
  return errorOfStatus({
    status: error.status ?? statusOfType[error.type ?? ''] ?? 500,
    said,
    subject,
    retryAfter: error.headers?.get('retry-after'),
    keyRemedy:
      'Check the key, and set it again with "Patchwright: Set API Key" (or ANTHROPIC_API_KEY).',
  });
}

/** Errors that come inside a stream have a type and no status. */
const statusOfType: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  timeout_error: 504,
  overloaded_error: 529,
};
