import { isOwn } from '../core/metric.ts';
import type { Feedback, FilePosition, Sentiment, Signal } from '../core/signal.ts';
import type { Variant } from '../core/variants.ts';
import { rank, type SignalGroup, type TicketOrder, type TicketSummary } from '../core/ticket.ts';
import type { Backlog } from './backlog.ts';
import {
  attemptEntity,
  decodeRow,
  type Entity,
  fromJson,
  releaseEntity,
  requestEntity,
  ticketEntity,
} from './entities.ts';
import { toLearningEvent } from './learningEvents.ts';
import { toInteraction, toSeries, windowsOf } from './measures.ts';
import type { Row, Sql, Value } from './sqlite.ts';
import { createTeamStore } from './team/teamStore.ts';

type Stores = Pick<
  Backlog,
  | 'tickets'
  | 'groups'
  | 'positions'
  | 'attempts'
  | 'requests'
  | 'releases'
  | 'feedback'
  | 'metrics'
  | 'interactions'
  | 'learning'
  | 'team'
>;

const newestFirst = 'created_at DESC, id DESC';

/** As `score` of the core has it; so that a page of many tickets can be read without the others. */
const byTurn = `coalesce(
  json_extract(metadata, '$.rank'),
  10 - CASE priority ${Object.entries(rank)
    .map(([priority, value]) => `WHEN '${priority}' THEN ${value}`)
    .join(' ')} END + risk_level / 2.0 + estimated_effort / 2.0
), created_at, id`;

const ofGroup = (column: string): string =>
  `(SELECT ${column} FROM signal_groups AS g WHERE g.id = improvement_tickets.id)`;

/** What was seen of the tickets that were merged into one, by hand and in any number of steps. */
const withMerged = `WITH RECURSIVE merged (id, into_id) AS (
    SELECT id, json_extract(metadata, '$.mergedInto') FROM improvement_tickets
    WHERE json_extract(metadata, '$.mergedInto') IS NOT NULL AND status = 'closed'
    UNION
    SELECT merged.id, json_extract(m.metadata, '$.mergedInto')
    FROM merged JOIN improvement_tickets AS m ON m.id = merged.into_id
    WHERE json_extract(m.metadata, '$.mergedInto') IS NOT NULL AND m.status = 'closed'),
  more (id, count, last_seen) AS MATERIALIZED (
    SELECT into_id, sum(count), max(last_seen) FROM merged JOIN signal_groups USING (id)
    GROUP BY into_id)`;

const ofMerged = (column: string): string =>
  `coalesce((SELECT ${column} FROM more WHERE more.id = improvement_tickets.id), '')`;

const ticketOrders: Readonly<Record<TicketOrder, string>> = {
  score: byTurn,
  lastSeen: `max(coalesce(${ofGroup('last_seen')}, updated_at), ${ofMerged('last_seen')}) DESC, ${byTurn}`,
  occurrences: `coalesce(${ofGroup('count')}, 0) + ${ofMerged('count')} DESC, ${byTurn}`,
};

