import * as vscode from 'vscode';
import { type LinkedDocument, registerLinkedDocument } from './linkedDocument.ts';
import { preferencesDocument } from './preferencesText.ts';
import type { Sessions } from './sessions.ts';

const address = vscode.Uri.from({
  scheme: 'patchwright-preferences',
  path: '/Patchwright Preferences.md',
});

/** What decisions have taught, as a document with links that use it, forget it or switch it off. */
export function registerPreferences(sessions: Sessions): LinkedDocument {
  return registerLinkedDocument(address, async () => {
    const { app } = await sessions.ready();
    return preferencesDocument(app.pipeline.learned());
  });
}
