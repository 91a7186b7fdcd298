import type * as vscode from 'vscode';
import { errorMessage } from '../core/errors.ts';
import type { Release } from '../core/patchRequest.ts';
import type { Progress } from '../core/progress.ts';
import type { Dialogs } from './dialogs.ts';
import { t } from './l10n.ts';
import { waitBefore } from './notices.ts';

/** What a notification's buttons do. */
export interface ReleaseActions {
  rollBack(releaseId: string): Thenable<unknown>;
  openDiff(requestId: string): Thenable<unknown>;
}

export interface ReleaseNoticeOptions {
  readonly dialogs: Dialogs;
  readonly actions: ReleaseActions;
  readonly log: (line: string) => void;
  /** What waits is kept there: the window may be closed before the quiet hours are over. */
  readonly memory: Pick<vscode.Memento, 'get' | 'update'>;
  /** Undefined before the settings of a folder are known: they say when it is quiet. */
  readonly quietHours: (sessionId: string) => string | undefined;
  /** Where several are open. */
  readonly folderName: (sessionId: string) => string | undefined;
  readonly now: () => Date;
  /** Does it once, after so many milliseconds, unless it is disposed before. */
  readonly after: (ms: number, work: () => void) => { dispose(): void };
}

type Looked = Extract<Progress, { readonly kind: 'release_looked' }>;

interface Waiting {
  readonly progress: Extract<Progress, { readonly kind: 'auto_approved' }> | Looked;
  readonly sessionId: string;
}

/** A folder that is open, and what has landed there. */
export interface LandedIn {
  readonly sessionId: string;
  readonly releases: readonly Release[];
}

const key = 'patchwright.waitingNotices';
/** Nobody reads more in the morning. */
const maxWaiting = 50;

const toldKey = 'patchwright.toldLooks';
const maxTold = 200;
/** What was seen before is no news. */
const newsMs = 7 * 86_400_000;
/** Whoever looks in this window tells it within that time. */
const ownMs = 60_000;

export interface ReleaseNotice {
  readonly onProgress: (progress: Progress, sessionId: string) => void;
  /**
   * Tells what waits, now or once it may be told: an earlier window may have left something, and a run outside
   * the editor may have looked.
   */
  resume(landed?: readonly LandedIn[]): void;
  dispose(): void;
}

/**
 * Tells what Patchwright decided by itself, and what became of a patch that has landed; after the quiet
 * hours, if there are any. Whoever switched other notifications off is told all the same.
 */