/** All queries. `sql` is asked for each time: the database is replaced when a snapshot is taken in. */
export function createStores(sql: () => Sql): Stores {
  function select<T extends { readonly id: string }>(
    entity: Entity<T>,
    clause: string,
    values: readonly Value[] = [],
    before = '',
  ): T[] {
    const text = `${before} SELECT * FROM ${entity.table} WHERE complete = 1 ${clause}`;
    return sql()
      .all(text, values)
      .map((row) => decodeRow(entity, row))
      .filter((noun) => noun !== undefined);
  }

  const byId = <T extends { readonly id: string }>(entity: Entity<T>, id: string) =>
    select(entity, `AND ${entity.key} = ?`, [id])[0];

  return {
    tickets: {
      get: (id) => byId(ticketEntity, id),
      list: ({ statuses, order, limit = -1, offset = 0 } = {}) =>
        select(
          ticketEntity,
          `${oneOf('status', statuses)} ORDER BY ${order ? ticketOrders[order] : newestFirst} LIMIT ? OFFSET ?`,
          [...(statuses ?? []), limit, offset],
          order && order !== 'score' ? withMerged : '',
        ),
      seenSince: (at) =>
        select(
          ticketEntity,
          'AND id IN (SELECT id FROM signal_groups WHERE last_seen >= ?) ORDER BY id',
          [at],
        ),
      summaries: () =>
        sql()
          .all(
            `SELECT id, category, status, priority, risk_level, created_at, updated_at
             FROM improvement_tickets WHERE complete = 1`,
          )
          .map(toSummary),
      countByStatus: () =>
        Object.fromEntries(
          sql()
            .all(
              'SELECT status, count(*) AS count FROM improvement_tickets WHERE complete = 1 GROUP BY status',
            )
            .map((row) => [String(row.status), Number(row.count)]),
        ),
    },
    groups: {
      get: (id) => toGroup(sql().get('SELECT * FROM signal_groups WHERE id = ?', [id])),
      seen: (id) =>
        sql()
          .all(
            `WITH RECURSIVE merged (id) AS (
               SELECT ?
               UNION
               SELECT m.id FROM merged JOIN improvement_tickets AS m
                 ON json_extract(m.metadata, '$.mergedInto') = merged.id
               WHERE json_extract(m.metadata, '$.mergedInto') IS NOT NULL AND m.status = 'closed')
             SELECT g.* FROM merged JOIN signal_groups AS g USING (id)`,
            [id],
          )
          .flatMap((row) => toGroup(row) ?? [])
          .reduce<SignalGroup | undefined>(
            (sum, group) => (sum ? added(sum, group) : group),
            undefined,
          ),
      variants: (id) =>
        sql()
          .all(
            `SELECT * FROM group_variants WHERE group_id = ? AND count > 0
             ORDER BY count DESC, variant`,
            [id],
          )
          .map(toVariant),
      quiet: (before, statuses, limit) =>
        sql()
          .all(
            `${withMerged}
             SELECT t.id, max(g.last_seen, coalesce(more.last_seen, '')) AS seen
             FROM improvement_tickets AS t JOIN signal_groups AS g USING (id) LEFT JOIN more USING (id)
             WHERE complete = 1 ${oneOf('status', statuses)} AND seen < ?
               AND json_extract(t.metadata, '$.quietSince') IS NULL
               AND t.priority_reason NOT LIKE 'Set by%'
             ORDER BY seen, t.id LIMIT ?`,
            [...statuses, before, limit],
          )
          .map((row) => ({ id: String(row.id), lastSeen: String(row.seen) })),
      reasoned: (mark, before, statuses, limit) =>
        sql()
          .all(
            `${withMerged}
             SELECT t.id, max(g.last_seen, coalesce(more.last_seen, '')) AS seen
             FROM improvement_tickets AS t JOIN signal_groups AS g USING (id) LEFT JOIN more USING (id)
             WHERE complete = 1 ${oneOf('status', statuses)} AND instr(t.priority_reason, ?) > 0
               AND seen < ?
             ORDER BY seen, t.id LIMIT ?`,
            [...statuses, mark, before, limit],
          )
          .map((row) => String(row.id)),
    },
    positions: {
      get: (file) => toPosition(sql().get('SELECT * FROM file_positions WHERE file = ?', [file])),
      all: () =>
        sql()
          .all('SELECT * FROM file_positions')
          .flatMap((row) => toPosition(row) ?? []),
    },
    attempts: {
      get: (id) => byId(attemptEntity, id),
      list: () => select(attemptEntity, `${noPreview} ORDER BY timestamp, attempt_id`),
      previews: () =>
        select(attemptEntity, 'AND preview IS NOT NULL ORDER BY timestamp DESC, attempt_id'),
      find: (text) =>
        byId(attemptEntity, text) ??
        only(select(attemptEntity, `${noPreview} ${attemptPrefix}`, prefixValues(text))) ??
        select(
          attemptEntity,
          `${noPreview} AND ticket_id = ? ORDER BY attempt_number DESC LIMIT 1`,
          [text],
        )[0],
      since: (at) => select(attemptEntity, 'AND timestamp >= ? ORDER BY timestamp', [at]),
      ofTicket: (id) =>
        select(attemptEntity, `${noPreview} AND ticket_id = ? ORDER BY attempt_number, timestamp`, [
          id,
        ]),
      running: () => select(attemptEntity, `AND outcome = 'running' ORDER BY timestamp`),
    },
    requests: {
      get: (id) => byId(requestEntity, id),
      find(text) {
        return (
          byId(requestEntity, text) ??
          only(select(requestEntity, prefixClause, prefixValues(text))) ??
          select(requestEntity, 'AND ticket_id = ? ORDER BY created_at DESC LIMIT 1', [text])[0]
        );
      },
      list: ({ statuses, ticketId } = {}) =>
        select(
          requestEntity,
          `${oneOf('status', statuses)} ${ticketId === undefined ? '' : 'AND ticket_id = ?'}
           ORDER BY created_at DESC, request_id`,
          [...(statuses ?? []), ...(ticketId === undefined ? [] : [ticketId])],
        ),
      createdSince: (at) =>
        Number(
          sql().get(
            'SELECT count(*) AS count FROM patch_requests WHERE complete = 1 AND created_at >= ?',
            [at],
          )?.count,
        ),
    },
    releases: {
      get: (id) => byId(releaseEntity, id),
      list: () => select(releaseEntity, 'ORDER BY applied_at DESC, id'),
    },
    feedback: {
      negativeSince: (at, limit) =>
        sql()
          .all(
            `SELECT * FROM feedback WHERE sentiment = 'negative' AND timestamp >= ?
             ORDER BY timestamp DESC, id LIMIT ?`,
            [at, limit],
          )
          .map(toFeedback),
      has: (id) => sql().get('SELECT 1 FROM feedback WHERE id = ?', [id]) !== undefined,
      themed: (limit) =>
        sql()
          .all(
            `SELECT * FROM feedback WHERE ticket_id IS NOT NULL
             ORDER BY timestamp DESC, id DESC LIMIT ?`,
            [limit],
          )
          .map((row) => ({ feedback: toFeedback(row), theme: String(row.ticket_id) }))
          .toReversed(),
      ofTheme: (theme, limit) =>
        sql()
          .all('SELECT * FROM feedback WHERE ticket_id = ? ORDER BY timestamp DESC, id LIMIT ?', [
            theme,
            limit,
          ])
          .map(toFeedback),
      rated: () =>
        sql()
          .all(
            `SELECT * FROM feedback
             WHERE rating IS NOT NULL AND model_used IS NOT NULL AND task_type IS NOT NULL
             ORDER BY timestamp, id`,
          )
          .map(toFeedback),
      usersOf: (theme) =>
        sql()
          .all(
            `SELECT DISTINCT user_id FROM feedback
             WHERE ticket_id = ? AND user_id IS NOT NULL LIMIT 10000`,
            [theme],
          )
          .map((row) => String(row.user_id)),
    },
    metrics: {
      series: () =>
        sql()
          .all('SELECT DISTINCT metric_name, metric_type, endpoint FROM performance_metrics')
          .map(toSeries)
          .filter((series) => !isOwn(series)),
      windows: (series, limit) => windowsOf(sql(), series, limit),
    },
    interactions: {
      recent: (limit) =>
        sql()
          .all('SELECT * FROM interactions ORDER BY timestamp DESC, id DESC LIMIT ?', [limit])
          .map(toInteraction)
          .toReversed(),
    },
    learning: {
      list: (limit) =>
        sql()
          .all('SELECT * FROM learning_events ORDER BY timestamp DESC, id DESC LIMIT ?', [limit])
          .map(toLearningEvent),
      latest: (types) =>
        sql()
          .all(
            `SELECT * FROM learning_events WHERE true ${oneOf('event_type', types)}
             ORDER BY timestamp DESC, id DESC LIMIT 1`,
            types,
          )
          .map(toLearningEvent)[0],
    },
    team: createTeamStore(sql),
  };
}

