import { createHash } from 'node:crypto';
import { safeObject, sanitised } from '../core/sanitise.ts';
import { redact, redactField, type SecretKind } from '../core/secrets.ts';
import type { Feedback, FeedbackSignal, Sentiment } from '../core/signal.ts';
import { feedbackFingerprint } from './fingerprint.ts';
import { intentOf } from './intent.ts';
import { firstLine } from './masks.ts';
import { wordSentiment } from './sentiment/words.ts';
import { shortened, visible } from './title.ts';

export type FeedbackRecord =
  | { readonly kind: 'feedback'; readonly signal: FeedbackSignal }
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'blank' };

/** What is not masked, by the user's choice. */
export type Keep = ReadonlySet<SecretKind>;

export type Json = Readonly<Record<string, unknown>>;

const maxTextChars = 8_000;
const maxMetadataChars = 8_000;
const known = new Set([
  'timestamp',
  'rating',
  'text',
  'message',
  'id',
  'sentiment',
  'user',
  'user_id',
  'context',
  'component',
  'model',
  'model_used',
  'task_type',
]);

/** One line of a feedback file (spec: timestamp, rating, text or message, and optional fields). */
export function readFeedback(
  line: string,
  source: { readonly file: string; readonly offset: number },
  now: string,
  keep?: Keep,
): FeedbackRecord {
  if (line.trim() === '') return { kind: 'blank' };
  const record = parse(line);
  if (typeof record === 'string') return { kind: 'malformed', reason: record };
  return feedbackRecord(record, `${source.offset}\n${line}`, source, now, keep);
}

/**
 * A record of any format as feedback.
 * @param identity what tells it from others when it has no id of its own
 */
export function feedbackRecord(
  record: Json,
  identity: string,
  source: { readonly file: string; readonly offset: number },
  now: string,
  keep?: Keep,
): FeedbackRecord {
  const text = textOf(record);
  const rating = ratingOf(get(record, 'rating'));
  if (rating === 'invalid')
    return { kind: 'malformed', reason: 'rating is neither up, down nor 1 to 5' };
  if (text === undefined && rating === undefined) {
    return { kind: 'malformed', reason: 'neither a text nor a rating' };
  }
  const feedback = feedbackOf(record, text ?? '', rating, identity, now, keep);
  const component = clean(get(record, 'component'), 200);
  return {
    kind: 'feedback',
    signal: {
      kind: 'feedback',
      fingerprint: feedbackFingerprint(
        text === undefined ? ratingOnly(feedback) : feedback.text,
        component,
      ),
      title: shortened(text === undefined ? ratingOnly(feedback) : firstLine(feedback.text)),
      at: feedback.timestamp,
      source,
      feedback,
      intent: text === undefined ? 'other' : intentOf(text, feedback.sentiment, kindOf(record)),
    },
  };
}

function parse(line: string): Json | string {
  try {
    const value: unknown = JSON.parse(line);
    const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isRecord ? (value as Json) : 'not a JSON object';
  } catch {
    return 'not JSON';
  }
}

/** Own properties only: `__proto__` in a record must not decide anything. */
function get(record: Json, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function textOf(record: Json): string | undefined {
  const value = get(record, 'text') ?? get(record, 'message');
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function ratingOf(value: unknown): number | undefined | 'invalid' {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') {
    const word = value.trim().toLowerCase();
    if (/^(?:up|thumbs_?up|👍|positive|good|\+1)$/u.test(word)) return 5;
    if (/^(?:down|thumbs_?down|👎|negative|bad|-1)$/u.test(word)) return 1;
    return /^[1-5](?:\.\d{1,3})?$/.test(word) ? ratingOf(Number(word)) : 'invalid';
  }
  const valid = typeof value === 'number' && value >= 1 && value <= 5;
  return valid ? value : 'invalid';
}

function feedbackOf(
  record: Json,
  text: string,
  rating: number | undefined,
  identity: string,
  now: string,
  keep: Keep | undefined,
): Feedback {
  const user = get(record, 'user') ?? get(record, 'user_id');
  const id = get(record, 'id');
  const context = get(record, 'context');
  const model = clean(get(record, 'model') ?? get(record, 'model_used'), 200);
  const taskType = clean(get(record, 'task_type'), 200);
  return {
    id:
      typeof id === 'string' || typeof id === 'number'
        ? harmlessId(String(id).slice(0, 200))
        : hash(identity, 32),
    timestamp: timeOf(get(record, 'timestamp')) ?? now,
    ...(isName(user) ? { userId: hash(`patchwright user\n${user}`, 16) } : {}),
    ...(rating === undefined ? {} : { rating }),
    text: visible(redact(text.slice(0, maxTextChars), keep)),
    sentiment: sentimentOf(get(record, 'sentiment'), rating, text),
    ...(context === undefined || context === null ? {} : { context: sanitisedHere(context, keep) }),
    ...(model === undefined ? {} : { model }),
    ...(taskType === undefined ? {} : { taskType }),
    metadata: metadataOf(record, keep),
  };
}

/** An id that is an address or a token still tells one entry from others when it is hashed. */
function harmlessId(id: string): string {
  return redact(id) === id ? id : hash(id, 32);
}

/** What whoever wrote it calls it: a bug, an idea. */
function kindOf(record: Json): string | undefined {
  const kind = get(record, 'type') ?? get(record, 'category') ?? get(record, 'kind');
  return typeof kind === 'string' ? kind.slice(0, 40) : undefined;
}

function isName(value: unknown): value is string | number {
  return (typeof value === 'string' && value !== '') || typeof value === 'number';
}

function clean(value: unknown, max: number): string | undefined {
  return typeof value === 'string' && value !== ''
    ? visible(redact(value.slice(0, max)))
    : undefined;
}

function timeOf(value: unknown): string | undefined {
  const at =
    typeof value === 'string' && value.length <= 40
      ? Date.parse(value)
      : typeof value === 'number'
        ? value * (value > 1e11 ? 1 : 1000)
        : Number.NaN;
  return Number.isFinite(at) && Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : undefined;
}

function sentimentOf(value: unknown, rating: number | undefined, text: string): Sentiment {
  if (typeof value === 'string') {
    const word = value.toLowerCase();
    if (word.startsWith('pos')) return 'positive';
    if (word.startsWith('neg')) return 'negative';
    if (/^(?:neu|mixed)/.test(word)) return 'neutral';
  }
  if (typeof value === 'number' && Math.abs(value) <= 1) {
    return value > 0.2 ? 'positive' : value < -0.2 ? 'negative' : 'neutral';
  }
  if (rating !== undefined) return rating >= 4 ? 'positive' : rating <= 2 ? 'negative' : 'neutral';
  return wordSentiment(text);
}

function metadataOf(record: Json, keep: Keep | undefined): Readonly<Record<string, unknown>> {
  const entries = Object.entries(record)
    .filter(([key]) => !known.has(key) || key === 'component')
    .slice(0, 50)
    .map(([key, value]) => [redact(key.slice(0, 100)), sanitisedHere(value, keep, key)] as const);
  return safeObject(entries);
}

/** A copy without secrets and of bounded size; what is too deep or too long is left out. */
function sanitisedHere(value: unknown, keep: Keep | undefined, name = ''): unknown {
  const limits = { chars: maxMetadataChars, textChars: 2_000, depth: 4, entries: 50 };
  return sanitised(value, limits, (field, text) => visible(redactField(field, text, keep)), name);
}

function ratingOnly({ rating, sentiment }: Feedback): string {
  return `Rated ${rating ?? sentiment} without a word`;
}

function hash(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}
