import type { HistoryEvent } from '../pipeline.ts';
import { ago, dotted, exactly, shorten, withoutIcons } from './text.ts';
import { msg, t } from './l10n.ts';

/** What happened to a file, as rows of a quick pick. Pure. */

const words: Readonly<Record<HistoryEvent['kind'], readonly [icon: string, text: string]>> = {
  proposed: ['git-pull-request', msg('A patch was proposed')],
  approved: ['check', msg('The patch was approved')],
  rejected: ['x', msg('The patch was rejected')],
  landed: ['git-merge', msg('The patch landed')],
  rolled_back: ['discard', msg('The patch was rolled back')],
  refused: ['shield', msg('An edit was refused: the file is protected')],
};

export function historyWords(kind: HistoryEvent['kind']): string {
  return t(words[kind][1]);
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
    icon,
    text: t(text),
    label: `$(${icon}) ${t(text)}`,
    description: withoutIcons(dotted([event.ticketId, ago(event.at, now)])),
    detail: withoutIcons(detail),
    event,
  };
}
