import * as vscode from 'vscode';
import type { Insight } from '../pipeline.ts';
import type { FolderChoice, FromPage, PageState } from '../shared/protocol.ts';
import { commandId } from './commands.ts';
import {
  dashboardMarkdown,
  dashboardViewOf,
  type FolderPart,
  withFolders,
} from './dashboardView.ts';
import { createDisposableStore } from './disposables.ts';
import type { ErrorReporter } from './errors.ts';
import { hostPage, pageIcon, pageOptions } from './pageHost.ts';
import { idleFactor, throttled } from './refresh.ts';
import type { Session, Sessions } from './sessions.ts';
import { t } from './l10n.ts';

const dashboardType = 'patchwright.dashboard';

/** What a person wants to see: of the session with that id, or of all (empty). */
interface Asked {
  readonly days: number;
  readonly folder: string;
}

const usual: Asked = { days: 30, folder: '' };
/** Figures over everything are not worth making at each change. */
const pauseMs = 1_000;

/** One tab with the figures of the workspace: of all its folders together, or of one of them. */
export interface Dashboard {
  open(): void;
  dispose(): void;
}

export function registerDashboard(
  sessions: Sessions,
  extension: vscode.Uri,
  errors: ErrorReporter,
): Dashboard {
  const store = createDisposableStore();
  let open: vscode.WebviewPanel | undefined;
  const adopt = (panel: vscode.WebviewPanel, asked: Asked): void => {
    open = panel;
    const shown = showFigures(panel, asked, sessions, extension, errors);
    panel.onDidDispose(() => {
      if (open === panel) open = undefined;
      shown.dispose();
    });
  };
  store.add(
    vscode.window.registerWebviewPanelSerializer(dashboardType, {
      async deserializeWebviewPanel(panel, state: PageState | undefined) {
        adopt(panel, state?.kind === 'dashboard' ? { folder: '', ...state } : usual);
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
      return adopt(vscode.window.createWebviewPanel(dashboardType, title, column, options), usual);
    },
    dispose: () => store.dispose(),
  };
}

function showFigures(
  panel: vscode.WebviewPanel,
  from: Asked,
  sessions: Sessions,
  extension: vscode.Uri,
  errors: ErrorReporter,
): { dispose(): void } {
  const store = createDisposableStore();
  let asked = from;
  let isReady = false;
  let costMs = 0;
  const show = async (): Promise<void> => {
    const [first, ...others] = sessions.all();
    if (!isReady || !first || !panel.visible) return;
    const started = performance.now();
    const view = await viewOf([first, ...others], asked);
    costMs = performance.now() - started;
    host.post({ kind: 'dashboard', view });
  };
  const update = throttled(
    () => void show().catch((error: unknown) => errors.showOnce(error)),
    () => Math.max(pauseMs, costMs * idleFactor),
  );
  const on = async (message: FromPage): Promise<void> => {
    if (message.kind === 'days') asked = { ...asked, days: message.days };
    if (message.kind === 'folder') asked = { ...asked, folder: message.folder };
    if (message.kind === 'ready') isReady = true;
    if (['ready', 'days', 'folder'].includes(message.kind)) await show();
    else await act(sessions, asked, message);
  };
  const host = hostPage(panel.webview, extension, t('Patchwright dashboard'), on, errors);
  panel.iconPath = pageIcon(extension);
  panel.onDidChangeViewState(update);
  store.add(update);
  store.add(sessions.onDidChange(update));
  return store;
}

type AllSessions = readonly [Session, ...Session[]];

async function viewOf(all: AllSessions, asked: Asked) {
  const shown = shownOf(all, asked);
  const events = await Promise.all(shown.map((session) => eventsOf(session, shown.length > 1)));
  const newest = events.flat().sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  const view = dashboardViewOf(insightOf(shown, asked.days), newest, asked.days, new Date());
  return all.length === 1 ? view : withFolders(view, choiceOf(all, asked), partsOf(shown, asked));
}

/** The one that was asked for, as long as it is there. */
function shownOf(all: AllSessions, { folder }: Asked): AllSessions {
  const chosen = all.find(({ id }) => id === folder);
  return chosen ? [chosen] : all;
}

function insightOf([first, ...others]: AllSessions, days: number): Insight {
  return first.app.pipeline.insight(
    days,
    others.map(({ app }) => app.backlog),
  );
}

function choiceOf(all: AllSessions, asked: Asked): FolderChoice {
  const [chosen, ...more] = shownOf(all, asked);
  return {
    all: all.map(({ id, folder }) => ({ id, name: folder.name })),
    chosen: more.length === 0 ? chosen.id : '',
  };
}

/** What each folder adds to the whole. */
function partsOf(shown: AllSessions, { days }: Asked): readonly FolderPart[] {
  return shown.map((session) => ({
    name: session.folder.name,
    insight: insightOf([session], days),
  }));
}

async function eventsOf({ app, folder }: Session, oneOfSeveral: boolean) {
  const events = await app.pipeline.history();
  return oneOfSeveral ? events.map((event) => ({ ...event, folder: folder.name })) : events;
}

async function act(sessions: Sessions, asked: Asked, message: FromPage): Promise<void> {
  const [first, ...others] = sessions.all();
  if (!first) return;
  if (message.kind === 'openRequest') {
    await vscode.commands.executeCommand(commandId('openReviewPanel'), message.requestId);
  } else if (message.kind === 'export') {
    const all: AllSessions = [first, ...others];
    const isJson = message.format === 'json';
    const document = await vscode.workspace.openTextDocument({
      language: message.format,
      content: isJson
        ? `${JSON.stringify(figuresOf(all, asked), null, 2)}\n`
        : dashboardMarkdown(await viewOf(all, asked)),
    });
    await vscode.window.showTextDocument(document);
  }
}

/** As of one folder; of several with each one's part. */
function figuresOf(all: AllSessions, asked: Asked) {
  const shown = shownOf(all, asked);
  const insight = insightOf(shown, asked.days);
  if (all.length === 1) return insight;
  const folders = partsOf(shown, asked).map((part) => ({ folder: part.name, ...part.insight }));
  return { ...insight, folders };
}
