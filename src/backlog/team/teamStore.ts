import type { Said, TeamChain, TeamPut } from '../../core/team.ts';
import { clocksFromText } from '../clock.ts';
import { isChain } from '../../core/team.ts';
import type { Sql } from '../sqlite.ts';
import { pendingPuts } from './pending.ts';

/** What other clones said. None of it is a patch request, an attempt or a release of ours. */
export interface TeamStore {
  chains(): readonly TeamChain[];
  /** What is to be said to the others by the clone whose chain this is; `all`: what still holds, too. */
  pending(self: string, how: { readonly all: boolean }): readonly TeamPut[];
  requests(): readonly Said<'request'>[];
  request(id: string): Said<'request'> | undefined;
  /** Each clone's yes, once. @param diff of the SHA-256 of this very text; left out: of whatever it was then */
  approvals(requestId: string, diff?: string): readonly Said<'approval'>[];
  /** That others made since then. */
  requestsSince(at: string): number;
  attemptsSince(at: string): readonly Said<'attempt'>[];
  /** Whether another clone was the last to say how risky a ticket is. */
  isRiskTheirs(ticketId: string): boolean;
}

export function createTeamStore(sql: () => Sql): TeamStore {
  /** By others; `by` is the name that their key is known by. */
  function said<Kind extends TeamPut['kind']>(
    kind: Kind,
    clause = '',
    values: readonly string[] = [],
  ): Said<Kind>[] {
    return sql()
      .all(
        `SELECT f.id, f.body, c.name FROM team_facts AS f JOIN team_chains AS c USING (chain)
         WHERE c.own = 0 AND f.kind = ? ${clause} ORDER BY f.id, f.chain`,
        [kind, ...values],
      )
      .map((row) => {
        const body = JSON.parse(String(row.body)) as object;
        return { ...body, kind, id: String(row.id), by: String(row.name) } as Said<Kind>;
      });
  }

  return {
    chains: () =>
      sql()
        .all('SELECT * FROM team_chains ORDER BY name, chain')
        .map((row) => ({
          chain: String(row.chain),
          name: String(row.name),
          seq: Number(row.seq),
          hash: String(row.hash),
          own: row.own === 1,
        })),
    pending: (self, how) => pendingPuts(sql(), self, how),
    requests: () => said('request'),
    request: (id) => said('request', 'AND f.id = ?', [id])[0],
    approvals: (requestId, diff) =>
      said('approval', 'AND f.id = ?', [requestId]).filter(
        (one) => diff === undefined || one.diff === diff,
      ),
    requestsSince: (at) =>
      said('request', `AND json_extract(f.body, '$.createdAt') >= ?`, [at]).length,
    attemptsSince: (at) => said('attempt', `AND json_extract(f.body, '$.startedAt') >= ?`, [at]),
    isRiskTheirs(ticketId) {
      const row = sql().get('SELECT field_clocks FROM improvement_tickets WHERE id = ?', [
        ticketId,
      ]);
      const at = row && clocksFromText(String(row.field_clocks)).get('risk');
      if (!at || !isChain(at.writer)) return false;
      const chain = sql().get('SELECT own FROM team_chains WHERE chain = ?', [at.writer]);
      return chain?.own !== 1;
    },
  };
}
