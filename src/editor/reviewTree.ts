import * as vscode from 'vscode';
import type { PatchFile } from '../core/attempt.ts';
import { type DiffHunk, parseDiff } from '../core/hunks.ts';
import type { GateReport, Verdict } from '../core/gate.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import type { Backlog } from '../backlog/backlog.ts';
import { commandId, viewIds } from './commands.ts';
import { createDisposableStore } from './disposables.ts';
import { fileUri } from './documents.ts';
import { hunkDescription, hunkLabel, isEdited } from './hunkText.ts';
import { throttled } from './refresh.ts';
import {
  fileDescription,
  gateDescription,
  gateLabel,
  inReadingOrder,
  requestDescription,
  requestTooltip,
  verdictIcons,
  verdictWords,
} from './reviewText.ts';
import { type FolderNode, folderItem, inFolder, itemIn, rootsOf } from './folderRows.ts';
import type { Session, Sessions } from './sessions.ts';
import { createSteadyRows } from './steadyRows.ts';
import { plural, shorten } from './text.ts';
import type { Viewed } from './viewed.ts';
import { t, told } from './l10n.ts';

/** `session`: the id of the session that a row is of. */
type RequestNode = {
  readonly kind: 'request';
  readonly session: string;
  readonly request: PatchRequest;
};

export type ReviewNode =
  /** Only where there are several. */
  | FolderNode
  | RequestNode
  | {
      readonly kind: 'file';
      readonly session: string;
      readonly request: PatchRequest;
      readonly file: PatchFile;
    }
  | {
      readonly kind: 'hunk';
      readonly session: string;
      readonly request: PatchRequest;
      readonly file: PatchFile;
      readonly hunk: DiffHunk;
    }
  | {
      readonly kind: 'gate';
      readonly session: string;
      readonly request: PatchRequest;
      readonly report: GateReport;
    };

export type ReviewTree = vscode.TreeDataProvider<ReviewNode>;

/** Requests that wait for a decision, oldest first. */
export function waitingRequests(backlog: Backlog): readonly PatchRequest[] {
  const waiting = backlog.requests.list({ statuses: ['PENDING_APPROVAL'] });
  return [...waiting].sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
}

function waitingIn(sessions: Sessions): readonly PatchRequest[] {
  return sessions.all().flatMap(({ app }) => waitingRequests(app.backlog));
}

export function titleOf(backlog: Backlog, request: PatchRequest): string {
  return backlog.tickets.get(request.ticketId)?.title ?? request.ticketId;
}

export function hunksOfFile(request: PatchRequest, file: PatchFile): readonly DiffHunk[] {
  return parseDiff(request.diff).find(({ path }) => path === file.path)?.hunks ?? [];
}

function createReviewTree(sessions: Sessions, viewed: Viewed): ReviewTree & { dispose(): void } {
  const store = createDisposableStore();
  const changed = store.add(new vscode.EventEmitter<ReviewNode[] | undefined>());
  const rows = createSteadyRows<FolderNode | RequestNode>(
    {
      keyOf: (node) => (node.kind === 'folder' ? node.session : keyOf(node)),
      shownOf: (node) => (node.kind === 'folder' ? '' : shownOf(sessions, node, viewed)),
      childrenOf: (node) =>
        node ? inFolder(sessions, node, requestsIn) : rootsOf<RequestNode>(sessions, requestsIn),
    },
    (nodes) => changed.fire(nodes),
  );
  const update = throttled(() => rows.look());
  store.add(update);
  store.add(sessions.onDidChange(update));
  return {
    onDidChangeTreeData: changed.event,
    getChildren: (node) =>
      !node || node.kind === 'folder' ? rows.children(node) : childrenOf(node),
    getTreeItem: (node) =>
      node.kind === 'folder'
        ? folderItem(sessions, node)
        : itemIn(sessions, node, (session, row: Exclude<ReviewNode, FolderNode>) =>
            itemOf(session, row, viewed),
          ),
    dispose: () => store.dispose(),
  };
}

/** All that the rows of a request are made of, those under it, too. */
function shownOf(sessions: Sessions, { session, request }: RequestNode, viewed: Viewed): string {
  const backlog = sessions.of(session)?.app.backlog;
  const seen = request.files.map(({ path }) => viewed.has(request, path));
  return JSON.stringify([request, backlog && titleOf(backlog, request), seen]);
}

const keyOf = ({ session, request }: RequestNode): string => `${session} ${request.id}`;

function requestsIn({ id, app }: Session): RequestNode[] {
  return waitingRequests(app.backlog).map((request) => ({
    kind: 'request',
    session: id,
    request,
  }));
}

/** The Review view; its badge is the number of requests that await the user. */
export function registerReviewView(
  sessions: Sessions,
  viewed: Viewed,
): {
  readonly tree: ReviewTree;
  badge(): number;
  dispose(): void;
} {
  const store = createDisposableStore();
  const tree = store.add(createReviewTree(sessions, viewed));
  const view = store.add(
    vscode.window.createTreeView(viewIds.review, {
      treeDataProvider: tree,
      canSelectMany: true, // several hunks can be dropped at once
      manageCheckboxStateManually: true,
    }),
  );
  store.add(
    view.onDidChangeCheckboxState(({ items }) => {
      const marks = items.flatMap(([node, state]) =>
        node.kind === 'file'
          ? [
              {
                request: node.request,
                path: node.file.path,
                viewed: state === vscode.TreeItemCheckboxState.Checked,
              },
            ]
          : [],
      );
      void viewed.set(marks, waitingIn(sessions)).then(() => sessions.changed());
    }),
  );
  const update = throttled(() => {
    const value = waitingIn(sessions).length;
    if (value === (view.badge?.value ?? 0)) return;
    view.badge =
      value > 0
        ? { value, tooltip: t('{0} to review', plural(value, 'patch request')) }
        : undefined;
  });
  store.add(update);
  store.add(sessions.onDidChange(update));
  return { tree, badge: () => view.badge?.value ?? 0, dispose: () => store.dispose() };
}

