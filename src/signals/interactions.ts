import { type Json, parseRecord } from './jsonRecord.ts';
import { createHash } from 'node:crypto';
import { redact, type SecretKind } from '../core/secrets.ts';
import type { Interaction, InteractionPattern, InteractionSignal } from '../core/signal.ts';
import { createClusters } from './clusters.ts';
import { seal } from './fingerprint.ts';
import { firstLine, maskVariables } from './masks.ts';
import { isNoAnswer, protest } from './noAnswer.ts';
import { timeOf } from './metrics/record.ts';
import { shortened, visible } from './title.ts';

export type InteractionRecord =
  | { readonly kind: 'interaction'; readonly interaction: Interaction }
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'blank' };

const maxTextChars = 2_000;
const maxLineChars = 200_000;

/** One line of a conversation log (spec: timestamp, message, response, and optional fields). */
export function readInteraction(
  line: string,
  offset: number,
  now: number,
  keep?: ReadonlySet<SecretKind>,
): InteractionRecord {
  if (line.trim() === '') return { kind: 'blank' };
  if (line.length > maxLineChars) return malformed('too long for a conversation');
  const record = parseRecord(line);
  if (!record) return malformed('not a JSON object');
  const message = textOf(record, 'message', keep);
  if (message === undefined || message === '') return malformed('no message');
  const at = timeOf(get(record, 'timestamp'), now);
  if (at === undefined) return malformed('its time is none, or lies in the future');
  const sentiment = get(record, 'sentiment_score');
  if (sentiment !== undefined && sentiment !== null && !isScore(sentiment)) {
    return malformed('its sentiment_score is not a number from -1 to 1');
  }
  const id = get(record, 'id');
  const customer = get(record, 'customer_id');
  const type = textOf(record, 'interaction_type')?.slice(0, 100);
  const outcome = textOf(record, 'outcome')?.slice(0, 100);
  return {
    kind: 'interaction',
    interaction: {
      id: idOf(id) ?? digest(`${offset}\n${line}`, 32),
      timestamp: new Date(at).toISOString(),
      ...(isName(customer) ? { customerId: digest(`patchwright user\n${customer}`, 16) } : {}),
      ...(type ? { type } : {}),
      message,
      response: textOf(record, 'response', keep) ?? '',
      ...(isScore(sentiment) ? { sentiment } : {}),
      ...(outcome ? { outcome } : {}),
    },
  };
}

/** One that is an address or a token still tells exchanges apart when it is hashed. */
function idOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const id = value.slice(0, 200);
  return redact(id) === id ? id : digest(id, 32);
}

function malformed(reason: string): InteractionRecord {
  return { kind: 'malformed', reason };
}

