import { createHash } from 'node:crypto';
import { PatchwrightError } from './errors.ts';
import type { Closed, Reopened } from './closed.ts';
import type { Settings } from './settings.ts';
import type { Suspect } from './suspects.ts';
import type { CodeFacts, Recent } from './triage.ts';
import type { Fingerprint, Severity, Signal, Trait } from './signal.ts';
import type { Split } from './variants.ts';

export const ticketStatuses = [
  'open',
  'in_progress',
  'testing',
  'ready',
  'applied',
  'failed',
  'rejected',
  'rolled_back',
  'snoozed',
  'closed',
] as const;
export type TicketStatus = (typeof ticketStatuses)[number];
export type Category = 'bug_fix' | 'performance' | 'feature' | 'refactor';
export type Priority = 'low' | 'medium' | 'high' | 'critical';

/** A value with the reason for it, in words. */
export interface Reasoned<T> {
  readonly value: T;
  readonly reason: string;
}

/** What was seen, newest first, sanitised and bounded. */
export interface Evidence {
  readonly at: string;
  readonly file: string;
  readonly offset: number;
  readonly text: string;
  /** What its ticket may be split by. */
  readonly traits?: readonly Trait[];
}

export interface Location {
  readonly file: string;
  readonly line?: number;
  readonly function?: string;
}

export function place(location: Location): string {
  return location.line === undefined ? location.file : `${location.file}:${location.line}`;
}

export interface Ticket {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly category: Category;
  readonly status: TicketStatus;
  readonly priority: Reasoned<Priority>;
  /** 1–10. */
  readonly risk: Reasoned<number>;
  /** 1–10. */
  readonly effort: Reasoned<number>;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly evidence: readonly Evidence[];
  readonly proposedSolution: string;
  readonly testPlan: string;
  readonly filesToModify: readonly string[];
  readonly metadata: TicketMetadata;
}

/** As much of a ticket as figures over all of them need. */
export interface TicketSummary
  extends Pick<Ticket, 'id' | 'category' | 'status' | 'createdAt' | 'updatedAt'> {
  readonly priority: Priority;
  readonly risk: number;
}

/** What a kind of signal says of its ticket. */
export type Described = Omit<
  Ticket,
  'id' | 'title' | 'status' | 'createdAt' | 'updatedAt' | 'evidence'
>;

export interface TicketMetadata {
  readonly fingerprint?: Fingerprint;
  readonly location?: Location;
  readonly exceptionType?: string;
  readonly language?: string;
  /** Seen again after it was applied. */
  readonly regression?: boolean;
  /** The worst that was seen. */
  readonly severity?: Severity;
  /** Comments of reviewers who rejected earlier attempts, oldest first. */
  readonly reviewComments?: readonly string[];
  /** Another ticket's id: what is seen of this one counts for that. Empty once taken back. */
  readonly mergedInto?: string;
  /** Which of its events a person has given to tickets of their own. */
  readonly splits?: readonly Split[];
  /** The ticket that it was split off from. */
  readonly splitFrom?: string;
  /** The release that its patch is to take back. */
  readonly takesBack?: string;
  /** A score given by a person, who moved it before another ticket. */
  readonly rank?: number;
  readonly snoozedUntil?: string;
  readonly closedReason?: string;
  /** How things were when it was closed as not worth fixing. */
  readonly closed?: Closed;
  /** Why it was opened again after that. */
  readonly reopened?: Reopened;
  /** Versions of the program that the log named with it, the latest last. */
  readonly releases?: readonly string[];
  /** When what it was about was no longer found; empty once it was found again. */
  readonly resolvedAt?: string;
  /** Files of the workspace that its stack goes through, the failing place first. */
  readonly stack?: readonly Location[];
  /** How often it was seen lately: tells a burst. */
  readonly recent?: Recent;
  /** That looking into it should begin by itself, and why. */
  readonly previewWanted?: { readonly at: string; readonly reason: string };
  /** When it was last seen, once it has sunk for being quiet. */
  readonly quietSince?: string;
  /** What its code was like when the ticket was made. */
  readonly codeFacts?: CodeFacts;
  /** Commits that may have caused it, the likeliest first. */
  readonly suspects?: readonly Suspect[];
  readonly [key: string]: unknown;
}

