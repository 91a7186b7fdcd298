import type { LearningEvent, LearningEventType } from '../core/learningEvent.ts';
import { fromJson, toValue } from './entities.ts';
import type { Row, Sql, Value } from './sqlite.ts';

const columns = ['timestamp', 'event_type', 'before_state', 'after_state', 'impact_score'];
const rowOf = (table: string): string =>
  columns.map((name) => `ifnull(${table}${name}, '')`).join(', ');

/** Kept once: of two with one id, which only a forged journal has, the lesser in every order of coming. */
export function keepLearningEvent(sql: Sql, event: LearningEvent): void {
  sql.run(
    `INSERT INTO learning_events (id, ${columns.join(', ')}) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET ${columns.map((name) => `${name} = excluded.${name}`).join(', ')}
     WHERE (${rowOf('excluded.')}) < (${rowOf('learning_events.')})`,
    [
      event.id,
      event.timestamp,
      event.type,
      jsonOf(event.before),
      jsonOf(event.after),
      event.impact,
    ],
  );
}

function jsonOf(state: unknown): Value {
  return state === undefined ? null : toValue(JSON.stringify(state));
}

export function toLearningEvent(row: Row): LearningEvent {
  return {
    id: String(row.id),
    timestamp: String(row.timestamp),
    type: row.event_type as LearningEventType,
    ...(row.before_state === null ? {} : { before: fromJson(row.before_state) }),
    ...(row.after_state === null ? {} : { after: fromJson(row.after_state) }),
    impact: Number(row.impact_score),
  };
}
