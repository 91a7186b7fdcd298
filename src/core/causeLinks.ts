import {
  gap,
  isDistinctive,
  isOwnType,
  messageWords,
  packagePlace,
  requestIdsIn,
  saysAt,
  shortTypeOf,
  wordsIn,
} from './causeText.ts';
import type { Ticket } from './ticket.ts';

/**
 * Tickets of several folders that have one cause. Each folder keeps its own ticket, as each has its own code to
 * change; what links them is said, and why. Pure.
 */

/**
 * same_error: the identity is the same, so it is the same error in the same place of code that both have.
 * same_package: type and message are the same, thrown at the same place of a package that both use.
 * quotes: what it says tells of the other one's error, as its cause or in an answer that it got; quoted: the other way round.
 * same_request: a request or trace with this id went through both.
 * Of two tickets only the first of these that holds is said.
 */
export type LinkRule = 'same_error' | 'same_package' | 'quotes' | 'quoted' | 'same_request';

/** A ticket elsewhere with the same cause. */
export interface TicketLink {
  /** Id of the folder. */
  readonly folder: string;
  readonly folderName: string;
  readonly ticketId: string;
  readonly title: string;
  readonly status: Ticket['status'];
  readonly rule: LinkRule;
  /** What is the same: a message, a place or an id. */
  readonly about: string;
}

export interface FolderTickets {
  readonly id: string;
  readonly name: string;
  readonly tickets: readonly Ticket[];
}

/** The links of a folder's ticket. */
export type TicketLinks = (folder: string, ticketId: string) => readonly TicketLink[];

const maxLinks = 10;
/** Of a folder those that were seen last: comparing more would hold up whoever waits for it. */
const maxTickets = 2_000;
const maxTextChars = 4_000;
/** With a text: it may say over and over how many messages begin. */
const maxCompared = 2_000;
/** An id that so many tickets of a folder have is that of a deployment, not of a request. */
const maxTicketsOfRequest = 3;

interface Known {
  readonly folder: FolderTickets;
  readonly ticket: Ticket;
  readonly type: string;
  readonly message: readonly string[];
  readonly text: string;
}

export function linkTickets(folders: readonly FolderTickets[]): TicketLinks {
  const links = new Map<string, TicketLink[]>();
  if (folders.length < 2) return () => [];
  const known = folders.flatMap((folder) => newest(folder.tickets).map(knownIn(folder)));
  const add = (from: Known, to: Known, rule: LinkRule, about: string): void => {
    if (from.folder.id === to.folder.id) return;
    const key = keyOf(from.folder.id, from.ticket.id);
    const own = links.get(key) ?? [];
    const isThere = own.some((one) => one.folder === to.folder.id && one.ticketId === to.ticket.id);
    if (isThere || own.length >= maxLinks) return;
    links.set(key, [...own, linkTo(to, rule, about)]);
  };
  const both = (rule: LinkRule) => (all: readonly Known[], about: string) => {
    for (const from of all) for (const to of all) add(from, to, rule, about);
  };
  inGroups(known, sameError, both('same_error'));
  inGroups(known, samePackage, both('same_package'));
  for (const { by, of, about } of quotations(known)) {
    add(by, of, 'quotes', about);
    add(of, by, 'quoted', about);
  }
  for (const [id, all] of byRequest(known)) both('same_request')(all, id);
  return (folder, ticketId) => links.get(keyOf(folder, ticketId)) ?? [];
}

function keyOf(folder: string, ticketId: string): string {
  return `${ticketId} ${folder}`;
}

function newest(tickets: readonly Ticket[]): readonly Ticket[] {
  const linked = tickets.filter(isLinked);
  if (linked.length <= maxTickets) return linked;
  const byTime = linked.sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1));
  return byTime.slice(0, maxTickets);
}

/** What counts for another ticket is said there. */
function isLinked({ metadata }: Ticket): boolean {
  return !metadata.mergedInto && metadata.fingerprint !== undefined;
}

function knownIn(folder: FolderTickets): (ticket: Ticket) => Known {
  return (ticket) => {
    const type = shortTypeOf(ticket.metadata.exceptionType ?? '');
    const said = ticket.title.replace(/[^\s]*…$/, '').replace(/^[\w.:$\\]{1,200}?: /, '');
    return {
      folder,
      ticket,
      type,
      message: ticket.metadata.exceptionType === undefined ? [] : messageWords(said),
      text: ticket.evidence[0]?.text.slice(0, maxTextChars) ?? '',
    };
  };
}

function linkTo({ folder, ticket }: Known, rule: LinkRule, about: string): TicketLink {
  return {
    folder: folder.id,
    folderName: folder.name,
    ticketId: ticket.id,
    title: ticket.title,
    status: ticket.status,
    rule,
    about,
  };
}

interface Same {
  readonly key: string;
  readonly about: string;
}

