import { createHash } from 'node:crypto';
import type { Backlog } from '../../backlog/backlog.ts';
import type { Ticket } from '../../core/ticket.ts';

/** What another clone calls harmless must not make a patch pass here with fewer eyes, or with none. */
export function riskFor({ team }: Pick<Backlog, 'team'>, ticket: Ticket): number {
  return team.isRiskTheirs(ticket.id) ? highest : ticket.risk.value;
}

const highest = 10;

/** What a yes from elsewhere is for: commits differ from clone to clone, the patch's text does not. */
export function patchHash(diff: string): string {
  return createHash('sha256').update(diff).digest('hex');
}
