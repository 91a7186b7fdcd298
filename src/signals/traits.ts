import type { ExceptionEvent, Fingerprint, Frame, Trait } from '../core/signal.ts';
import { functionName, lastSegments, maskedMessage } from './fingerprint.ts';
import { formerNames } from './identity.ts';
import { firstLine } from './masks.ts';

const maxValueChars = 160;

/**
 * What an event is like beyond its fingerprint: by these parts a group that holds two bugs can be split.
 * Only what is the same each time the same thing happens.
 * @param event sanitised, its files located
 * @param file the log it was read from
 */
export function traitsOf(
  event: ExceptionEvent,
  fingerprint: Fingerprint,
  file: string,
): readonly Trait[] {
  const [top, caller] = event.frames.filter((frame) => frame.inApp);
  const root = event.causes.at(-1);
  const all: readonly (readonly [string, string])[] = [
    ['message', maskedMessage(firstLine(event.message))],
    ['type', event.type],
    ['place', fingerprint.parts.some(({ label }) => label === 'file') ? '' : placeOf(top)],
    ['caller', placeOf(caller)],
    ['cause', root?.type ?? ''],
    ['language', event.language],
    ['log', formerNames(file).at(-1) ?? file],
  ];
  const known = new Set(fingerprint.parts.map(({ value }) => value));
  return all
    .filter(([, value]) => value !== '' && !known.has(value))
    .map(([label, value]) => ({ label, value: value.slice(0, maxValueChars) }));
}

function placeOf(frame: Frame | undefined): string {
  if (!frame) return '';
  const file = /^(?:[\\/]|[A-Za-z]+:)/.test(frame.file) ? lastSegments(frame.file) : frame.file;
  const name = functionName(frame.function);
  return name === '' ? file : `${name} (${file})`;
}
