import type { ExceptionEvent } from '../../../../src/core/signal.ts';
import { exceptionsOf, type LogLine } from '../../../../src/signals/exceptions/assemble.ts';
import type { FoundException } from '../../../../src/signals/exceptions/foundEvents.ts';

/** The lines of a text with their byte offsets. */
export function linesOf(text: string): LogLine[] {
  let offset = 0;
  return text.split('\n').map((line) => {
    const found = { text: line, offset };
    offset += Buffer.byteLength(line) + 1;
    return found;
  });
}

export function findIn(text: string): FoundException[] {
  return [...exceptionsOf(linesOf(text))];
}

export function eventsIn(text: string): ExceptionEvent[] {
  return findIn(text).map(({ event }) => event);
}

/** `TypeError: message @ function file:line`, for compact expectations. */
export function summaries(text: string): string[] {
  return eventsIn(text).map(summaryOf);
}

export function summaryOf(event: ExceptionEvent): string {
  const top = event.frames.find((frame) => frame.inApp);
  const place = top ? ` @ ${top.function ?? '-'} ${top.file}:${top.line ?? '-'}` : '';
  return `${event.severity} ${event.type}: ${event.message.split('\n')[0]}${place}`;
}
