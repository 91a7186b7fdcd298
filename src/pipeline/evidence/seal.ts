import { createHash } from 'node:crypto';
import type { Difference, EvidenceBundle } from '../../core/evidence.ts';

export function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function seal(content: Omit<EvidenceBundle, 'sha256'>): EvidenceBundle {
  return { ...content, sha256: sha256Of(JSON.stringify(content)) };
}

/** What was changed since it was sealed, by anyone who left the hashes alone. */
export function brokenSeals(bundle: EvidenceBundle, text: string): readonly Difference[] {
  // As it stands in the file: what the schema does not know must not go unnoticed.
  const { sha256, ...content } = JSON.parse(text) as Record<string, unknown>;
  const { patch, tests } = bundle;
  const found = [
    { what: 'hash of the bundle', bundle: String(sha256), here: sha256Of(JSON.stringify(content)) },
    { what: 'hash of the patch', bundle: patch.sha256, here: sha256Of(patch.diff) },
    ...tests.map((test) => ({
      what: `hash of ${test.path}`,
      bundle: test.sha256,
      here: sha256Of(test.content),
    })),
  ];
  return found.filter((one) => one.bundle !== one.here);
}
