import type { Feedback, FeedbackSignal, Fingerprint, Intent } from '../core/signal.ts';
import { ticketIdOf } from '../core/ticket.ts';
import { createClusters } from './clusters.ts';
import { feedbackFingerprint } from './fingerprint.ts';
import { intentOf } from './intent.ts';
import { firstLine } from './masks.ts';
import { shortened } from './title.ts';

/** Feedback that says the same in other words has one identity: that of the first who said it. */
export interface Themes {
  assign(signal: FeedbackSignal): FeedbackSignal;
}

interface Leader {
  readonly fingerprint: Fingerprint;
  readonly title: string;
}

/** @param known feedback that has a theme already, oldest first: its leaders lead on */
export function createThemes(
  known: Iterable<{ readonly feedback: Feedback; readonly theme: string }>,
): Themes {
  const clusters = createClusters<Leader>();
  const leaders = new Set<string>();
  for (const { feedback, theme } of known) {
    const fingerprint = feedbackFingerprint(feedback.text, componentOf(feedback));
    const leads = ticketIdOf({ kind: 'feedback', fingerprint }) === theme;
    if (!leads || feedback.text === '' || leaders.has(theme)) continue;
    leaders.add(theme);
    const title = shortened(firstLine(feedback.text));
    clusters.lead(feedback.text, scopeOf(feedback, undefined), { fingerprint, title });
  }
  return {
    assign(signal) {
      const { feedback } = signal;
      if (feedback.text === '') return signal;
      const scope = scopeOf(feedback, signal.intent);
      const leader = clusters.find(feedback.text, scope);
      if (leader) return { ...signal, fingerprint: leader.fingerprint, title: leader.title };
      const id = ticketIdOf(signal);
      if (!leaders.has(id)) clusters.lead(feedback.text, scope, signal);
      leaders.add(id);
      return signal;
    },
  };
}

function componentOf({ metadata }: Feedback): string | undefined {
  const component = metadata['component'];
  return typeof component === 'string' && component !== '' ? component : undefined;
}

/** Only what is of one kind and about one component can be the same. */
function scopeOf(feedback: Feedback, intent: Intent | undefined): string {
  const { metadata, text, sentiment } = feedback;
  const kind = metadata['type'] ?? metadata['category'] ?? metadata['kind'];
  const own = intent ?? intentOf(text, sentiment, typeof kind === 'string' ? kind : undefined);
  return `${own === 'other' ? 'complaint' : own} ${componentOf(feedback) ?? ''}`;
}
