import { join } from 'node:path';
import { throwIfCancelled } from '../core/errors.ts';
import type { Clock } from '../core/ports.ts';
import { keptKinds } from '../core/secrets.ts';
import type { Settings } from '../core/settings.ts';
import { type FilePosition, positionsOf, type ScanBatch } from '../core/signal.ts';
import { type Content, gzipContent, gzipHead, plainContent, skipBytes } from './bytes.ts';
import { detectEncoding, type Encoding } from './encoding.ts';
import { behind, inTurn, leadOf, predecessorsIn, type Tail } from './continued.ts';
import { createSignals } from './exceptionSignals.ts';
import { documentFormat } from './feedbackFormats.ts';
import {
  hashOf,
  maxTailBytes,
  type OpenFile,
  openSource,
  readAt,
  retiredName,
  tailHashOf,
} from './identity.ts';
import { lineEnd, maxLineBytes } from './lineBreaks.ts';
import { createLineMemory } from './lineMemory.ts';
import { createLocator } from './location.ts';
import { sniffedBytes } from './logReader.ts';
import { createPace } from './pace.ts';
import {
  archiveMark,
  createPositions,
  inSafeOrder,
  type Plan,
  planArchive,
  planFile,
  type Positions,
  type ReadPosition,
} from './plan.ts';
import { createOrigins } from './origins.ts';
import { createSourceReader, type ReaderDeps, type Source } from './sourceReader.ts';
import { createSourceRules, reasonOf, type SourceKind, walk } from './walk.ts';

export interface ScannerDeps {
  /** The workspace folder, absolute. */
  readonly folder: string;
  readonly clock: Clock;
  readonly settings: Pick<Settings, 'sources' | 'privacy' | 'thresholds'>;
  /** What was committed for a name; see {@link ScanBatch.position}. */
  readonly readPosition: ReadPosition;
  readonly pressure?: Pressure;
}

/** When a log counts as growing faster than it can be read, in bytes. */
export interface Pressure {
  /** It has grown by more than was read meanwhile, and by so much. */
  readonly behind: number;
  /** Of what it has grown by, so much of the end is read, and the rest left out. */
  readonly kept: number;
}

const usualPressure: Pressure = { behind: 32 << 20, kept: 8 << 20 };

/** A piece of a file's growth, or a file that could not be read. */
export type ScanItem =
  | { readonly kind: 'batch'; readonly batch: ScanBatch }
  | { readonly kind: 'problem'; readonly file: string; readonly reason: string };

export interface ScanOptions {
  /**
   * false (while watching): a last line without an end, or an exception that may go on, waits for the
   * next scan. true: what is there counts. (A stack trace without its message still waits.)
   */
  readonly flush: boolean;
}

/**
 * Reads what the workspace's sources have grown by. Each batch must be committed as a whole, signals
 * and positions in one transaction, before the next one is asked for; then each occurrence is counted
 * once whatever happens. A batch without signals may carry a position under a name like
 * `app.log@<hash>`: the position of content that left `app.log`; keep it like any other.
 * Never throws for what lies in the workspace; rejects with `cancelled` when the signal fires.
 */
export interface Scanner {
  scan(options: ScanOptions, signal?: AbortSignal): AsyncIterable<ScanItem>;
  /** Whether a path (relative to the workspace, with `/`) is a source. */
  matches(path: string): boolean;
}

const chunkBytes = 256 * 1024;
const bufferBytes = maxLineBytes + chunkBytes + 64 * 1024;
/** That tell of something in full. */
const maxBatchSignals = 50;
const maxBatchBytes = 4 << 20;
/** What is only counted costs as much for a few lines as for many: the more kinds of it, the larger a batch may be. */
const bytesPerCount = 32 << 10;
const maxBatchCounts = 2_000;

