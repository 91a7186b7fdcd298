import {
  keptMs,
  meanOf,
  type MetricWindow,
  mergeWindows,
  quantileOf,
  type Series,
} from '../core/metric.ts';
import type { Interaction } from '../core/signal.ts';
import type { Sketch } from '../core/sketch.ts';
import type { Stamp } from './clock.ts';
import { fromJson, toValue } from './entities.ts';
import type { Row, Sql, Value } from './sqlite.ts';

/** Of the conversations the newest are kept. */
export const maxInteractions = 2_000;

const ofSeries = 'metric_name = ? AND metric_type = ? AND endpoint = ?';

function keyOf({ name, type, endpoint }: Series): Value[] {
  return [toValue(name), type, toValue(endpoint)];
}

/**
 * Adds a window to what is known of it. Windows far older than their series' newest are dropped, and not
 * taken in either: so the rows that stay are the same in whatever order the windows come.
 */
export function addWindow(sql: Sql, added: MetricWindow): void {
  const key = keyOf(added);
  const newest = sql.get(
    `SELECT max(window_start) AS start FROM performance_metrics WHERE ${ofSeries}`,
    key,
  )?.start;
  if (typeof newest === 'string' && added.start < horizon(newest)) return;
  const row = sql.get(`SELECT * FROM performance_metrics WHERE ${ofSeries} AND window_start = ?`, [
    ...key,
    added.start,
  ]);
  const known = row && toWindow(row);
  writeWindow(sql, known ? mergeWindows(known, added) : added);
  if (typeof newest === 'string' && added.start > newest) {
    sql.run(`DELETE FROM performance_metrics WHERE ${ofSeries} AND window_start < ?`, [
      ...key,
      horizon(added.start),
    ]);
  }
}

function horizon(newest: string): string {
  return new Date(Date.parse(newest) - keptMs).toISOString();
}

function writeWindow(sql: Sql, window: MetricWindow): void {
  sql.run(
    `INSERT OR REPLACE INTO performance_metrics (metric_name, metric_type, endpoint, window_start,
       count, value, min_value, max_value, p50_value, p95_value, p99_value, unit, sum, sketch,
       threshold, file) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      ...keyOf(window),
      window.start,
      window.count,
      meanOf(window),
      window.min,
      window.max,
      quantileOf(window, 0.5),
      quantileOf(window, 0.95),
      quantileOf(window, 0.99),
      toValue(window.unit),
      window.sum,
      JSON.stringify(window.sketch),
      window.threshold ?? null,
      toValue(window.file),
    ],
  );
}

export function toWindow(row: Row): MetricWindow {
  return {
    ...toSeries(row),
    unit: String(row.unit ?? ''),
    start: String(row.window_start),
    count: Number(row.count),
    sum: String(row.sum ?? '0'),
    min: Number(row.min_value),
    max: Number(row.max_value),
    sketch: (fromJson(row.sketch) ?? { positive: [], negative: [], zero: 0 }) as Sketch,
    ...(row.threshold === null ? {} : { threshold: Number(row.threshold) }),
    file: String(row.file ?? ''),
  };
}

export function toSeries(row: Row): Series {
  return {
    name: String(row.metric_name),
    type: String(row.metric_type) as Series['type'],
    endpoint: String(row.endpoint),
  };
}

/** A series' newest windows, oldest first. */
export function windowsOf(sql: Sql, series: Series, limit: number): MetricWindow[] {
  return sql
    .all(`SELECT * FROM performance_metrics WHERE ${ofSeries} ORDER BY window_start DESC LIMIT ?`, [
      ...keyOf(series),
      limit,
    ])
    .map(toWindow)
    .toReversed();
}

/** Kept once: of two with one id, the earlier. Of all, the newest. */
export function keepInteraction(sql: Sql, one: Interaction, { lamport, writer }: Stamp): void {
  const columns =
    'id, timestamp, customer_id, interaction_type, message, response, sentiment_score, outcome, lamport, writer';
  const set = columns.split(', ').map((column) => `${column} = excluded.${column}`);
  sql.run(
    `INSERT INTO interactions (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET ${set.join(', ')}
     WHERE (excluded.lamport, excluded.writer) < (lamport, writer)`,
    [
      one.id,
      one.timestamp,
      orNull(one.customerId),
      orNull(one.type),
      toValue(one.message),
      toValue(one.response),
      one.sentiment ?? null,
      orNull(one.outcome),
      lamport,
      writer,
    ],
  );
  sql.run(
    `DELETE FROM interactions WHERE (timestamp, id) < (
       SELECT timestamp, id FROM interactions ORDER BY timestamp DESC, id DESC LIMIT 1 OFFSET ?)`,
    [maxInteractions - 1],
  );
}

export function toInteraction(row: Row): Interaction {
  return {
    id: String(row.id),
    timestamp: String(row.timestamp),
    ...(row.customer_id === null ? {} : { customerId: String(row.customer_id) }),
    ...(row.interaction_type === null ? {} : { type: String(row.interaction_type) }),
    message: String(row.message),
    response: String(row.response),
    ...(row.sentiment_score === null ? {} : { sentiment: Number(row.sentiment_score) }),
    ...(row.outcome === null ? {} : { outcome: String(row.outcome) }),
  };
}

function orNull(value: string | undefined): Value {
  return value === undefined ? null : toValue(value);
}
