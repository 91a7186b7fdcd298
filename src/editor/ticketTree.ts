import * as vscode from 'vscode';
import type { Attempt } from '../core/attempt.ts';
import type { TicketLink, TicketLinks } from '../core/causeLinks.ts';
import type { Category, Ticket, TicketStatus } from '../core/ticket.ts';
import type { ErrorReporter } from './errors.ts';
import { arrangementWords, grouped, matches } from './grouping.ts';
import { commandId, viewIds } from './commands.ts';
import { createDisposableStore } from './disposables.ts';
import { alsoIn, linkLine } from './links.ts';
import { idleFactor, isSame, refreshMs, throttled } from './refresh.ts';
import {
  type FolderNode,
  folderItem,
  folderNode,
  inFolder,
  itemIn,
  rootsOf,
} from './folderRows.ts';
import type { Session, Sessions } from './sessions.ts';
import type { Sorting } from './sorting.ts';
import { createSteadyRows } from './steadyRows.ts';
import { inOrder, sortWords } from './sortOrder.ts';
import { createTicketDrag } from './ticketDrag.ts';
import { dotted, plural, shorten } from './text.ts';
import {
  attemptDescription,
  attemptLabel,
  type Queue,
  queueOf,
  ticketDescription,
  type TicketGroup,
  ticketGroups,
  ticketSpoken,
  ticketTooltip,
} from './ticketText.ts';
import { t } from './l10n.ts';

/** `session`: the id of the session that a row is of. */
export type TicketNode =
  /** Only where there are several. */
  | FolderNode
  | {
      readonly kind: 'group';
      readonly session: string;
      readonly group: TicketGroup;
      readonly count: number;
      /** Only where the view is filtered or not grouped by status. */
      readonly tickets: readonly Ticket[] | undefined;
    }
  | { readonly kind: 'ticket'; readonly session: string; readonly ticket: Ticket }
  | { readonly kind: 'attempt'; readonly session: string; readonly attempt: Attempt }
  | MoreNode;

export interface MoreNode {
  readonly kind: 'more';
  readonly session: string;
  readonly groupId: string;
  readonly count: number;
}

export type TicketTree = vscode.TreeDataProvider<TicketNode>;

/** Rows of one group; as many again come with `Show more`. */
const pageRows = 500;

/** Times in the rows are in minutes. */
const clockMs = 60_000;

function createTicketTree(
  sessions: Sessions,
  sorting: Sorting,
  isVisible: () => boolean,
): TicketTree & { refresh(): void; showMore(node: MoreNode): void; dispose(): void } {
  const store = createDisposableStore();
  const changed = store.add(new vscode.EventEmitter<TicketNode[] | undefined>());
  const pages = new Map<string, number>();
  const itemOfNode = (node: TicketNode): vscode.TreeItem =>
    node.kind === 'folder'
      ? folderItem(sessions, node)
      : itemIn(sessions, node, (session, row: Exclude<TicketNode, FolderNode>) =>
          itemOf(session, row, sessions.linksOf),
        );
  const rows = createSteadyRows<TicketNode>(
    {
      keyOf,
      shownOf: (node) => JSON.stringify(itemOfNode(node)),
      childrenOf(node) {
        const partOf = (session: Session) => childrenOf(session, node, sorting, pages);
        return node ? inFolder(sessions, node, partOf) : rootsOf(sessions, partOf);
      },
    },
    (nodes) => changed.fire(nodes),
  );
  let costMs = 0;
  const refresh = throttled(
    () => {
      if (!isVisible()) return rows.anew(); // nothing is asked for until somebody looks
      const started = performance.now();
      rows.look();
      costMs = performance.now() - started;
    },
    () => Math.max(refreshMs, costMs * idleFactor),
  );
  store.add(refresh);
  let seen: readonly unknown[] = [];
  const look = (): void => {
    const now = sessions
      .all()
      .flatMap((session) => [session, session.revision(), session.activity().works]);
    if (isSame(seen, now) && now.length > 0) return;
    seen = now;
    refresh();
  };
  store.add(sessions.onDidChange(look));
  store.add(sorting.onDidChange(refresh));
  return {
    onDidChangeTreeData: changed.event,
    refresh,
    showMore(node) {
      const name = pageName(node, node.groupId);
      pages.set(name, (pages.get(name) ?? 1) + 1);
      rows.look();
    },
    getChildren: (node) => rows.children(node),
    getTreeItem: itemOfNode,
    // Only what is shown by itself: a ticket in its group.
    getParent: (node) => parentOf(sessions, node, sorting),
    // Asked for a row that is pointed at; its place in the queue would take too long for all of them.
    resolveTreeItem(item, node) {
      const session = node.kind === 'ticket' && sessions.of(node.session);
      if (session)
        item.tooltip = tooltipOf(
          session,
          node.ticket,
          sessions.linksOf(session.id, node.ticket.id),
        );
      return item;
    },
    dispose: () => store.dispose(),
  };
}