export function createScanner(deps: ScannerDeps): Scanner {
  const rules = createSourceRules(deps.settings);
  return {
    matches: (path) => rules.kindOf(path) !== undefined,
    async *scan(options, signal) {
      throwIfCancelled(signal);
      const walked = await walk(deps.folder, rules);
      for (const problem of walked.problems) yield { kind: 'problem', ...problem };
      const names = walked.sources.map(({ file }) => file);
      const positions = createPositions(deps.readPosition, names);
      const locator = createLocator(deps.folder, (name) => walked.byName.get(name) ?? []);
      const run: Run = {
        ...deps,
        ...options,
        positions,
        signals: createSignals(
          locator,
          createOrigins(deps.folder, locator),
          keptKinds(deps.settings.privacy),
        ),
        memory: createLineMemory(),
        buffer: Buffer.allocUnsafe(bufferBytes),
        ahead: Buffer.allocUnsafe(chunkBytes),
        tails: new Map(),
        signal,
      };
      const plans: Plan[] = [];
      for await (const plan of makePlans(run, walked.sources)) {
        if ('reason' in plan) yield plan;
        else plans.push(plan);
      }
      const adopted = new Set(plans.map((plan) => plan.from));
      const predecessors = predecessorsIn(plans);
      const continued = new Set(predecessors.values());
      for (const plan of inTurn(inSafeOrder(plans), predecessors)) {
        throwIfCancelled(signal);
        if (plan.retires && !adopted.has(plan.retires)) yield noted(run, retirement(plan.retires));
        const tail = run.tails.get(predecessors.get(plan.file) ?? '');
        yield* readFile(run, plan, { tail, isContinued: continued.has(plan.file) });
      }
    },
  };
}

/** What all files of one scan share. */
interface Run extends ScannerDeps, ScanOptions, ReaderDeps {
  readonly positions: Positions;
  /** One for all files, which are read one after the other. */
  readonly buffer: Buffer;
  readonly ahead: Buffer;
  /** What the ends of rotated files began, by file. */
  readonly tails: Map<string, Tail>;
  readonly signal: AbortSignal | undefined;
}

/** How a file lies in its rotated set. */
interface Turn {
  /** What the file before it began. */
  readonly tail: Tail | undefined;
  /** Another file, read next, goes on where it ends. */
  readonly isContinued: boolean;
}

type Problem = Extract<ScanItem, { kind: 'problem' }>;

async function* makePlans(
  run: Run,
  sources: readonly { readonly file: string; readonly kind: SourceKind }[],
): AsyncGenerator<Plan | Problem> {
  const inodes = new Set<string>();
  for (const { file, kind } of sources) {
    throwIfCancelled(run.signal);
    try {
      const plan = await planFile(run.folder, file, kind, run.positions);
      // A second hard link, or a file that was renamed while we looked, is the same lines again.
      if (plan && !inodes.has(plan.inode)) yield plan;
      if (plan) inodes.add(plan.inode);
    } catch (error) {
      yield { kind: 'problem', file, reason: reasonOf(error) };
    }
  }
}

function retirement(position: FilePosition): ScanBatch {
  const file = retiredName(position.file, position.headHash);
  return nothingTo({ ...position, file });
}

function nothingTo(position: FilePosition): ScanBatch {
  return { position, signals: [], malformed: [], lines: 0, bytes: 0 };
}

function noted(run: Run, batch: ScanBatch): ScanItem {
  for (const position of positionsOf(batch)) run.positions.note(position);
  return { kind: 'batch', batch };
}

async function* readFile(run: Run, plan: Plan, turn: Turn): AsyncGenerator<ScanItem> {
  try {
    yield* plan.archive ? readArchive(run, plan) : readPlain(run, plan, turn);
  } catch (error) {
    throwIfCancelled(run.signal);
    if (!isFileError(error)) throw error;
    yield { kind: 'problem', file: plan.file, reason: reasonOf(error) };
  }
}

/** Anything else that is thrown (by the consumer, or a bug of ours) is not about the file. */
function isFileError(error: unknown): boolean {
  return typeof (error as { syscall?: unknown } | null)?.syscall === 'string';
}

