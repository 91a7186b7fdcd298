import type { HistoryEvent } from '../pipeline.ts';
import { ago, dotted, exactly, shorten, withoutIcons } from './text.ts';

/** What happened to a file, as rows of a quick pick. Pure. */

const words: Readonly<Record<HistoryEvent['kind'], readonly [icon: string, text: string]>> = {
  proposed: ['git-pull-request', 'A patch was proposed'],
  approved: ['check', 'The patch was approved'],
  rejected: ['x', 'The patch was rejected'],
  landed: ['git-merge', 'The patch landed'],
  rolled_back: ['discard', 'The patch was rolled back'],
  refused: ['shield', 'An edit was refused: the file is protected'],
};

export function historyWords(kind: HistoryEvent['kind']): string {
  return words[kind][1];
}

export function historyItem(event: HistoryEvent, now: Date) {
  const [icon, text] = words[event.kind];
  const detail = dotted([
    exactly(event.at),
    event.commit?.slice(0, 12),
    event.by,
    event.detail && shorten(event.detail, 120),
  ]);
  return {
    label: `$(${icon}) ${text}`,
    description: withoutIcons(dotted([event.ticketId, ago(event.at, now)])),
    detail: withoutIcons(detail),
    event,
  };
}
