import { createHash } from 'node:crypto';
import { maskIpAddresses } from '../core/ipAddresses.ts';
import type { ExceptionEvent, FindingKind, Fingerprint, Frame } from '../core/signal.ts';
import { firstLine, maskVariables } from './masks.ts';
import { remembered, rememberedByDigits } from './remembered.ts';
import { saidName } from './saidNames.ts';
import { patternOf } from './templates/tokens.ts';

/** What later rules leave as it was keeps this version and its hash, and so its ticket. */
const fingerprintVersion = 2;
/** Of what they tell apart by more: by names that a runtime quotes, and by where was raised first what was raised again. */
const versionWithMore = 3;

type Parts = Fingerprint['parts'];

export const maskedMessage = rememberedByDigits(500, maskVariables);
const patterned = rememberedByDigits(500, patternOf);
/** Most occurrences are of a few bugs. */
const hashed = remembered(200, (text) => createHash('sha256').update(text).digest('hex'));

/**
 * The identity of an exception: its language family, its short type, and the top in-app frame of the
 * outermost exception by file, function and the line's source text; without a source text (or a frame)
 * the first line of the message with its variables taken out, and the name that the runtime quotes in it. Line numbers and absolute paths never count.
 * An error that was only logged is its message's pattern.
 * @param fileOf a frame's file relative to the workspace, or undefined when none matches
 * @param isAgain whether it was only raised again, by the texts before they were sanitised
 */
export function exceptionFingerprint(
  event: ExceptionEvent,
  fileOf: (file: string) => string | undefined,
  isAgain = isRaisedAgain(event),
): Fingerprint {
  const said = firstLine(event.message);
  const type = { label: 'type', value: shortType(event.type) };
  if (event.kind === 'log') {
    const message = { label: 'message', value: messageIdentity('log', said) };
    return seal([{ label: 'kind', value: 'log' }, type, message]);
  }
  const partsAt = (top: Frame | undefined): Parts => [
    { label: 'kind', value: 'exception' },
    { label: 'language', value: familyOf(event.language) },
    type,
    ...(top ? placeParts(event.language === 'ruby' ? unqualified(top) : top, fileOf) : []),
    ...(messageCounts(event.kind, top) ? [{ label: 'message', value: maskedMessage(said) }] : []),
  ];
  const outer = event.frames.find(isInApp);
  const raised = isAgain ? event.causes[0]?.frames.find(isInApp) : undefined;
  const name = messageCounts(event.kind, raised ?? outer) ? saidName(said) : undefined;
  const former = seal(partsAt(outer));
  if (!raised && name === undefined) return former;
  const parts = [
    ...partsAt(raised ?? outer),
    ...(name === undefined ? [] : [{ label: 'name', value: name }]),
  ];
  // What was raised again may have been raised first in the same function.
  const isSame = seal(parts).hash === former.hash;
  return isSame ? former : { ...seal(parts, versionWithMore), former };
}

/**
 * Whether its first cause is the event itself. What was only raised again, as by one handler for all, is told
 * apart by where it was raised first.
 */
export function isRaisedAgain({ type, message, causes }: ExceptionEvent): boolean {
  return causes[0]?.type === type && causes[0].message === message;
}

function isInApp({ inApp }: Frame): boolean {
  return inApp;
}

/** Whether the message is part of the identity: a place with its source text says enough. */
function messageCounts(kind: FindingKind, top: Frame | undefined): boolean {
  // A compiler may have several complaints about one line.
  return kind === 'log' || kind === 'diagnostic' || top?.source === undefined;
}

/** What of a message is part of the identity. */
export function messageIdentity(kind: FindingKind, said: string): string {
  return kind === 'log' ? patterned(said) : maskedMessage(said);
}

export function feedbackFingerprint(text: string, component: string | undefined): Fingerprint {
  return seal([
    { label: 'kind', value: 'feedback' },
    ...(component === undefined ? [] : [{ label: 'component', value: component.slice(0, 200) }]),
    { label: 'text', value: normalised(text) },
  ]);
}

export function shortType(type: string): string {
  return type.split(/::|[.$\\]/).findLast((part) => part !== '') ?? type;
}

/** The same error shows as TypeScript or JavaScript depending on whether source maps were on. */
function familyOf(language: string): string {
  return language === 'typescript' ? 'javascript' : language;
}

function placeParts(frame: Frame, fileOf: (file: string) => string | undefined): Parts {
  const file = withoutContentHash(fileOf(frame.file) ?? lastSegments(frame.file));
  const name = functionName(frame.function);
  return [
    { label: 'file', value: file },
    ...(name === '' ? [] : [{ label: 'function', value: name }]),
    ...(frame.source === undefined
      ? []
      : [
          {
            label: 'source',
            value: maskIpAddresses(frame.source)
              .replace(/\s{1,300}/g, ' ')
              .trim()
              .slice(0, 200),
          },
        ]),
  ];
}

/** Since Ruby 3.4 a method is named with its class, before it was not. */
function unqualified(frame: Frame): Frame {
  const name = frame.function?.replace(/(^| in )[A-Z][\w:]{0,200}[#.](?=[^\s#.]{1,200}$)/, '$1');
  return name === undefined ? frame : { ...frame, function: name };
}

/** What bundlers put into a name so that it differs in each build: `index-4f9a21bc.js`, `main.91cc02de.chunk.js`. */
const contentHash =
  /([.-])(?:(?=\d{0,31}[a-f])(?=[a-f]{0,31}\d)[\da-f]{8,32}|(?=[\w-]{0,7}[A-Z])(?=[\w-]{0,7}\d)[\w-]{8})(?=(?:\.(?:chunk|min|bundle))?\.[cm]?js$)/;

function withoutContentHash(file: string): string {
  return file.endsWith('js') ? file.replace(contentHash, '$1<hash>') : file;
}

/** What compilers and proxies add to a name, differently in each build. */
const generated =
  /\$\$(?:Lambda|EnhancerBy\w{1,40}|FastClassBy\w{1,40})[$/\w]{0,80}|(?<=^|[.$])lambda\$|::h[0-9a-f]{16}$|(?:::\{\{?closure[^}]{0,20}\}?\})+$|(?:\.func\d{1,3}){1,8}(?:\.\d{1,3}){0,8}$|\.cold$| \[clone [^\]]{1,40}\]/g;

/** Without what differs from run to run: anonymous wrappers, generated numbers. */
export function functionName(name: string | undefined): string {
  if (name === undefined) return '';
  const plain = name
    .slice(0, 300)
    .replace(/^(?:async|new) /, '')
    .replace(generated, '');
  return /^(?:Object\.<anonymous>|<anonymous>|Module\.<anonymous>|eval)$/.test(plain)
    ? ''
    : plain.replace(/\d{3,}/g, '#');
}

/** Of a file that is not in the workspace, what is the same in every checkout. */
export function lastSegments(file: string): string {
  return maskIpAddresses(file).split(/[\\/]/).filter(Boolean).slice(-2).join('/');
}

function normalised(text: string): string {
  return maskVariables(text.toLowerCase())
    .replace(/[^\p{L}\p{N}<>\s]/gu, ' ')
    .replace(/\s{1,1000}/g, ' ')
    .trim()
    .slice(0, 500);
}

/** Parts in order make the identity, by the rules of a version. */
export function seal(parts: Parts, version: number = fingerprintVersion): Fingerprint {
  const text = JSON.stringify([version, parts.map(({ label, value }) => [label, value])]);
  return {
    version,
    hash: hashed(text),
    parts,
  };
}
