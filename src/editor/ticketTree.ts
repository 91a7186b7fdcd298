import * as vscode from 'vscode';
import type { Attempt } from '../core/attempt.ts';
import type { Category, Ticket } from '../core/ticket.ts';
import { commandId, viewIds } from './commands.ts';
import { createDisposableStore } from './disposables.ts';
import { refreshMs, throttled } from './refresh.ts';
import type { Session, Sessions } from './sessions.ts';
import { plural, shorten } from './text.ts';
import {
  attemptDescription,
  attemptLabel,
  byScore,
  ticketDescription,
  type TicketGroup,
  ticketGroups,
  ticketSpoken,
  ticketTooltip,
} from './ticketText.ts';

export type TicketNode =
  | { readonly kind: 'group'; readonly group: TicketGroup; readonly count: number }
  | { readonly kind: 'ticket'; readonly ticket: Ticket; readonly queue?: Queue }
  | { readonly kind: 'attempt'; readonly attempt: Attempt }
  | { readonly kind: 'more'; readonly groupId: string; readonly count: number };

interface Queue {
  readonly place: number;
  readonly of: number;
}

export type TicketTree = vscode.TreeDataProvider<TicketNode>;

/** Rows of one group; what lies deeper in the queue is counted, not drawn. */
const maxRows = 500;

/** With tens of thousands of tickets a look takes long: then most of the time must be left for others. */
const idleFactor = 8;

/** Times in the rows are in minutes. */
const clockMs = 60_000;

function createTicketTree(sessions: Sessions): TicketTree & { refresh(): void; dispose(): void } {
  const store = createDisposableStore();
  const changed = store.add(new vscode.EventEmitter<void>());
  let costMs = 0;
  const refresh = throttled(
    () => changed.fire(),
    () => Math.max(refreshMs, costMs * idleFactor),
  );
  store.add(refresh);
  store.add(sessions.onDidChange(refresh));
  return {
    onDidChangeTreeData: changed.event,
    refresh,
    getChildren(node) {
      const session = sessions.session();
      const started = performance.now();
      const children = session ? childrenOf(session, node) : [];
      if (node?.kind === 'group') costMs = performance.now() - started;
      return children;
    },
    getTreeItem(node) {
      const session = sessions.session();
      return session ? itemOf(session, node) : new vscode.TreeItem('');
    },
    dispose: () => store.dispose(),
  };
}

/** The Backlog view: its tree, and times that stay true while it is looked at. */
export function registerTicketView(sessions: Sessions): { tree: TicketTree; dispose(): void } {
  const store = createDisposableStore();
  const tree = store.add(createTicketTree(sessions));
  const view = store.add(
    vscode.window.createTreeView(viewIds.backlog, {
      treeDataProvider: tree,
      showCollapseAll: true,
    }),
  );
  const clock = setInterval(() => {
    if (view.visible) tree.refresh();
  }, clockMs);
  store.add({ dispose: () => clearInterval(clock) });
  return { tree, dispose: () => store.dispose() };
}

function childrenOf({ app }: Session, node: TicketNode | undefined): TicketNode[] {
  const { tickets, attempts } = app.backlog;
  if (!node) {
    const counts = tickets.countByStatus();
    return ticketGroups
      .map((group) => ({
        kind: 'group' as const,
        group,
        count: group.statuses.reduce((sum, status) => sum + (counts[status] ?? 0), 0),
      }))
      .filter(({ count }) => count > 0);
  }
  if (node.kind === 'group') return ticketsOf(node, tickets.list(node.group));
  if (node.kind === 'ticket') {
    return attempts.ofTicket(node.ticket.id).map((attempt) => ({ kind: 'attempt', attempt }));
  }
  return [];
}

function ticketsOf(
  { group }: TicketNode & { kind: 'group' },
  tickets: readonly Ticket[],
): TicketNode[] {
  const sorted = [...tickets].sort(byScore);
  const shown = sorted.slice(0, maxRows).map((ticket, index): TicketNode => {
    const queue = { place: index + 1, of: sorted.length };
    return { kind: 'ticket', ticket, ...(group.id === 'open' ? { queue } : {}) };
  });
  const left = sorted.length - shown.length;
  return left > 0 ? [...shown, { kind: 'more', groupId: group.id, count: left }] : shown;
}

