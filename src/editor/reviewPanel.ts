import { join } from 'node:path';
import * as vscode from 'vscode';
import type { TicketLinks } from '../core/causeLinks.ts';
import { eventsOf, keptMs, windowMs } from '../core/metric.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import type { Outlook } from '../pipeline.ts';
import { patchHash } from '../pipeline/sync/trust.ts';
import type { FromPage, PageState } from '../shared/protocol.ts';
import { commandId } from './commands.ts';
import { createDisposableStore } from './disposables.ts';
import type { ErrorReporter } from './errors.ts';
import { type PageHost, hostPage, pageIcon, pageOptions } from './pageHost.ts';
import { throttled } from './refresh.ts';
import { reviewViewOf } from './reviewView.ts';
import type { ReviewNode } from './reviewTree.ts';
import type { Session, Sessions } from './sessions.ts';
import { shorten } from './text.ts';
import { stepsOf } from './transcriptText.ts';
import { trendOf } from './trend.ts';
import { sessionWith } from './whichSession.ts';
import { t } from './l10n.ts';

/** All that are kept. */
const maxWindows = keptMs / windowMs;

const reviewPanelType = 'patchwright.reviewPanel';

/** One tab a request: all that is known of it on one page. It shows and asks; commands decide. */
export interface ReviewPanels {
  open(request: PatchRequest): void;
  dispose(): void;
}

export function registerReviewPanels(
  sessions: Sessions,
  extension: vscode.Uri,
  errors: ErrorReporter,
): ReviewPanels {
  const store = createDisposableStore();
  const open = new Map<string, vscode.WebviewPanel>();
  const adopt = (panel: vscode.WebviewPanel, requestId: string): void => {
    open.set(requestId, panel);
    const shown = showRequest(panel, requestId, sessions, extension, errors);
    panel.onDidDispose(() => {
      open.delete(requestId);
      shown.dispose();
    });
  };
  store.add(
    vscode.window.registerWebviewPanelSerializer(reviewPanelType, {
      async deserializeWebviewPanel(panel, state: PageState | undefined) {
        if (state?.kind === 'review') adopt(panel, state.requestId);
        else panel.dispose();
      },
    }),
  );
  store.add({ dispose: () => [...open.values()].forEach((panel) => panel.dispose()) });
  return {
    open(request) {
      const known = open.get(request.id);
      if (known) return known.reveal();
      const panel = vscode.window.createWebviewPanel(
        reviewPanelType,
        request.ticketId,
        vscode.ViewColumn.Active,
        pageOptions(extension),
      );
      return adopt(panel, request.id);
    },
    dispose: () => store.dispose(),
  };
}

/** Keeps the page in step with the backlog for as long as the panel is open. */
function showRequest(
  panel: vscode.WebviewPanel,
  requestId: string,
  sessions: Sessions,
  extension: vscode.Uri,
  errors: ErrorReporter,
): { dispose(): void } {
  const store = createDisposableStore();
  let sent = '';
  let isReady = false;
  /** Read once: it looks at the whole history. */
  let odds: Outlook['odds'] | undefined;
  const show = async (): Promise<void> => {
    const session = isReady ? await sessionOf(sessions.all(), requestId) : undefined;
    if (!session) return;
    odds ??= oddsOf(session, requestId);
    const message = await messageOf(session, requestId, odds, sessions.linksOf);
    const text = JSON.stringify(message);
    if (text === sent) return;
    sent = text;
    host.post(message);
  };
  const update = throttled(() => void show().catch((error: unknown) => errors.showOnce(error)));
  const on = async (message: FromPage): Promise<void> => {
    if (message.kind !== 'ready') return act(sessions, requestId, message);
    isReady = true;
    sent = '';
    update();
  };
  const host: PageHost = hostPage(panel.webview, extension, t('Patchwright review'), on, errors);
  panel.iconPath = pageIcon(extension);
  store.add(update);
  store.add(sessions.onDidChange(update));
  return store;
}

/** That which has the request; where none has, any can say so. */
async function sessionOf(all: readonly Session[], requestId: string): Promise<Session | undefined> {
  return (await sessionWith(all, { owner: requestId })) ?? all[0];
}

function oddsOf({ app, settings }: Session, requestId: string): Outlook['odds'] | undefined {
  if (!settings()) return undefined;
  const ticket = app.backlog.tickets.get(app.backlog.requests.get(requestId)?.ticketId ?? '');
  return ticket && app.pipeline.outlook()(ticket).odds;
}

async function messageOf(
  session: Session,
  requestId: string,
  odds: Outlook['odds'] | undefined,
  linksOf: TicketLinks,
) {
  const { backlog, transcript } = session.app;
  const request = await backlog.archive.request(requestId);
  if (!request) return { kind: 'gone', text: t('This patch request is gone.') } as const;
  const now = new Date();
  const view = reviewViewOf({
    request,
    ticket: backlog.tickets.get(request.ticketId),
    group: backlog.groups.seen(request.ticketId),
    trend: trendOf(backlog.metrics.windows(eventsOf(request.ticketId), maxWindows), now),
    attempts: backlog.attempts.ofTicket(request.ticketId),
    requests: backlog.requests.list({ ticketId: request.ticketId }),
    release: backlog.releases.list().find((release) => release.requestId === requestId),
    heard: backlog.team.approvals(requestId, patchHash(request.diff)),
    steps: stepsOf(await transcript(request.attemptId)),
    editing: session.app.pipeline.editing.open().includes(requestId),
    links: linksOf(session.id, request.ticketId),
    trusted: vscode.workspace.isTrusted,
    now,
    ...(odds ? { odds } : {}),
  });
  return { kind: 'review', view } as const;
}

/** The same commands as in the palette; what they refuse, they say themselves. */
async function act(sessions: Sessions, requestId: string, message: FromPage): Promise<void> {
  const session = await sessionOf(sessions.all(), requestId);
  const request = session?.app.backlog.requests.get(requestId);
  if (!session || !request) return;
  const run = (name: Parameters<typeof commandId>[0], argument: unknown): Thenable<unknown> =>
    vscode.commands.executeCommand(commandId(name), argument);
  const row = { session: session.id, request };
  switch (message.kind) {
    case 'act':
      if (message.action === 'openReview') await run('openDiff', requestId);
      else await run(message.action, requestId);
      return;
    case 'openDiff': {
      const file = request.files.find(({ path }) => path === message.path);
      if (file) await run('openDiff', { ...row, kind: 'file', file } satisfies ReviewNode);
      return;
    }
    case 'dropHunks': {
      const { commit, hunks: names } = message;
      await run('dropHunks', { request: { ...request, commit }, names });
      return;
    }
    case 'showGate': {
      const report = request.gates.find(({ id }) => id === message.gate);
      if (report) await run('showGates', { ...row, kind: 'gate', report } satisfies ReviewNode);
      return;
    }
    case 'openFile':
      await openPlace(session, message.path, message.line);
      return;
    default:
      return;
  }
}

/** Only what the ticket itself names, and only inside of the folder. */
async function openPlace({ folder }: Session, path: string, line = 1): Promise<void> {
  const root = folder.uri.fsPath;
  const file = join(root, path);
  if (!file.startsWith(join(root, '/'))) return;
  const at = new vscode.Position(line - 1, 0);
  try {
    await vscode.window.showTextDocument(vscode.Uri.file(file), {
      selection: new vscode.Range(at, at),
      preview: true,
    });
  } catch {
    vscode.window.setStatusBarMessage(t('{0} is not there any more', shorten(path, 80)), 6_000);
  }
}
