import * as vscode from 'vscode';
import { isPatchwrightError } from '../core/errors.ts';
import type { DoctorCheck } from '../pipeline.ts';
import { createDisposableStore } from './disposables.ts';
import { checkLine, doctorDocument, type DoctorDocument } from './doctorText.ts';
import { t } from './l10n.ts';
import type { Sessions } from './sessions.ts';

const address = vscode.Uri.from({ scheme: 'patchwright-doctor', path: '/Patchwright Doctor.md' });

/** What works and what is missing, as a document with links that mend. */
export interface Doctor {
  open(): Promise<void>;
  dispose(): void;
}

export function registerDoctor(sessions: Sessions, log: vscode.LogOutputChannel): Doctor {
  const store = createDisposableStore();
  const changed = store.add(new vscode.EventEmitter<vscode.Uri>());
  let shown: DoctorDocument | undefined;
  const look = async (): Promise<DoctorDocument> => {
    const checks = await examine(sessions);
    for (const check of checks) log.info(checkLine(check));
    shown = doctorDocument(checks);
    return shown;
  };
  store.add(
    vscode.workspace.registerTextDocumentContentProvider(address.scheme, {
      onDidChange: changed.event,
      provideTextDocumentContent: async () => (shown ?? (await look())).text,
    }),
  );
  store.add(
    vscode.languages.registerDocumentLinkProvider(
      { scheme: address.scheme },
      { provideDocumentLinks: (document) => (shown ? linksOf(shown, document) : []) },
    ),
  );
  return {
    async open() {
      await look();
      changed.fire(address);
      const document = await vscode.workspace.openTextDocument(address);
      await vscode.window.showTextDocument(document, { preview: true });
    },
    dispose: () => store.dispose(),
  };
}

function linksOf({ links }: DoctorDocument, document: vscode.TextDocument): vscode.DocumentLink[] {
  return links
    .filter(({ line }) => line < document.lineCount)
    .map(({ line, remedy }) => {
      const query = remedy.args ? JSON.stringify(remedy.args) : '';
      const target = vscode.Uri.from({ scheme: 'command', path: remedy.command, query });
      return new vscode.DocumentLink(document.lineAt(line).range, target);
    });
}

/** Works without a session too: then it says what is missing for one. */
async function examine(sessions: Sessions): Promise<readonly DoctorCheck[]> {
  const { isTrusted } = vscode.workspace;
  const trust: DoctorCheck = isTrusted
    ? { title: t('Workspace Trust'), ok: true, detail: t('This folder is trusted.') }
    : {
        title: t('Workspace Trust'),
        ok: false,
        code: 'untrusted',
        detail: t('This folder is not trusted; nothing runs.'),
        fix: t('Trust it if you know who wrote it.'),
      };
  try {
    const { app } = await sessions.ready();
    return isTrusted ? await app.pipeline.doctor() : [trust];
  } catch (error) {
    if (!isPatchwrightError(error)) throw error;
    const { what, why, remedy, code } = error;
    return [trust, { title: what, ok: false, code, detail: why, fix: remedy }];
  }
}