/** How often a signal was seen; kept beside the ticket so that below the threshold nothing is lost. */
export interface SignalGroup {
  /** The ticket's id-to-be. */
  readonly id: string;
  readonly fingerprint: string;
  readonly kind: Signal['kind'];
  readonly count: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Different users behind it, where that is known. */
  readonly users?: number;
}

/** The legal moves of a ticket. */
const moves: Readonly<Record<TicketStatus, readonly TicketStatus[]>> = {
  // An earlier patch of it can be taken up again after an attempt that was to change it.
  open: ['in_progress', 'ready', 'snoozed', 'closed'],
  in_progress: ['testing', 'open', 'failed'],
  testing: ['ready', 'failed', 'open', 'in_progress'],
  ready: ['applied', 'rejected', 'failed', 'open'],
  applied: ['rolled_back', 'open'],
  failed: ['open', 'in_progress', 'ready', 'snoozed', 'closed'],
  rejected: ['open', 'in_progress', 'snoozed', 'closed', 'ready'],
  rolled_back: ['open', 'in_progress', 'snoozed', 'closed'],
  snoozed: ['open', 'closed'],
  closed: ['open'],
};

export function canMove(from: TicketStatus, to: TicketStatus): boolean {
  return moves[from].includes(to);
}

export function assertMove(ticket: Pick<Ticket, 'id' | 'status'>, to: TicketStatus): void {
  if (canMove(ticket.status, to)) return;
  throw new PatchwrightError('illegal_move', {
    what: `Ticket ${ticket.id} can't become ${to}.`,
    why: `It is ${ticket.status}, and from there it can only become ${moves[ticket.status].join(', ')}.`,
    remedy: 'Look at the ticket again; another window may have changed it.',
  });
}

const prefixes: Readonly<Record<Signal['kind'], string>> = {
  exception: 'exception',
  feedback: 'feedback',
  performance: 'perf',
  interaction: 'interaction',
  quality: 'quality',
};

/** Stable on every machine: the same exception in the same place gives the same id. */
export function ticketIdOf(signal: Pick<Signal, 'kind' | 'fingerprint'>): string {
  return `${prefixes[signal.kind]}-${signal.fingerprint.hash.slice(0, 8)}`;
}

export function manualTicketId(title: string, createdAt: string): string {
  const hash = createHash('sha256').update(`${createdAt}\n${title}`).digest('hex');
  return `manual-${hash.slice(0, 8)}`;
}

export const rank: Readonly<Record<Priority, number>> = {
  low: 1,
  medium: 4,
  high: 7,
  critical: 10,
};

/**
 * Selection score (B4): (10 − priority) + risk/2 + effort/2; the lowest is drafted first. Where a person has
 * moved the ticket, their word counts.
 */
export function score(ticket: Pick<Ticket, 'priority' | 'risk' | 'effort' | 'metadata'>): number {
  if (ticket.metadata.rank !== undefined) return ticket.metadata.rank;
  return 10 - rank[ticket.priority.value] + ticket.risk.value / 2 + ticket.effort.value / 2;
}

/** Which ticket to draft next, or undefined. Tickets over the risk limit need a person to start them. */
export function pick(
  tickets: readonly Ticket[],
  settings: Pick<Settings, 'selection' | 'limits'>,
  attemptsOf: (ticketId: string) => number,
  /** That a draft will be approved: it decides between equals. */
  chanceOf: (ticket: Ticket) => number = () => 0,
): Ticket | undefined {
  return tickets
    .filter((ticket) => ticket.status === 'open')
    .filter((ticket) => ticket.category === 'bug_fix')
    .filter((ticket) => ticket.risk.value <= settings.selection.maxRisk)
    .filter((ticket) => attemptsOf(ticket.id) < settings.limits.attemptsPerTicket)
    .sort((a, b) => score(a) - score(b) || chanceOf(b) - chanceOf(a) || byTurn(a, b))[0];
}

/** Orders of a list: whose turn it is, last seen first, most often seen first; of equals by turn. */
export type TicketOrder = 'score' | 'lastSeen' | 'occurrences';

/** Whose turn it is: the lowest score first, of equals the older one. */
export function byTurn(a: Ticket, b: Ticket): number {
  return score(a) - score(b) || a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id);
}

/** The score with which a ticket comes right before `next`, of all the others in their order. */
export function rankBefore(others: readonly Ticket[], next: Ticket): number {
  const own = score(next);
  const before = others.map(score).filter((other) => other < own);
  const nearest = before.reduce((most, other) => Math.max(most, other), own - 2);
  return (own + nearest) / 2;
}
