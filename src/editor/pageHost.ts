import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import {
  type FromPage,
  type HunkRef,
  type PageAction,
  pageActions,
  type ToPage,
} from '../shared/protocol.ts';
import type { ErrorReporter } from './errors.ts';
import { houseMark } from './phrasebook.ts';

export function pageIcon(extension: vscode.Uri): { light: vscode.Uri; dark: vscode.Uri } {
  const file = (name: string): vscode.Uri => vscode.Uri.joinPath(extension, 'media', name);
  return { light: file('tab-light.svg'), dark: file('tab-dark.svg') };
}

/** A webview with our page in it: strict CSP, no data in the HTML; everything it shows is posted. */
export interface PageHost {
  post(message: ToPage): void;
}

export function pageOptions(extension: vscode.Uri): vscode.WebviewOptions {
  return {
    enableScripts: true,
    localResourceRoots: [vscode.Uri.joinPath(extension, 'dist', 'page')],
  };
}

/** @param on what it throws is shown, as of a command: somebody has pressed something on the page */
export function hostPage(
  webview: vscode.Webview,
  extension: vscode.Uri,
  title: string,
  on: (message: FromPage) => Promise<void> | void,
  errors: Pick<ErrorReporter, 'show'>,
): PageHost {
  webview.options = pageOptions(extension);
  webview.onDidReceiveMessage(async (value: unknown) => {
    const message = fromPage(value);
    if (!message) return;
    if (message.kind === 'ready') {
      void webview.postMessage({
        kind: 'words',
        words: wordsOf(vscode.l10n.bundle ?? {}),
      } satisfies ToPage);
    }
    try {
      await on(message);
    } catch (error) {
      errors.show(error);
    }
  });
  webview.html = htmlOf(webview, extension, title);
  return { post: (message) => void webview.postMessage(message) };
}

function htmlOf(webview: vscode.Webview, extension: vscode.Uri, title: string): string {
  const uri = (file: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extension, 'dist', 'page', file)).toString();
  const nonce = randomBytes(16).toString('base64');
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${webview.cspSource};`;
  return `<!DOCTYPE html>
<html lang="${vscode.l10n.bundle ? vscode.env.language : 'en'}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1.0">
<title>${title}</title>
<link rel="stylesheet" href="${uri('page.css')}">
</head>
<body>
<patchwright-page></patchwright-page>
<script type="module" nonce="${nonce}" src="${uri('page.js')}"></script>
</body>
</html>`;
}

const maxHunks = 1_000;

function hunksIn(value: unknown): readonly HunkRef[] | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > maxHunks) return undefined;
  const hunks = value.map((one: unknown) => {
    const { path, number } = (one ?? {}) as Readonly<Record<string, unknown>>;
    const isFit = typeof path === 'string' && path.length < 4_096 && Number.isInteger(number);
    return isFit && (number as number) > 0 ? { path, number: number as number } : undefined;
  });
  return hunks.every((hunk) => hunk !== undefined) ? hunks : undefined;
}

/** The page is ours, but what it sends has passed through a browser: looked at before it is believed. */
function fromPage(value: unknown): FromPage | undefined {
  const message = value as Readonly<Record<string, unknown>> | null;
  const text = (key: string): string | undefined => {
    const found = message?.[key];
    return typeof found === 'string' && found.length < 4_096 ? found : undefined;
  };
  const whole = (key: string): number | undefined => {
    const found = message?.[key];
    return Number.isInteger(found) && (found as number) > 0 ? (found as number) : undefined;
  };
  switch (message?.['kind']) {
    case 'ready':
      return { kind: 'ready' };
    case 'act': {
      const action = pageActions.find((one): one is PageAction => one === message['action']);
      return action && { kind: 'act', action };
    }
    case 'openFile': {
      const [path, line] = [text('path'), whole('line')];
      return path === undefined ? undefined : { kind: 'openFile', path, ...(line ? { line } : {}) };
    }
    case 'openDiff': {
      const path = text('path');
      return path === undefined ? undefined : { kind: 'openDiff', path };
    }
    case 'dropHunks': {
      const commit = text('commit');
      const hunks = hunksIn(message['hunks']);
      return commit && hunks ? { kind: 'dropHunks', commit, hunks } : undefined;
    }
    case 'showGate': {
      const gate = text('gate');
      return gate === undefined ? undefined : { kind: 'showGate', gate };
    }
    case 'openRequest': {
      const requestId = text('requestId');
      return requestId === undefined ? undefined : { kind: 'openRequest', requestId };
    }
    case 'days': {
      const days = whole('days');
      return days === undefined || days > 3_660 ? undefined : { kind: 'days', days };
    }
    case 'folder': {
      const folder = text('folder');
      return folder === undefined ? undefined : { kind: 'folder', folder };
    }
    case 'export': {
      const format = (['markdown', 'json'] as const).find((one) => one === message['format']);
      return format && { kind: 'export', format };
    }
    default:
      return undefined;
  }
}

/** Without what the house writes: that comes translated. */
function wordsOf(bundle: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(bundle).filter(([key]) => !key.endsWith(houseMark)));
}
