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

/** What stands for events that were removed for their age: where each writer's chain goes on, signed. */
export interface AuditCheckpoint {
  /** 1, 2, 3, … */
  readonly number: number;
  readonly at: string;
  /** Events from before then were removed. */
  readonly before: string;
  /** How many, by this and all earlier checkpoints. */
  readonly events: number;
  /** Hash of the checkpoint before it; empty for the first. */
  readonly previous: string;
  /** The last event that was removed of each writer that may have others. */
  readonly chains: readonly {
    readonly writer: string;
    readonly position: number;
    readonly hash: string;
  }[];
  /** Hashes of removed events that the beginnings of other chains hold on to. */
  readonly links: readonly string[];
  /** The public key: SPKI, DER, in base64. */
  readonly key: string;
  /** Ed25519, in base64. */
  readonly signature: string;
}

/**
 * `no_key`: there is none here, so nothing can be said. `other_key`: it was made with another one than the
 * one here, by whoever that was.
 */
export type SignatureState = 'good' | 'bad' | 'no_key' | 'other_key';

/** Signs checkpoints, with a key that lies outside the workspace. */
export interface AuditSigner {
  /** Where its key lies, for a person. */
  readonly place: string;
  /** Makes the key where there is none. */
  sign(textOf: (key: string) => string): { readonly key: string; readonly signature: string };
  judge(text: string, key: string, signature: string): SignatureState;
}

/** What a walk along the chains found. */
export interface AuditProof {
  readonly events: number;
  /** The first event of each break, and a checkpoint that is not what was signed. */
  readonly broken: readonly string[];
  readonly checkpoint?: Pick<AuditCheckpoint, 'number' | 'at' | 'before' | 'events'> & {
    readonly signature: SignatureState;
    /** Where its key is looked for. */
    readonly place: string;
  };
}

export function isProven({ broken, checkpoint }: AuditProof): boolean {
  return broken.length === 0 && (checkpoint?.signature ?? 'good') === 'good';
}

/** The finding in words. */
export function proofText(proof: AuditProof): string {
  const { events, broken, checkpoint } = proof;
  if (broken.length > 0) return `The audit trail is broken at ${broken.join(', ')}.`;
  const here = `${events} event${events === 1 ? '' : 's'}`;
  if (!checkpoint) return `The audit trail is whole: ${here}.`;
  const older = `${checkpoint.events} from before ${checkpoint.before.slice(0, 10)}`;
  if (checkpoint.signature === 'good') {
    return `The audit trail is whole: ${here}, and ${older} that were removed for their age under signed checkpoint ${checkpoint.number}.`;
  }
  const why =
    checkpoint.signature === 'no_key'
      ? `the key that signed checkpoint ${checkpoint.number} is not at ${checkpoint.place}`
      : `checkpoint ${checkpoint.number} was signed with another key than the one at ${checkpoint.place}`;
  return [
    `The audit trail is not proven: ${why}.`,
    `The ${here} since follow from it without a gap; whether the ${older} were what it says can't be shown.`,
    'Put the key back or run this where it was signed; if you never lost a key, somebody else has made this checkpoint.',
  ].join(' ');
}
