import * as vscode from 'vscode';
import type { Backlog } from '../backlog/backlog.ts';
import { titleOf, waitingRequests } from './reviewTree.ts';
import { registerSessionDocument, type SessionDocument } from './sessionDocument.ts';
import { folderNameOf, type Sessions } from './sessions.ts';
import { type Heard, isWaiting, teamDocument, type TheirPatch } from './teamText.ts';

const address = vscode.Uri.from({ scheme: 'patchwright-team', path: '/Patchwright Team.md' });

/** Patches of the others, as a document with links that show one, say yes to it or take it over. */
export function registerTeam(sessions: Sessions): SessionDocument {
  return registerSessionDocument(address, sessions, ({ app: { backlog }, id, settings }) =>
    teamDocument({
      theirs: theirPatches(backlog),
      heard: heardOf(backlog),
      isOn: settings()?.sync.enabled ?? false,
      folder: folderNameOf(sessions, id),
    }),
  );
}

/** Those that wait first, then the newest. */
function theirPatches({ team, tickets }: Backlog): readonly TheirPatch[] {
  return team
    .requests()
    .toSorted(
      (a, b) => Number(isWaiting(b)) - Number(isWaiting(a)) || (a.createdAt < b.createdAt ? 1 : -1),
    )
    .slice(0, mostShown)
    .map((request) => ({
      request,
      title: tickets.get(request.ticketId)?.title,
      approvals: team.approvals(request.id),
    }));
}

const mostShown = 100;

function heardOf(backlog: Backlog): readonly Heard[] {
  return waitingRequests(backlog)
    .map((request) => ({
      requestId: request.id,
      title: titleOf(backlog, request),
      approvals: backlog.team.approvals(request.id),
    }))
    .filter(({ approvals }) => approvals.length > 0);
}
