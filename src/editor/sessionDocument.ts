import * as vscode from 'vscode';
import { type LinkedDocument, type LinkedText, registerLinkedDocument } from './linkedDocument.ts';
import type { Session, Sessions } from './sessions.ts';

/** Of one folder at a time. */
export interface SessionDocument extends Omit<LinkedDocument, 'open'> {
  /** What a command is about that is given while the document is in front, as an argument for `ready`. */
  inFront(): { readonly session: string } | undefined;
  open(session: Session): Promise<void>;
}

export function registerSessionDocument(
  address: vscode.Uri,
  sessions: Sessions,
  textOf: (session: Session) => LinkedText,
): SessionDocument {
  let shown: string | undefined;
  const document = registerLinkedDocument(address, async () => {
    // Nobody is asked: a window that reloads makes the text of a tab that was open.
    const session = sessions.of(shown ?? '') ?? (await sessions.readyAll())[0];
    shown = session.id;
    return textOf(session);
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
