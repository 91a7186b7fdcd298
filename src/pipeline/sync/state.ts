import { localTime } from '../../core/localTime.ts';
import type { House } from '../house.ts';
import { peopleMet, syncDone, syncFailed } from './sync.ts';

export interface SyncState {
  readonly ok: boolean;
  /** For a person. */
  readonly detail: string;
}

/** How the exchange with the team stands; the remote is not asked. Throws `not_found` where there is none. */
export async function syncState(
  house: Pick<House, 'backlog' | 'git' | 'settings' | 'team'>,
): Promise<SyncState> {
  const { enabled, remote, scheduled } = house.settings().sync;
  if (!enabled) return { ok: true, detail: 'Off (patchwright.sync.enabled).' };
  const { backlog } = house;
  const met = (await peopleMet(house)).map(({ name }) => name.replace(/^user:/, ''));
  const own = backlog.team.chains().find((one) => one.own)?.chain ?? ''; // none yet: all is new
  const waiting = backlog.team.pending(own, { all: false }).length;
  const [done] = backlog.audit.list({ action: syncDone, limit: 1 });
  const [failed] = backlog.audit.list({ action: syncFailed, limit: 1 });
  const isFailing = failed !== undefined && failed.timestamp > (done?.timestamp ?? '');
  return {
    ok: !isFailing,
    detail: [
      `Through ${remote}${met.length > 0 ? `, keys of ${met.join(', ')}` : ''}.`,
      done ? `Last at ${localTime(new Date(done.timestamp))}.` : 'Never done yet.',
      ...(isFailing ? [`Failed since then: ${whyOf(failed.after)}`] : []),
      `${waiting} changes of yours wait to be sent.`,
      scheduled
        ? 'Done with each hourly run.'
        : 'Done when you say so (patchwright.sync.scheduled).',
    ].join(' '),
  };
}

function whyOf(after: unknown): string {
  const { why } = (after ?? {}) as { readonly why?: unknown };
  return typeof why === 'string' ? why : 'it is not known why.';
}
