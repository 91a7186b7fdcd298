import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod/mini';
import { cancelled, errorMessage, isPatchwrightError, PatchwrightError } from '../core/errors.ts';

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

/** How long a forge that asks to wait is waited for, in the middle of what somebody has asked for. */
const mostPatienceMs = 10_000;
const maxTries = 3;

/**
 * One call; the reply must be of that form. A repository that was renamed is followed on the same server
 * only: a token must not travel on.
 */
export async function call<T>(
  access: ForgeAccess,
  what: Call,
  schema: z.ZodMiniType<T>,
  signal?: AbortSignal,
): Promise<T> {
  const { name } = access;
  let url = `${access.apiUrl}${what.path}`;
  for (let tries = 1; ; tries += 1) {
    const { response, text } = await send(access, url, what, signal);
    if (response.ok) return checked(name, schema, text);
    const renamed = tries < maxTries ? renamedTo(response, url) : undefined;
    if (renamed !== undefined) {
      url = renamed;
      continue;
    }
    if (!isLimited(response, text)) throw refusal(name, response.status, text);
    const waitMs = waitOf(response.headers);
    if (waitMs === undefined || waitMs > mostPatienceMs || tries === maxTries) {
      throw limited(name, text, waitMs);
    }
    await pause(waitMs, signal);
  }
}

/** As `call`; undefined where that is gone though `around`, which it belongs to, is there. */
export async function callIfThere<T>(
  access: ForgeAccess,
  what: Call,
  around: string,
  schema: z.ZodMiniType<T>,
  signal?: AbortSignal,
): Promise<T | undefined> {
  return unlessMissing(undefined, () => call(access, what, schema, signal), [404, 410]).then(
    async (found) => {
      if (found === undefined)
        await call(access, { method: 'GET', path: around }, z.unknown(), signal);
      return found;
    },
  );
}

/** What a token has no right to, or a repository does not have, is done without; not what fails for now. */
export async function unlessMissing<T>(
  instead: T,
  work: () => Promise<T>,
  statuses: readonly number[] = [403, 404, 410],
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isOne =
      isPatchwrightError(error, 'forge_refused') || isPatchwrightError(error, 'forge_auth');
    if (isOne && statuses.includes(Number(error.cause))) return instead;
    throw error;
  }
}

/** The reply to an answer of pages: all of them, as far as anybody would read. */
export async function allPages<T>(
  page: (query: string) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (let number = 1; number <= maxPages; number += 1) {
    const some = await page(`per_page=${perPage}&page=${number}`);
    all.push(...some);
    if (some.length < perPage) break;
  }
  return all;
}

const perPage = 100;
const maxPages = 20;

async function send(
  { headers, name, timeoutMs = usualTimeoutMs }: ForgeAccess,
  url: string,
  { method, body }: Call,
  signal?: AbortSignal,
): Promise<{ readonly response: Response; readonly text: string }> {
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method,
      headers: { ...headers, 'Content-Type': 'application/json', 'User-Agent': 'patchwright' },
      redirect: 'manual',
      signal: signal ? AbortSignal.any([limit, signal]) : limit,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { response, text: (await response.text()).slice(0, maxReplyChars) };
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
}

function renamedTo({ status, headers }: Response, from: string): string | undefined {
  const location = headers.get('location');
  if (![301, 307, 308].includes(status) || location === null || !URL.canParse(location, from)) {
    return undefined;
  }
  const to = new URL(location, from);
  return to.origin === new URL(from).origin ? to.href : undefined;
}

function checked<T>(name: string, schema: z.ZodMiniType<T>, text: string): T {
  const value = asJson(text);
  const parsed = z.safeParse(schema, value);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new PatchwrightError('forge_bad_reply', {
    what: `${name} answered something else than was asked for.`,
    why:
      value === undefined ? 'It sent no JSON, but perhaps a page to sign in at.' : wrong.join('; '),
    remedy: 'If the address of the remote is right, this may be a version that is not known here.',
  });
}

/** GitHub says 403, too, when there were too many calls; its headers or words tell that from a matter of rights. */
function isLimited({ status, headers }: Response, text: string): boolean {
  if (status === 429) return true;
  const left = headers.get('x-ratelimit-remaining') ?? headers.get('ratelimit-remaining');
  const says = headers.has('retry-after') || left === '0' || /\brate limit/i.test(wordsOf(text));
  return status === 403 && says;
}

/** undefined where it does not say. */
function waitOf(headers: Headers): number | undefined {
  const seconds = headers.get('retry-after');
  if (seconds !== null && /^\d{1,6}$/.test(seconds)) return Number(seconds) * 1_000;
  const reset = headers.get('x-ratelimit-reset') ?? headers.get('ratelimit-reset');
  if (reset === null || !/^\d{1,12}$/.test(reset)) return undefined;
  return Math.max(0, Number(reset) * 1_000 - Date.now());
}

async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, signal ? { signal } : {});
  } catch (error) {
    if (signal?.aborted) throw cancelled();
    throw error;
  }
}

/** No refusal: what was asked is neither denied nor missing, and must not be done without. */
function limited(name: string, text: string, waitMs: number | undefined): PatchwrightError {
  const time = waitMs === undefined ? 'a few minutes' : `${Math.ceil(waitMs / 1_000)} seconds`;
  return new PatchwrightError('forge_unreachable', {
    what: `${name} takes no more calls for a while.`,
    why: wordsOf(text) || 'There were too many within a short time.',
    remedy: `Try again in ${time}.`,
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

const moved = 'The repository has moved: set its new address with `git remote set-url`.';

const remedies: Readonly<Record<number, string>> = {
  301: moved,
  302: moved,
  307: moved,
  308: moved,
  401: 'Sign in again, or set another token.',
  403: 'Give the token the right to write pull requests, or ask who owns the repository.',
  404: 'Look whether the token may see this repository.',
  409: 'Look at the branch on the forge: something of its name may be there already.',
  422: 'Look at the branch and its base on the forge.',
};

function refusal(name: string, status: number, text: string): PatchwrightError {
  const code = status === 401 || status === 403 ? 'forge_auth' : 'forge_refused';
  const what = `${name} refused (${status}).`;
  const remedy = remedies[status] ?? 'Try again later.';
  return new PatchwrightError(code, { what, why: wordsOf(text), remedy }, { cause: status });
}

/** What a forge says went wrong; GitHub says more in a list. */
function wordsOf(text: string): string {
  const said = z.safeParse(words, asJson(text));
  if (!said.success) return '';
  const { message, error, errors = [] } = said.data;
  const more = errors.map((one) =>
    typeof one === 'string'
      ? one
      : (one.message ?? [one.field, one.code].filter(Boolean).join(': ')),
  );
  const first = message ?? error ?? '';
  return [typeof first === 'string' ? first : JSON.stringify(first), ...more]
    .filter(Boolean)
    .join(' ')
    .slice(0, 500);
}

const problem = z.object({
  message: z.optional(z.string()),
  field: z.optional(z.string()),
  code: z.optional(z.string()),
});
const words = z.object({
  message: z.optional(z.unknown()),
  error: z.optional(z.unknown()),
  errors: z.optional(z.array(z.union([z.string(), problem]))),
});
