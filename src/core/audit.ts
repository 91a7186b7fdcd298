/** Who or what did what to which subject, when. Append-only, hash-chained. */
export interface AuditEntry {
  /** `user:<name>`, `model:<name>` or `patchwright`. */
  readonly actor: string;
  /** Dotted, past tense: `ticket.created`, `edit.refused`, `request.approved`. */
  readonly action: string;
  /** A ticket's, request's or file's id. */
  readonly subject: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

export interface AuditEvent extends AuditEntry {
  readonly id: string;
  readonly timestamp: string;
  readonly previousHash: string;
  readonly hash: string;
}
