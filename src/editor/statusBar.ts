import * as vscode from 'vscode';
import type { GateReport } from '../core/gate.ts';
import type { SandboxState } from '../core/sandbox.ts';
import { noActivity } from './activity.ts';
import { commandId } from './commands.ts';
import { createDisposableStore } from './disposables.ts';
import { t } from './l10n.ts';
import { throttled } from './refresh.ts';
import { waitingRequests } from './reviewTree.ts';
import { folderNameOf, type Session, type Sessions } from './sessions.ts';
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
  const scanning = longRunning(() => update());
  let view = look(sessions, false);
  const show = (): void => {
    view = look(sessions, scanning.is(sessions.all().some(({ activity }) => activity().scanning)));
    item.text = view.text;
    item.command = commandFor(gatesShown(sessions));
    item.tooltip = view.tooltip;
    item.accessibilityInformation = { label: view.spoken };
  };
  const update = throttled(show);
  store.add(update);
  store.add(scanning);
  store.add(sessions.onDidChange(update));
  show();
  item.show();
  return { shown: () => view, dispose: () => store.dispose() };
}

/** True once something has gone on for a while: the short scans of a growing log must not flicker. */
function longRunning(became: () => void): { is(running: boolean): boolean; dispose(): void } {
  const patienceMs = 700;
  let timer: NodeJS.Timeout | undefined;
  let long = false;
  const stop = (): void => {
    clearTimeout(timer);
    timer = undefined;
    long = false;
  };
  return {
    is(running) {
      if (!running) stop();
      else
        timer ??= setTimeout(() => {
          long = true;
          became();
        }, patienceMs);
      return long;
    },
    dispose: stop,
  };
}

function look(sessions: Sessions, scanning: boolean): StatusView {
  const all = sessions.all();
  const busiest = busiestOf(all);
  const shown = gatesShown(sessions);
  return statusView({
    state: sessions.state().kind,
    trusted: vscode.workspace.isTrusted,
    activity: { ...(busiest?.activity() ?? noActivity), scanning },
    waiting: all.map((session) => ({
      folder: session.folder.name,
      requests: waitingRequests(session.app.backlog).length,
    })),
    unopened: sessions.unopened(),
    folder: shown && folderNameOf(sessions, shown.id),
    gates: shown ? latestGates(shown).gates : [],
    sandbox: worst(all.flatMap((session) => session.sandbox() ?? [])),
    selfTest: shown?.lastSelfTest(),
  });
}

function busiestOf(all: readonly Session[]): Session | undefined {
  return all.find(({ activity }) => activity().works.size > 0);
}

/** Gates and tests of gates are those of one folder: where something runs, else the first that has any. */
function gatesShown(sessions: Sessions): Session | undefined {
  const all = sessions.all();
  return busiestOf(all) ?? all.find((session) => latestGates(session).gates.length > 0) ?? all[0];
}

/** A click opens the gates that are shown. */
function commandFor(shown: Session | undefined): vscode.Command {
  return {
    title: t('Show Gates'),
    command: commandId('showGates'),
    ...(shown ? { arguments: [{ session: shown.id }] } : {}),
  };
}

/** What somebody should know of first. */
function worst(states: readonly SandboxState[]): SandboxState | undefined {
  const kindOf = (kind: SandboxState['kind']) => states.find((state) => state.kind === kind);
  return kindOf('refused') ?? kindOf('without') ?? states[0];
}

/** Of the attempt that runs or ran last in this folder, else of the newest request there is. */
export function latestGates({ app, activity }: Session): {
  readonly ticketId?: string;
  readonly requestId?: string;
  readonly gates: readonly GateReport[];
} {
  const { latest } = activity();
  if (latest) return latest;
  const [first, ...others] = app.backlog.requests.list();
  if (!first) return { gates: [] };
  const newest = others.reduce(
    (best, next) => (next.createdAt > best.createdAt ? next : best),
    first,
  );
  return { ticketId: newest.ticketId, requestId: newest.id, gates: newest.gates };
}