function oneOf(column: string, values: readonly string[] | undefined): string {
  return values ? `AND ${column} IN (${values.map(() => '?').join(', ')})` : '';
}

const noPreview = 'AND preview IS NULL';
const attemptPrefix = 'AND length(?) >= 4 AND substr(attempt_id, 1, length(?)) = ? LIMIT 2';
const prefixClause = 'AND length(?) >= 4 AND substr(request_id, 1, length(?)) = ? LIMIT 2';

function prefixValues(text: string): Value[] {
  return [text, text, text];
}

function only<T>(found: readonly T[]): T | undefined {
  return found.length === 1 ? found[0] : undefined;
}

function toSummary(row: Row): TicketSummary {
  return {
    id: String(row.id),
    category: row.category as TicketSummary['category'],
    status: row.status as TicketSummary['status'],
    priority: row.priority as TicketSummary['priority'],
    risk: Number(row.risk_level),
    createdAt: String(row.created_at),
    updatedAt: String(row.updated_at),
  };
}

function toGroup(row: Row | undefined): SignalGroup | undefined {
  return (
    row && {
      id: String(row.id),
      fingerprint: String(row.fingerprint),
      kind: row.kind as Signal['kind'],
      count: Number(row.count),
      firstSeen: String(row.first_seen),
      lastSeen: String(row.last_seen),
    }
  );
}

function added(sum: SignalGroup, group: SignalGroup): SignalGroup {
  return {
    ...sum,
    count: sum.count + group.count,
    firstSeen: group.firstSeen < sum.firstSeen ? group.firstSeen : sum.firstSeen,
    lastSeen: group.lastSeen > sum.lastSeen ? group.lastSeen : sum.lastSeen,
  };
}

function toVariant(row: Row): Variant {
  return {
    traits: fromJson(row.traits) as Variant['traits'],
    count: Number(row.count),
    firstSeen: String(row.first_seen),
    lastSeen: String(row.last_seen),
  };
}

function toPosition(row: Row | undefined): FilePosition | undefined {
  return (
    row && {
      file: String(row.file),
      offset: Number(row.offset),
      inode: String(row.inode),
      headHash: String(row.head_hash),
      headBytes: Number(row.head_bytes),
      tailHash: String(row.tail_hash),
    }
  );
}

function toFeedback(row: Row): Feedback {
  return {
    id: String(row.id),
    timestamp: String(row.timestamp),
    ...(row.user_id === null ? {} : { userId: String(row.user_id) }),
    ...(row.rating === null ? {} : { rating: Number(row.rating) }),
    text: String(row.text),
    sentiment: row.sentiment as Sentiment,
    ...(row.context === null ? {} : { context: fromJson(row.context) }),
    ...(row.model_used === null ? {} : { model: String(row.model_used) }),
    ...(row.task_type === null ? {} : { taskType: String(row.task_type) }),
    metadata: (fromJson(row.metadata) ?? {}) as Feedback['metadata'],
  };
}
