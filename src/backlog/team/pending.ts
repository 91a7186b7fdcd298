import { isChain, maxIdChars, type TeamPut, ticketSetNames } from '../../core/team.ts';
import { clocksFromText } from '../clock.ts';
import {
  attemptEntity,
  decodeRow,
  type Entity,
  releaseEntity,
  requestEntity,
  ticketEntity,
  toValue,
} from '../entities.ts';
import type { Row, Sql } from '../sqlite.ts';
import { unsent } from './applyTeam.ts';
import { checked, sayAttempt, sayField, sayRelease, sayRequest } from './sanitise.ts';

/**
 * What a clone has to say that it has not said yet. It follows from the tables alone: of a ticket the
 * fields that were last written here, of all else what differs from what was said. So nothing is
 * forgotten by a crash, and many changes of one thing are said once. With `all`, what still holds of what
 * it ever said: nobody needs its earlier batches then.
 */
export function pendingPuts(sql: Sql, self: string, how: { readonly all: boolean }): TeamPut[] {
  const saidBefore = (kind: TeamPut['kind']) =>
    how.all ? new Map<string, string>() : saidBy(sql, self, kind);
  return [
    ...tickets(sql, how.all ? self : undefined),
    ...groups(sql, self, how.all),
    ...differing(sql, saidBefore('request'), requestEntity, sayRequest),
    ...differing(sql, saidBefore('attempt'), attemptEntity, sayAttempt),
    ...differing(sql, saidBefore('release'), releaseEntity, sayRelease),
    ...approvals(sql, saidBefore('approval')),
  ];
}

/** Most have nothing new, so their rows are not even read. */
function tickets(sql: Sql, self: string | undefined): TeamPut[] {
  return sql
    .all('SELECT id, field_clocks FROM improvement_tickets WHERE complete = 1')
    .filter(({ field_clocks: at }) => {
      const text = String(at);
      return isOurs.test(text) || (self !== undefined && text.includes(self));
    })
    .flatMap(({ id }) => {
      const row = sql.get('SELECT * FROM improvement_tickets WHERE id = ?', [String(id)]);
      return (row && ticketPut(row, self)) ?? [];
    });
}

/** Some stamp that is no chain's. */
const isOurs = /"\d{1,15}\.(?!z[0-9a-f]{32}-[0-9a-f]{12}")/;

/** What was last written here; with `self`, what was said as well. */
function ticketPut(row: Row, self: string | undefined): TeamPut | undefined {
  const ticket = decodeRow(ticketEntity, row);
  if (!ticket) return undefined;
  const set: Record<string, unknown> = {};
  const clocks: Record<string, string[]> = {};
  for (const [name, { lamport, writer }] of clocksFromText(String(row.field_clocks))) {
    if (isChain(writer) && writer !== self) continue;
    const said = sayField(ticket, name);
    if (said === undefined && !isTakenAway(ticket.metadata, name)) continue;
    if (said !== undefined) set[name] = said;
    clocks[lamport] = [...(clocks[lamport] ?? []), name];
  }
  // Each of them has been checked by itself.
  return Object.keys(clocks).length === 0 || ticket.id.length > maxIdChars
    ? undefined
    : { kind: 'ticket', id: ticket.id, set, clocks };
}

function isTakenAway(metadata: Readonly<Record<string, unknown>>, name: string): boolean {
  const key = name.startsWith('metadata.') ? name.slice('metadata.'.length) : undefined;
  return key !== undefined && ticketSetNames.has(name) && metadata[key] === undefined;
}

/** Of each group what is counted here: all, less what the others have counted. */
function groups(sql: Sql, self: string, all: boolean): TeamPut[] {
  const rows = sql.all(
    `SELECT g.*, g.count - ifnull(theirs.count, 0) AS ours, json_extract(own.body, '$.count') AS said
     FROM signal_groups AS g
     LEFT JOIN (SELECT id, sum(json_extract(body, '$.count')) AS count FROM team_facts
                WHERE kind = 'group' AND chain <> ? GROUP BY id) AS theirs ON theirs.id = g.id
     LEFT JOIN team_facts AS own ON own.chain = ? AND own.kind = 'group' AND own.id = g.id
     WHERE ours <> ${all ? '0' : 'ifnull(said, 0)'}`,
    [self, self],
  );
  return rows.flatMap(
    (row) =>
      checked({
        kind: 'group',
        id: String(row.id),
        fingerprint: String(row.fingerprint),
        signal: String(row.kind),
        count: Number(row.ours),
        firstSeen: String(row.first_seen),
        lastSeen: String(row.last_seen),
      }) ?? [],
  );
}

function differing<T extends { readonly id: string }>(
  sql: Sql,
  said: ReadonlyMap<string, string>,
  entity: Entity<T>,
  say: (noun: T) => TeamPut | undefined,
): TeamPut[] {
  return sql
    .all(`SELECT * FROM ${entity.table} WHERE complete = 1 ORDER BY ${entity.key}`)
    .flatMap((row) => {
      const noun = decodeRow(entity, row);
      const put = noun && say(noun);
      return put && said.get(put.id) !== bodyOf(put) ? [put] : [];
    });
}

function approvals(sql: Sql, said: ReadonlyMap<string, string>): TeamPut[] {
  return [...saidBy(sql, unsent, 'approval')]
    .filter(([id, body]) => said.get(id) !== body)
    .flatMap(
      ([id, body]) => checked({ kind: 'approval', id, ...(JSON.parse(body) as object) }) ?? [],
    );
}

function saidBy(sql: Sql, chain: string, kind: TeamPut['kind']): ReadonlyMap<string, string> {
  const rows = sql.all('SELECT id, body FROM team_facts WHERE chain = ? AND kind = ?', [
    chain,
    kind,
  ]);
  return new Map(rows.map((row) => [String(row.id), String(row.body)]));
}

/** As applyTeam keeps it. */
function bodyOf(put: TeamPut): string {
  const { kind: _, id: __, ...body } = put;
  return String(toValue(JSON.stringify(body)));
}
