import { isAbsolute, resolve } from 'node:path';
import { throwIfCancelled } from '../core/errors.ts';
import { personalKinds, redact } from '../core/secrets.ts';
import { parseSettings } from '../core/settings.ts';
import type { ExceptionEvent, ExceptionSignal, FindingKind, Severity } from '../core/signal.ts';
import type { Content } from './bytes.ts';
import type { Encoding } from './encoding.ts';
import { loggedError } from './exceptions/grammar.ts';
import { maxLineBytes } from './lineBreaks.ts';
import { createSignals, type Signals, topInApp } from './exceptionSignals.ts';
import { createLocator } from './location.ts';
import { createLineMemory, type LineMemory } from './lineMemory.ts';
import { createCountingReader } from './logReader.ts';
import { joinLog } from './logSet.ts';
import { logSets, type LogSet } from './rotation.ts';
import { createOrigins } from './origins.ts';
import { isRepeated, type LogFinding, wholeOf } from './repeats.ts';
import { visible } from './title.ts';
import { createSourceRules, walk } from './walk.ts';

interface Place {
  /** Relative to the folder with `/` where it is a file there, else as the log has it. */
  readonly file: string | null;
  readonly line: number | null;
}

/** One bug as a log tells of it, and how often. */
export interface FindingGroup extends Place {
  readonly kind: FindingKind;
  readonly language: string;
  /** Null for an error that was only logged. */
  readonly type: string | null;
  readonly message: string;
  readonly function: string | null;
  readonly count: number;
  /** The worst of them. */
  readonly severity: Severity;
  readonly fingerprint: string;
  /** From the outermost's direct cause to the root cause. */
  readonly chain: readonly (Place & { readonly type: string; readonly message: string })[];
  /** The text of the first one. */
  readonly raw: string;
}

/** A group, and what is not known of it before the end. */
interface Counted {
  readonly group: Omit<FindingGroup, 'count' | 'severity'>;
  count: number;
  severity: Severity;
}

export interface Findings {
  /** By the name of the log: the oldest file of a rotated set. */
  readonly groups: ReadonlyMap<string, readonly FindingGroup[]>;
  /** Files that could not be read, or not to their end. */
  readonly problems: readonly { readonly file: string; readonly reason: string }[];
}

const maxRawChars = 8_000;
const maxKeys = 2_000;
/** So many different errors of a log are told; of more, only how many there were. */
const maxGroups = 5_000;
/** Little, so that what was found is dealt with while it is young: what lives longer is memory for long. */
const chunkBytes = 64 * 1024;
const bufferBytes = maxLineBytes + 2 * chunkBytes;

/**
 * What logs tell of, grouped; writes nothing. A rotated set among the files is one log.
 * @param folder where the files that frames speak of lie; the logs may lie anywhere
 */
export async function findGroups(
  files: readonly string[],
  folder: string,
  signal?: AbortSignal,
): Promise<Findings> {
  const { sources } = parseSettings({});
  const rules = createSourceRules({ sources: { ...sources, logs: [], feedback: [] } });
  const { byName } = await walk(folder, rules);
  const locator = createLocator(folder, (name) => byName.get(name) ?? []);
  const signals = createSignals(locator, createOrigins(folder, locator));
  const memory = createLineMemory();
  const groups = new Map<string, readonly FindingGroup[]>();
  const problems: { file: string; reason: string }[] = [];
  for (const set of logSets(files)) {
    const found = await readSet(set, signals, memory, signal);
    groups.set(set.files[0] ?? set.name, found.groups); // the same in whatever order they are given
    problems.push(...found.problems);
  }
  return { groups, problems };
}

