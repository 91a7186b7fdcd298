import { toValue } from './entities.ts';
import type { Sql } from './sqlite.ts';

export interface GroupCount {
  readonly id: string;
  readonly fingerprint: string;
  readonly signal: string;
  /** Added to what is there. */
  readonly count: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
}

export function countGroup(sql: Sql, group: GroupCount): void {
  sql.run(
    `INSERT INTO signal_groups (id, fingerprint, kind, count, first_seen, last_seen)
     VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET
       fingerprint = min(fingerprint, excluded.fingerprint),
       kind = min(kind, excluded.kind),
       count = count + excluded.count,
       first_seen = min(first_seen, excluded.first_seen),
       last_seen = max(last_seen, excluded.last_seen)`,
    [
      group.id,
      toValue(group.fingerprint),
      group.signal,
      group.count,
      group.firstSeen,
      group.lastSeen,
    ],
  );
}
