import { join } from 'node:path';
import type { Attempt } from '../core/attempt.ts';
import type { GateReport } from '../core/gate.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import type { ArchiveOptions } from './archive.ts';
import { readArchive, writeArchive } from './archiveFile.ts';
import type { ArchiveStore } from './backlog.ts';
import type { Writable } from './commits.ts';
import { attemptEntity, decodeRow, type Entity, requestEntity } from './entities.ts';
import { tryLock } from './lock.ts';
import type { Row, Sql } from './sqlite.ts';

/*
 * Requests and attempts are never removed: figures, learning, history and rollback are made of their rows.
 * But most of a row's bytes are only looked at (the diff, what the gates printed); of old ones these lie in
 * files of the archive.
 */

/** Which of them stay whole. */
export interface Whole {
  /** So many of the newest, of whatever age. */
  readonly newest: number;
  /** Never more than so many. */
  readonly most: number;
  /** Between the two it is their age that decides. */
  readonly days: number;
  /** Fewer than so many are not worth a file. */
  readonly together: number;
}

export const usualWhole: Whole = { newest: 200, most: 2_000, days: 90, together: 50 };

/** A file's first lines of code may be a megabyte each. */
const perFile = 50;

export type ThinningOptions = Omit<ArchiveOptions, 'limit' | 'tell'> & { readonly whole: Whole };

export interface Thinning extends Pick<ArchiveStore, 'request' | 'attempt'> {
  tidy(): Promise<void>;
}

export function createThinning(options: ThinningOptions): Thinning {
  const { paths, engine, clock, whole, memory } = options;
  const sql = (): Sql => memory().sql;

  async function tidy(): Promise<void> {
    if (!isDue()) return;
    // Nobody revises or reopens a request meanwhile, in no window.
    const unlock = await tryLock(join(paths.folder, 'decide'), options.log);
    if (!unlock) return;
    try {
      await options.refresh();
      await moveAll(requests);
      await moveAll(attempts);
    } finally {
      await unlock();
    }
  }

  function isDue(): boolean {
    return [requests, attempts].some((kind) => movable(kind).length >= whole.together);
  }

  function movable({ entity, settled, at }: Stories): readonly string[] {
    const horizon = new Date(clock.now().getTime() - whole.days * 86_400_000).toISOString();
    return sql()
      .all(
        `SELECT ${entity.key} AS id, ${at} AS at FROM ${entity.table} AS t
         WHERE complete = 1 AND coalesce(archive_file, '') = '' AND ${settled}
         ORDER BY at DESC, id LIMIT -1 OFFSET ?`,
        [whole.newest],
      )
      .filter((row, index) => index + whole.newest >= whole.most || String(row.at) < horizon)
      .map(({ id }) => String(id));
  }

  async function moveAll<T extends Noun>(kind: Kind<T>): Promise<void> {
    const ids = movable(kind);
    if (ids.length < whole.together) return;
    for (let from = 0; from < ids.length; from += perFile) {
      await move(kind, ids.slice(from, from + perFile));
    }
  }

  /** First the file, then the rows: a crash in between leaves a file that nobody asks for. */
  async function move<T extends Noun>(kind: Kind<T>, ids: readonly string[]): Promise<void> {
    const { entity, thinned, action } = kind;
    const rows = [{ table: entity.table, key: entity.key, ids }];
    const file = await writeArchive(engine, paths, sql(), rows, clock.now().toISOString());
    const nouns = ids.flatMap((id) => nounIn(sql(), entity, id) ?? []);
    await options.write([
      ...nouns.map((noun) => thinned(noun, file)),
      { kind: 'audit', entry: { actor: 'patchwright', action, subject: file, after: { ids } } },
    ]);
  }

  async function wholeOf<T extends Noun>(kind: Kind<T>, id: string): Promise<T | undefined> {
    const noun = nounIn(sql(), kind.entity, id);
    if (!noun?.archive) return noun;
    const row = (await readArchive(engine, paths, noun.archive, kind.entity)).get(id);
    const archived = row && decodeRow(kind.entity, row);
    return archived ? wholeAgain(noun, kind.moved(archived)) : noun;
  }

  return {
    tidy,
    request: (id) => wholeOf(requests, id),
    attempt: (id) => wholeOf(attempts, id),
  };
}

type Noun = PatchRequest | Attempt;

interface Stories {
  readonly entity: Pick<Entity<Noun>, 'table' | 'key'>;
  /** SQL: whether one's story is over, and when that was. */
  readonly settled: string;
  readonly at: string;
}

interface Kind<T extends Noun> extends Stories {
  readonly entity: Entity<T>;
  readonly action: string;
  readonly thinned: (noun: T, file: string) => Writable;
  /** The parts that were moved. */
  readonly moved: (archived: T) => Partial<T>;
}

const requests: Kind<PatchRequest> = {
  entity: requestEntity,
  settled: `status IN ('DENIED', 'APPLIED', 'FAILED', 'ROLLED_BACK')`,
  at: `max(created_at, coalesce(reviewed_at, ''), coalesce(applied_at, ''))`,
  action: 'requests.archived',
  thinned: ({ id, gates, newCode, canary }, archive) => ({
    kind: 'request',
    id,
    fields: {
      archive,
      diff: '',
      gates: gates.map(verdictOf),
      ...(newCode === undefined ? {} : { newCode: '' }),
      ...(canary ? { canary: { ...canary, output: '' } } : {}),
    },
  }),
  moved: ({ diff, gates, newCode, canary }) => ({
    diff,
    gates,
    ...(newCode === undefined ? {} : { newCode }),
    ...(canary ? { canary } : {}),
  }),
};

const attempts: Kind<Attempt> = {
  entity: attemptEntity,
  settled: `outcome <> 'running' AND NOT EXISTS (
    SELECT 1 FROM patch_requests AS r
    WHERE r.attempt_id = t.attempt_id AND r.status IN ('PENDING_APPROVAL', 'APPROVED'))`,
  at: `coalesce(ended_at, timestamp)`,
  action: 'attempts.archived',
  thinned: ({ id, gates }, archive) => ({
    kind: 'attempt',
    id,
    fields: { archive, ...(gates ? { gates: gates.map(verdictOf) } : {}) },
  }),
  moved: ({ gates }) => (gates ? { gates } : {}),
};

/** What a gate said, without what it ran printed. */
function verdictOf(report: GateReport): GateReport {
  return { ...report, evidence: [], output: '' };
}

function wholeAgain<T extends Noun>(noun: T, moved: Partial<T>): T {
  const whole = { ...noun, ...moved };
  delete (whole as { archive?: string }).archive;
  return whole;
}

function nounIn<T extends Noun>(sql: Sql, entity: Entity<T>, id: string): T | undefined {
  const row: Row | undefined = sql.get(
    `SELECT * FROM ${entity.table} WHERE complete = 1 AND ${entity.key} = ?`,
    [id],
  );
  return row && decodeRow(entity, row);
}