function childrenOf(node: Exclude<ReviewNode, FolderNode>): ReviewNode[] {
  const { session, request } = node;
  if (node.kind === 'file') {
    const { file } = node;
    return hunksOfFile(request, file).map((hunk) => ({
      kind: 'hunk',
      session,
      request,
      file,
      hunk,
    }));
  }
  if (node.kind !== 'request') return [];
  return [
    ...inReadingOrder(request).map(
      (file): ReviewNode => ({ kind: 'file', session, request, file }),
    ),
    ...request.gates.map((report): ReviewNode => ({ kind: 'gate', session, request, report })),
  ];
}

function itemOf(
  { app }: Session,
  node: Exclude<ReviewNode, FolderNode>,
  viewed: Viewed,
): vscode.TreeItem {
  switch (node.kind) {
    case 'request':
      return requestItem(node.request, titleOf(app.backlog, node.request));
    case 'file':
      return fileItem(node, viewed.has(node.request, node.file.path));
    case 'hunk':
      return hunkItem(node);
    case 'gate':
      return gateItem(node);
  }
}

function requestItem(request: PatchRequest, title: string): vscode.TreeItem {
  const item = new vscode.TreeItem(shorten(title, 200), vscode.TreeItemCollapsibleState.Expanded);
  item.id = `request-${request.id}`;
  item.description = requestDescription(request);
  item.tooltip = requestTooltip(request, title);
  item.contextValue = isEdited(request) ? 'request.pending.edited' : 'request.pending';
  item.iconPath = new vscode.ThemeIcon('git-pull-request');
  item.command = { title: t('Open Diff'), command: commandId('openDiff'), arguments: [request.id] };
  item.accessibilityInformation = { label: `${shorten(title, 200)}, ${item.description}` };
  return item;
}

function fileItem(node: ReviewNode & { kind: 'file' }, isViewed: boolean): vscode.TreeItem {
  const { request, file } = node;
  const name = file.path.split('/').at(-1) ?? file.path;
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(name, file.added < 0 ? None : Collapsed);
  item.id = `file-${request.id}-${file.path}`;
  item.resourceUri = fileUri(request, file, 'patch'); // for the file's icon
  item.iconPath = vscode.ThemeIcon.File;
  item.description = fileDescription(file, request.testFiles.includes(file.path));
  item.tooltip = file.oldPath ? `${file.oldPath} → ${file.path}` : file.path;
  const { Checked, Unchecked } = vscode.TreeItemCheckboxState;
  item.checkboxState = {
    state: isViewed ? Checked : Unchecked,
    tooltip: isViewed ? t('Viewed') : t('Mark as viewed'),
    accessibilityInformation: { label: t('{0} viewed', name), role: 'checkbox' },
  };
  item.contextValue = 'request.file';
  item.command = { title: t('Open Diff'), command: commandId('openDiff'), arguments: [node] };
  return item;
}

function hunkItem(node: ReviewNode & { kind: 'hunk' }): vscode.TreeItem {
  const { request, file, hunk } = node;
  const item = new vscode.TreeItem(hunkLabel(hunk));
  item.id = `hunk-${request.id}-${request.commit}-${file.path}-${hunk.number}`;
  item.description = hunkDescription(hunk);
  item.tooltip = hunk.lines.slice(1, 30).join('\n');
  item.contextValue = 'request.hunk';
  item.iconPath = new vscode.ThemeIcon('diff');
  item.command = { title: t('Open Diff'), command: commandId('openDiff'), arguments: [node] };
  item.accessibilityInformation = { label: `${hunkLabel(hunk)}, ${item.description}` };
  return item;
}

const verdictColors: Partial<Record<Verdict, string>> = {
  passed: 'testing.iconPassed',
  failed: 'testing.iconFailed',
};

function gateItem(node: ReviewNode & { kind: 'gate' }): vscode.TreeItem {
  const { request, report } = node;
  const color = verdictColors[report.verdict];
  const item = new vscode.TreeItem(gateLabel(report));
  item.id = `gate-${request.id}-${report.id}`;
  item.iconPath = new vscode.ThemeIcon(
    verdictIcons[report.verdict],
    color ? new vscode.ThemeColor(color) : undefined,
  );
  item.description = gateDescription(report);
  item.tooltip = [report.reason, ...report.marks]
    .map((line) => shorten(told(line), 500))
    .join('\n');
  item.contextValue = 'request.gate';
  item.command = { title: t('Show Gate'), command: commandId('showGates'), arguments: [node] };
  item.accessibilityInformation = {
    label: `${gateLabel(report)} ${t(verdictWords[report.verdict])}. ${shorten(told(report.reason), 200)}`,
  };
  return item;
}