/** The Backlog view: its tree, and times that stay true while it is looked at. */
export function registerTicketView(
  sessions: Sessions,
  sorting: Sorting,
  errors: Pick<ErrorReporter, 'show'>,
): {
  tree: TicketTree;
  showMore(node: MoreNode): void;
  sortedBy(): string | undefined;
  /** Ids of the tickets whose rows are selected. */
  selected(): readonly string[];
  /** Opens the view on a ticket's row. */
  show(ticketId: string, sessionId: string): Promise<void>;
  dispose(): void;
} {
  const store = createDisposableStore();
  const tree = store.add(createTicketTree(sessions, sorting, () => view.visible));
  const view: vscode.TreeView<TicketNode> = store.add(
    vscode.window.createTreeView(viewIds.backlog, {
      treeDataProvider: tree,
      showCollapseAll: true,
      canSelectMany: true,
      dragAndDropController: createTicketDrag(sessions, errors),
    }),
  );
  const clock = setInterval(() => {
    if (view.visible) tree.refresh();
  }, clockMs);
  store.add({ dispose: () => clearInterval(clock) });
  const sayOrder = (): void => {
    const key = sortWords[sorting.current()];
    const words = arrangementWords(key && t(key), sorting.grouping(), sorting.filter());
    if (words !== view.description) Object.assign(view, { description: words });
  };
  store.add(sorting.onDidChange(sayOrder));
  sayOrder();
  return {
    tree,
    showMore: (node) => tree.showMore(node),
    sortedBy: () => view.description,
    selected: () =>
      view.selection.flatMap((node) => (node.kind === 'ticket' ? [node.ticket.id] : [])),
    async show(ticketId, session) {
      const ticket = sessions.of(session)?.app.backlog.tickets.get(ticketId);
      if (!ticket) return;
      await view.reveal({ kind: 'ticket', session, ticket }, { select: true, focus: true });
    },
    dispose: () => store.dispose(),
  };
}

function keyOf(node: TicketNode): string {
  return [node.kind, node.session, idOf(node)].join(' ');
}

function idOf(node: TicketNode): string {
  switch (node.kind) {
    case 'folder':
      return '';
    case 'group':
      return node.group.id;
    case 'ticket':
      return node.ticket.id;
    case 'attempt':
      return node.attempt.id;
    case 'more':
      return node.groupId;
  }
}

function pageName({ session }: { readonly session: string }, groupId: string): string {
  return `${groupId} ${session}`;
}

function parentOf(sessions: Sessions, node: TicketNode, sorting: Sorting): TicketNode | undefined {
  if (node.kind === 'group') return folderNode(sessions, node.session);
  const session = node.kind === 'ticket' ? sessions.of(node.session) : undefined;
  return session && node.kind === 'ticket' ? groupNode(session, node.ticket, sorting) : undefined;
}