function inGroups(
  known: readonly Known[],
  sameOf: (one: Known) => Same | undefined,
  link: (all: readonly Known[], about: string) => void,
): void {
  const groups = new Map<string, { readonly about: string; readonly all: Known[] }>();
  for (const one of known) {
    const same = sameOf(one);
    if (!same) continue;
    const group = groups.get(same.key) ?? { about: same.about, all: [] };
    group.all.push(one);
    groups.set(same.key, group);
  }
  for (const { all, about } of groups.values()) if (all.length > 1) link(all, about);
}

/**
 * An identity is the same by chance where all it rests on is a file's usual name and what a runtime says: a
 * line of code, a function or words of its own must be part of it. What was measured is never of one cause.
 */
function sameError({ ticket, message }: Known): Same | undefined {
  const { hash, parts } = ticket.metadata.fingerprint ?? { hash: '', parts: [] };
  const labels = new Set(parts.map(({ label }) => label));
  const isSaid = ticket.metadata.exceptionType !== undefined || labels.has('text');
  const isOwn = ['source', 'function', 'text'].some((label) => labels.has(label));
  if (!isSaid || !(isOwn || isDistinctive(message))) return undefined;
  const place = ticket.metadata.location?.file;
  return { key: hash, about: labels.has('source') && place ? place : ticket.title };
}

function samePackage({ ticket, type, message, text }: Known): Same | undefined {
  const place = type === '' ? undefined : packagePlace(text, ticket.metadata.language);
  return place === undefined
    ? undefined
    : { key: JSON.stringify([type, message, place]), about: place };
}

interface Quotation {
  readonly by: Known;
  readonly of: Known;
  readonly about: string;
}

function quotations(known: readonly Known[]): readonly Quotation[] {
  return [...new Set(known.map(({ folder }) => folder))].flatMap((folder) => {
    const heads = headsOf(known.filter((of) => of.folder !== folder));
    return known
      .filter((by) => by.folder === folder)
      .flatMap((by) => quotedBy(by, heads).map((of) => ({ by, of, about: of.ticket.title })));
  });
}

/** By the two words that they begin with: only messages whose words are at hand are compared. */
function headsOf(known: readonly Known[]): ReadonlyMap<string, readonly Known[]> {
  const heads = new Map<string, Known[]>();
  for (const one of known) {
    const [first, second] = constantPart(one.message);
    if (second !== undefined) added(heads, `${first} ${second}`, one);
  }
  return heads;
}

function quotedBy(by: Known, heads: ReadonlyMap<string, readonly Known[]>): readonly Known[] {
  const words = wordsIn(by.text);
  const found = new Set<Known>();
  let left = maxCompared;
  for (let at = 0; at < words.length && left > 0; at++) {
    const all = heads.get(`${words[at]} ${words[at + 1]}`) ?? [];
    for (const of of all.slice(0, left)) {
      if (isQuoted(of, words, at) && !saysTheSame(of, by)) found.add(of);
    }
    left -= all.length;
  }
  return [...found];
}

/** What two say of themselves in the same words is quoted by neither. */
function saysTheSame(of: Known, by: Known): boolean {
  return of.message.join(' ') === by.message.join(' ');
}

/** From where two words follow each other, so that there is something to look for. */
function constantPart(message: readonly string[]): readonly string[] {
  const from = message.findIndex((word, at) => word !== gap && (message[at + 1] ?? gap) !== gap);
  return from === -1 ? [] : message.slice(from);
}

/** So far in front of a message its type may stand. */
const maxWordsBetween = 12;

/** In words of its own; or in few, but behind a type that somebody named for it. */
function isQuoted({ type, message }: Known, text: readonly string[], at: number): boolean {
  const part = constantPart(message);
  if (!saysAt(text, at, part)) return false;
  if (isDistinctive(part)) return true;
  const before = text.slice(Math.max(0, at - maxWordsBetween), at);
  return isOwnType(type) && before.includes(type.toLowerCase());
}

function byRequest(known: readonly Known[]): ReadonlyMap<string, readonly Known[]> {
  const all = new Map<string, Known[]>();
  for (const one of known) for (const id of requestIdsIn(textsOf(one.ticket))) added(all, id, one);
  return new Map([...all].filter(([, tickets]) => isOfRequest(tickets)));
}

/** Each occurrence that is kept has a request of its own. */
function textsOf({ evidence }: Ticket): string {
  return evidence.map(({ text }) => text.slice(0, maxTextChars)).join('\n');
}

function added<T>(map: Map<string, T[]>, key: string, one: T): void {
  const known = map.get(key);
  if (known) known.push(one);
  else map.set(key, [one]);
}

function isOfRequest(tickets: readonly Known[]): boolean {
  const folders = new Map<string, number>();
  for (const { folder } of tickets) folders.set(folder.id, (folders.get(folder.id) ?? 0) + 1);
  return folders.size > 1 && Math.max(...folders.values()) <= maxTicketsOfRequest;
}
