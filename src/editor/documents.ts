import * as vscode from 'vscode';
import type { Attempt, PatchFile } from '../core/attempt.ts';
import type { GateReport } from '../core/gate.ts';
import type { Said } from '../core/team.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import { planDocument } from '../core/planText.ts';
import { scheme } from './commands.ts';
import { groupDocument } from './groupText.ts';
import { gateDocument } from './reviewText.ts';
import type { Session, Sessions } from './sessions.ts';
import { t } from './l10n.ts';

/**
 * Our virtual documents. Both sides of a diff come from git objects, so a review neither opens nor
 * touches a file of the user's. What an address names never changes: a request's commits are fixed.
 */
const sides = ['base', 'patch', 'all', 'text', 'gate', 'plan', 'group', 'theirs'] as const;

/**
 * base, patch: one file before and after. all: the whole request as one multi-file diff. text: the
 * patch as text. gate: a gate's report. plan: of a preview.
 * group: why events are one ticket. theirs: the patch of another clone's request.
 */
export type Side = (typeof sides)[number];

export interface Address {
  /** Of a request; for a gate's report also of an attempt, or `latest`. */
  readonly owner: string;
  readonly side: Side;
  /** A file's path, or the name that the tab shows. */
  readonly path: string;
  /** Of a request's documents: the beginning of the commit they show, since a request can be edited. */
  readonly at?: string;
}

export function toUri({ owner, side, path, at }: Address): vscode.Uri {
  const query = new URLSearchParams({ of: owner, side, ...(at ? { at } : {}) }).toString();
  return vscode.Uri.from({ scheme, path: `/${path}`, query });
}

export function fromUri(uri: vscode.Uri): Address | undefined {
  if (uri.scheme !== scheme) return undefined;
  const query = new URLSearchParams(uri.query);
  const owner = query.get('of');
  const side = sides.find((name) => name === query.get('side'));
  const at = query.get('at');
  return owner && side
    ? { owner, side, path: uri.path.slice(1), ...(at ? { at } : {}) }
    : undefined;
}

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

/** What the running or last attempt of this window said; it may belong to no request. */
export const latest = 'latest';

/** `owner`: the id of a request or an attempt, or `latest`. */
export function gateUri(owner: string, report: GateReport): vscode.Uri {
  return toUri({ owner, side: 'gate', path: `${report.id}.log` });
}

/** Its name ends in what makes it Markdown. */
export function planUri({ id, ticketId }: Pick<Attempt, 'id' | 'ticketId'>): vscode.Uri {
  return toUri({ owner: id, side: 'plan', path: `${ticketId}.plan.md` });
}

export function groupUri(ticketId: string): vscode.Uri {
  return toUri({ owner: ticketId, side: 'group', path: `${ticketId} group.txt` });
}

/** Where Approve and Reject belong: every address of the request that can be a tab. */
export function reviewAddresses(request: PatchRequest): readonly string[] {
  const files = request.files.map((file) => fileUri(request, file, 'patch'));
  return [reviewUri(request), patchTextUri(request), ...files].map((uri) => uri.toString());
}

/** Its text may change with a sync, so the address names it. */
export function theirsUri({ id, ticketId, commit }: Said<'request'>): vscode.Uri {
  return toUri({
    owner: id,
    side: 'theirs',
    path: `${ticketId}.diff`,
    at: shownCommit({ commit }),
  });
}

export function registerDocuments(sessions: Sessions): { dispose(): void } {
  return vscode.workspace.registerTextDocumentContentProvider(scheme, {
    async provideTextDocumentContent(uri) {
      const address = fromUri(uri);
      if (!address) return '';
      const session = await sessions.ready(); // a window that reloads shows its diffs before we are up
      if (address.side === 'gate') return gateText(session, address);
      if (address.side === 'group') return groupText(session, address.owner);
      const { backlog, readFile } = session.app;
      if (address.side === 'plan') {
        const attempt = backlog.attempts.get(address.owner);
        return attempt ? planDocument(attempt) : t('This plan is gone.');
      }
      if (address.side === 'theirs') {
        return backlog.team.request(address.owner)?.diff ?? t('This patch request is gone.');
      }
      const request = backlog.requests.get(address.owner);
      if (!request) return t('This patch request is gone.');
      if (address.at && address.at !== shownCommit(request)) {
        return t('The patch was edited since; open its diff again.');
      }
      return textOf(address, request, readFile);
    },
  });
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

function groupText({ app }: Session, ticketId: string): string {
  const { tickets, groups } = app.backlog;
  const ticket = tickets.get(ticketId);
  if (!ticket) return t('This ticket is gone.');
  const merged = tickets
    .list({ statuses: ['closed'] })
    .filter(({ metadata }) => metadata.mergedInto === ticketId);
  return groupDocument(ticket, groups.get(ticketId), app.pipeline.differences(ticketId), merged);
}

function gateText({ app, activity }: Session, { owner, path }: Address): string {
  const { requests, attempts } = app.backlog;
  const gates =
    owner === latest
      ? activity().latest?.gates
      : (requests.get(owner)?.gates ?? attempts.get(owner)?.gates);
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
