import type { Cause, Frame } from '../../../core/signal.ts';
import { maxMessageChars, type ParsedException } from '../grammar.ts';
import { javascript } from '../languages/javascript.ts';
import { languageOf, placeInMessage } from '../languages/javascriptFrame.ts';

/** The type of a failed expectation that names none. */
export const failedExpectation = 'AssertionError';

/** For lines of a report that repeat what is counted elsewhere. */
export function silentFailure(language: string): ParsedException {
  const none = { frames: [], causes: [] };
  const kind = 'test' as const;
  return {
    silent: true,
    kind,
    language,
    type: failedExpectation,
    message: '',
    ...none,
    severity: 'error',
  };
}

export function failure(
  language: string,
  type: string,
  message: string,
  frames: readonly Frame[],
  causes: readonly Cause[] = [],
): ParsedException {
  return {
    kind: 'test',
    language,
    type,
    message: message.trim().slice(0, maxMessageChars),
    frames,
    causes,
    severity: 'error',
  };
}

const frameLine = /^\s*(?:at |❯ )(.{1,2000}:\d{1,9}:\d{1,9}\)?)(?: \{)?$/;
const errorHead =
  /^(?:Uncaught )?((?:[A-Za-z_$][\w$]{0,80}\.){0,4}[A-Z_$][\w$]{0,80})(?: \[([\w.]{1,80})\])?(?:: (.*))?$/;
/** Where a message ends and the runner's own drawing begins. */
const drawing =
  /^\s*(?:\+ expected - actual|- Expected\b|\+ Received\b|Difference:|Expected +- \d|>?\s{0,6}\d{1,6} ?\||Snapshot name:|Serialized Error:|Caused by: |Code: |\(Use `node)/;

/** A failure as JavaScript's runners print one: the error, perhaps a difference and a piece of source, the frames. */
export function javascriptFailure(body: readonly string[]): ParsedException | undefined {
  const start = startOf(body);
  // Vitest calls what is thrown but no error so.
  const first = body[start]?.trim().replace(/^Unknown Error: /, 'Error: ') ?? '';
  if (first === '' || frameLine.test(first)) return undefined;
  const at = body.findIndex((line, index) => index > start && frameLine.test(line));
  const { frames, causes } = at < 0 ? { frames: [], causes: [] } : readStack(body, at);
  const head = errorHead.exec(first);
  const named =
    head && (head[3] !== undefined || /(?:Error|Exception)$/.test(head[1] ?? '')) ? head : null;
  if (!named && frames.length === 0 && !/^(?:expect\(|assert)/.test(first)) return undefined;
  const more = messageTail(body.slice(start + 1, at < 0 ? body.length : at));
  const said = named ? (named[3] ?? '') : first;
  const called = fromMatcher(first, frames);
  const placed = called.some((frame) => frame.inApp)
    ? called
    : [...placesIn(said, body), ...called];
  // Jest leaves out the name of a plain Error.
  const type = named?.[1] ?? (expectation.test(first) ? failedExpectation : 'Error');
  const message = [said, ...more].join('\n').replace(/ \{$/, '');
  return failure(languageOf(placed), type, message, placed, causes);
}

/** The first line; where that is a message, and further down an error says it again (mocha's reports), there. */
function startOf(body: readonly string[]): number {
  const first = body.findIndex((line) => line.trim() !== '');
  const said = body[first]?.trim() ?? '';
  if (said === '' || errorHead.test(said)) return first;
  const again = body.findIndex((line) => errorHead.exec(line.trim())?.[3] === said);
  return Math.max(first, again);
}

/** Words of a failed expectation, a snapshot or a time limit: not what a program throws. */
const expectation = /\b(?:expect|assert|snapshot|thrown|timed? ?out)/i;

/** `expect(…).toThrow()` shows what was thrown, and where; the test fails where it expects. */
function fromMatcher(first: string, frames: readonly Frame[]): readonly Frame[] {
  const matcher =
    /^(?:Error: )?expect\(.{0,500}\)(?:\.(?:rejects|resolves|not)){0,2}\.(to\w{1,80})\(/.exec(
      first,
    )?.[1];
  const at = frames.findIndex(
    (frame) => matcher !== undefined && frame.function?.endsWith(matcher),
  );
  return at > 0 ? frames.slice(at) : frames;
}

function messageTail(lines: readonly string[]): string[] {
  const end = lines.findIndex(
    (line) => drawing.test(line) || errorHead.exec(line)?.[3] !== undefined,
  );
  return lines.slice(0, Math.min(end < 0 ? lines.length : end, 24));
}

/** The frames, which vitest parts by a piece of source, and the causes below them. */
function readStack(body: readonly string[], at: number) {
  if (!body[at]?.includes('❯')) {
    const more = body.findIndex((line, index) => index > at && /^\s{0,8}Cause:$/.test(line));
    const lines = withoutExcerpts(body.slice(at, more < 0 ? body.length : more));
    const [parsed] = [...javascript.parse(['Error: of a test', ...lines])];
    const cause = more < 0 ? undefined : javascriptFailure(dedented(body.slice(more + 1)));
    const causes = cause ? [cause, ...cause.causes] : (parsed?.causes ?? []);
    return { frames: parsed?.frames ?? [], causes: causes.map(linkOf) };
  }
  const end = body.findIndex((line, index) => index > at && /^(?:Caused by: |⎯{3})/.test(line));
  const own = body.slice(at, end < 0 ? body.length : end).flatMap((line) => {
    const where = frameLine.exec(line)?.[1];
    const parts = /^(?:(.{1,500}) )?(\S{1,1000})$/.exec(where ?? '');
    return parts
      ? [parts[1] === undefined ? `    at ${parts[2]}` : `    at ${parts[1]} (${parts[2]})`]
      : [];
  });
  const [parsed] = [...javascript.parse(['Error: of a test', ...own])];
  const cause = end < 0 ? null : errorHead.exec(body[end]?.replace(/^Caused by: /, '') ?? '');
  const causes: Cause[] = cause
    ? [{ type: cause[1] ?? 'Error', message: cause[3] ?? '', frames: [] }]
    : [];
  return { frames: parsed?.frames ?? [], causes };
}

const excerpt = /^\s{0,40}(?:>?\s{0,8}\d{1,6} {0,2})?\|/;

/** Jest draws a piece of source between what was thrown and where that was not expected. */
function withoutExcerpts(lines: readonly string[]): readonly string[] {
  if (!lines.some((line) => excerpt.test(line))) return lines;
  return lines.filter((line) => line.trim() !== '' && !excerpt.test(line));
}

function linkOf({ type, message, frames }: Cause): Cause {
  return { type, message, frames };
}

function placesIn(said: string, body: readonly string[]): readonly Frame[] {
  const place = placeInMessage(said);
  return place ? [place] : placeIn(body);
}

/** A file that could not be parsed names its place in the message: `/a/b.js: Unexpected token (3:14)`, `/a/b.js:3`. */
function placeIn(body: readonly string[]): Frame[] {
  for (const line of body.slice(0, 40)) {
    const inMessage =
      /(?:^|: )((?:[A-Za-z]:)?[\\/][^:\s]{1,1000}): .{0,2000}\((\d{1,9}):(\d{1,9})\)$/.exec(
        line.trim(),
      );
    const alone = /^((?:[A-Za-z]:)?[\\/][^:\s]{1,1000}\.\w{1,6}):(\d{1,9})(?::\d{1,9})?:?$/.exec(
      line.trim(),
    );
    const match = inMessage ?? alone;
    if (match && !(match[1] ?? '').includes('node_modules'))
      return [{ file: match[1] ?? '', line: Number(match[2]), inApp: true }];
  }
  return [];
}

export function dedented(lines: readonly string[]): string[] {
  const indents = lines
    .filter((line) => line.trim() !== '')
    .map((line) => line.length - line.trimStart().length);
  const indent = Math.min(...indents, 100);
  return lines.map((line) => line.slice(Math.min(indent, line.length - line.trimStart().length)));
}