function groupNode(session: Session, ticket: Ticket, sorting: Sorting): TicketNode | undefined {
  if (isRearranged(sorting)) {
    return rearranged(session, sorting).find(({ tickets }) =>
      tickets?.some(({ id }) => id === ticket.id),
    );
  }
  const group = ticketGroups.find(({ statuses }) => statuses.includes(ticket.status));
  return group && countedGroup(session, session.app.backlog.tickets.countByStatus(), group);
}

function isRearranged(sorting: Sorting): boolean {
  return sorting.grouping() !== 'status' || sorting.filter() !== '';
}

function rearranged(
  { id, app }: Session,
  sorting: Sorting,
): readonly (TicketNode & { readonly kind: 'group' })[] {
  const filter = sorting.filter();
  const shown = app.backlog.tickets.list().filter((ticket) => matches(ticket, filter));
  return grouped(shown, sorting.grouping()).map(({ group, tickets }) => ({
    kind: 'group',
    session: id,
    group,
    count: tickets.length,
    tickets,
  }));
}

function countedGroup(
  { id }: Session,
  counts: Readonly<Partial<Record<TicketStatus, number>>>,
  group: TicketGroup,
): TicketNode & { readonly kind: 'group' } {
  const count = group.statuses.reduce((sum, status) => sum + (counts[status] ?? 0), 0);
  return { kind: 'group', session: id, group, count, tickets: undefined };
}

function childrenOf(
  session: Session,
  node: TicketNode | undefined,
  sorting: Sorting,
  pages: ReadonlyMap<string, number>,
): TicketNode[] {
  const { tickets, attempts, groups } = session.app.backlog;
  if (!node || node.kind === 'folder') {
    if (isRearranged(sorting)) return [...rearranged(session, sorting)];
    const counts = tickets.countByStatus();
    return ticketGroups
      .map((group) => countedGroup(session, counts, group))
      .filter(({ count }) => count > 0);
  }
  if (node.kind === 'group') {
    const { group, count } = node;
    const order = sorting.current();
    const limit = (pages.get(pageName(node, group.id)) ?? 1) * pageRows;
    const rows = node.tickets
      ? inOrder(node.tickets, order, (id) => groups.seen(id)).slice(0, limit)
      : tickets.list({ statuses: group.statuses, order, limit });
    return rowsOf(session.id, group.id, rows, count);
  }
  if (node.kind === 'ticket') {
    return attempts.ofTicket(node.ticket.id).map((attempt) => ({
      kind: 'attempt',
      session: session.id,
      attempt,
    }));
  }
  return [];
}

function rowsOf(
  session: string,
  groupId: string,
  tickets: readonly Ticket[],
  count: number,
): TicketNode[] {
  const shown = tickets.map((ticket): TicketNode => ({ kind: 'ticket', session, ticket }));
  const left = count - shown.length;
  return left > 0 ? [...shown, { kind: 'more', session, groupId, count: left }] : shown;
}

function itemOf(
  session: Session,
  node: Exclude<TicketNode, FolderNode>,
  linksOf: TicketLinks,
): vscode.TreeItem {
  switch (node.kind) {
    case 'group':
      return groupItem(node.group, node.count);
    case 'ticket':
      return ticketItem(session, node.ticket, linksOf(session.id, node.ticket.id));
    case 'attempt':
      return attemptItem(node);
    case 'more': {
      const item = new vscode.TreeItem(t('Show more'));
      item.id = `more-${node.groupId}-${node.count}`;
      item.description = t('{0} further down', plural(node.count, 'more ticket'));
      item.iconPath = new vscode.ThemeIcon('ellipsis');
      item.command = { title: t('Show more'), command: commandId('showMore'), arguments: [node] };
      return item;
    }
  }
}

function groupItem(group: TicketGroup, count: number): vscode.TreeItem {
  const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(t(group.label), group.expanded ? Expanded : Collapsed);
  item.id = `group-${group.id}`;
  item.description = count.toLocaleString('en');
  item.contextValue = 'group';
  item.accessibilityInformation = { label: `${t(group.label)}, ${plural(count, 'ticket')}` };
  return item;
}

