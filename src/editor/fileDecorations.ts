import * as vscode from 'vscode';
import type { PatchFile } from '../core/attempt.ts';
import { fromUri } from './address.ts';
import { fileStatusWords } from './reviewText.ts';
import type { Sessions } from './sessions.ts';
import { sessionsOfAddress } from './whichSession.ts';
import { t } from './l10n.ts';

const marks: Readonly<Record<PatchFile['status'], readonly [badge: string, color: string]>> = {
  added: ['A', 'gitDecoration.addedResourceForeground'],
  modified: ['M', 'gitDecoration.modifiedResourceForeground'],
  deleted: ['D', 'gitDecoration.deletedResourceForeground'],
  renamed: ['R', 'gitDecoration.renamedResourceForeground'],
  type_changed: ['T', 'gitDecoration.modifiedResourceForeground'],
};

/**
 * What a patch does to a file, on its row and its tab, as git says it of the user's own files. Those are
 * left alone, and folders say nothing of it.
 */
export function registerFileDecorations(sessions: Sessions): vscode.Disposable {
  return vscode.window.registerFileDecorationProvider({
    async provideFileDecoration(uri) {
      const address = fromUri(uri);
      if (address?.side !== 'patch') return undefined;
      const [session] = sessionsOfAddress(await sessions.readyAll(), address);
      const request = session?.app.backlog.requests.get(address.owner);
      const file = request?.files.find(({ path }) => path === address.path);
      if (!file) return undefined;
      const [badge, color] = marks[file.status];
      return {
        badge,
        color: new vscode.ThemeColor(color),
        tooltip: t(fileStatusWords[file.status]),
      };
    },
  });
}
