import * as vscode from 'vscode';
import { type LinkedDocument, registerLinkedDocument } from './linkedDocument.ts';
import { preferencesDocument } from './preferencesText.ts';
import type { Session, Sessions } from './sessions.ts';

const address = vscode.Uri.from({
  scheme: 'patchwright-preferences',
  path: '/Patchwright Preferences.md',
});

/** Of one folder: what its decisions have taught. */
export interface Preferences extends Omit<LinkedDocument, 'open'> {
  /** What a command is about that is given while its document is in front, as an argument for `ready`. */
  inFront(): { readonly session: string } | undefined;
  open(session: Session): Promise<void>;
}

/** What decisions have taught, as a document with links that use it, forget it or switch it off. */
export function registerPreferences(sessions: Sessions): Preferences {
  let shown: string | undefined;
  const document = registerLinkedDocument(address, async () => {
    const session = sessions.of(shown ?? '') ?? (await sessions.ready());
    return preferencesDocument(session.app.pipeline.learned());
  });
  const isInFront = (): boolean =>
    vscode.window.activeTextEditor?.document.uri.toString() === address.toString();
  return {
    ...document,
    inFront: () => (shown !== undefined && isInFront() ? { session: shown } : undefined),
    open({ id }) {
      shown = id;
      return document.open();
    },
  };
}
