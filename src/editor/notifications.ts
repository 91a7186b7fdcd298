import * as vscode from 'vscode';
import { errorMessage } from '../core/errors.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import type { Progress } from '../core/progress.ts';
import { untilUsual } from '../core/habit.ts';
import { commandId, viewIds } from './commands.ts';
import type { Dialogs } from './dialogs.ts';
import { createDisposableStore } from './disposables.ts';
import { t } from './l10n.ts';
import { isWorthTelling, mayWait, type Notice, type Told, toldOf, waitBefore } from './notices.ts';
import { throttled } from './refresh.ts';
import { titleOf, waitingRequests } from './reviewTree.ts';
import { folderNameOf, type Session, type Sessions } from './sessions.ts';

/** What comes in together is told together. */
const gatherMs = 500;

/** Settings that are not valid now may be in a minute. */
const invalidMs = 60_000;

/** The only place where something pops up that nobody asked for. It never takes the focus. */
export interface Notifications {
  /** What the pipeline tells. */
  readonly onProgress: (progress: Progress, sessionId: string) => void;
  /** Follows the requests of the folders that are open. */
  follow(sessions: Sessions): void;
  dispose(): void;
}

export interface NotificationsOptions {
  readonly dialogs: Dialogs;
  readonly showTicket: (ticketId: string, sessionId: string) => Promise<void>;
  readonly showPlan: (previewId: string) => Promise<void>;
  readonly log: (line: string) => void;
}

export function createNotifications(options: NotificationsOptions): Notifications {
  const store = createDisposableStore();
  const told = new Set<string>();
  let pending: Notice[] = [];
  let followed: Sessions | undefined;
  const known = new WeakSet<Session>();
  let timer: NodeJS.Timeout | undefined;
  const add = (id: string, notice: Notice): void => {
    if (told.has(id)) return;
    told.add(id);
    pending.push(notice);
    flushSoon();
  };
  /** By the settings of its folder; undefined: it is not to be told. */
  const waitOf = (notice: Notice): number | undefined => {
    const session = followed?.of(notice.sessionId);
    if (!session) return undefined;
    const rules = session.settings()?.notifications;
    if (!rules) return invalidMs;
    if (!isWorthTelling(notice, rules) || !isStill(notice, session)) return undefined;
    const wait = waitBefore(rules, new Date());
    return wait === 0 && mayWait(notice) ? untilReview(session) : wait;
  };
  const flush = (): void => {
    const all = pending.map((notice) => ({ notice, wait: waitOf(notice) }));
    const later = all.filter(({ wait = 0 }) => wait > 0);
    pending = later.map(({ notice }) => notice);
    clearTimeout(timer);
    const waits = later.flatMap(({ wait }) => wait ?? []);
    if (waits.length > 0) timer = setTimeout(flush, Math.min(...waits)).unref();
    const [first, ...others] = all.flatMap(({ notice, wait }) => (wait === 0 ? [notice] : []));
    if (!first) return;
    present(toldOf([first, ...others]), options).catch((error: unknown) =>
      options.log(errorMessage(error)),
    );
  };
  const flushSoon = throttled(flush, () => gatherMs);
  const look = (): void => {
    const all = followed?.all() ?? [];
    for (const session of all) {
      const waiting = waitingRequests(session.app.backlog);
      if (known.has(session)) tell(session, waiting);
      // What waited before the window was opened is a badge and no news.
      else for (const { id } of waiting) told.add(id);
      known.add(session);
    }
  };
  const tell = ({ id: sessionId, app }: Session, waiting: readonly PatchRequest[]): void => {
    for (const request of waiting) {
      const { id, confidence, ticketId } = request;
      const title = titleOf(app.backlog, request);
      const priority = app.backlog.tickets.get(ticketId)?.priority.value;
      const notice = { requestId: id, title, confidence: confidence.value, priority };
      add(id, { kind: 'ready', ...notice, ...folderOf(sessionId) });
    }
  };
  /** Which folder it is about, where there are several. */
  const folderOf = (sessionId: string): Pick<Notice, 'sessionId' | 'folder'> => {
    const folder = followed && folderNameOf(followed, sessionId);
    return { sessionId, ...(folder === undefined ? {} : { folder }) };
  };
  store.add(flushSoon);
  store.add({ dispose: () => clearTimeout(timer) });
  return {
    onProgress(progress, sessionId) {
      if (progress.kind === 'preview_ended' && progress.ok && progress.unasked) {
        const { previewId, title } = progress;
        add(`plan ${previewId}`, { kind: 'plan', previewId, title, ...folderOf(sessionId) });
      }
      if (progress.kind !== 'preview_wanted') return;
      const { ticketId, reason, title } = progress;
      const about = { ticketId, reason, title, ...folderOf(sessionId) };
      add(`preview ${sessionId} ${ticketId}`, { kind: 'preview', ...about });
    },
    follow(sessions) {
      followed = sessions;
      store.add(sessions.onDidChange(look));
    },
    dispose: () => store.dispose(),
  };
}

/** Decided meanwhile, a patch is no news. */
function isStill(notice: Notice, { app }: Session): boolean {
  if (notice.kind !== 'ready') return true;
  return app.backlog.requests.get(notice.requestId)?.status === 'PENDING_APPROVAL';
}

function untilReview({ app }: Session): number {
  const habit = app.pipeline.habit();
  return habit ? untilUsual(habit, new Date()) : 0;
}

async function present(
  { message, button, target }: Told,
  { dialogs, showTicket, showPlan }: NotificationsOptions,
): Promise<void> {
  const never = t("Don't Show Again");
  const pressed = await dialogs.tell('info', message, [button, never]);
  if (pressed === never) return switchOff(dialogs);
  if (pressed !== button) return undefined;
  switch (target.kind) {
    case 'ticket':
      return showTicket(target.id, target.sessionId);
    case 'plan':
      return showPlan(target.id);
    case 'request':
      await vscode.commands.executeCommand(commandId('openDiff'), target.id);
      return undefined;
    case 'review':
      await vscode.commands.executeCommand(`${viewIds.review}.focus`);
      return undefined;
  }
}

async function switchOff(dialogs: Dialogs): Promise<void> {
  const { Global } = vscode.ConfigurationTarget;
  await vscode.workspace
    .getConfiguration('patchwright')
    .update('notifications.enabled', false, Global);
  dialogs.mention(t('Switched off: the setting patchwright.notifications.enabled'));
}
