import * as vscode from 'vscode';
import { linesOf } from '../core/planText.ts';
import type { Planned } from '../pipeline.ts';
import { type CommandName, commandId, scheme } from './commands.ts';
import { fromUri } from './address.ts';
import { createDisposableStore } from './disposables.ts';
import { t } from './l10n.ts';
import type { Session, Sessions } from './sessions.ts';
import { waitingPlans } from './waitingPlans.ts';
import { sessionsOfAddress } from './whichSession.ts';

/** In a plan's document: the decision in words above it, while it waits, and its files as links. */
export function registerPlanDocument(sessions: Sessions): { dispose(): void } {
  const store = createDisposableStore();
  const changed = store.add(new vscode.EventEmitter<void>());
  const selector = { scheme, pattern: '**/*.plan.md' };
  store.add(sessions.onDidChange(() => changed.fire()));
  store.add(
    vscode.languages.registerCodeLensProvider(selector, {
      onDidChangeCodeLenses: changed.event,
      provideCodeLenses(document) {
        const session = sessionOf(sessions, document);
        return session && planOf(session, document) ? lensesAt(document) : [];
      },
    }),
  );
  store.add(
    vscode.languages.registerDocumentLinkProvider(selector, {
      provideDocumentLinks(document) {
        const session = sessionOf(sessions, document);
        const plan = session && planOf(session, document);
        return plan ? linksOf(session, plan, document) : [];
      },
    }),
  );
  return store;
}

function sessionOf(sessions: Sessions, { uri }: vscode.TextDocument): Session | undefined {
  const address = fromUri(uri);
  return address && sessionsOfAddress(sessions.all(), address)[0];
}

function planOf({ app }: Session, { uri }: vscode.TextDocument): Planned | undefined {
  const id = fromUri(uri)?.owner;
  return waitingPlans(app.backlog).find((plan) => plan.id === id);
}

/** Right below the title. */
const lensLine = 2;

function lensesAt({ uri }: vscode.TextDocument): vscode.CodeLens[] {
  const range = new vscode.Range(lensLine, 0, lensLine, 0);
  const lens = (title: string, name: CommandName): vscode.CodeLens =>
    new vscode.CodeLens(range, { title, command: commandId(name), arguments: [uri] });
  return [
    lens(`$(check) ${t('Confirm Plan')}`, 'confirmPlan'),
    lens(`$(edit) ${t('Edit Request…')}`, 'editPlanRequest'),
    lens(`$(close) ${t('Drop Plan')}`, 'dropPlan'),
  ];
}

/** Of the files whose lines are named: others may be new. */
function linksOf(
  { folder }: Session,
  { preview }: Planned,
  document: vscode.TextDocument,
): vscode.DocumentLink[] {
  const text = document.getText();
  return (preview.plan?.files ?? []).flatMap((file) => {
    const shown = `\`${file.path}${linesOf(file)}\``;
    const start = text.indexOf(`- ${shown}`) + 3;
    if (file.from === undefined || start < 3) return [];
    const range = new vscode.Range(
      document.positionAt(start),
      document.positionAt(start + shown.length - 2),
    );
    const place = vscode.Uri.joinPath(folder.uri, file.path);
    return [new vscode.DocumentLink(range, place.with({ fragment: `L${file.from}` }))];
  });
}
