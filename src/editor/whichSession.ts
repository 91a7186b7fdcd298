import * as vscode from 'vscode';
import { cancelled, PatchwrightError } from '../core/errors.ts';
import { activeAddress, type Address, fromUri } from './address.ts';
import type { Dialogs } from './dialogs.ts';
import { t } from './l10n.ts';
import type { Session } from './sessions.ts';

/**
 * Which folder a command is about: that of its argument (a row, an address, a file, an id), else of the
 * editor in front, else one that a person chooses. Throws `cancelled` when they choose none.
 */
export async function sessionFor(
  sessions: readonly [Session, ...Session[]],
  argument: unknown,
  dialogs: Pick<Dialogs, 'choose'>,
): Promise<Session> {
  const named = sessionsNamed(sessions, argument);
  const [only, ...more] = named.length > 0 ? named : sessionsInFront(sessions);
  if (only && more.length === 0) return only;
  return chooseSession(only ? [only, ...more] : sessions, dialogs);
}

async function chooseSession(
  sessions: readonly [Session, ...Session[]],
  dialogs: Pick<Dialogs, 'choose'>,
): Promise<Session> {
  const [first, ...others] = sessions;
  if (others.length === 0) return first;
  const items = sessions.map((session) => ({
    label: session.folder.name,
    description: session.folder.uri.fsPath,
    session,
  }));
  const picked = await dialogs.choose(items, { title: t('Which folder?') });
  if (!picked) throw cancelled();
  return picked.session;
}

function sessionsInFront(sessions: readonly Session[]): readonly Session[] {
  return sessionsNamed(sessions, activeAddress() ?? vscode.window.activeTextEditor?.document.uri);
}

/** Several where an id is that of tickets in more than one folder. */
function sessionsNamed(sessions: readonly Session[], argument: unknown): readonly Session[] {
  if (Array.isArray(argument)) return sessionsNamed(sessions, argument[0]);
  if (typeof argument === 'string') return sessions.filter((session) => hasId(session, argument));
  if (argument instanceof vscode.Uri) return sessionsOfUri(sessions, argument);
  const { session: id, request } = (argument ?? {}) as Row;
  if (id !== undefined) return [open(sessions, id)];
  return request ? sessions.filter((session) => hasId(session, request.id)) : [];
}

/** What rows carry: the session's id, or a request that the panel names. */
interface Row {
  readonly session?: string;
  readonly request?: { readonly id: string };
}

function open(sessions: readonly Session[], id: string): Session {
  const found = sessions.find((session) => session.id === id);
  if (found) return found;
  throw new PatchwrightError('no_folder', {
    what: t('This folder is not open any more.'),
    why: t('It was removed from the window.'),
    remedy: t('Add it again.'),
  });
}

function sessionsOfUri(sessions: readonly Session[], uri: vscode.Uri): readonly Session[] {
  const address = fromUri(uri);
  if (address) return sessionsOfAddress(sessions, address);
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  return sessions.filter(({ id }) => id === folder?.uri.toString());
}

export function sessionsOfAddress(
  sessions: readonly Session[],
  { owner, session }: Pick<Address, 'owner' | 'session'>,
): readonly Session[] {
  return session === undefined
    ? sessions.filter((one) => hasId(one, owner))
    : sessions.filter(({ id }) => id === session);
}

/** What an address names may lie in an archive, too. */
export async function sessionWith(
  sessions: readonly Session[],
  address: Pick<Address, 'owner' | 'session'>,
): Promise<Session | undefined> {
  const [known] = sessionsOfAddress(sessions, address);
  if (known || sessions.length === 1) return known ?? sessions[0];
  for (const session of sessions)
    if (await session.app.backlog.archive.request(address.owner)) return session;
  return undefined;
}

/** Of a ticket, a request, an attempt or a release. */
function hasId({ app }: Session, id: string): boolean {
  const { tickets, requests, attempts, releases } = app.backlog;
  return [tickets, requests, attempts, releases].some((table) => table.get(id) !== undefined);
}
