import type { Attempt } from './attempt.ts';
import type { AuditEntry } from './audit.ts';
import type { PatchRequest, Release } from './patchRequest.ts';
import type { LearningEvent } from './learningEvent.ts';
import type { MetricWindow } from './metric.ts';
import type { Feedback, FilePosition, Interaction, Signal } from './signal.ts';
import type { TeamBatch } from './team.ts';
import type { Ticket } from './ticket.ts';
import type { Variant } from './variants.ts';

/**
 * What can be written to the backlog. Each is an idempotent merge operation: fields are last-writer-wins
 * one by one, counts add up, rows with an id of their own are kept once. So windows that write at the
 * same time converge whatever the order.
 */
export type Change =
  | { readonly kind: 'ticket'; readonly id: string; readonly fields: Partial<Ticket> }
  | {
      readonly kind: 'group';
      readonly id: string;
      readonly fingerprint: string;
      readonly signal: Signal['kind'];
      /** Added to what is there; less than nothing where some of it is given to another group. */
      readonly count: number;
      readonly firstSeen: string;
      readonly lastSeen: string;
      readonly variants?: readonly Variant[];
    }
  | { readonly kind: 'position'; readonly position: FilePosition }
  | { readonly kind: 'attempt'; readonly id: string; readonly fields: Partial<Attempt> }
  | { readonly kind: 'request'; readonly id: string; readonly fields: Partial<PatchRequest> }
  | { readonly kind: 'release'; readonly id: string; readonly fields: Partial<Release> }
  | { readonly kind: 'feedback'; readonly feedback: Feedback; readonly ticketId?: string }
  | { readonly kind: 'metric'; readonly window: MetricWindow }
  | { readonly kind: 'interaction'; readonly interaction: Interaction }
  | { readonly kind: 'learning'; readonly event: LearningEvent }
  /** What a clone of the team says. */
  | TeamBatch
  /** A yes to a request of another clone's, to be said to it. */
  | {
      readonly kind: 'approval';
      readonly id: string;
      /** SHA-256 of the patch's text. */
      readonly diff: string;
      readonly at: string;
      readonly comment?: string;
    }
  | { readonly kind: 'audit'; readonly entry: AuditEntry };
