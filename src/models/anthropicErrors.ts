/** Every way a call of the API fails, as one sentence a person can act on. One place, by status. */
import {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  APIUserAbortError,
} from '@anthropic-ai/sdk';
import { cancelled, type ErrorCode, PatchwrightError } from '../core/errors.ts';
import { CutReplyError } from './anthropicReply.ts';

const maxMessageChars = 400;

/** `subject` is what was asked for: a model's name. The key never gets into the message. */
export function explainModelError(
  error: unknown,
  apiKey: string,
  subject: string,
): PatchwrightError {
  if (error instanceof PatchwrightError) return error;
  if (error instanceof APIUserAbortError) return cancelled();
  const said = printable(messageOf(error), apiKey.trim());
  const { code, what, why, remedy } = describe(error, said, printable(subject, apiKey.trim()));
  return new PatchwrightError(code, { what, why, remedy });
}

/** The conversation is longer than the model's window: with less of it the call may work. */
export function fillsContext(error: unknown): boolean {
  return (
    error instanceof APIError && error.status === 400 && /prompt is too long/i.test(error.message)
  );
}

/** A reply that broke off while it streamed is worth one more call. */
export function isWorthRepeating(error: PatchwrightError): boolean {
  return error.code === 'model_unreachable' || error.code === 'model_overloaded';
}

interface Description {
  readonly code: ErrorCode;
  readonly what: string;
  readonly why: string;
  readonly remedy: string;
}

function describe(error: unknown, said: string, subject: string): Description {
  if (error instanceof APIConnectionTimeoutError) {
    return unreachable('It did not answer in time.');
  }
  if (error instanceof APIConnectionError) return unreachable(said);
  if (error instanceof APIError) return describeStatus(error, said, subject);
  if (error instanceof CutReplyError) {
    return unreachable('The connection ended in the middle of its reply, twice in a row.');
  }
  if (error instanceof SyntaxError) {
    return badReply('The server sent something that is not the Messages protocol.', said);
  }
  return unreachable(`The connection broke: ${said}`);
}

function describeStatus(error: APIError, said: string, subject: string): Description {
  const status = error.status ?? statusOfType[error.type ?? ''] ?? 500;
  if (status === 401 || status === 403) {
    return {
      code: 'model_auth',
      what: 'The model does not accept the key.',
      why: `It answered ${status}: ${said}`,
      remedy:
        'Check the key, and set it again with "Patchwright: Set API Key" (or ANTHROPIC_API_KEY).',
    };
  }
  if (status === 402 || /credit balance/i.test(said)) {
    return {
      code: 'model_auth',
      what: 'The account of this key cannot pay for the call.',
      why: said,
      remedy: 'Check the billing of the account, or use another key.',
    };
  }
  if (status === 429) {
    return {
      code: 'model_rate_limited',
      what: 'The model allows no more calls for now.',
      why: said,
      remedy: `Try again ${retryAfter(error)}; the ticket is unchanged.`,
    };
  }
  if (status === 529 || error.type === 'overloaded_error') {
    return {
      code: 'model_overloaded',
      what: 'The model is overloaded.',
      why: said,
      remedy: 'Try again in a few minutes, or choose another model; the ticket is unchanged.',
    };
  }
  if (status >= 500 || status === 408) return unreachable(`It answered ${status}: ${said}`);
  if (status === 404) {
    return {
      code: 'model_bad_reply',
      what: `The server does not know ${subject}.`,
      why: said,
      remedy:
        'Correct patchwright.model.name (leave it empty to have one chosen) or patchwright.model.baseUrl.',
    };
  }
  if (status === 413) return badReply('The request was too large for the model.', said);
  return badReply(`The model did not take the request (${status}).`, said);
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

function unreachable(why: string): Description {
  return {
    code: 'model_unreachable',
    what: 'The model could not be reached.',
    why,
    remedy:
      'Check the network, the proxy and patchwright.model.baseUrl, then try again; the ticket is unchanged.',
  };
}

function badReply(what: string, why: string): Description {
  return {
    code: 'model_bad_reply',
    what,
    why,
    remedy: 'Try again or choose another model; if it stays so, it is worth a bug report.',
  };
}

function retryAfter(error: APIError): string {
  const seconds = Math.ceil(Number.parseFloat(error.headers?.get('retry-after') ?? ''));
  if (!(seconds > 0)) return 'in a minute';
  return seconds < 120 ? `in ${seconds} seconds` : `in ${Math.ceil(seconds / 60)} minutes`;
}

/** The innermost cause says most: ECONNREFUSED, a certificate, a name that does not resolve. */
function messageOf(error: unknown): string {
  if (error instanceof APIError && error.apiMessage) return error.apiMessage;
  const messages: string[] = [];
  let at: unknown = error;
  for (let depth = 0; at instanceof Error && depth < 5; depth++) {
    const code = (at as { code?: unknown }).code;
    const text = at.message || (typeof code === 'string' ? code : '');
    if (text && !messages.includes(text)) messages.push(text);
    at = at instanceof AggregateError ? (at.errors[0] as unknown) : at.cause;
  }
  return messages.join(' ') || String(error);
}

function printable(text: string, key: string): string {
  const hidden = key === '' ? text : text.replaceAll(key, '<key>');
  return hidden
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, maxMessageChars);
}
