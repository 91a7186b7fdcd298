import { type Content, gzipContent, gzipHead, isGzip, plainContent } from './bytes.ts';
import { decodeLine, detectEncoding, type Encoding } from './encoding.ts';
import { maxHeadBytes, openSource } from './identity.ts';
import { beginsLine, contentKey, firstTime, type LogSet } from './rotation.ts';
import { reasonOf } from './walk.ts';

/** One log, read from its oldest file to its newest as if it had never been rotated. */
export interface JoinedLog {
  /** Of one encoding each; nothing goes on from one to the next. */
  readonly runs: readonly { readonly encoding: Encoding; readonly content: Content }[];
  /** Files that could not be read, and archives that end early. */
  problems(): readonly { readonly file: string; readonly reason: string }[];
}

interface Member {
  readonly file: string;
  readonly head: Buffer;
  readonly encoding: Encoding;
  open(): Promise<Content>;
}

/** @param pathOf where a file of the set lies */
export async function joinLog(set: LogSet, pathOf: (file: string) => string): Promise<JoinedLog> {
  const problems: { file: string; reason: string }[] = [];
  const members: Member[] = [];
  for (const file of set.files) {
    try {
      const member = await memberOf(file, pathOf(file));
      if (member) members.push(member);
      else problems.push({ file, reason: 'not a regular file' });
    } catch (error) {
      problems.push({ file, reason: reasonOf(error) });
    }
  }
  const ordered = inOrder(members.length > 1 ? await withoutCopies(members) : members);
  const runs: { encoding: Encoding; members: Member[] }[] = [];
  for (const member of ordered) {
    const last = runs.at(-1);
    if (last?.encoding === member.encoding) last.members.push(member);
    else runs.push({ encoding: member.encoding, members: [member] });
  }
  return {
    runs: runs.map((run) => ({
      encoding: run.encoding,
      content: joined(run.members, run.encoding, (file, reason) => problems.push({ file, reason })),
    })),
    problems: () => problems,
  };
}

async function memberOf(file: string, path: string): Promise<Member | undefined> {
  const opened = await openSource(path);
  if (!opened) return undefined;
  const { head } = opened;
  await opened.handle.close();
  if (isGzip(head)) {
    const unpacked = await gzipHead(path, maxHeadBytes * 16);
    const open = (): Promise<Content> => Promise.resolve(gzipContent(path));
    return { file, head: unpacked, encoding: detectEncoding(unpacked), open };
  }
  return {
    file,
    head,
    encoding: detectEncoding(head),
    open: () => openPlain(path),
  };
}

async function openPlain(path: string): Promise<Content> {
  const opened = await openSource(path);
  if (!opened) throw Object.assign(new Error('not a regular file'), { code: 'EINVAL' });
  return { ...plainContent(opened, 0), close: () => opened.handle.close() };
}

/** A log that was being packed may be there twice, plain and as an archive. */
async function withoutCopies(members: readonly Member[]): Promise<readonly Member[]> {
  const seen = new Set<string>();
  const kept: Member[] = [];
  for (const member of members) {
    const key = await keyOf(member);
    if (!seen.has(key)) kept.push(member);
    seen.add(key);
  }
  return kept;
}

async function keyOf(member: Member): Promise<string> {
  const content = await member.open();
  const key = contentKey();
  const buffer = Buffer.allocUnsafe(64 * 1024);
  try {
    for (let n = await content.read(buffer, 0, buffer.length); n > 0; ) {
      key.add(buffer.subarray(0, n));
      n = await content.read(buffer, 0, buffer.length);
    }
  } finally {
    await content.close();
  }
  return key.key();
}

/** By the first time each tells, when all tell one; else the order their names give. */
function inOrder(members: readonly Member[]): readonly Member[] {
  const times = new Map(
    members.map((member) => [member, firstTime(textOf(member.head, member.encoding))]),
  );
  if ([...times.values()].includes(undefined)) return members;
  return [...members].sort((a, b) => (times.get(a) ?? '').localeCompare(times.get(b) ?? ''));
}

function textOf(head: Buffer, encoding: Encoding): string {
  return decodeLine(head, encoding);
}

function joined(
  members: readonly Member[],
  encoding: Encoding,
  report: (file: string, reason: string) => void,
): Content {
  let next = 0;
  let current: Content | undefined;
  let lastByte = 10;
  let isBroken = false;

  const end = async (): Promise<void> => {
    const reason = current?.problem();
    isBroken = reason !== undefined;
    if (reason !== undefined) report(members[next - 1]?.file ?? '', reason);
    await current?.close();
    current = undefined;
  };

  /** Opens the next member; says whether its first line is one of its own behind a cut one. */
  const begin = async (member: Member): Promise<boolean> => {
    next++;
    current = await member.open();
    const isCut = lastByte !== 10 && next > 1;
    return isCut && (isBroken || beginsLine(textOf(member.head, encoding)));
  };

  const read = async (buffer: Buffer, at: number, length: number): Promise<number> => {
    for (;;) {
      if (!current) {
        const member = members[next];
        if (!member) return 0;
        if (await begin(member)) {
          lastByte = 10;
          const mark = encoding === 'bytes' ? '\n' : encoding === 'utf16le' ? '\n\0' : '\0\n';
          return buffer.write(mark, at, 'latin1');
        }
        continue;
      }
      const count = await current.read(buffer, at, length);
      if (count > 0) {
        lastByte = lastOf(buffer.subarray(at, at + count), encoding);
        return count;
      }
      await end();
    }
  };
  return { read, problem: () => undefined, close: async () => current?.close() };
}

function lastOf(bytes: Buffer, encoding: Encoding): number {
  return bytes[bytes.length - (encoding === 'utf16le' ? 2 : 1)] ?? 0;
}