const categoryIcons: Readonly<Record<Category, string>> = {
  bug_fix: 'bug',
  performance: 'dashboard',
  feature: 'lightbulb',
  refactor: 'wrench',
};

function ticketItem(
  session: Session,
  ticket: Ticket,
  links: readonly TicketLink[],
): vscode.TreeItem {
  const { app, activity } = session;
  const group = app.backlog.groups.seen(ticket.id);
  const work = activity().works.get(ticket.id);
  const item = new vscode.TreeItem(shorten(ticket.title, 200));
  if (app.backlog.attempts.ofTicket(ticket.id).length > 0)
    item.collapsibleState = vscode.TreeItemCollapsibleState.Collapsed;
  item.id = `ticket-${ticket.id}`;
  item.description = dotted([ticketDescription(ticket, group, work, new Date()), alsoIn(links)]);
  item.contextValue = work ? 'ticket.running' : `ticket.${kindOf(ticket)}`;
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

/** As the menus tell tickets apart. */
function kindOf({ status, metadata }: Ticket): string {
  return status === 'closed' && metadata.mergedInto ? 'merged' : status;
}

function tooltipOf(session: Session, ticket: Ticket, links: readonly TicketLink[]): string {
  const group = session.app.backlog.groups.seen(ticket.id);
  return ticketTooltip(
    ticket,
    group,
    ticket.status === 'open' ? placeOf(session, ticket) : undefined,
    session.app.pipeline.differences(ticket.id),
    // Settings that are not valid are told elsewhere.
    session.settings() && session.app.pipeline.outlook()(ticket),
    links.map(linkLine),
  );
}

function placeOf({ app, settings }: Session, ticket: Ticket): Queue | undefined {
  const { tickets, attempts } = app.backlog;
  const now = settings();
  const attemptsOf = (id: string): number => attempts.ofTicket(id).length;
  return now && queueOf(ticket, tickets.list({ statuses: ['open'] }), now, attemptsOf);
}

/** A click shows the patch when there is one, else the place. */
function commandOf({ id, folder }: Session, ticket: Ticket): vscode.Command | undefined {
  if (ticket.status === 'ready') {
    const node: TicketNode = { kind: 'ticket', session: id, ticket };
    return { title: t('Open Diff'), command: commandId('openDiff'), arguments: [node] };
  }
  const { location } = ticket.metadata;
  if (!location || location.file.split('/').includes('..')) return undefined;
  const line = Math.max(0, (location.line ?? 1) - 1);
  const options: vscode.TextDocumentShowOptions = {
    preview: true,
    preserveFocus: true,
    selection: new vscode.Range(line, 0, line, 0),
  };
  const uri = vscode.Uri.joinPath(folder.uri, location.file);
  return { title: t('Show the Place'), command: 'vscode.open', arguments: [uri, options] };
}

const outcomeIcons: Readonly<Record<Attempt['outcome'], string>> = {
  running: 'sync~spin',
  succeeded: 'pass',
  failed: 'error',
  cancelled: 'circle-slash',
  interrupted: 'debug-disconnect',
};

function attemptItem(node: TicketNode & { readonly kind: 'attempt' }): vscode.TreeItem {
  const { attempt } = node;
  const item = new vscode.TreeItem(attemptLabel(attempt));
  item.id = `attempt-${attempt.id}`;
  item.description = attemptDescription(attempt, new Date());
  item.tooltip = [attempt.branch, attempt.model, attempt.error ?? attempt.summary ?? '']
    .filter(Boolean)
    .map((line) => shorten(line, 500))
    .join('\n');
  item.contextValue = `attempt.${attempt.outcome}`;
  if (attempt.gates?.length) {
    item.command = { title: t('Show Gates'), command: commandId('showGates'), arguments: [node] };
  }
  item.iconPath = new vscode.ThemeIcon(outcomeIcons[attempt.outcome]);
  return item;
}