export function createReleaseNotice(options: ReleaseNoticeOptions): ReleaseNotice {
  const { dialogs, actions, log } = options;
  const waiting = (): readonly Waiting[] => options.memory.get<readonly Waiting[]>(key) ?? [];
  const keep = (list: readonly Waiting[]): void => {
    options.memory
      .update(key, list.length > 0 ? list : undefined)
      .then(undefined, (error: unknown) => log(errorMessage(error)));
  };
  const told = () => options.memory.get<Readonly<Record<string, readonly string[]>>>(toldKey) ?? {};
  const noteTold = (sessionId: string, looks: readonly Looked[]): void => {
    const list = [...(told()[sessionId] ?? []), ...looks.map(nameOfLook)].slice(-maxTold);
    options.memory
      .update(toldKey, { ...told(), [sessionId]: list })
      .then(undefined, (error: unknown) => log(errorMessage(error)));
  };
  /** What nobody has told here. Where none ever was, all is taken for known. */
  const missedIn = ({ sessionId, releases }: LandedIn): readonly Looked[] => {
    const known = told()[sessionId];
    const now = options.now().getTime();
    const fresh = releases.flatMap(lastLookOf).filter((look) => {
      const ageMs = now - Date.parse(look.at);
      return ageMs >= ownMs && ageMs < newsMs && !known?.includes(nameOfLook(look));
    });
    if (fresh.length > 0 || !known) noteTold(sessionId, fresh);
    return known ? fresh : [];
  };
  let timer: { dispose(): void } | undefined;
  const rollBack = t('Roll Back');
  const openDiff = t('Open Diff');
  const tell = async (
    level: 'info' | 'warning',
    message: string,
    buttons: readonly string[],
    { releaseId, requestId }: { readonly releaseId: string; readonly requestId: string },
  ): Promise<void> => {
    const pressed = await dialogs.tell(level, message, buttons);
    if (pressed === rollBack) await actions.rollBack(releaseId);
    if (pressed === openDiff) await actions.openDiff(requestId);
  };
  const present = async ({ progress, sessionId }: Waiting): Promise<void> => {
    const nameOf = (ticketId: string): string => {
      const folder = options.folderName(sessionId);
      return folder === undefined ? ticketId : `${ticketId} (${folder})`;
    };
    if (progress.kind === 'auto_approved') {
      const { approved, requestId } = progress;
      const isLanded = approved.kind === 'landed';
      const message = isLanded
        ? t(
            'The patch for {0} passed all gates, was approved by itself and merged into {1}.',
            nameOf(progress.ticketId),
            approved.release.branch,
          )
        : t(
            'The patch for {0} passed all gates and was approved by itself.',
            nameOf(progress.ticketId),
          );
      await tell('info', message, isLanded ? [rollBack, openDiff] : [openDiff], {
        releaseId: isLanded ? approved.release.id : '',
        requestId,
      });
      return;
    }
    const { verdict, sentence, rolledBack, ticketId } = progress;
    if (verdict !== 'worse') dialogs.mention(`${nameOf(ticketId)}: ${sentence}`);
    else if (rolledBack) {
      await tell(
        'warning',
        t('The patch for {0} was rolled back. {1}', nameOf(ticketId), sentence),
        [openDiff],
        progress,
      );
    } else {
      await tell(
        'warning',
        t('Since the patch for {0} has landed things are worse. {1}', nameOf(ticketId), sentence),
        [rollBack, openDiff],
        progress,
      );
    }
  };
  const waitOf = ({ sessionId }: Waiting): number | undefined => {
    const quietHours = options.quietHours(sessionId);
    if (quietHours === undefined) return undefined;
    return waitBefore({ enabled: true, quietHours }, options.now()) ?? 0;
  };
  const flush = (): void => {
    const all = waiting().map((one) => ({ one, wait: waitOf(one) }));
    const waits = all.flatMap(({ wait }) => (wait ? [wait] : []));
    timer?.dispose();
    timer = waits.length > 0 ? options.after(Math.min(...waits), flush) : undefined;
    const due = all.filter(({ wait }) => wait === 0);
    if (due.length === 0) return;
    // First: what is told twice is worse than what a crash swallows.
    keep(all.filter(({ wait }) => wait !== 0).map(({ one }) => one));
    for (const { one } of due) {
      present(one).catch((error: unknown) => log(errorMessage(error)));
    }
  };
  return {
    onProgress(progress, sessionId) {
      if (progress.kind !== 'auto_approved' && progress.kind !== 'release_looked') return;
      if (progress.kind === 'release_looked') {
        if (told()[sessionId]?.includes(nameOfLook(progress))) return;
        noteTold(sessionId, [progress]);
      }
      keep([...waiting(), { progress, sessionId }].slice(-maxWaiting));
      flush();
    },
    resume(landed = []) {
      const missed = landed.flatMap((one) =>
        missedIn(one).map((progress) => ({ progress, sessionId: one.sessionId })),
      );
      if (missed.length > 0) keep([...waiting(), ...missed].slice(-maxWaiting));
      if (waiting().length > 0) flush();
    },
    dispose: () => timer?.dispose(),
  };
}

function nameOfLook({ releaseId, at }: Looked): string {
  return `${releaseId} ${at}`;
}

function lastLookOf({ id, requestId, ticketId, looks, rolledBackAt }: Release): readonly Looked[] {
  const look = looks?.at(-1);
  if (!look) return [];
  const { at, verdict, sentence } = look;
  const rolledBack = verdict === 'worse' && rolledBackAt !== undefined;
  const about = { releaseId: id, requestId, ticketId };
  return [{ kind: 'release_looked', ...about, at, verdict, sentence, rolledBack }];
}
