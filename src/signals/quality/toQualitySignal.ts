import { createHash } from 'node:crypto';
import { redact } from '../../core/secrets.ts';
import type { QualityFinding, QualitySignal } from '../../core/signal.ts';
import { seal } from '../fingerprint.ts';
import { shortened, visible } from '../title.ts';

const maxNameChars = 200;
const maxReasonChars = 600;
const maxPlaceChars = 300;

/**
 * A finding as a signal, sanitised: reports are written by anyone. Its identity is the file and what is
 * wrong with it, never a line or a number, which change with every edit.
 */
export function toQualitySignal(
  finding: QualityFinding,
  source: string,
  at: string,
): QualitySignal {
  const tool = name(finding.tool);
  const rule = name(finding.rule);
  const clean: QualityFinding = {
    ...finding,
    tool,
    rule,
    reason: text(finding.reason, maxReasonChars),
    places: finding.places.map((place) => text(place, maxPlaceChars)),
  };
  return {
    kind: 'quality',
    fingerprint: seal([
      { label: 'kind', value: 'quality' },
      { label: 'finding', value: finding.kind },
      ...(tool === '' ? [] : [{ label: 'tool', value: tool }]),
      ...(rule === '' ? [] : [{ label: 'rule', value: rule }]),
      { label: 'file', value: finding.file },
    ]),
    title: shortened(titleOf(clean)),
    at,
    source: { file: source, offset: 0 },
    finding: clean,
  };
}

/** Without numbers: a title stays while they change. */
function titleOf({ kind, tool, rule, file }: QualityFinding): string {
  switch (kind) {
    case 'coverage':
      return `Tests leave much of ${file} out`;
    case 'duplication':
      return `Code of ${file} stands more than once`;
    case 'complexity':
      return `Too many ways lead through ${file}`;
    case 'undocumented':
      return `${file} does not say what it offers`;
    case 'lint':
      return `${rule === '' ? tool : `${tool}: ${rule}`} in ${file}`;
  }
}

function name(value: string): string {
  const clean = text(value, maxNameChars);
  if (value.length <= maxNameChars) return clean;
  // What is cut must not make two rules one.
  return `${clean} ${createHash('sha256').update(value).digest('hex').slice(0, 8)}`;
}

function text(value: string, max: number): string {
  const line = visible(redact(value.slice(0, 4 * max)))
    .replace(/\s+/g, ' ')
    .trim();
  return Array.from(line).slice(0, max).join('');
}
