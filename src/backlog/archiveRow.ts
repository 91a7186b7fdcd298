import {
  clocksFromText,
  clocksToText,
  type FieldClocks,
  isLater,
  isSame,
  type Stamp,
} from './clock.ts';
import { decodeRow, ticketEntity } from './entities.ts';
import { clearField, mergeFields, readRow, writeRow } from './mergeRow.ts';
import type { StoredChange } from './schemas.ts';
import type { Row, Sql } from './sqlite.ts';

/*
 * An archived ticket's row stays, with its clocks and the name of the file that has its fields. So a
 * change that another window made meanwhile is merged as ever, none is lost, and all windows converge.
 */

type Of<Kind extends StoredChange['kind']> = Extract<StoredChange, { kind: Kind }>;

/** The clock of being archived or not, among those of a row's fields. */
const archived = 'archived';

/** Leaves of the ticket what is not in the file: fields that were written since. */
export function archiveTicket(sql: Sql, { id, file, clocks }: Of<'archive'>, stamp: Stamp): void {
  const row = readRow(sql, ticketEntity, id);
  const own = clocksFromText(String(row.field_clocks ?? '{}'));
  if (!isLater(stamp, own.get(archived))) return; // it has been brought back since
  for (const [field, moved] of clocksFromText(JSON.stringify(clocks))) {
    const current = own.get(field);
    if (current && !isSame(current, moved) && isLater(current, moved)) continue;
    own.set(field, moved);
    clearField(ticketEntity, row, field);
  }
  own.set(archived, stamp);
  writeRow(sql, ticketEntity, { ...row, archived: file }, own);
}

/** Gives a ticket its fields back, each with the time it was written at. */
export function restoreTicket(
  sql: Sql,
  { id, fields, metadata, clocks }: Of<'restore'>,
  stamp: Stamp,
): void {
  const row = readRow(sql, ticketEntity, id);
  const own = clocksFromText(String(row.field_clocks ?? '{}'));
  if (isLater(stamp, own.get(archived))) {
    own.set(archived, stamp);
    writeRow(sql, ticketEntity, { ...row, archived: null }, own);
  }
  const values: Readonly<Record<string, unknown>> = {
    ...fields,
    ...Object.fromEntries(
      Object.entries(metadata).map(([key, value]) => [`metadata.${key}`, value]),
    ),
  };
  const written = [...clocksFromText(JSON.stringify(clocks))].filter(
    ([field]) => field !== archived,
  );
  mergeFields(
    sql,
    ticketEntity,
    id,
    written.map(([field, at]) => ({ field, value: values[field], stamp: at })),
  );
}

export function clocksOf(row: Row): Record<string, string[]> {
  const clocks: FieldClocks = clocksFromText(String(row.field_clocks ?? '{}'));
  clocks.delete(archived);
  return JSON.parse(clocksToText(clocks)) as Record<string, string[]>;
}

/** A row of an archive file as the change that brings it back. */
export function restoreOf(row: Row): Of<'restore'> | undefined {
  const ticket = decodeRow(ticketEntity, row);
  if (!ticket) return undefined;
  const { id, metadata, ...fields } = ticket;
  return {
    kind: 'restore',
    id,
    fields: fields as Of<'restore'>['fields'],
    metadata,
    clocks: clocksOf(row),
  };
}
