import * as vscode from 'vscode';
import { createDisposableStore } from './disposables.ts';
import type { Remedy } from './remedies.ts';

/** A text some lines of which act when they are followed. */
export interface LinkedText {
  readonly text: string;
  /** Whole lines. Commands of ours and of VS Code only, never of a text. */
  readonly links: readonly { readonly line: number; readonly remedy: Remedy }[];
}

/** A virtual document of such a text; there is one of each. */
export interface LinkedDocument {
  /** Makes its text anew and shows it. */
  open(): Promise<void>;
  /** Makes its text anew where it is open. */
  refresh(): Promise<void>;
  dispose(): void;
}

export function registerLinkedDocument(
  address: vscode.Uri,
  make: () => Promise<LinkedText>,
): LinkedDocument {
  const store = createDisposableStore();
  const changed = store.add(new vscode.EventEmitter<vscode.Uri>());
  let shown: LinkedText | undefined;
  const look = async (): Promise<LinkedText> => (shown = await make());
  const isOpen = (): boolean =>
    vscode.workspace.textDocuments.some(({ uri }) => uri.toString() === address.toString());
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
      const { text } = await look();
      const document = await vscode.workspace.openTextDocument(address);
      await becomes(document, text, () => changed.fire(address));
      await vscode.window.showTextDocument(document, { preview: true });
    },
    async refresh() {
      if (!isOpen()) return;
      await look();
      changed.fire(address);
    },
    dispose: () => store.dispose(),
  };
}

/** So long an old text may stay, should the editor tell nothing of the new one. */
const patienceMs = 2_000;

/** A document that was open before still has its old text when it is opened again. */
async function becomes(
  document: vscode.TextDocument,
  text: string,
  renew: () => void,
): Promise<void> {
  const isNew = (): boolean => document.getText().replaceAll('\r\n', '\n') === text;
  if (isNew()) return;
  const store = createDisposableStore();
  try {
    await new Promise<void>((done) => {
      const timer = setTimeout(done, patienceMs);
      store.add({ dispose: () => clearTimeout(timer) });
      store.add(vscode.workspace.onDidChangeTextDocument(() => isNew() && done()));
      renew();
    });
  } finally {
    store.dispose();
  }
}

function linksOf({ links }: LinkedText, document: vscode.TextDocument): vscode.DocumentLink[] {
  return links
    .filter(({ line }) => line < document.lineCount)
    .map(({ line, remedy }) => {
      const query = remedy.args ? JSON.stringify(remedy.args) : '';
      const target = vscode.Uri.from({ scheme: 'command', path: remedy.command, query });
      return new vscode.DocumentLink(document.lineAt(line).range, target);
    });
}
