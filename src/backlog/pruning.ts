import type { AuditSigner } from '../core/audit.ts';
import { isProven, proofText } from '../core/audit.ts';
import { PatchwrightError } from '../core/errors.ts';
import type { Clock } from '../core/ports.ts';
import { verifyAudit } from './audit.ts';
import { checkpointHash, nextCheckpoint, signedText } from './checkpoint.ts';
import type { Writable } from './commits.ts';
import { listJournals } from './journals.ts';
import type { Memory } from './memory.ts';
import type { Paths } from './paths.ts';

export interface PruningOptions {
  readonly paths: Paths;
  readonly clock: Clock;
  readonly signer: AuditSigner;
  readonly memory: () => Memory;
  refresh(): Promise<void>;
  write(changes: readonly Writable[]): Promise<void>;
}

/**
 * Removes audit events of an age, and puts a signed checkpoint in their place: one journal line, so that a
 * crash leaves either all of them or the checkpoint. Gives their number. A trail that is not whole keeps all
 * it has, as evidence. Run it while nobody else does.
 */
export function createPruning(options: PruningOptions): (before: string) => Promise<number> {
  const { paths, clock, signer, memory } = options;
  return async (before) => {
    await options.refresh();
    const { sql } = memory();
    const proof = verifyAudit(sql, signer);
    if (!isProven(proof)) throw notWhole(proofText(proof));
    const journals = new Set(await listJournals(paths));
    const at = clock.now().toISOString();
    const next = nextCheckpoint(sql, { before, at }, (writer) => journals.has(writer));
    if (!next) return 0;
    const signed = signer.sign((key) => signedText({ ...next, key }));
    const checkpoint = { ...next, ...signed };
    const removed = next.events - (proof.checkpoint?.events ?? 0);
    await options.write([
      { kind: 'checkpoint', checkpoint },
      {
        kind: 'audit',
        entry: {
          actor: 'patchwright',
          action: 'audit.pruned',
          subject: `checkpoint ${next.number}`,
          after: { events: removed, before, checkpoint: checkpointHash(checkpoint) },
        },
      },
    ]);
    return removed;
  };
}

function notWhole(why: string): PatchwrightError {
  return new PatchwrightError('corrupt', {
    what: 'No audit event was removed.',
    why,
    remedy: 'Look at it with `patchwright audit verify`.',
  });
}
