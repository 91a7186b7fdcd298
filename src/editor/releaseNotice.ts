import { errorMessage } from '../core/errors.ts';
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
  readonly quietHours: (sessionId: string) => string;
  /** Where several are open. */
  readonly folderName: (sessionId: string) => string | undefined;
  readonly now: () => Date;
  /** Does it once, after so many milliseconds, unless it is disposed before. */
  readonly after: (ms: number, work: () => void) => { dispose(): void };
}

export interface ReleaseNotice {
  readonly onProgress: (progress: Progress, sessionId: string) => void;
  dispose(): void;
}

/**
 * Tells what Patchwright decided by itself, and what became of a patch that has landed; after the quiet
 * hours, if there are any. Whoever switched other notifications off is told all the same.
 */
export function createReleaseNotice(options: ReleaseNoticeOptions): ReleaseNotice {
  const { dialogs, actions, log } = options;
  let waiting: { readonly progress: Progress; readonly sessionId: string }[] = [];
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
  const present = async (progress: Progress, sessionId: string): Promise<void> => {
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
    }
    if (progress.kind !== 'release_looked') return;
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
  const waitOf = (sessionId: string): number => {
    const rules = { enabled: true, quietHours: options.quietHours(sessionId) };
    return waitBefore(rules, options.now()) ?? 0;
  };
  const flush = (): void => {
    const all = waiting.map((one) => ({ ...one, wait: waitOf(one.sessionId) }));
    const later = all.filter(({ wait }) => wait > 0);
    waiting = later;
    timer?.dispose();
    timer = undefined;
    if (later.length > 0) timer = options.after(Math.min(...later.map(({ wait }) => wait)), flush);
    for (const { progress, sessionId } of all.filter(({ wait }) => wait === 0)) {
      present(progress, sessionId).catch((error: unknown) => log(errorMessage(error)));
    }
  };
  return {
    onProgress(progress, sessionId) {
      if (progress.kind !== 'auto_approved' && progress.kind !== 'release_looked') return;
      waiting.push({ progress, sessionId });
      flush();
    },
    dispose: () => timer?.dispose(),
  };
}
