import {
  clocksFromText,
  clocksToText,
  type FieldClocks,
  isLater,
  isSame,
  type Stamp,
} from './clock.ts';
import { type Codec, type Entity, fromJson } from './entities.ts';
import type { Row, Sql } from './sqlite.ts';

/** Merges fields into a row of an entity, field by field: the later stamp wins, whatever comes first. */
export function mergeRow<T extends { readonly id: string }>(
  sql: Sql,
  entity: Entity<T>,
  id: string,
  fields: Readonly<Record<string, unknown>>,
  stamp: Stamp,
): Row {
  const written = Object.entries(fields).map(([field, value]) => ({ field, value, stamp }));
  return mergeFields(sql, entity, id, written);
}

export interface Written {
  readonly field: string;
  readonly value: unknown;
  readonly stamp: Stamp;
}

/** The same of fields that were not all written at one time. */
export function mergeFields<T extends { readonly id: string }>(
  sql: Sql,
  entity: Entity<T>,
  id: string,
  written: readonly Written[],
): Row {
  const row = readRow(sql, entity, id);
  const clocks = clocksFromText(String(row.field_clocks ?? '{}'));
  for (const { field, value, stamp } of written) {
    if (!isLater(stamp, clocks.get(field))) continue;
    // What lies in the archive is there already.
    if (row.archived && isSame(stamp, clocks.get(field))) continue;
    clocks.set(field, stamp);
    assign(entity, row, field, value);
  }
  return writeRow(sql, entity, row, clocks);
}

/** As it is, or empty. */
export function readRow<T extends { readonly id: string }>(
  sql: Sql,
  entity: Entity<T>,
  id: string,
): Row {
  return (
    sql.get(statements(entity).select, [id]) ?? { ...statements(entity).empty, [entity.key]: id }
  );
}

export function writeRow<T extends { readonly id: string }>(
  sql: Sql,
  entity: Entity<T>,
  row: Row,
  clocks: FieldClocks,
): Row {
  Object.assign(row, entity.derive?.(row), {
    field_clocks: clocksToText(clocks),
    complete: isComplete(entity, clocks) && !row.archived ? 1 : 0,
  });
  sql.run(
    statements(entity).upsert,
    statements(entity).columns.map((column) => row[column] ?? null),
  );
  return row;
}

function isComplete<T extends { readonly id: string }>(entity: Entity<T>, clocks: FieldClocks) {
  return entity.required.every((field) => clocks.has(String(field)));
}

/** `field`, or `field.key` for one key of a JSON object; undefined removes the key. */
function assign<T extends { readonly id: string }>(
  entity: Entity<T>,
  row: Row,
  name: string,
  value: unknown,
): void {
  const dot = name.indexOf('.');
  const fields = entity.fields as Readonly<Record<string, Codec<unknown>>>;
  const codec = fields[dot < 0 ? name : name.slice(0, dot)];
  if (!codec) return;
  if (dot < 0) {
    Object.assign(row, codec.encode(value));
    return;
  }
  const column = codec.columns[0] as string;
  const object = (fromJson(row[column]) ?? {}) as Record<string, unknown>;
  object[name.slice(dot + 1)] = value;
  Object.assign(row, codec.encode(object));
}

/** Takes a field's value away, not the time it was written at. */
export function clearField<T extends { readonly id: string }>(
  entity: Entity<T>,
  row: Row,
  name: string,
): void {
  if (name.includes('.')) return assign(entity, row, name, undefined);
  const codec = (entity.fields as Readonly<Record<string, Codec<unknown>>>)[name];
  for (const column of codec?.columns ?? []) row[column] = null;
}

interface Statements {
  readonly columns: readonly string[];
  readonly empty: Row;
  readonly select: string;
  readonly upsert: string;
}

const known = new Map<string, Statements>();

/** SQL made of the entity's own names only. */
function statements<T extends { readonly id: string }>(entity: Entity<T>): Statements {
  const made = known.get(entity.table) ?? makeStatements(entity);
  known.set(entity.table, made);
  return made;
}

function makeStatements<T extends { readonly id: string }>(entity: Entity<T>): Statements {
  const own = Object.values<Codec<unknown>>(entity.fields).flatMap((codec) => codec.columns);
  const empty: Row = Object.fromEntries([entity.key, ...own].map((column) => [column, null]));
  const derived = Object.keys(entity.derive?.(empty) ?? {});
  const columns = [...new Set([entity.key, ...own, ...derived, 'field_clocks', 'complete'])];
  const updates = columns.filter((c) => c !== entity.key).map((c) => `${c} = excluded.${c}`);
  return {
    columns,
    empty,
    select: `SELECT ${columns.join(', ')} FROM ${entity.table} WHERE ${entity.key} = ?`,
    upsert: `INSERT INTO ${entity.table} (${columns.join(', ')})
      VALUES (${columns.map(() => '?').join(', ')})
      ON CONFLICT (${entity.key}) DO UPDATE SET ${updates.join(', ')}`,
  };
}
