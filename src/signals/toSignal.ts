import { redact, type SecretKind } from '../core/secrets.ts';
import type { Cause, ExceptionEvent, ExceptionSignal, Fingerprint, Frame } from '../core/signal.ts';
import type { FoundException } from './exceptions/assemble.ts';
import { exceptionFingerprint } from './fingerprint.ts';
import type { Locator } from './location.ts';
import type { Origins } from './origins.ts';
import { remembered } from './remembered.ts';
import { exceptionTitle, visible } from './title.ts';
import { traitsOf } from './traits.ts';

const maxRawChars = 8_000;
const maxCauses = 20;
const maxRemembered = 500;

/** What was found in `file`, sanitised, with its place in the workspace and its identity. */
export type ToSignal = (found: FoundException, file: string, now: string) => ExceptionSignal;

export function createToSignal(
  locator: Locator,
  origins?: Origins,
  keep?: ReadonlySet<SecretKind>,
): ToSignal {
  const sanitise = (text: string): string => visible(redact(text, keep));
  const again = remembered(maxRemembered, sanitise);
  // Frames, source lines and some messages repeat; what begins with a time or is a record never does.
  const clean = (line: string): string => (/^[\d[{]/.test(line) ? sanitise(line) : again(line));
  const identify = (event: ExceptionEvent): Fingerprint =>
    exceptionFingerprint(event, (path) => locator.locate(path));

  const cleanText = (text: string): string => {
    // A key spans lines; all else can be looked for line by line, and most lines were seen before.
    if (text.includes('-----BEGIN')) return sanitise(text);
    return text.includes('\n') ? text.split('\n').map(clean).join('\n') : clean(text);
  };
  const cleanFrame = (frame: Frame): Frame => ({
    ...frame,
    file: (frame.inApp ? locator.locate(frame.file) : undefined) ?? again(frame.file),
    ...(frame.function === undefined ? {} : { function: again(frame.function) }),
    ...(frame.source === undefined ? {} : { source: again(frame.source) }),
  });
  const cleanCause = ({ type, message, frames }: Cause): Cause => ({
    type: clean(type),
    message: cleanText(message),
    frames: frames.map(cleanFrame),
  });

  return ({ event: found, offset }, file, now) => {
    const event = origins ? origins.complete(found) : found;
    const exception: ExceptionEvent = {
      ...event,
      ...cleanCause(event),
      causes: event.causes.slice(0, maxCauses).map(cleanCause),
      raw: cleanText(event.raw).slice(0, maxRawChars),
    };
    // Masked texts give the same identity, and keep secrets out of its parts.
    const fingerprint = identify(exception);
    const location = locationOf(event, locator);
    return {
      kind: 'exception',
      fingerprint,
      title: exceptionTitle(exception),
      at: event.timestamp ?? now,
      source: { file, offset },
      severity: event.severity,
      exception,
      traits: traitsOf(exception, fingerprint, file),
      ...(event.release === undefined ? {} : { release: clean(event.release) }),
      ...(location ? { location } : {}),
    };
  };
}

function locationOf(event: ExceptionEvent, locator: Locator): ExceptionSignal['location'] {
  const top = event.frames.find((frame) => frame.inApp && locator.locate(frame.file) !== undefined);
  const file = top && locator.locate(top.file);
  if (!top || file === undefined) return undefined;
  return {
    file,
    ...(top.line === undefined ? {} : { line: top.line }),
    ...(top.function === undefined ? {} : { function: visible(redact(top.function)) }),
  };
}
