import * as vscode from 'vscode';
import { cancellable } from './cancellable.ts';
import { isPatchwrightError, PatchwrightError } from '../core/errors.ts';
import type { Planned, Wish } from '../pipeline.ts';
import { chooseTicket } from './choose.ts';
import { type Handlers, viewIds } from './commands.ts';
import type { Desk } from './desk.ts';
import { t, told } from './l10n.ts';
import type { Dialogs } from './dialogs.ts';
import { fromUri } from './address.ts';
import { planUri } from './documents.ts';
import { requireTrust, type Session } from './sessions.ts';
import { required } from './text.ts';
import { offeredFor } from './ticketMoves.ts';
import { waitingPlans } from './waitingPlans.ts';

type Names = 'improve' | 'previewPlan' | 'confirmPlan' | 'editPlanRequest' | 'dropPlan';

/** From a wish to a plan, and from a plan to a draft; nothing is written before the plan is confirmed. */
export function planCommands({ sessions, dialogs }: Desk): Pick<Handlers, Names> {
  return {
    async improve(argument) {
      requireTrust();
      const session = await sessions.ready(argument);
      const text = typeof argument === 'string' ? argument : await askForWish(dialogs);
      if (text?.trim()) await planAndShow(session, { text: text.trim() });
    },
    async previewPlan(argument) {
      requireTrust();
      const session = await sessions.ready(argument);
      const statuses = offeredFor.previewPlan;
      const ticketId = await chooseTicket(session, argument, dialogs, statuses, t('Preview Plan'));
      if (!ticketId) return;
      const waiting = waitingPlans(session.app.backlog).find((one) => one.ticketId === ticketId);
      if (waiting) await show(waiting);
      else await planAndShow(session, { ticketId });
    },
    async confirmPlan(argument) {
      requireTrust();
      const session = await sessions.ready(argument);
      const plan = planNamed(session, argument);
      await inBacklogView(() => confirm(session, plan, dialogs));
    },
    async editPlanRequest(argument) {
      requireTrust();
      const session = await sessions.ready(argument);
      const plan = planNamed(session, argument);
      const text = await askForWish(dialogs, plan.preview.request);
      if (!text?.trim()) return;
      await session.app.pipeline.drop(plan.id);
      await planAndShow(session, { text: text.trim() });
    },
    async dropPlan(argument) {
      requireTrust();
      const session = await sessions.ready(argument);
      await session.app.pipeline.drop(planNamed(session, argument).id);
      dialogs.mention(t('The plan is dropped'));
    },
  };
}

function askForWish(dialogs: Dialogs, value = ''): Promise<string | undefined> {
  return dialogs.input({
    title: t('Improve'),
    prompt: t(
      'What should become better? A plan comes first; nothing changes until you confirm it.',
    ),
    value,
    validateInput: required,
  });
}

async function planAndShow({ app }: Session, wish: Wish): Promise<void> {
  await show(
    await cancellable(t('Patchwright is planning'), (signal) => app.pipeline.preview(wish, signal)),
  );
}

export async function show(plan: Planned): Promise<void> {
  const document = await vscode.workspace.openTextDocument(planUri(plan));
  // It stays when something else is opened: a plan of a wish is found nowhere else.
  await vscode.window.showTextDocument(document, { preview: false });
}

/** Where the branch exists, a person says what then. */
async function confirm({ app }: Session, { id }: Planned, dialogs: Dialogs): Promise<void> {
  try {
    await app.pipeline.confirm(id);
  } catch (error) {
    if (!isPatchwrightError(error, 'branch_exists')) throw error;
    const detail = t(
      '{0} The draft can go to a branch of that name with a number.',
      told(error.why),
    );
    if (!(await dialogs.confirm(told(error.what), detail, t('Use a Numbered Name')))) return;
    await app.pipeline.confirm(id, { numbered: true });
  }
}

/** Of an id, the title bar's address, or the document in front. */
function planNamed({ app }: Session, argument: unknown): Planned {
  const uri =
    argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri;
  const id = typeof argument === 'string' ? argument : uri && fromUri(uri)?.owner;
  const plan = waitingPlans(app.backlog).find((one) => one.id === id);
  if (plan) return plan;
  throw new PatchwrightError('nothing_to_do', {
    what: t('No plan that waits is open.'),
    why: t('It may be decided already.'),
    remedy: t('Make one with "Patchwright: Improve…".'),
  });
}

function inBacklogView<T>(work: () => Promise<T>): Thenable<T> {
  return vscode.window.withProgress({ location: { viewId: viewIds.backlog } }, work);
}
