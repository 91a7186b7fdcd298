import { errorMessage } from '../core/errors.ts';
import type { Progress } from '../core/progress.ts';
import type { Dialogs } from './dialogs.ts';
import { t } from './l10n.ts';

/** What a notification's buttons do. */
export interface ReleaseActions {
  rollBack(releaseId: string): Thenable<unknown>;
  openDiff(requestId: string): Thenable<unknown>;
}

/** Tells what Patchwright decided by itself, and what became of a patch that has landed. */
export function createReleaseNotice(
  dialogs: Dialogs,
  actions: ReleaseActions,
  log: (line: string) => void,
): (progress: Progress) => void {
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
  const present = async (progress: Progress): Promise<void> => {
    if (progress.kind === 'auto_approved') {
      const { approved, requestId } = progress;
      const isLanded = approved.kind === 'landed';
      const message = isLanded
        ? t(
            'The patch for {0} passed all gates, was approved by itself and merged into {1}.',
            progress.ticketId,
            approved.release.branch,
          )
        : t('The patch for {0} passed all gates and was approved by itself.', progress.ticketId);
      await tell('info', message, isLanded ? [rollBack, openDiff] : [openDiff], {
        releaseId: isLanded ? approved.release.id : '',
        requestId,
      });
    }
    if (progress.kind !== 'release_looked') return;
    const { verdict, sentence, rolledBack, ticketId } = progress;
    if (verdict !== 'worse') dialogs.mention(`${ticketId}: ${sentence}`);
    else if (rolledBack) {
      await tell(
        'warning',
        t('The patch for {0} was rolled back. {1}', ticketId, sentence),
        [openDiff],
        progress,
      );
    } else {
      await tell(
        'warning',
        t('Since the patch for {0} has landed things are worse. {1}', ticketId, sentence),
        [rollBack, openDiff],
        progress,
      );
    }
  };
  return (progress) => {
    present(progress).catch((error: unknown) => log(errorMessage(error)));
  };
}
