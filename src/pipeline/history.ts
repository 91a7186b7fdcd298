import type { Backlog } from '../backlog/backlog.ts';
import type { PatchRequest, Release } from '../core/patchRequest.ts';
import type { House } from './house.ts';

/** What Patchwright did, or was kept from doing, and when. */
export interface HistoryEvent {
  readonly at: string;
  readonly kind: 'proposed' | 'approved' | 'rejected' | 'landed' | 'rolled_back' | 'refused';
  readonly ticketId: string;
  readonly requestId?: string;
  /** Of the branch's owner: the merge, or the commit that took it back. */
  readonly commit?: string;
  readonly by?: string;
  /** A comment, a reason, or the file that an edit was refused to. */
  readonly detail?: string;
}

/** Newest first. @param path of a file, from the workspace folder; left out: everything */
export async function historyOf(house: House, path?: string): Promise<readonly HistoryEvent[]> {
  const { backlog } = house;
  const prefix = path === undefined ? '' : await prefixOf(house);
  const touches = (request: PatchRequest): boolean =>
    path === undefined ||
    request.files.some((file) => [file.path, file.oldPath].includes(prefix + path));
  const requests = backlog.requests.list().filter(touches);
  const ids = new Set(requests.map(({ id }) => id));
  const releases = backlog.releases.list().filter(({ requestId }) => ids.has(requestId));
  const events = [
    ...requests.flatMap(requestEvents),
    ...releases.flatMap(releaseEvents),
    ...refusals(backlog, path),
  ];
  return events.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
}

/** Commits name files from the repository's root; empty where there is none. */
async function prefixOf({ git }: House): Promise<string> {
  return (await git.code(['rev-parse', '--show-prefix'], { okCodes: [0, 128] })).out;
}

function requestEvents(request: PatchRequest): HistoryEvent[] {
  const { id: requestId, ticketId, reviewedAt, reviewedBy, reviewComment } = request;
  const proposed = { at: request.createdAt, kind: 'proposed', ticketId, requestId } as const;
  if (!reviewedAt || request.status === 'PENDING_APPROVAL') return [proposed];
  const kind = request.status === 'DENIED' ? 'rejected' : 'approved';
  return [
    proposed,
    {
      at: reviewedAt,
      kind,
      ticketId,
      requestId,
      ...(reviewedBy ? { by: reviewedBy } : {}),
      ...(reviewComment ? { detail: reviewComment } : {}),
    },
  ];
}

function releaseEvents(release: Release): HistoryEvent[] {
  const { requestId, ticketId, rolledBackAt, rollbackReason, rollbackCommit } = release;
  const landed = { kind: 'landed', ticketId, requestId } as const;
  return [
    { ...landed, at: release.appliedAt, commit: release.commit, detail: release.branch },
    ...(rolledBackAt
      ? [
          {
            at: rolledBackAt,
            kind: 'rolled_back' as const,
            ticketId,
            requestId,
            ...(rollbackCommit ? { commit: rollbackCommit } : {}),
            ...(rollbackReason ? { detail: rollbackReason } : {}),
          },
        ]
      : []),
  ];
}

/** Edits that protection kept from happening; only the audit trail knows of them. */
function refusals({ audit }: Pick<Backlog, 'audit'>, path: string | undefined): HistoryEvent[] {
  return audit
    .list({ action: 'edit.refused' })
    .map((event) => ({ event, file: fileOf(event.after) }))
    .filter(({ file }) => path === undefined || file === path)
    .map(({ event: { timestamp: at, subject: ticketId, actor: by }, file }) => ({
      at,
      kind: 'refused' as const,
      ticketId,
      by,
      detail: file,
    }));
}

function fileOf(after: unknown): string {
  const path = (after as { path?: unknown } | undefined)?.path;
  return typeof path === 'string' ? path : '';
}
