import * as vscode from 'vscode';
import type { GateReport } from '../core/gate.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import { requestNamed } from './choose.ts';
import type { Handlers } from './commands.ts';
import type { Desk } from './desk.ts';
import { gateUri } from './documents.ts';
import { gateDescription, gateDocument, gateLabel, verdictIcons } from './reviewText.ts';
import type { ReviewNode } from './reviewTree.ts';
import type { Session } from './sessions.ts';
import { latestGates } from './statusBar.ts';
import { shorten, withoutIcons } from './text.ts';

export function gateCommands({ sessions, dialogs }: Desk): Pick<Handlers, 'showGates'> {
  return {
    /** Of a row: that gate's report. Else the latest attempt's gates, each opening its report. */
    async showGates(argument) {
      const session = await sessions.ready();
      const row = argument as ReviewNode | undefined;
      if (row?.kind === 'gate') return openGate(row.report, row.request);
      const named = requestNamed(session, argument);
      const { ticketId, gates } = named ?? latestGates(session);
      if (gates.length === 0) {
        dialogs.mention('No gate has run yet');
        return;
      }
      const picked = await dialogs.choose(gates.map(gateItem), {
        title: `Gates of ${ticketId ?? 'the latest attempt'}`,
        matchOnDetail: true,
      });
      if (picked) await openGate(picked.report, named ?? requestWith(session, picked.report));
    },
  };
}

function gateItem(report: GateReport): vscode.QuickPickItem & { report: GateReport } {
  return {
    label: `$(${verdictIcons[report.verdict]}) ${gateLabel(report)}`,
    description: gateDescription(report),
    detail: withoutIcons(shorten(report.reason, 200)),
    report,
  };
}

/** Gates of an attempt that failed belong to no request; their reports open as untitled text would. */
function requestWith({ app }: Session, report: GateReport): PatchRequest | undefined {
  return app.backlog.requests.list().find((request) => request.gates.includes(report));
}

async function openGate(report: GateReport, request: PatchRequest | undefined): Promise<void> {
  const document = request
    ? await vscode.workspace.openTextDocument(gateUri(request, report))
    : await vscode.workspace.openTextDocument({ content: gateDocument(report), language: 'log' });
  await vscode.window.showTextDocument(document, { preview: true });
}
