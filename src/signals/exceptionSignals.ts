import { redact, type SecretKind } from '../core/secrets.ts';
import type { Cause, ExceptionEvent, ExceptionSignal, Fingerprint, Frame } from '../core/signal.ts';
import type { FoundException } from './exceptions/foundEvents.ts';
import {
  exceptionFingerprint,
  isRaisedAgain,
  maskedMessage,
  messageIdentity,
} from './fingerprint.ts';
import type { Locator } from './location.ts';
import { firstLine } from './masks.ts';
import type { Origins } from './origins.ts';
import { remembered } from './remembered.ts';
import { saidName } from './saidNames.ts';
import { exceptionTitle, visible } from './title.ts';
import { traitsOf } from './traits.ts';

const maxRawChars = 8_000;
const maxCauses = 20;
const maxRemembered = 500;

export interface Signals {
  /** What was found in `file`, sanitised, with its place in the workspace and its identity. */
  toSignal(found: FoundException, file: string, now: string): ExceptionSignal;
  /**
   * A key that two events of a log share only if their fingerprints and traits are the same: most occurrences are of a few bugs,
   * and need no more than to be counted. Holds text that was not sanitised.
   */
  readonly keyOf: (event: ExceptionEvent) => string;
}

export function createSignals(
  locator: Locator,
  origins: Origins,
  keep?: ReadonlySet<SecretKind>,
): Signals {
  const sanitise = (text: string): string => visible(redact(text, keep));
  const again = remembered(maxRemembered, sanitise);
  // Frames, source lines and some messages repeat; what begins with a time or is a record never does.
  const clean = (line: string): string => (/^[\d[{]/.test(line) ? sanitise(line) : again(line));
  const identify = (event: ExceptionEvent, isAgain: boolean): Fingerprint =>
    exceptionFingerprint(event, (path) => locator.locate(path), isAgain);

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

  /** The first line that says something, of the text as it will be shown. */
  const cleanFirstLine = (message: string): string => {
    const end = message.indexOf('\n');
    if (end <= 0) return firstLine(cleanText(message));
    const first = message.includes('-----BEGIN') ? '' : clean(message.slice(0, end)).trim();
    return first === '' ? firstLine(cleanText(message)) : first.slice(0, maxFirstLineChars);
  };

  return {
    keyOf(event) {
      const { language, top, caller, first } = origins.place(event);
      const said = cleanFirstLine(event.message);
      return [
        event.kind,
        language,
        event.type,
        event.severity,
        placeKey(top),
        placeKey(caller),
        placeKey(first),
        event.causes.slice(0, maxCauses).at(-1)?.type ?? '',
        event.release ?? '',
        maskedMessage(said),
        saidName(said) ?? '',
        event.kind === 'log' ? messageIdentity(event.kind, said) : '',
      ].join('\n');
    },
    toSignal({ event: found, offset }, file, now) {
      const event = origins.complete(found);
      const exception: ExceptionEvent = {
        ...event,
        ...cleanCause(event),
        causes: event.causes.slice(0, maxCauses).map(cleanCause),
        raw: cleanText(event.raw).slice(0, maxRawChars),
      };
      // Masked texts give the same identity, and keep secrets out of its parts.
      const fingerprint = identify(exception, isRaisedAgain(found));
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
    },
  };
}

/** The first in-app frame of the outermost exception that has one. */
export function topInApp(
  { frames, causes }: Pick<ExceptionEvent, 'frames' | 'causes'>,
  isWanted: (frame: Frame) => boolean = () => true,
): Frame | undefined {
  for (const one of [frames, ...causes.map((cause) => cause.frames)]) {
    const top = one.find((frame) => frame.inApp && isWanted(frame));
    if (top) return top;
  }
  return undefined;
}

function placeKey(frame: Frame | undefined): string {
  return frame === undefined ? '' : `${frame.file}\n${frame.function ?? ''}\n${frame.source ?? ''}`;
}

/** As much as `firstLine` looks at. */
const maxFirstLineChars = 4_000;

/** Of an exception that only a framework wrapped around another one, the place is that other's. */
function locationOf(event: ExceptionEvent, locator: Locator): ExceptionSignal['location'] {
  const top = topInApp(event, (frame) => locator.locate(frame.file) !== undefined);
  const file = top && locator.locate(top.file);
  if (!top || file === undefined) return undefined;
  return {
    file,
    ...(top.line === undefined ? {} : { line: top.line }),
    ...(top.function === undefined ? {} : { function: visible(redact(top.function)) }),
  };
}