function itemOf(session: Session, node: TicketNode): vscode.TreeItem {
  switch (node.kind) {
    case 'group':
      return groupItem(node.group, node.count);
    case 'ticket':
      return ticketItem(session, node.ticket, node.queue);
    case 'attempt':
      return attemptItem(node.attempt);
    case 'more': {
      const item = new vscode.TreeItem(`${plural(node.count, 'more ticket')} further down`);
      item.id = `more-${node.groupId}`;
      return item;
    }
  }
}

function groupItem(group: TicketGroup, count: number): vscode.TreeItem {
  const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(group.label, group.expanded ? Expanded : Collapsed);
  item.id = `group-${group.id}`;
  item.description = count.toLocaleString('en');
  item.contextValue = 'group';
  item.accessibilityInformation = { label: `${group.label}, ${plural(count, 'ticket')}` };
  return item;
}

const categoryIcons: Readonly<Record<Category, string>> = {
  bug_fix: 'bug',
  performance: 'dashboard',
  feature: 'lightbulb',
  refactor: 'wrench',
};

function ticketItem(session: Session, ticket: Ticket, queue?: Queue): vscode.TreeItem {
  const { app, activity } = session;
  const group = app.backlog.groups.get(ticket.id);
  const work = activity().works.get(ticket.id);
  const item = new vscode.TreeItem(shorten(ticket.title, 200));
  if (ticket.status !== 'open' || ticket.metadata.reviewComments)
    item.collapsibleState = vscode.TreeItemCollapsibleState.Collapsed;
  item.id = `ticket-${ticket.id}`;
  item.description = ticketDescription(ticket, group, work, new Date());
  item.tooltip = ticketTooltip(ticket, group, queue);
  item.contextValue = work ? 'ticket.running' : `ticket.${ticket.status}`;
  item.iconPath = work
    ? new vscode.ThemeIcon('sync~spin')
    : new vscode.ThemeIcon(
        categoryIcons[ticket.category],
        new vscode.ThemeColor(`patchwright.priority.${ticket.priority.value}`),
      );
  item.accessibilityInformation = { label: ticketSpoken(ticket, item.description) };
  const command = commandOf(session, ticket);
  if (command) item.command = command;
  return item;
}

/** A click shows the patch when there is one, else the place. */
function commandOf({ folder }: Session, ticket: Ticket): vscode.Command | undefined {
  if (ticket.status === 'ready')
    return { title: 'Open Diff', command: commandId('openDiff'), arguments: [ticket.id] };
  const { location } = ticket.metadata;
  if (!location || location.file.split('/').includes('..')) return undefined;
  const line = Math.max(0, (location.line ?? 1) - 1);
  const options: vscode.TextDocumentShowOptions = {
    preview: true,
    preserveFocus: true,
    selection: new vscode.Range(line, 0, line, 0),
  };
  const uri = vscode.Uri.joinPath(folder.uri, location.file);
  return { title: 'Show the Place', command: 'vscode.open', arguments: [uri, options] };
}

const outcomeIcons: Readonly<Record<Attempt['outcome'], string>> = {
  running: 'sync~spin',
  succeeded: 'pass',
  failed: 'error',
  cancelled: 'circle-slash',
  interrupted: 'debug-disconnect',
};

function attemptItem(attempt: Attempt): vscode.TreeItem {
  const item = new vscode.TreeItem(attemptLabel(attempt));
  item.id = `attempt-${attempt.id}`;
  item.description = attemptDescription(attempt, new Date());
  item.tooltip = [attempt.branch, attempt.model, attempt.error ?? attempt.summary ?? '']
    .filter(Boolean)
    .map((line) => shorten(line, 500))
    .join('\n');
  item.contextValue = `attempt.${attempt.outcome}`;
  if (attempt.gates?.length) {
    const node: TicketNode = { kind: 'attempt', attempt };
    item.command = { title: 'Show Gates', command: commandId('showGates'), arguments: [node] };
  }
  item.iconPath = new vscode.ThemeIcon(outcomeIcons[attempt.outcome]);
  return item;
}
