import * as vscode from 'vscode';
import type { Release, ReleaseLook } from '../core/patchRequest.ts';
import type { HistoryEvent } from '../pipeline.ts';
import type { Work } from './activity.ts';
import { commandId, viewIds } from './commands.ts';
import { createDisposableStore } from './disposables.ts';
import { historyItem } from './historyText.ts';
import { msg, t } from './l10n.ts';
import { throttled } from './refresh.ts';
import { type FolderNode, folderItem, itemIn, rowsOf } from './folderRows.ts';
import type { Session, Sessions } from './sessions.ts';
import { createSteadyRows } from './steadyRows.ts';
import { workText } from './statusText.ts';
import { ago, dotted, exactly, shorten } from './text.ts';

/** `session`: the id of the session that a row is of. */
type ActivityNode =
  /** Only where there are several. */
  | FolderNode
  | {
      readonly kind: 'part';
      readonly session: string;
      readonly part: Part;
      readonly children: readonly ActivityNode[];
    }
  /** `ticket`: what its menu's commands are about. */
  | {
      readonly kind: 'work';
      readonly session: string;
      readonly work: Work;
      readonly ticket: { readonly id: string };
    }
  | {
      readonly kind: 'release';
      readonly session: string;
      readonly release: Release;
      readonly ticket: { readonly id: string };
    }
  | {
      readonly kind: 'look';
      readonly session: string;
      readonly look: ReleaseLook;
      readonly releaseId: string;
    }
  | { readonly kind: 'event'; readonly session: string; readonly event: HistoryEvent };

type Part = 'running' | 'watched' | 'recent';

export type ActivityTree = vscode.TreeDataProvider<ActivityNode>;

/** Figures over the whole history are not worth making at each change. */
const pauseMs = 500;
const maxRecent = 30;

/** The Activity view: what runs, how what has landed does, and what was decided lately. */
export function registerActivityView(sessions: Sessions): {
  readonly tree: ActivityTree;
  dispose(): void;
} {
  const store = createDisposableStore();
  const changed = store.add(new vscode.EventEmitter<ActivityNode[] | undefined>());
  let parts: ReadonlyMap<string, readonly ActivityNode[]> = new Map();
  const read = async (): Promise<void> => {
    const all = sessions
      .all()
      .map(async (session) => [session.id, await partsOf(session)] as const);
    parts = new Map(await Promise.all(all));
  };
  const itemOfNode = (node: ActivityNode): vscode.TreeItem =>
    node.kind === 'folder' ? folderItem(sessions, node) : itemIn(sessions, node, itemOf);
  const rows = createSteadyRows<ActivityNode>(
    {
      keyOf,
      shownOf: (node) => JSON.stringify(itemOfNode(node)),
      childrenOf(node) {
        if (node && node.kind !== 'folder') return childrenOf(node);
        const [only, ...more] = sessions.all();
        const session = node?.session ?? (more.length === 0 ? only?.id : undefined);
        return session === undefined ? rowsOf(sessions.all()) : (parts.get(session) ?? []);
      },
    },
    (nodes) => changed.fire(nodes),
  );
  const look = async (): Promise<void> => {
    if (!view.visible) return rows.anew(); // nothing is asked for until somebody looks
    await read();
    rows.look();
  };
  const refresh = throttled(
    // What can't be read now is asked for again with the whole view, which says so.
    () => void look().catch(() => rows.anew()),
    () => pauseMs,
  );
  store.add(refresh);
  store.add(sessions.onDidChange(refresh));
  const tree: ActivityTree = {
    onDidChangeTreeData: changed.event,
    async getChildren(node) {
      if (!node || node.kind === 'folder') await read();
      return rows.children(node);
    },
    getTreeItem: itemOfNode,
  };
  const view = store.add(
    vscode.window.createTreeView(viewIds.activity, { treeDataProvider: tree }),
  );
  return { tree, dispose: () => store.dispose() };
}

function keyOf(node: ActivityNode): string {
  return [node.kind, node.session, idOf(node)].join(' ');
}

function idOf(node: ActivityNode): string {
  switch (node.kind) {
    case 'folder':
      return '';
    case 'part':
      return node.part;
    case 'work':
      return node.ticket.id;
    case 'release':
      return node.release.id;
    case 'look':
      return `${node.releaseId} ${node.look.minutes}`;
    case 'event':
      return JSON.stringify(node.event);
  }
}

