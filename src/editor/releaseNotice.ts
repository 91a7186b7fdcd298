import type * as vscode from 'vscode';
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
  /** What waits is kept there: the window may be closed before the quiet hours are over. */
  readonly memory: Pick<vscode.Memento, 'get' | 'update'>;
  readonly quietHours: () => string;
  readonly now: () => Date;
  /** Does it once, after so many milliseconds, unless it is disposed before. */
  readonly after: (ms: number, work: () => void) => { dispose(): void };
}

type Told = Extract<Progress, { readonly kind: 'auto_approved' | 'release_looked' }>;

const key = 'patchwright.waitingNotices';
/** Nobody reads more in the morning. */
const maxWaiting = 50;

export interface ReleaseNotice {
  readonly onProgress: (progress: Progress) => void;
  /** Tells what waits, now or once it may be told; an earlier window may have left something. */
  resume(): void;
  dispose(): void;
}

/**
 * Tells what Patchwright decided by itself, and what became of a patch that has landed; after the quiet
 * hours, if there are any. Whoever switched other notifications off is told all the same.
 */
export function createReleaseNotice(options: ReleaseNoticeOptions): ReleaseNotice {
  const { dialogs, actions, log } = options;
  const waiting = (): readonly Told[] => options.memory.get<readonly Told[]>(key) ?? [];
  const keep = (list: readonly Told[]): void => {
    options.memory
      .update(key, list.length > 0 ? list : undefined)
      .then(undefined, (error: unknown) => log(errorMessage(error)));
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
  const present = async (progress: Told): Promise<void> => {
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
      return;
    }
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
  const flush = (): void => {
    const rules = { enabled: true, quietHours: options.quietHours() };
    const wait = waitBefore(rules, options.now()) ?? 0;
    timer?.dispose();
    timer = undefined;
    if (wait > 0) {
      timer = options.after(wait, flush);
      return;
    }
    const due = waiting();
    keep([]); // first: what is told twice is worse than what a crash swallows
    for (const progress of due) {
      present(progress).catch((error: unknown) => log(errorMessage(error)));
    }
  };
  return {
    onProgress(progress) {
      if (progress.kind !== 'auto_approved' && progress.kind !== 'release_looked') return;
      keep([...waiting(), progress].slice(-maxWaiting));
      flush();
    },
    resume() {
      if (!timer && waiting().length > 0) flush();
    },
    dispose: () => timer?.dispose(),
  };
}
