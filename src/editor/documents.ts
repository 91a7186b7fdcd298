import * as vscode from 'vscode';
import type { PatchFile } from '../core/attempt.ts';
import type { TicketLinks } from '../core/causeLinks.ts';
import type { GateReport } from '../core/gate.ts';
import type { Said } from '../core/team.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import { slugOf } from '../core/plan.ts';
import { planDocument } from '../core/planText.ts';
import type { Planned } from '../pipeline.ts';
import { type Address, fromUri, toUri } from './address.ts';
import { scheme } from './commands.ts';
import { createDisposableStore } from './disposables.ts';
import { groupDocument } from './groupText.ts';
import { linkLine } from './links.ts';
import { gateDocument } from './reviewText.ts';
import type { Session, Sessions } from './sessions.ts';
import { sessionWith } from './whichSession.ts';
import { t } from './l10n.ts';

/** Long enough to tell the commits of one request apart. */
export function shownCommit({ commit }: Pick<PatchRequest, 'commit'>): string {
  return commit.slice(0, 12);
}

export function fileUri(request: PatchRequest, file: PatchFile, side: 'base' | 'patch') {
  return toUri({ owner: request.id, side, path: file.path, at: shownCommit(request) });
}

/** Names the multi-file diff of a request; nothing is read from it. */
export function reviewUri(request: PatchRequest): vscode.Uri {
  return toUri({
    owner: request.id,
    side: 'all',
    path: request.ticketId,
    at: shownCommit(request),
  });
}

export function patchTextUri(request: PatchRequest): vscode.Uri {
  return toUri({
    owner: request.id,
    side: 'text',
    path: `${request.ticketId}.diff`,
    at: shownCommit(request),
  });
}

/** What the running or last attempt of a session said; it may belong to no request. */
export const latest = 'latest';

/** `owner`: the id of a request or an attempt, or `latest`. */
export function gateUri(owner: string, report: GateReport, session: string): vscode.Uri {
  return toUri({ owner, side: 'gate', path: `${report.id}.log`, session });
}

/** Its name ends in what makes it Markdown. */
export function planUri({ id, preview }: Pick<Planned, 'id' | 'preview'>): vscode.Uri {
  return toUri({ owner: id, side: 'plan', path: `${slugOf(preview.title)}.plan.md` });
}

/** A ticket's id alone may be that of tickets in several folders. */
export function groupUri(ticketId: string, session: string): vscode.Uri {
  return toUri({ owner: ticketId, side: 'group', path: `${ticketId} group.txt`, session });
}

/** Where Approve and Reject belong: every address of the request that can be a tab. */
export function reviewAddresses(request: PatchRequest): readonly string[] {
  const files = request.files.map((file) => fileUri(request, file, 'patch'));
  return [reviewUri(request), patchTextUri(request), ...files].map((uri) => uri.toString());
}

/** Its text may change with a sync, so the address names it. */
export function theirsUri({ id, ticketId, commit }: Said<'request'>, session: string): vscode.Uri {
  return toUri({
    owner: id,
    side: 'theirs',
    path: `${ticketId}.diff`,
    at: shownCommit({ commit }),
    session,
  });
}

export function registerDocuments(sessions: Sessions): { dispose(): void } {
  const store = createDisposableStore();
  const changed = store.add(new vscode.EventEmitter<vscode.Uri>());
  store.add(
    sessions.onDidChange(() => {
      const open = vscode.workspace.textDocuments.map(({ uri }) => uri);
      // All others show what never changes.
      for (const uri of open) if (fromUri(uri)?.side === 'plan') changed.fire(uri);
    }),
  );
  store.add(
    vscode.workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: changed.event,
      async provideTextDocumentContent(uri) {
        const address = fromUri(uri);
        if (!address) return '';
        // A window that reloads shows its diffs before we are up.
        const session = await sessionWith(await sessions.readyAll(), address);
        return session ? contentOf(session, address, sessions.linksOf) : t('This is gone.');
      },
    }),
  );
  return store;
}

async function contentOf(
  session: Session,
  address: Address,
  linksOf: TicketLinks,
): Promise<string> {
  if (address.side === 'gate') return gateText(session, address);
  if (address.side === 'group') return groupText(session, address.owner, linksOf);
  const { backlog, readFile } = session.app;
  if (address.side === 'plan') {
    const attempt = backlog.attempts.get(address.owner);
    return attempt ? planDocument(attempt) : t('This plan is gone.');
  }
  if (address.side === 'theirs') {
    return backlog.team.request(address.owner)?.diff ?? t('This patch request is gone.');
  }
  const request = await backlog.archive.request(address.owner);
  if (!request) return t('This patch request is gone.');
  if (address.at && address.at !== shownCommit(request)) {
    return t('The patch was edited since; open its diff again.');
  }
  return textOf(address, request, readFile);
}

async function textOf(
  { side, path }: Address,
  request: PatchRequest,
  readFile: (commit: string, path: string) => Promise<string>,
): Promise<string> {
  switch (side) {
    case 'base':
    case 'patch':
      return sideText(request, path, side, readFile);
    case 'text':
      return request.diff;
    default:
      return '';
  }
}

function groupText({ id, app }: Session, ticketId: string, linksOf: TicketLinks): string {
  const { tickets, groups } = app.backlog;
  const ticket = tickets.get(ticketId);
  if (!ticket) return t('This ticket is gone.');
  const merged = tickets
    .list({ statuses: ['closed'] })
    .filter(({ metadata }) => metadata.mergedInto === ticketId);
  return groupDocument(
    ticket,
    groups.get(ticketId),
    app.pipeline.differences(ticketId),
    merged,
    linksOf(id, ticketId).map(linkLine),
  );
}

async function gateText({ app, activity }: Session, { owner, path }: Address): Promise<string> {
  const { archive } = app.backlog;
  const gates =
    owner === latest
      ? activity().latest?.gates
      : ((await archive.request(owner)) ?? (await archive.attempt(owner)))?.gates;
  const report = gates?.find(({ id }) => path === `${id}.log`);
  return report ? gateDocument(report) : t('This report is gone.');
}

async function sideText(
  request: PatchRequest,
  path: string,
  side: 'base' | 'patch',
  readFile: (commit: string, path: string) => Promise<string>,
): Promise<string> {
  const file = request.files.find((other) => other.path === path);
  if (!file) return '';
  if (side === 'base' && file.status === 'added') return '';
  if (side === 'patch' && file.status === 'deleted') return '';
  if (file.added < 0) return `${t('A binary file ({0}); it is not shown.', side)}\n`;
  return side === 'base'
    ? readFile(request.base, file.oldPath ?? path)
    : readFile(request.commit, path);
}