async function* readPlain(run: Run, plan: Plan, turn: Turn): AsyncGenerator<ScanItem> {
  const opened = await openSource(join(run.folder, plan.file));
  if (!opened) return;
  try {
    if (opened.inode !== plan.inode || opened.size < plan.start) return; // changed since; the next scan sees
    const headHash = hashOf(opened.head);
    const positionAt = async (offset: number): Promise<FilePosition> => ({
      file: plan.file,
      offset,
      inode: opened.inode,
      headHash,
      headBytes: opened.head.length,
      tailHash: await tailHashOf(opened, offset),
    });
    const renamed = plan.from !== undefined && plan.from.file !== plan.file;
    const start = startIn(plan, opened.size);
    const isEmpty = opened.size === 0;
    const encoding = (isEmpty ? turn.tail?.encoding : undefined) ?? detectEncoding(opened.head);
    const head = await readAt(opened.handle, 0, Math.min(opened.size, sniffedBytes));
    const tail = turn.tail?.encoding === encoding ? turn.tail : undefined;
    const lead = tail ? leadOf(tail, head) : Buffer.alloc(0);
    const reading = {
      plan,
      head,
      before: tail?.before ?? (await bytesBefore(opened, start)),
      start: start - lead.length,
      encoding,
      flush: run.flush && !turn.isContinued,
      ended: tail?.ends ?? [],
      positionAt,
    };
    const end = yield* readContent(run, {
      ...reading,
      content: behind(lead, plainContent(opened, start)),
      always: renamed || (plan.start === 0 && plan.retires !== undefined),
    });
    if (turn.isContinued) {
      const kept = tail && end < 0 ? { tail, lead } : undefined;
      await keepTail(run, plan, opened, { end, encoding, kept, positionAt });
    }
    const ahead = plan.kind === 'log' ? await outgrown(run, opened, start, encoding) : undefined;
    if (!ahead) return;
    const reason = `it grows faster than it can be read: ${inMegabytes(ahead.start - opened.size)} MB were left out`;
    yield { kind: 'problem', file: plan.file, reason };
    yield* readContent(run, {
      ...reading,
      before: await bytesBefore(opened, ahead.start),
      start: ahead.start,
      ended: [],
      content: plainContent({ ...opened, size: ahead.size }, ahead.start),
      always: false,
    });
  } finally {
    await opened.handle.close();
  }
}

/** How far a file was read that another one goes on from. */
interface ReadTo {
  readonly end: number;
  readonly encoding: Encoding;
  /** What led, when nothing of it was counted: all of it is passed on, with the whole file. */
  readonly kept: { readonly tail: Tail; readonly lead: Buffer } | undefined;
  readonly positionAt: (offset: number) => Promise<FilePosition>;
}

/** Of a file that another one goes on from, what was not counted yet is read again as that one's beginning. */
async function keepTail(
  { tails }: Run,
  { file }: Plan,
  opened: OpenFile,
  { end, encoding, kept, positionAt }: ReadTo,
): Promise<void> {
  if (end >= opened.size) return;
  const from = Math.max(0, end);
  const bytes = await readAt(opened.handle, from, opened.size - from);
  tails.set(file, {
    bytes: kept ? Buffer.concat([kept.lead, bytes]) : bytes,
    before: kept?.tail.before ?? (await bytesBefore(opened, from)),
    encoding,
    ends: [...(kept?.tail.ends ?? []), await positionAt(opened.size)],
  });
}

function bytesBefore({ handle }: OpenFile, start: number): Promise<Buffer> {
  const length = Math.min(start, sniffedBytes);
  return readAt(handle, start - length, length);
}

/**
 * Of a log that has grown by more than was read meanwhile only the end is read: or the reader would be further
 * behind each time, until all it tells of is long past.
 */
async function outgrown(run: Run, file: OpenFile, start: number, encoding: Encoding) {
  const { behind, kept } = run.pressure ?? usualPressure;
  const { size } = await file.handle.stat();
  const grown = size - file.size;
  if (grown < behind || grown <= file.size - start || grown <= kept) return undefined;
  return { start: await lineStart(file, size - kept, encoding), size };
}

/** Where the first line begins behind `offset`; `offset` itself in a line that is too long. */
async function lineStart(file: OpenFile, offset: number, encoding: Encoding): Promise<number> {
  const even = offset - (offset % 2);
  const bytes = Buffer.alloc(chunkBytes);
  const { bytesRead } = await file.handle.read(bytes, 0, bytes.length, even);
  return even + Math.max(0, lineEnd(bytes.subarray(0, bytesRead), 0, encoding));
}

function inMegabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
}

/** A document that has grown is read as a whole again: the end of a table means nothing without its header. */
function startIn({ kind, file, start }: Plan, size: number): number {
  return kind === 'feedback' && documentFormat(file) !== undefined && size > start ? 0 : start;
}