async function readSet(
  set: LogSet,
  signals: Signals,
  memory: LineMemory,
  signal: AbortSignal | undefined,
) {
  const log = await joinLog(set, (file) => (isAbsolute(file) ? file : resolve(file)));
  const groups = new Map<string, Counted>();
  /** What most occurrences need, instead of a signal of their own. */
  const byKey = new Map<string, Counted>();
  let left = 0;

  /** Of one key all is alike that a group tells of. */
  const countedOf = (found: LogFinding, key: string): Counted | undefined => {
    const whole = wholeOf(found);
    const one = signals.toSignal(whole, set.name, '');
    const { hash } = one.fingerprint;
    const known = groups.get(hash);
    if (!known && groups.size >= maxGroups) return undefined;
    const counted = known ?? { group: groupOf(one, whole.event), count: 0, severity: one.severity };
    groups.set(hash, counted);
    if (ranks[one.severity] > ranks[counted.severity]) counted.severity = one.severity;
    if (byKey.size >= maxKeys) byKey.clear();
    byKey.set(key, counted);
    return counted;
  };

  for (const { content, encoding } of log.runs) {
    for await (const found of findingsOf(content, encoding, memory, signals, signal)) {
      const key = isRepeated(found) ? found.key : signals.keyOf(found.event);
      const counted = byKey.get(key) ?? countedOf(found, key);
      if (counted) counted.count++;
      else left++;
    }
  }
  const found = Array.from(groups.values(), ({ group, ...how }) => ({ ...group, ...how }));
  return { groups: inLanguageOf(found), problems: [...log.problems(), ...leftOut(set, left)] };
}

function leftOut(set: LogSet, left: number): Findings['problems'] {
  if (left === 0) return [];
  const reason = `it tells of more than ${maxGroups} different errors: ${left} occurrences of others were left out`;
  return [{ file: set.files[0] ?? set.name, reason }];
}

/** A message says nothing of its language; what else its log tells of does, when that is one language. */
function inLanguageOf(groups: readonly FindingGroup[]): readonly FindingGroup[] {
  const languages = new Set(
    groups.filter(({ kind }) => kind === 'exception').map(({ language }) => language),
  );
  languages.delete('text');
  const [language] = languages;
  if (language === undefined || languages.size > 1) return groups;
  return groups.map((group) => (group.language === 'text' ? { ...group, language } : group));
}

async function* findingsOf(
  content: Content,
  encoding: Encoding,
  memory: LineMemory,
  { keyOf }: Signals,
  signal: AbortSignal | undefined,
) {
  const reader = createCountingReader(0, encoding, memory, keyOf);
  const buffer = Buffer.allocUnsafe(bufferBytes);
  let base = 0;
  let filled = 0;
  try {
    for (let atEnd = false; !atEnd; ) {
      throwIfCancelled(signal);
      const count = await content.read(buffer, filled, chunkBytes);
      atEnd = count === 0;
      filled += count;
      const done = reader.feed(buffer.subarray(0, filled), base, atEnd ? 'final' : 'more');
      if (atEnd) reader.end();
      yield* reader.take();
      buffer.copyWithin(0, done, filled);
      filled -= done;
      base += done;
    }
  } finally {
    await content.close();
  }
}

const ranks: Readonly<Record<Severity, number>> = { warning: 0, error: 1, fatal: 2 };

/** Shown to who owns the log, and neither kept nor sent: only what is secret is masked. */
function shown(text: string): string {
  return visible(redact(text, personalKinds));
}

function groupOf(one: ExceptionSignal, said: ExceptionEvent): Counted['group'] {
  const { exception, location } = one;
  const place = location ?? topInApp(exception);
  return {
    kind: exception.kind,
    language: exception.language,
    type: exception.type === loggedError ? null : exception.type,
    message: shown(said.message),
    file: place?.file ?? null,
    line: place?.line ?? null,
    function: place?.function ?? null,
    fingerprint: one.fingerprint.hash,
    chain: exception.causes.map(({ type, message, frames }, at) => {
      const frame = frames.find(({ inApp }) => inApp);
      return {
        type,
        message: shown(said.causes[at]?.message ?? message),
        file: frame?.file ?? null,
        line: frame?.line ?? null,
      };
    }),
    raw: shown(said.raw.slice(0, maxRawChars)),
  };
}
