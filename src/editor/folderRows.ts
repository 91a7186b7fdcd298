import * as vscode from 'vscode';
import type { Session, Sessions } from './sessions.ts';

/** A folder's row: the root of its part of a view, where several are open. */
export interface FolderNode {
  readonly kind: 'folder';
  /** The id of its session. */
  readonly session: string;
}

export function isFolder(argument: unknown): argument is FolderNode {
  return (argument as Partial<FolderNode> | undefined)?.kind === 'folder';
}

/** Of one folder what lies in it, as if there were no others to come; of several those with anything to show. */
export function rootsOf<N>(
  sessions: Sessions,
  partOf: (session: Session) => readonly N[],
): (N | FolderNode)[] {
  const [only, ...more] = sessions.all();
  if (only && more.length === 0) return [...partOf(only)];
  return rowsOf(sessions.all().filter((session) => partOf(session).length > 0));
}

export function rowsOf(sessions: readonly Session[]): FolderNode[] {
  return sessions.map(({ id }) => ({ kind: 'folder', session: id }));
}

/** What lies under a row, of the folder that it is of. */
export function inFolder<N>(
  sessions: Sessions,
  node: { readonly session: string },
  partOf: (session: Session) => N[],
): N[] {
  const session = sessions.of(node.session);
  return session ? partOf(session) : [];
}

/** The row that a folder's parts lie under; undefined where it has none. */
export function folderNode(sessions: Sessions, session: string): FolderNode | undefined {
  return sessions.all().length > 1 ? { kind: 'folder', session } : undefined;
}

export function folderItem(sessions: Sessions, { session: id }: FolderNode): vscode.TreeItem {
  const folder = sessions.of(id)?.folder;
  const { Expanded } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(folder?.name ?? '', Expanded);
  item.id = `folder-${id}`;
  item.iconPath = new vscode.ThemeIcon('root-folder');
  item.tooltip = folder?.uri.fsPath;
  item.contextValue = 'folder';
  return item;
}

/** The same ticket may be in several folders, and so what is under it: rows of a view differ by folder, too. */
export function itemIn<N extends { readonly session: string }>(
  sessions: Sessions,
  node: N,
  itemOf: (session: Session, node: N) => vscode.TreeItem,
): vscode.TreeItem {
  const session = sessions.of(node.session);
  if (!session) return new vscode.TreeItem('');
  const item = itemOf(session, node);
  if (item.id !== undefined && sessions.all().length > 1) item.id = `${session.id} ${item.id}`;
  return item;
}