async function partsOf({ id: session, app, activity }: Session): Promise<ActivityNode[]> {
  const works = [...activity().works.values()].map(
    (work): ActivityNode => ({ kind: 'work', session, work, ticket: { id: work.ticketId } }),
  );
  const now = new Date().toISOString();
  const watched = app.backlog.releases
    .list()
    .filter(({ rolledBackAt, monitoredUntil = '' }) => !rolledBackAt && monitoredUntil > now)
    .map(
      (release): ActivityNode => ({
        kind: 'release',
        session,
        release,
        ticket: { id: release.ticketId },
      }),
    );
  const events = (await app.pipeline.history())
    .slice(0, maxRecent)
    .map((event): ActivityNode => ({ kind: 'event', session, event }));
  const parts: readonly (readonly [Part, readonly ActivityNode[]])[] = [
    ['running', works],
    ['watched', watched],
    ['recent', events],
  ];
  return parts
    .filter(([, children]) => children.length > 0)
    .map(([part, children]) => ({ kind: 'part', session, part, children }));
}

function childrenOf(node: ActivityNode): ActivityNode[] {
  if (node.kind === 'part') return [...node.children];
  if (node.kind !== 'release') return [];
  const { looks = [], id: releaseId } = node.release;
  return looks.map((look) => ({ kind: 'look', session: node.session, look, releaseId }));
}

const partWords: Readonly<Record<Part, string>> = {
  running: msg('Running'),
  watched: msg('Landed, under watch'),
  recent: msg('Recent'),
};

function itemOf(session: Session, node: Exclude<ActivityNode, FolderNode>): vscode.TreeItem {
  switch (node.kind) {
    case 'part': {
      const { Expanded } = vscode.TreeItemCollapsibleState;
      const item = new vscode.TreeItem(t(partWords[node.part]), Expanded);
      item.id = `part-${node.part}`;
      item.description = String(node.children.length);
      return item;
    }
    case 'work':
      return workItem(node.work, session);
    case 'release':
      return releaseItem(node.release, session);
    case 'look':
      return lookItem(node.look, node.releaseId);
    case 'event':
      return eventItem(node.event);
  }
}

function titleOf(ticketId: string, session: Session): string {
  return shorten(session.app.backlog.tickets.get(ticketId)?.title ?? ticketId, 200);
}

function workItem(work: Work, session: Session): vscode.TreeItem {
  const item = new vscode.TreeItem(titleOf(work.ticketId, session));
  item.id = `work-${work.ticketId}`;
  item.description = workText(work);
  item.iconPath = new vscode.ThemeIcon('sync~spin');
  item.contextValue = 'work';
  item.accessibilityInformation = { label: `${item.label as string}, ${item.description}` };
  return item;
}

const verdictIcons: Readonly<Record<ReleaseLook['verdict'], string>> = {
  better: 'arrow-up',
  worse: 'warning',
  same: 'dash',
  unknown: 'question',
};

function releaseItem(release: Release, session: Session): vscode.TreeItem {
  const { looks = [], monitoredUntil = '', id, requestId } = release;
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const last = looks.at(-1);
  const item = new vscode.TreeItem(
    titleOf(release.ticketId, session),
    looks.length > 0 ? Collapsed : None,
  );
  item.id = `release-${id}`;
  item.description = last?.sentence ?? t('watched until {0}', exactly(monitoredUntil));
  item.tooltip = dotted([
    t('{0} on {1}', release.commit.slice(0, 8), release.branch),
    t('watched until {0}', exactly(monitoredUntil)),
  ]);
  item.iconPath = new vscode.ThemeIcon(last ? verdictIcons[last.verdict] : 'eye');
  item.contextValue = 'release';
  item.command = panelOf(requestId);
  return item;
}

function lookItem({ minutes, at, sentence, verdict }: ReleaseLook, releaseId: string) {
  const item = new vscode.TreeItem(shorten(sentence, 300));
  item.id = `look-${releaseId}-${minutes}`;
  item.description = ago(at, new Date());
  item.tooltip = `${sentence}\n${exactly(at)}`;
  item.iconPath = new vscode.ThemeIcon(verdictIcons[verdict]);
  return item;
}

function eventItem(event: HistoryEvent): vscode.TreeItem {
  const { icon, text, description, detail } = historyItem(event, new Date());
  const item = new vscode.TreeItem(text);
  item.description = description;
  item.tooltip = detail;
  item.iconPath = new vscode.ThemeIcon(icon);
  if (event.requestId) item.command = panelOf(event.requestId);
  return item;
}

function panelOf(requestId: string): vscode.Command {
  return {
    title: t('Open Review Panel'),
    command: commandId('openReviewPanel'),
    arguments: [requestId],
  };
}
