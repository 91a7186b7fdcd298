import {
  type BatchHead,
  checkHead,
  checkLines,
  maxLinesBytes,
  type Refused,
} from '../../backlog/team/batch.ts';
import type { Git } from '../../core/ports.ts';
import { latestStamp, type TeamBatch, type TeamChain } from '../../core/team.ts';
import type { House } from '../house.ts';
import { audit } from '../changes.ts';
import { type ChainTip, commitsOf, headsOf, linesOf } from './chainRefs.ts';

/** A batch that follows what is known of its chain. */
interface Next {
  readonly commit: string;
  readonly head: BatchHead;
  readonly hash: string;
}

export type Known = Pick<TeamChain, 'seq' | 'hash'>;
export const nothingKnown: Known = { seq: 0, hash: '' };

/** What one clone may send at once. */
const maxBytes = 256 << 20;
/** Clocks differ, but not by more: what is far ahead would win over all that is written until then. */
const maxAheadMs = 86_400_000;

/**
 * The batches of a chain that are new, the oldest first, as far as their heads say. Refused is a chain
 * that does not go on from what was taken of it: then somebody has rewritten it.
 */
export async function nextBatches(
  git: Git,
  tip: ChainTip & { readonly head: BatchHead },
  known: Known,
  signal: AbortSignal,
): Promise<readonly Next[] | Refused> {
  const commits = await commitsOf(git, tip.commit, signal);
  if (!commits) return { refused: 'it is no chain of batches' };
  const heads = await headsOf(git, commits, signal);
  const next: Next[] = [];
  let meets = false;
  for (const [index, commit] of commits.entries()) {
    const bytes = heads[index];
    const checked = bytes ? checkHead(bytes) : { refused: 'a batch of it has no head' };
    if ('refused' in checked) return checked;
    const { head, hash } = checked;
    if (head.chain !== tip.chain) return { refused: 'it belongs to another chain' };
    if (head.repository !== tip.head.repository) return { refused: elsewhere };
    if (head.seq < known.seq) break;
    if (head.seq === known.seq) {
      if (hash !== known.hash) return rewritten;
      meets = true;
      break;
    }
    next.unshift({ commit, head, hash });
    if (head.root) break;
  }
  return follows(next, known, meets) ? next : rewritten;
}

export const elsewhere = 'it is of another repository and was copied here';
const rewritten = { refused: 'what was taken of it before was rewritten, or a part is missing' };

function follows(next: readonly Next[], known: Known, meets: boolean): boolean {
  const [first, ...rest] = next;
  if (!first) return meets || known.seq === 0;
  const isNext = first.head.seq === known.seq + 1;
  const starts = first.head.root
    ? !isNext || known.seq === 0 || first.head.previous === known.hash
    : isNext && meets && first.head.previous === known.hash;
  const goesOn = rest.every(({ head }, index) => {
    const before = next[index];
    return !head.root && head.seq === (before?.head.seq ?? 0) + 1 && head.previous === before?.hash;
  });
  const bytes = next.reduce((sum, { head }) => sum + head.bytes, 0);
  return starts && goesOn && bytes <= maxBytes;
}

export interface TakenIn {
  readonly changes: number;
  /** Lines of a form that is not known. */
  readonly bad: number;
  readonly refused?: string;
}

export interface Whose {
  /** The one that its key was met with, whatever earlier batches say. */
  readonly name: string;
  readonly own: boolean;
}

/** Merges batch by batch, each written down before the next; stops at the first that is not whole. */
export async function takeIn(
  house: Pick<House, 'backlog' | 'git' | 'clock'>,
  next: readonly Next[],
  { name, own }: Whose,
  signal: AbortSignal,
): Promise<TakenIn> {
  let [changes, bad] = [0, 0];
  for (const { commit, head, hash } of next) {
    const bytes = await linesOf(house.git, commit, Math.min(head.bytes, maxLinesBytes), signal);
    const checked = bytes ? checkLines(head, bytes) : { refused: 'a batch of it has no lines' };
    if ('refused' in checked) return { changes, bad, ...checked };
    const latest = latestStamp(checked.puts);
    if (latest > house.clock.now().getTime() + maxAheadMs) {
      return { changes, bad, refused: 'it is dated more than a day ahead; its clock is wrong' };
    }
    const { chain, seq } = head;
    const batch: TeamBatch = { kind: 'team', chain, name, seq, hash, own, puts: checked.puts };
    const received = { actor: name, action: 'sync.received', subject: chain, after: { seq } };
    await house.backlog.write(own ? [batch] : [batch, audit(received)]);
    changes += checked.puts.length;
    bad += checked.bad;
  }
  return { changes, bad };
}