async function* readArchive(run: Run, plan: Plan): AsyncGenerator<ScanItem> {
  const path = join(run.folder, plan.file);
  const mark = await archiveMark(path);
  if (run.positions.of(plan.file)?.inode === mark) return;
  const { head, from } = await planArchive(run.folder, plan, run.positions);
  const { content, start } = await openArchive(path, from);
  try {
    yield* readContent(run, {
      plan,
      head: await gzipHead(path, sniffedBytes),
      before: Buffer.alloc(0),
      content,
      start,
      encoding: detectEncoding(head),
      flush: true,
      ended: [],
      positionAt: async (offset, atEnd) => ({
        file: plan.file,
        offset,
        inode: atEnd ? mark : plan.inode,
        headHash: hashOf(head),
        headBytes: head.length,
        // The bytes before are gone; the head and the mark say enough of a file that never grows.
        tailHash: '',
      }),
      always: true,
    });
    const reason = content.problem();
    if (reason !== undefined) yield { kind: 'problem', file: plan.file, reason };
  } finally {
    await content.close();
  }
}

/** Passes over what was counted before the file was packed, if it is indeed the same. */
async function openArchive(path: string, from: FilePosition | undefined) {
  const content = gzipContent(path);
  if (!from) return { content, start: 0 };
  const tail = await skipBytes(content, from.offset, maxTailBytes);
  const same = tail !== undefined && (from.tailHash === '' || hashOf(tail) === from.tailHash);
  if (same) return { content, start: from.offset };
  await content.close();
  return { content: gzipContent(path), start: 0 };
}

interface Reading extends Source {
  readonly content: Content;
  readonly flush: boolean;
  /** What leads, at offsets below 0, is the end of these. */
  readonly ended: readonly FilePosition[];
  positionAt(offset: number, atEnd: boolean): Promise<FilePosition>;
  /** Whether the last position is to be saved even when nothing was counted. */
  readonly always: boolean;
}

/** Gives back up to where all is counted. */
async function* readContent(run: Run, reading: Reading): AsyncGenerator<ScanItem, number> {
  const { content, start } = reading;
  const source = createSourceReader(run, reading);
  const { buffer } = run;
  const pace = createPace();
  let committed = start;
  let { ended } = reading;

  /** What can be committed now, if it is enough or the last. */
  const batch = async (atEnd: boolean): Promise<ScanBatch | undefined> => {
    const safe = source.reader.safeOffset();
    const bytes = safe - committed;
    const { told, counted } = source.pending();
    const isFull =
      bytes >= maxBatchBytes + counted * bytesPerCount ||
      told >= maxBatchSignals ||
      counted >= maxBatchCounts;
    const isWanted = atEnd ? reading.always || bytes > 0 : isFull && bytes > 0;
    if (!isWanted) return undefined;
    // The files before end all at once: until then nothing is counted, and all of it read again.
    if (safe < 0)
      return atEnd && reading.always ? nothingTo(await reading.positionAt(0, true)) : undefined;
    committed = safe;
    const position = await reading.positionAt(safe, atEnd);
    const also = ended.length > 0 ? { ended } : {};
    ended = [];
    return { position, ...also, ...source.take(), lines: source.reader.takeLines(), bytes };
  };

  const ahead = readAhead(content, run.ahead);
  let base = start;
  let filled = 0;
  try {
    for (let atEnd = false; !atEnd; ) {
      const end = filled + (await ahead.into(buffer, filled));
      atEnd = end === filled;
      const ending = !atEnd ? 'more' : reading.flush ? 'final' : 'held';
      let begin = 0;
      do {
        throwIfCancelled(run.signal);
        filled = Math.min(filled + pace.stepBytes(), end);
        const started = performance.now();
        const done = source.reader.feed(buffer.subarray(begin, filled), base, ending);
        source.passed(buffer.subarray(begin, begin + done), base);
        pace.took(performance.now() - started);
        begin += done;
        base += done;
        const ready = await batch(atEnd);
        if (ready) yield noted(run, ready);
        await pace.breathe();
      } while (filled < end);
      buffer.copyWithin(0, begin, end);
      filled = end - begin;
    }
  } finally {
    await ahead.settle();
  }
  return source.reader.safeOffset();
}

/** Reads the next chunk while the last one is being looked through. */
function readAhead(content: Content, chunk: Buffer) {
  let next = content.read(chunk, 0, chunk.length);
  // Whoever asks gets the error; until then it must not count as unhandled.
  next.catch(() => undefined);
  return {
    async into(buffer: Buffer, at: number): Promise<number> {
      const read = await next;
      chunk.copy(buffer, at, 0, read);
      if (read > 0) {
        next = content.read(chunk, 0, chunk.length);
        next.catch(() => undefined);
      }
      return read;
    },
    settle: () =>
      next.then(
        () => undefined,
        () => undefined,
      ),
  };
}
