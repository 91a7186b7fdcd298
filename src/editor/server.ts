import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import { createSerial } from '../backlog/serial.ts';
import { PatchwrightError } from '../core/errors.ts';
import type { Serving } from '../server/serve.ts';
import { newServerToken } from '../server/token.ts';
import type { Dialogs } from './dialogs.ts';
import { createDisposableStore } from './disposables.ts';
import { lineLog } from './errors.ts';
import { requireTrust, type Session, type Sessions } from './sessions.ts';
import { t } from './l10n.ts';

/** The receiver and API of one folder that is open; off until somebody starts it, and after its session ends. */
export interface ServerControl {
  /** Starts it, or stops it. */
  toggle(): Promise<void>;
  dispose(): void;
}

export interface ServerControlOptions {
  readonly sessions: Sessions;
  readonly secrets: vscode.SecretStorage;
  readonly dialogs: Dialogs;
  readonly log: vscode.LogOutputChannel;
  readonly version: string;
}

interface Running {
  readonly session: Session;
  readonly serving: Serving;
}

export function createServerControl(options: ServerControlOptions): ServerControl {
  const { sessions, secrets, dialogs, log } = options;
  const store = createDisposableStore();
  /** Whoever asks while it is being started means to stop it. */
  const inTurn = createSerial();
  let current: Running | undefined;

  const stop = async (): Promise<void> => {
    const ending = current;
    current = undefined;
    await ending?.serving.dispose();
  };
  const stopSoon = (): void => {
    stop().catch((error: unknown) => log.error(`Receiver: ${String(error)}`));
  };
  const stopIfClosed = (): void => {
    if (current && !sessions.all().includes(current.session)) stopSoon();
  };
  /** Undefined where its folder was closed meanwhile. */
  const start = async (session: Session): Promise<Running | undefined> => {
    const first = session.settings();
    if (!first) throw invalidSettings();
    let last = first; // those that are being written may not be valid for a moment
    const { serve } = await import('../server/serve.ts');
    const serving = await serve({
      app: session.app,
      folder: session.folder.uri.fsPath,
      settings: () => (last = session.settings() ?? last),
      token: await tokenOf(secrets, session.folder),
      version: options.version,
      port: first.server.port,
      log: lineLog(log),
    });
    current = { session, serving };
    stopIfClosed();
    return current;
  };
  const startOrStop = async (): Promise<Running | undefined> => {
    if (!current) return start(await sessions.ready());
    await stop();
    return undefined;
  };

  store.add(sessions.onDidChange(stopIfClosed));
  store.add({ dispose: stopSoon });
  return {
    async toggle() {
      requireTrust();
      const running = await inTurn(startOrStop);
      if (!running) return dialogs.mention(t('Receiver stopped'));
      const { session, serving } = running;
      const { url, dsn, ingestKey } = serving;
      const texts = new Map([
        [t('Copy DSN'), dsn],
        [t('Copy Token'), await tokenOf(secrets, session.folder)],
        [t('Copy Snippet'), snippetOf(url, ingestKey)],
      ]);
      const message = t('The receiver listens on {0}.', url);
      const pressed = await dialogs.tell('info', message, [...texts.keys()]);
      const text = texts.get(pressed ?? '');
      if (text !== undefined) await vscode.env.clipboard.writeText(text);
    },
    dispose: () => store.dispose(),
  };
}

/** For a page that asks for a thumb up or down. */
function snippetOf(url: string, key: string): string {
  return `<script src="${url}/feedback.js" data-key="${key}"></script>`;
}

function invalidSettings(): PatchwrightError {
  return new PatchwrightError('invalid_settings', {
    what: t('The receiver was not started.'),
    why: t('The settings are not valid.'),
    remedy: t('Correct them and try again.'),
  });
}

async function tokenOf(
  secrets: vscode.SecretStorage,
  folder: vscode.WorkspaceFolder,
): Promise<string> {
  const name = createHash('sha256').update(folder.uri.toString()).digest('hex').slice(0, 32);
  const key = `patchwright.server.${name}`;
  const kept = await secrets.get(key);
  if (kept) return kept;
  const token = newServerToken();
  await secrets.store(key, token);
  return token;
}