function get(record: Json, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function textOf(record: Json, key: string, keep?: ReadonlySet<SecretKind>): string | undefined {
  const value = get(record, key);
  return typeof value === 'string'
    ? visible(redact(value.slice(0, maxTextChars), keep)).trim()
    : undefined;
}

function isScore(value: unknown): value is number {
  return typeof value === 'number' && value >= -1 && value <= 1;
}

function isName(value: unknown): value is string | number {
  return (typeof value === 'string' && value !== '') || typeof value === 'number';
}

function digest(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}

/** Below this nothing is said (S4). */
export const minInteractions = 100;
const minBad = 3;
const minShare = 0.5;
const minMany = 5;
const minManyShare = 0.25;
const soonMs = 30 * 60_000;
const minOutcomes = 5;
const minOutcomeShare = 0.05;
const maxExamples = 3;

const badOutcome =
  /fail|unresolved|not[ _-]?(?:resolved|solved|answered|helpful)|unsolved|unhelpful|no[ _-]?resolution|escalat|abandon|error|negative|wrong|incorrect|unanswered|no[ _-]?answer|time[d]?[ _-]?out|hand[ _-]?off|dissatisf|reject|churn|drop|未解決|失敗|不満|離脱|エスカレ/i;
const goodOutcome =
  /^(?:resolved|solved|success|successful|completed|answered|positive|satisfied|ok|解決済?み?|完了|成功)$/i;
/** Whether an exchange went badly: by its outcome, its sentiment, or an answer that is none. */
export function endedBadly({ outcome, sentiment, response }: Interaction): boolean {
  if (outcome !== undefined && badOutcome.test(outcome)) return true;
  if (sentiment !== undefined && sentiment <= -0.5) return true;
  if (outcome !== undefined && goodOutcome.test(outcome)) return false;
  if (sentiment !== undefined && sentiment <= -0.3) return true;
  return isNoAnswer(response);
}

interface Group {
  readonly name: string;
  readonly all: Interaction[];
}

/**
 * What goes wrong again and again: questions that are answered badly (gaps), conversations that fail in
 * the same way (failure modes). Empty below a hundred interactions. Pure and deterministic.
 * @param interactions oldest first
 */
export function findPatterns(interactions: readonly Interaction[]): InteractionSignal[] {
  if (interactions.length < minInteractions) return [];
  return [...byMessage(interactions), ...byOutcome(interactions)];
}

function byMessage(interactions: readonly Interaction[]): InteractionSignal[] {
  const groups = groupSimilar(interactions);
  const unanswered = leftUnanswered(groups);
  const isBad = (one: Interaction): boolean => endedBadly(one) || unanswered.has(one);
  const usual = interactions.filter(isBad).length / interactions.length;
  return groups.flatMap(({ name, all }) => {
    const bad = all.filter(isBad);
    if (!isPattern(bad.length, all.length, usual)) return [];
    const questions = bad.filter(({ message }) => isQuestion(message)).length;
    const isGap = 2 * questions >= bad.length;
    const reason = isGap
      ? `Users ask this again and again, and ${bad.length} of ${all.length} answers did not help.`
      : `${bad.length} of ${all.length} such conversations ended badly.`;
    const title = `${isGap ? 'Unanswered' : 'Conversations fail'}: ${shortened(firstLine(bad[0]?.message ?? ''))}`;
    return [signalOf(isGap ? 'knowledge_gap' : 'failure_mode', name, title, reason, bad, all)];
  });
}

/** Most of them; or, of many, clearly more than is usual here. */
function isPattern(bad: number, all: number, usual: number): boolean {
  if (bad < minBad) return false;
  if (bad >= minShare * all) return true;
  return bad >= minMany && bad >= Math.max(minManyShare, 2 * usual) * all;
}

/** Those whose customer asked the same again soon after, or said that the answer was of no use. */
function leftUnanswered(groups: readonly Group[]): ReadonlySet<Interaction> {
  const placed = groups.flatMap((group) => group.all.map((one) => ({ one, group })));
  placed.sort((a, b) => Date.parse(a.one.timestamp) - Date.parse(b.one.timestamp));
  const last = new Map<string, (typeof placed)[number]>();
  const found = new Set<Interaction>();
  for (const next of placed) {
    const { customerId, timestamp, message } = next.one;
    if (customerId === undefined) continue;
    const before = last.get(customerId);
    last.set(customerId, next);
    const passed = Date.parse(timestamp) - Date.parse(before?.one.timestamp ?? '');
    if (!before || !(passed <= soonMs) || isGood(before.one)) continue;
    const isAgain = before.group === next.group;
    if (isAgain || protest.test(message.slice(0, 300).replaceAll('’', "'"))) found.add(before.one);
  }
  return found;
}

function isGood({ outcome }: Interaction): boolean {
  return outcome !== undefined && goodOutcome.test(outcome);
}

function groupSimilar(interactions: readonly Interaction[]): readonly Group[] {
  const clusters = createClusters<Group>();
  const groups: Group[] = [];
  for (const one of interactions) {
    const known = clusters.find(one.message, '');
    if (known) {
      known.all.push(one);
      continue;
    }
    const group = { name: maskVariables(firstLine(one.message).toLowerCase()), all: [one] };
    groups.push(group);
    clusters.lead(one.message, '', group);
  }
  return groups;
}

/** An outcome that is bad and frequent is a failure mode, whatever the talk was about. */
function byOutcome(interactions: readonly Interaction[]): InteractionSignal[] {
  const groups = new Map<string, Interaction[]>();
  for (const one of interactions) {
    if (one.outcome === undefined || !badOutcome.test(one.outcome)) continue;
    const name = [one.type ?? '', one.outcome.toLowerCase()].join(' ').trim();
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  return [...groups].flatMap(([name, bad]) => {
    const type = bad[0]?.type;
    const all = interactions.filter((one) => one.type === type);
    if (bad.length < minOutcomes || bad.length < minOutcomeShare * all.length) return [];
    const kind = type === undefined ? 'conversations' : `conversations of the kind “${type}”`;
    const reason = `${bad.length} of ${all.length} ${kind} ended as “${bad[0]?.outcome ?? ''}”.`;
    const title = `Conversations end as “${bad[0]?.outcome ?? ''}”${type === undefined ? '' : ` (${type})`}`;
    return [signalOf('failure_mode', `outcome ${name}`, title, reason, bad, all)];
  });
}

function isQuestion(message: string): boolean {
  return /[?？]|か。?$|^\s{0,20}(?:how|what|where|when|why|who|which|can|could|do|does|is|are|will|should)\b/i.test(
    message.slice(0, 500),
  );
}

function signalOf(
  kind: InteractionPattern['kind'],
  name: string,
  title: string,
  reason: string,
  bad: readonly Interaction[],
  all: readonly Interaction[],
): InteractionSignal {
  const users = new Set(bad.flatMap(({ customerId }) => customerId ?? []));
  const at = bad.map(({ timestamp }) => timestamp).reduce((a, b) => (a > b ? a : b));
  const examples = [...new Set(bad.map(({ message }) => shortened(firstLine(message))))];
  return {
    kind: 'interaction',
    fingerprint: seal([
      { label: 'kind', value: 'interaction' },
      { label: 'pattern', value: kind },
      { label: 'about', value: name.slice(0, 500) },
    ]),
    title: shortened(title),
    at,
    source: { file: '', offset: 0 },
    pattern: {
      kind,
      count: bad.length,
      similar: all.length,
      users: users.size,
      examples: examples.slice(0, maxExamples),
      reason,
    },
  };
}
