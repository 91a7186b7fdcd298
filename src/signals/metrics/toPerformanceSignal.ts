import type { Anomaly, Fingerprint, PerformanceSignal, Severity } from '../../core/signal.ts';
import { seal } from '../fingerprint.ts';
import { shortened } from '../title.ts';
import { amount, sharePercent } from './amounts.ts';

/** The same kind of anomaly of the same metric and endpoint is one ticket. */
export function performanceFingerprint({
  kind,
  metric,
  endpoint,
}: Pick<Anomaly, 'kind' | 'metric' | 'endpoint'>): Fingerprint {
  return seal([
    { label: 'kind', value: 'performance' },
    { label: 'anomaly', value: kind },
    { label: 'metric', value: metric },
    { label: 'endpoint', value: endpoint },
  ]);
}

export function toPerformanceSignal(anomaly: Anomaly, file: string): PerformanceSignal {
  return {
    kind: 'performance',
    fingerprint: performanceFingerprint(anomaly),
    title: shortened(titleOf(anomaly)),
    at: anomaly.to,
    source: { file, offset: 0 },
    severity: severityOf(anomaly),
    anomaly,
  };
}

function titleOf({ kind, metric, type, endpoint, unit, value, threshold }: Anomaly): string {
  const what = endpoint === '' ? metric : endpoint;
  switch (kind) {
    case 'over_threshold':
      return `${endpoint === '' ? metric : `${metric} of ${endpoint}`} is over its limit: ${amount(value, unit)} (limit ${amount(threshold, unit)})`;
    case 'slow_endpoint':
      return `${what} is slow: p95 ${amount(value, unit)} (limit ${amount(threshold, unit)})`;
    case 'error_rate':
      return `${what} fails too often: ${sharePercent(value)} (limit ${sharePercent(threshold)})`;
    case 'rising':
      return `${what} has become ${type === 'cost' ? 'dearer' : 'slower'}: ${amount(value, unit)} (was ${amount(threshold, unit)})`;
    case 'leak':
      return `Memory leak: ${what} grew from ${amount(threshold, unit)} to ${amount(value, unit)}`;
  }
}

/** A little over a limit is a warning. */
function severityOf({ kind, value, threshold }: Anomaly): Severity {
  return kind !== 'leak' && value < 1.2 * threshold ? 'warning' : 'error';
}
