import * as z from 'zod/mini';
import { cancelled, errorMessage, PatchwrightError } from '../core/errors.ts';

/** How a forge is reached. */
export interface ForgeAccess {
  readonly apiUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the forge, for messages. */
  readonly name: string;
  readonly timeoutMs?: number;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT';
  readonly path: string;
  readonly body?: unknown;
}

const usualTimeoutMs = 20_000;
const maxReplyChars = 4_000_000;

/** One call; the reply must be of that form. No redirect is followed: a token must not travel on. */
export async function call<T>(
  { apiUrl, headers, name, timeoutMs = usualTimeoutMs }: ForgeAccess,
  { method, path, body }: Call,
  schema: z.ZodMiniType<T>,
  signal?: AbortSignal,
): Promise<T> {
  const limit = AbortSignal.timeout(timeoutMs);
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${apiUrl}${path}`, {
      method,
      headers: { ...headers, 'Content-Type': 'application/json', 'User-Agent': 'patchwright' },
      redirect: 'manual',
      signal: signal ? AbortSignal.any([limit, signal]) : limit,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    text = (await response.text()).slice(0, maxReplyChars);
  } catch (error) {
    if (signal?.aborted) throw cancelled();
    throw new PatchwrightError(
      'forge_unreachable',
      {
        what: `${name} could not be reached.`,
        why: limit.aborted ? `It did not answer within ${timeoutMs / 1000} s.` : causeOf(error),
        remedy: 'Look at the network and the address of the remote, and try again.',
      },
      { cause: error },
    );
  }
  if (!response.ok) throw refusal(name, response.status, text);
  const parsed = z.safeParse(schema, asJson(text));
  if (parsed.success) return parsed.data;
  throw new PatchwrightError('forge_bad_reply', {
    what: `${name} answered something else than was asked for.`,
    why: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
    remedy: 'If the address of the remote is right, this may be a version that is not known here.',
  });
}

function causeOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  return errorMessage(cause ?? error);
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const remedies: Readonly<Record<number, string>> = {
  401: 'Sign in again, or set another token.',
  403: 'Give the token the right to write pull requests, or ask who owns the repository.',
  404: 'Look whether the token may see this repository.',
  422: 'Look at the branch and its base on the forge.',
  429: 'Wait a while and try again.',
};

function refusal(name: string, status: number, text: string): PatchwrightError {
  const said = (asJson(text) as { message?: unknown; error?: unknown } | undefined) ?? {};
  const words = said.message ?? said.error ?? '';
  const why = typeof words === 'string' ? words : JSON.stringify(words);
  return new PatchwrightError(status === 401 || status === 403 ? 'forge_auth' : 'forge_refused', {
    what: `${name} refused (${status}).`,
    why: why.slice(0, 500),
    remedy: remedies[status] ?? 'Try again later.',
  });
}
