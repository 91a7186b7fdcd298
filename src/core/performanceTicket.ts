import { windowMs } from './metric.ts';
import type { Anomaly, InteractionSignal, PerformanceSignal } from './signal.ts';
import type { Described, Priority, Reasoned } from './ticket.ts';

/** What a ticket says of an anomaly of a metric. */
export function describePerformance(signal: PerformanceSignal): Described {
  const { anomaly } = signal;
  const what = anomaly.endpoint === '' ? anomaly.metric : anomaly.endpoint;
  return {
    description: anomaly.reason,
    category: 'performance',
    priority: performancePriority(signal),
    risk: { value: 5, reason: 'A metric does not say which code it is about.' },
    effort: anomaly.endpoint
      ? { value: 5, reason: `The endpoint is known: ${anomaly.endpoint}.` }
      : { value: 7, reason: 'The place has to be found first.' },
    proposedSolution: solutions[anomaly.kind].replace('{what}', () => what),
    testPlan: tests[anomaly.kind].replace('{what}', () => what),
    filesToModify: [],
    metadata: { fingerprint: signal.fingerprint, anomaly },
  };
}

const solutions: Readonly<Record<Anomaly['kind'], string>> = {
  over_threshold: 'Find what drives {what} over its limit, and lower it.',
  slow_endpoint:
    'Profile {what}; look for repeated queries, work done per item, and missing caches.',
  error_rate: 'Find which requests to {what} fail, and handle the case.',
  rising: 'Find what changed when {what} began to rise.',
  leak: 'Find what keeps growing: listeners, caches without a bound, references that outlive their use.',
};

const tests: Readonly<Record<Anomaly['kind'], string>> = {
  over_threshold: 'A test that counts the work behind {what} and fails before the change.',
  slow_endpoint:
    'A test that counts the work of one call of {what} (queries, passes) and fails before the change.',
  error_rate: 'A test with a request to {what} that fails before the change and succeeds after it.',
  rising: 'A test that counts the work behind {what} and fails before the change.',
  leak: 'A test that repeats the work and finds what is kept growing before the change, and not after it.',
};

export function performancePriority({ severity, anomaly }: PerformanceSignal): Reasoned<Priority> {
  const times = anomaly.threshold > 0 ? anomaly.value / anomaly.threshold : 1;
  if (severity === 'fatal') return { value: 'critical', reason: anomaly.reason };
  if (anomaly.kind === 'leak') return leakPriority(anomaly);
  if (times >= 3) return { value: 'high', reason: `${times.toFixed(1)} times what it should be.` };
  return severity === 'warning'
    ? { value: 'low', reason: `A little over its limit. ${anomaly.reason}` }
    : { value: 'medium', reason: anomaly.reason };
}

/** Until then what only fills up, and stops, looks the same. */
const sureAfterMs = 20 * 3_600_000;

function leakPriority({ from, to, reason }: Anomaly): Reasoned<Priority> {
  return Date.parse(to) - Date.parse(from) >= sureAfterMs - windowMs
    ? { value: 'high', reason: `Memory that only grows ends the program. ${reason}` }
    : {
        value: 'medium',
        reason: `It may only fill a cache: it has not been seen for long. ${reason}`,
      };
}

/** What a ticket says of conversations that go badly in the same way. */
export function describeInteraction(signal: InteractionSignal): Described {
  const { pattern } = signal;
  const isGap = pattern.kind === 'knowledge_gap';
  return {
    description: `${pattern.reason} For example: ${pattern.examples.map((text) => `“${text}”`).join(', ')}`,
    category: 'feature',
    priority: interactionPriority(signal),
    risk: { value: 4, reason: 'Conversations do not say which code they are about.' },
    effort: { value: 5, reason: 'The place has to be found first.' },
    proposedSolution: isGap
      ? 'Give the answer a source: documentation, data or a tool that knows it.'
      : 'Find where these conversations go wrong, and handle the case.',
    testPlan: 'A test with one of the examples that fails before the change and passes after it.',
    filesToModify: [],
    metadata: { fingerprint: signal.fingerprint, pattern },
  };
}

export function interactionPriority({ pattern }: InteractionSignal): Reasoned<Priority> {
  const reason = `${pattern.count} of ${pattern.similar} such conversations ended badly.`;
  if (pattern.count >= 50) return { value: 'high', reason };
  return { value: pattern.count >= 10 ? 'medium' : 'low', reason };
}
