import * as vscode from 'vscode';
import type { Canary } from '../core/canary.ts';
import type { GateReport } from '../core/gate.ts';
import { type SelfTest, selfTestText } from '../core/selfTest.ts';
import { cancellable } from './cancellable.ts';
import { canaryVerdicts } from './canaryText.ts';
import { chooseRequest, requestNamed } from './choose.ts';
import type { Handlers } from './commands.ts';
import type { Desk } from './desk.ts';
import { gateUri, latest } from './documents.ts';
import { gateDescription, gateLabel, verdictIcons } from './reviewText.ts';
import type { ReviewNode } from './reviewTree.ts';
import { selfTestItems } from './selfTestText.ts';
import { requireTrust, type Session } from './sessions.ts';
import { latestGates } from './statusBar.ts';
import { dotted, shorten, withoutIcons } from './text.ts';
import type { TicketNode } from './ticketTree.ts';
import { t, told } from './l10n.ts';

export function gateCommands({
  sessions,
  dialogs,
  reviewPanels,
  log,
}: Desk): Pick<Handlers, 'showGates' | 'selfTestGates' | 'canary'> {
  return {
    /** Of a gate's row: its report. Else the gates of what the row stands for, each opening its report. */
    async showGates(argument) {
      const session = await sessions.ready(argument);
      const row = argument as ReviewNode | undefined;
      if (row?.kind === 'gate') return openGate(row.request.id, row.report, session);
      const { owner, title, gates } = gatesOf(session, argument);
      if (gates.length === 0) {
        dialogs.mention(t('No gate has run yet'));
        return undefined;
      }
      const items = gates.map(gateItem);
      const picked = await dialogs.choose(items, { title, matchOnDetail: true });
      return picked && openGate(owner, picked.report, session);
    },
    /** May take minutes: it runs tests of more than a dozen small patches. */
    async selfTestGates() {
      requireTrust();
      const session = await sessions.ready();
      const result = await selfTesting(session);
      const items = selfTestItems(result);
      for (const { label, detail } of items) log.info(`Gate self-test: ${label} ${detail}`);
      const title = t('Gate Self-Test: {0}', selfTestText(result));
      await dialogs.choose(items, { title, matchOnDetail: true });
    },
    async canary(argument) {
      requireTrust();
      const session = await sessions.ready(argument);
      const request = await chooseRequest(session, argument, dialogs);
      if (!request) return;
      const { verdict, findings } = await comparing(session, request.id);
      reviewPanels.open(request);
      const message = dotted([t(canaryVerdicts[verdict]), shorten(findings[0] ?? '', 200)]);
      await dialogs.tell(verdict === 'worse' ? 'warning' : 'info', message, []);
    },
  };
}

/** Takes a minute or two. */
function comparing({ app }: Session, requestId: string): Thenable<Canary> {
  return cancellable(t('Comparing the app under load'), async (signal, tell) => {
    const telling = app.pipeline.onDidProgress((progress) => {
      if (progress.kind === 'canary' && progress.requestId === requestId) tell(progress.text);
    });
    try {
      return await app.pipeline.canary(requestId, signal);
    } finally {
      await telling.dispose();
    }
  });
}

interface OwnedGates {
  /** As in the address of a report. */
  readonly owner: string;
  readonly title: string;
  readonly gates: readonly GateReport[];
}

function gatesOf(session: Session, argument: unknown): OwnedGates {
  const row = argument as TicketNode | undefined;
  if (row?.kind === 'attempt') {
    const { id, ticketId, number, gates = [] } = row.attempt;
    return { owner: id, title: t('Gates of {0}, attempt {1}', ticketId, number), gates };
  }
  const request = requestNamed(session, argument);
  const { ticketId, requestId, gates } = request
    ? { ...request, requestId: request.id }
    : latestGates(session);
  return {
    owner: requestId ?? latest,
    title: t('Gates of {0}', ticketId ?? t('no attempt')),
    gates,
  };
}

function gateItem(report: GateReport): vscode.QuickPickItem & { report: GateReport } {
  return {
    label: `$(${verdictIcons[report.verdict]}) ${gateLabel(report)}`,
    description: gateDescription(report),
    detail: withoutIcons(shorten(told(report.reason), 200)),
    report,
  };
}

function selfTesting(session: Session): Thenable<SelfTest> {
  return cancellable(t('Testing the gates'), (signal, tell) =>
    session.selfTest((done, of, id) => {
      tell(`${id} (${done + 1} of ${of})`, done === 0 ? 0 : 100 / of);
    }, signal),
  );
}

async function openGate(owner: string, report: GateReport, { id }: Session): Promise<void> {
  const document = await vscode.workspace.openTextDocument(gateUri(owner, report, id));
  await vscode.window.showTextDocument(document, { preview: true });
}
