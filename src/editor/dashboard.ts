import * as vscode from 'vscode';
import type { FromPage, PageState } from '../shared/protocol.ts';
import { commandId } from './commands.ts';
import { dashboardMarkdown, dashboardViewOf } from './dashboardView.ts';
import { createDisposableStore } from './disposables.ts';
import { hostPage, pageIcon, pageOptions } from './pageHost.ts';
import { throttled } from './refresh.ts';
import type { Session, Sessions } from './sessions.ts';
import { t } from './l10n.ts';

export const dashboardType = 'patchwright.dashboard';

const usualDays = 30;
/** Figures over everything are not worth making at each change. */
const pauseMs = 1_000;
/** With tens of thousands of tickets they take long: then most of the time must be left for others. */
const idleFactor = 8;

/** One tab with the figures of the workspace. */
export interface Dashboard {
  open(): void;
  dispose(): void;
}

export function registerDashboard(sessions: Sessions, extension: vscode.Uri): Dashboard {
  const store = createDisposableStore();
  let open: vscode.WebviewPanel | undefined;
  const adopt = (panel: vscode.WebviewPanel, days: number): void => {
    open = panel;
    const shown = showFigures(panel, days, sessions, extension);
    panel.onDidDispose(() => {
      if (open === panel) open = undefined;
      shown.dispose();
    });
  };
  store.add(
    vscode.window.registerWebviewPanelSerializer(dashboardType, {
      async deserializeWebviewPanel(panel, state: PageState | undefined) {
        adopt(panel, state?.kind === 'dashboard' ? state.days : usualDays);
      },
    }),
  );
  store.add({ dispose: () => open?.dispose() });
  return {
    open() {
      if (open) return open.reveal();
      const options = pageOptions(extension);
      const title = t('Patchwright Dashboard');
      const column = vscode.ViewColumn.Active;
      return adopt(
        vscode.window.createWebviewPanel(dashboardType, title, column, options),
        usualDays,
      );
    },
    dispose: () => store.dispose(),
  };
}

function showFigures(
  panel: vscode.WebviewPanel,
  from: number,
  sessions: Sessions,
  extension: vscode.Uri,
): { dispose(): void } {
  const store = createDisposableStore();
  let days = from;
  let isReady = false;
  let costMs = 0;
  const show = async (): Promise<void> => {
    const session = sessions.session();
    if (!isReady || !session || !panel.visible) return;
    const started = performance.now();
    const view = await viewOf(session, days);
    costMs = performance.now() - started;
    host.post({ kind: 'dashboard', view });
  };
  const update = throttled(
    () => void show(),
    () => Math.max(pauseMs, costMs * idleFactor),
  );
  const host = hostPage(panel.webview, extension, t('Patchwright dashboard'), (message) => {
    if (message.kind === 'days') days = message.days;
    if (message.kind === 'ready') isReady = true;
    if (message.kind === 'ready' || message.kind === 'days') void show();
    else void act(sessions, days, message);
  });
  panel.iconPath = pageIcon(extension);
  panel.onDidChangeViewState(update);
  store.add(update);
  store.add(sessions.onDidChange(update));
  return store;
}

async function viewOf({ app }: Session, days: number) {
  const { pipeline } = app;
  return dashboardViewOf(pipeline.insight(days), await pipeline.history(), days, new Date());
}

async function act(sessions: Sessions, days: number, message: FromPage): Promise<void> {
  const session = sessions.session();
  if (!session) return;
  if (message.kind === 'openRequest') {
    await vscode.commands.executeCommand(commandId('openReviewPanel'), message.requestId);
  } else if (message.kind === 'export') {
    const isJson = message.format === 'json';
    const document = await vscode.workspace.openTextDocument({
      language: message.format,
      content: isJson
        ? `${JSON.stringify(session.app.pipeline.insight(days), null, 2)}\n`
        : dashboardMarkdown(await viewOf(session, days)),
    });
    await vscode.window.showTextDocument(document);
  }
}
