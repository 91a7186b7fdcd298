import * as vscode from 'vscode';
import type { GateReport } from '../core/gate.ts';
import { commandId } from './commands.ts';
import { createDisposableStore } from './disposables.ts';
import { refreshMs, throttled } from './refresh.ts';
import { waitingRequests } from './reviewTree.ts';
import type { Session, Sessions } from './sessions.ts';
import { statusView, type StatusView } from './statusText.ts';

/** One item, left. What it shows is decided in one place from one record. */
export function registerStatusBar(sessions: Sessions): {
  shown(): StatusView;
  dispose(): void;
} {
  const store = createDisposableStore();
  const item = store.add(
    vscode.window.createStatusBarItem('gates', vscode.StatusBarAlignment.Left, 0),
  );
  item.name = 'Patchwright';
  item.command = commandId('showGates');
  let view = look(sessions);
  const show = (): void => {
    view = look(sessions);
    item.text = view.text;
    item.tooltip = view.tooltip;
    item.accessibilityInformation = { label: view.spoken };
  };
  const update = throttled(show, refreshMs);
  store.add(update);
  store.add(sessions.onDidChange(update));
  show();
  item.show();
  return { shown: () => view, dispose: () => store.dispose() };
}

function look(sessions: Sessions): StatusView {
  const session = sessions.session();
  return statusView({
    state: sessions.state().kind,
    trusted: vscode.workspace.isTrusted,
    activity: session?.activity() ?? { scanning: false, works: new Map() },
    waiting: session ? waitingRequests(session.app.backlog).length : 0,
    gates: session ? latestGates(session).gates : [],
  });
}

/** Of the attempt that ran last in this window, else of the newest request there is. */
export function latestGates(session: Session): {
  readonly ticketId?: string;
  readonly gates: readonly GateReport[];
} {
  const { latest } = session.activity();
  if (latest) return latest;
  const newest = session.app.backlog.requests
    .list()
    .reduce<{ createdAt: string; ticketId: string; gates: readonly GateReport[] } | undefined>(
      (best, next) => (!best || next.createdAt > best.createdAt ? next : best),
      undefined,
    );
  return newest ?? { gates: [] };
}
