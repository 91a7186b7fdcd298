import * as vscode from 'vscode';
import { errorMessage } from '../core/errors.ts';
import type { Progress } from '../core/progress.ts';
import { untilUsual } from '../core/habit.ts';
import { commandId, viewIds } from './commands.ts';
import type { Dialogs } from './dialogs.ts';
import { createDisposableStore } from './disposables.ts';
import { t } from './l10n.ts';
import { isWorthTelling, mayWait, type Notice, type Told, toldOf, waitBefore } from './notices.ts';
import { throttled } from './refresh.ts';
import { titleOf, waitingRequests } from './reviewTree.ts';
import type { Session, Sessions } from './sessions.ts';

/** What comes in together is told together. */
const gatherMs = 500;

/** The only place where something pops up that nobody asked for. It never takes the focus. */
export interface Notifications {
  /** What the pipeline tells. */
  readonly onProgress: (progress: Progress) => void;
  /** Follows the requests of whatever folder is open. */
  follow(sessions: Sessions): void;
  dispose(): void;
}

export interface NotificationsOptions {
  readonly dialogs: Dialogs;
  readonly showTicket: (ticketId: string) => Promise<void>;
  readonly showPlan: (previewId: string) => Promise<void>;
  readonly log: (line: string) => void;
}

export function createNotifications(options: NotificationsOptions): Notifications {
  const store = createDisposableStore();
  const told = new Set<string>();
  let pending: Notice[] = [];
  let followed: Sessions | undefined;
  let session: Session | undefined;
  let timer: NodeJS.Timeout | undefined;
  const add = (id: string, notice: Notice): void => {
    if (told.has(id)) return;
    told.add(id);
    pending.push(notice);
    flushSoon();
  };
  const flushAfter = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(flush, ms).unref();
  };
  function flush(): void {
    const now = followed?.session();
    const rules = now?.settings()?.notifications;
    if (!now || !rules) return;
    const wait = waitBefore(rules, new Date());
    if (wait !== undefined && wait > 0) {
      flushAfter(wait);
      return;
    }
    if (wait === undefined) {
      pending = [];
      return;
    }
    const worth = pending.filter((one) => isWorthTelling(one, rules) && isStill(one, now));
    const later = worth.some(mayWait) ? untilReview(now) : 0;
    pending = later > 0 ? worth.filter(mayWait) : [];
    if (pending.length > 0) flushAfter(later);
    const [first, ...others] = worth.filter((one) => !pending.includes(one));
    if (!first) return;
    present(toldOf([first, ...others]), options).catch((error: unknown) =>
      options.log(errorMessage(error)),
    );
  }
  const flushSoon = throttled(flush, () => gatherMs);
  const look = (): void => {
    const now = followed?.session();
    if (!now) return;
    const waiting = waitingRequests(now.app.backlog);
    if (now !== session) {
      // What waited before the window was opened is a badge and no news.
      session = now;
      for (const { id } of waiting) told.add(id);
      return;
    }
    for (const request of waiting) {
      const { id, confidence, ticketId } = request;
      const title = titleOf(now.app.backlog, request);
      const priority = now.app.backlog.tickets.get(ticketId)?.priority.value;
      const notice = { requestId: id, title, confidence: confidence.value, priority };
      add(id, { kind: 'ready', ...notice });
    }
  };
  store.add(flushSoon);
  store.add({ dispose: () => clearTimeout(timer) });
  return {
    onProgress(progress) {
      if (progress.kind === 'preview_ended' && progress.ok && progress.unasked) {
        const { previewId, title } = progress;
        add(`plan ${previewId}`, { kind: 'plan', previewId, title });
      }
      if (progress.kind !== 'preview_wanted') return;
      const { ticketId, reason, title } = progress;
      add(`preview ${ticketId}`, { kind: 'preview', ticketId, reason, title });
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
      return showTicket(target.id);
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
