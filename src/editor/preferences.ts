import * as vscode from 'vscode';
import { preferencesDocument } from './preferencesText.ts';
import { registerSessionDocument, type SessionDocument } from './sessionDocument.ts';
import { folderNameOf, type Sessions } from './sessions.ts';

const address = vscode.Uri.from({
  scheme: 'patchwright-preferences',
  path: '/Patchwright Preferences.md',
});

/** What decisions have taught, as a document with links that use it, forget it or switch it off. */
export function registerPreferences(sessions: Sessions): SessionDocument {
  return registerSessionDocument(address, sessions, ({ app, id }) =>
    preferencesDocument(app.pipeline.learned(), folderNameOf(sessions, id)),
  );
}
