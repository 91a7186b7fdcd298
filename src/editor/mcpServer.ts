import * as vscode from 'vscode';
import { allowVariable } from '../core/sandbox.ts';
import type { Settings } from '../core/settings.ts';
import { settingsVariable } from '../core/settingsVariable.ts';
import { createDisposableStore } from './disposables.ts';
import type { Session, Sessions } from './sessions.ts';

/** As the manifest names it. */
const mcpProviderId = 'patchwright.mcp';

export interface McpServers {
  /** What the editor is offered now. */
  readonly offered: () => readonly vscode.McpStdioServerDefinition[];
  /** False where the editor has no such thing. */
  readonly isRegistered: boolean;
  dispose(): void;
}

/**
 * Offers `patchwright mcp` of each folder to the editor's agents, run by the editor's own Node. It can propose
 * patches and decide about none. Only where the user wants that: some editors start what they are offered
 * without asking, once for each version.
 */
export function registerMcpServer(
  sessions: Sessions,
  { extensionUri, extension }: Pick<vscode.ExtensionContext, 'extensionUri' | 'extension'>,
): McpServers {
  const store = createDisposableStore();
  const changed = store.add(new vscode.EventEmitter<void>());
  const { version } = extension.packageJSON as { readonly version: string };
  const program = vscode.Uri.joinPath(extensionUri, 'dist', 'cli.cjs').fsPath;
  const offered = (): readonly vscode.McpStdioServerDefinition[] => {
    if (!vscode.workspace.isTrusted) return [];
    const all = sessions.all();
    return all.flatMap((session) => {
      const settings = session.settings();
      return settings?.mcp.offer ? [serverOf(session, settings, all.length > 1)] : [];
    });
  };
  const serverOf = (
    session: Session,
    settings: Settings,
    oneOfSeveral: boolean,
  ): vscode.McpStdioServerDefinition => {
    const folder = session.folder.uri.fsPath;
    const isUnheld = session.sandbox()?.kind === 'without'; // the user allows that
    const server = new vscode.McpStdioServerDefinition(
      ['Patchwright', ...(oneOfSeveral ? [session.folder.name] : [])].join(' · '),
      process.execPath,
      [program, 'mcp', '--folder', folder],
      {
        ELECTRON_RUN_AS_NODE: '1',
        NODE_OPTIONS: null,
        [settingsVariable]: JSON.stringify(settings), // as they are in this window, not in some file
        ...(isUnheld ? { [allowVariable]: '1' } : {}),
      },
      version,
    );
    server.cwd = session.folder.uri;
    return server;
  };
  // Forks of VS Code leave these out.
  const { lm, McpStdioServerDefinition } = vscode as Partial<typeof vscode>;
  const isRegistered = Boolean(McpStdioServerDefinition && lm?.registerMcpServerDefinitionProvider);
  if (isRegistered) {
    store.add(
      vscode.lm.registerMcpServerDefinitionProvider(mcpProviderId, {
        onDidChangeMcpServerDefinitions: changed.event,
        provideMcpServerDefinitions: () => [...offered()],
      }),
    );
    let last = '';
    const look = (): void => {
      const now = JSON.stringify(offered().map(({ args, env }) => [args, env]));
      if (now !== last) changed.fire();
      last = now;
    };
    store.add(sessions.onDidChange(look));
    store.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('patchwright')) look();
      }),
    );
  }
  return { offered, isRegistered, dispose: () => store.dispose() };
}
