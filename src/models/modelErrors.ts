/** How a call of any model fails, as one sentence a person can act on. */
import { type ErrorCode, PatchwrightError } from '../core/errors.ts';

const maxMessageChars = 400;

/** What a server said by its status. */
export interface Answered {
  readonly status: number;
  readonly said: string;
  /** What was asked for: a model's name. */
  readonly subject: string;
  /** Of the header `retry-after`. */
  readonly retryAfter: string | null | undefined;
  /** How the key is set. */
  readonly keyRemedy: string;
}

export function errorOfStatus({ status, said, subject, retryAfter, keyRemedy }: Answered) {
  if (status === 401 || status === 403) {
    return modelError(
      'model_auth',
      'The model does not accept the key.',
      `It answered ${status}: ${said}`,
      keyRemedy,
    );
  }
  if (status === 402 || /credit balance|insufficient_quota/i.test(said)) {
    return modelError(
      'model_auth',
      'The account of this key cannot pay for the call.',
      said,
      'Check the billing of the account, or use another key.',
    );
  }
  if (status === 429) {
    return modelError(
      'model_rate_limited',
      'The model allows no more calls for now.',
      said,
      `Try again ${whenToRetry(retryAfter)}; the ticket is unchanged.`,
    );
  }
  if (status === 529) return overloaded(said);
  if (status >= 500 || status === 408) return unreachable(`It answered ${status}: ${said}`);
  if (status === 404) {
    return modelError(
      'model_bad_reply',
      `The server does not know ${subject}.`,
      said,
      'Correct patchwright.model.name (leave it empty to have one chosen) or patchwright.model.baseUrl.',
    );
  }
  if (status === 413) return badReply('The request was too large for the model.', said);
  return badReply(`The model did not take the request (${status}).`, said);
}

export function overloaded(said: string): PatchwrightError {
  return modelError(
    'model_overloaded',
    'The model is overloaded.',
    said,
    'Try again in a few minutes, or choose another model; the ticket is unchanged.',
  );
}

export function unreachable(why: string): PatchwrightError {
  return modelError(
    'model_unreachable',
    'The model could not be reached.',
    why,
    'Check the network, the proxy and patchwright.model.baseUrl, then try again; the ticket is unchanged.',
  );
}

export function badReply(what: string, why: string): PatchwrightError {
  return modelError(
    'model_bad_reply',
    what,
    why,
    'Try again or choose another model; if it stays so, it is worth a bug report.',
  );
}

function modelError(code: ErrorCode, what: string, why: string, remedy: string): PatchwrightError {
  return new PatchwrightError(code, { what, why, remedy });
}

/** A reply that broke off while it streamed is worth one more call. */
export function isWorthRepeating(error: PatchwrightError): boolean {
  return error.code === 'model_unreachable' || error.code === 'model_overloaded';
}

function whenToRetry(header: string | null | undefined): string {
  const seconds = Math.ceil(Number.parseFloat(header ?? ''));
  if (!(seconds > 0)) return 'in a minute';
  return seconds < 120 ? `in ${seconds} seconds` : `in ${Math.ceil(seconds / 60)} minutes`;
}

/** The innermost cause says most: ECONNREFUSED, a certificate, a name that does not resolve. */
export function causesOf(error: unknown): string {
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

/** One line without the key. */
export function printable(text: string, key: string): string {
  const hidden = key === '' ? text : text.replaceAll(key, '<key>');
  return hidden
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, maxMessageChars);
}
