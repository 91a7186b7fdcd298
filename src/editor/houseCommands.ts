import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { PatchwrightError } from '../core/errors.ts';
import { type Leftover, unneeded } from '../core/leftover.ts';
import { contextKeys, type Handlers } from './commands.ts';
import { currentProvider } from './settings.ts';
import type { Desk } from './desk.ts';
import type { Dialogs } from './dialogs.ts';
import { openReview } from './diffReview.ts';
import { historyItem } from './historyText.ts';
import { setUpModel } from './modelSetup.ts';
import { pathIn } from './reviewCommands.ts';
import { requireTrust, type Session } from './sessions.ts';
import { required, shorten, withoutIcons } from './text.ts';
import { t, told } from './l10n.ts';

type Names =
  | 'newTicket'
  | 'openDashboard'
  | 'protectFile'
  | 'fileHistory'
  | 'openDatabase'
  | 'showLog'
  | 'setApiKey'
  | 'setUpModel'
  | 'doctor'
  | 'cleanUp'
  | 'toggleServer'
  | 'refresh'
  | 'openDemo'
  | 'getStarted';

const walkthrough = 'patchwright.patchwright#start';

export function houseCommands(desk: Desk): Pick<Handlers, Names> {
  const { sessions, apiKey, log } = desk;
  return {
    newTicket: (argument) => newTicket(desk, argument),
    openDashboard: () => desk.dashboard.open(),
    async protectFile(...args) {
      requireTrust();
      const uris = urisOf(args);
      await protect(await sessions.ready(uris), uris, desk);
    },
    async fileHistory(...args) {
      const uris = urisOf(args);
      await showHistory(await sessions.ready(uris), uris, desk);
    },
    async openDatabase(argument) {
      const { app } = await sessions.ready(argument);
      if (vscode.workspace.isTrusted) await app.backlog.snapshot();
      await openFile(vscode.Uri.file(app.backlog.file));
    },
    showLog: () => log.show(),
    setApiKey: () => apiKey.ask(currentProvider() === 'openai' ? 'openai' : 'anthropic'),
    setUpModel: () => setUpModel(desk),
    doctor: () => desk.doctor.open(),
    openDemo: () => openDemo(desk),
    getStarted: async () => {
      await vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthrough);
      // What was so before VS Code read the steps completes none of them; this is news in any case.
      await vscode.commands.executeCommand('setContext', contextKeys.guided, true);
    },
    cleanUp: () => cleanUp(desk),
    toggleServer: () => desk.server.toggle(),
    async refresh() {
      const open = sessions.all();
      if (open.length === 0) await sessions.restart();
      for (const { app } of open) await app.backlog.refresh();
    },
  };
}

const leftoverIcons: Readonly<Record<Leftover['kind'], string>> = {
  backup: 'history',
  branch: 'git-branch',
  unmerged_branch: 'warning',
  transcript: 'file',
  audit: 'law',
  archive: 'archive',
  set_aside: 'file-binary',
  lock: 'lock',
};

/** Shows all of it first; work that is not merged goes only after a question of its own. */
async function cleanUp({ sessions, dialogs }: Desk): Promise<void> {
  requireTrust();
  const { pipeline } = (await sessions.ready()).app;
  const found = await pipeline.leftovers();
  if (found.length === 0) return dialogs.mention(t('Nothing is left over'));
  const isUnmerged = ({ kind }: Leftover): boolean => kind === 'unmerged_branch';
  const merged = found.filter((one) => !isUnmerged(one));
  const all = {
    label: `$(trash) ${t('Remove what is left over: {0}', merged.length)}`,
    detail: t('All of these but branches that are not merged'),
    kinds: unneeded,
  };
  const withUnmerged = {
    label: `$(warning) ${t('Remove branches that are not merged too')}`,
    detail: t('Their patches were decided; what is only on them is gone then'),
    kinds: [...all.kinds, 'unmerged_branch'] as const,
  };
  const items = [
    ...(merged.length > 0 ? [all] : []),
    ...(found.some(isUnmerged) ? [withUnmerged] : []),
    ...found.map(({ kind, name, why }) => ({
      label: `$(${leftoverIcons[kind]}) ${withoutIcons(shorten(name, 100))}`,
      detail: told(why),
      kinds: [] as const,
    })),
  ];
  const picked = await dialogs.choose(items, { title: t('Clean Up'), matchOnDetail: true });
  if (!picked || picked.kinds.length === 0) return;
  if (picked === withUnmerged) {
    const names = found.filter(isUnmerged).map(({ name }) => name);
    const question = t('Remove branches that are not merged: {0}?', names.length);
    if (!(await dialogs.confirm(question, names.join('\n'), t('Remove')))) return;
  }
  const removed = await pipeline.cleanUp(picked.kinds);
  dialogs.mention(t('Removed what was left over: {0}', removed.length));
}

/** In whatever editor there is for it; where there is none, it is at least shown where it lies. */
async function openFile(uri: vscode.Uri): Promise<void> {
  try {
    await vscode.commands.executeCommand('vscode.open', uri);
  } catch {
    await vscode.commands.executeCommand('revealInExplorer', uri);
  }
}

/** In a window of its own when this one has a folder. */
async function openDemo({ demo, dialogs }: Desk): Promise<void> {
  const parent = await dialogs.folder({
    title: t('Where the demo workspace is made'),
    openLabel: t('Make It Here'),
    defaultUri: vscode.Uri.file(homedir()),
  });
  if (!parent) return;
  const folder = await demo.create(parent);
  const forceNewWindow = (vscode.workspace.workspaceFolders ?? []).length > 0;
  await vscode.commands.executeCommand('vscode.openFolder', folder, { forceNewWindow });
}

async function newTicket({ sessions, dialogs }: Desk, argument: unknown): Promise<void> {
  requireTrust();
  const { app } = await sessions.ready(argument);
  const title = await dialogs.input({
    title: t('New Ticket (1 of 2)'),
    prompt: t('What should be improved? One line.'),
    validateInput: required,
  });
  if (!title?.trim()) return;
  const description = await dialogs.input({
    title: t('New Ticket (2 of 2)'),
    prompt: t('What else is known? Leave it empty if nothing.'),
  });
  if (description === undefined) return;
  await app.pipeline.newTicket({
    title: title.trim(),
    ...(description.trim() ? { description: description.trim() } : {}),
  });
}

/** From the explorer: the file and all that are selected. From the palette: the file in front. */
function urisOf([first, all]: readonly unknown[]): readonly vscode.Uri[] {
  const selected = Array.isArray(all) ? all.filter((uri) => uri instanceof vscode.Uri) : [];
  if (selected.length > 0) return selected;
  const active = vscode.window.activeTextEditor?.document.uri;
  const one = first instanceof vscode.Uri ? first : active;
  return one ? [one] : [];
}

function filesIn(folder: Session['folder'], uris: readonly vscode.Uri[]): readonly string[] {
  return uris
    .filter(({ scheme }) => scheme === 'file')
    .map((uri) => pathIn(folder.uri.fsPath, uri));
}

async function protect(
  { app, folder }: Session,
  uris: readonly vscode.Uri[],
  { dialogs }: Desk,
): Promise<void> {
  const named = filesIn(folder, uris);
  const paths = named.length > 0 ? named : filesIn(folder, await askedFiles(folder, dialogs));
  const outside = paths.filter((path) => path === '' || path.startsWith('../'));
  if (outside.length > 0) {
    throw new PatchwrightError('not_found', {
      what: t("{0} can't be protected.", outside.join(', ')),
      why: t('It does not lie in {0}.', folder.name),
      remedy: t('Patches only ever change files of that folder.'),
    });
  }
  if (paths.length === 0) return;
  for (const path of paths) await app.pipeline.protect(path);
  dialogs.mention(t('Protected {0}', shorten(paths.join(', '), 80)));
}

/** From the walkthrough, say, where no file is in front. */
function askedFiles({ uri }: Session['folder'], dialogs: Dialogs): Promise<readonly vscode.Uri[]> {
  return dialogs.files({
    title: t('Files that no patch may change'),
    openLabel: t('Protect'),
    defaultUri: uri,
  });
}

/** Choosing an event opens the diff of its patch. */
async function showHistory(
  { app, folder }: Session,
  uris: readonly vscode.Uri[],
  { dialogs }: Desk,
): Promise<void> {
  const [path] = filesIn(folder, uris);
  if (path === undefined) {
    throw new PatchwrightError('not_found', {
      what: t('There is no file to show the history of.'),
      why: t('No file of a folder is open in front.'),
      remedy: t('Open the file, or use its menu in the explorer.'),
    });
  }
  const events = await app.pipeline.history(path);
  if (events.length === 0) return dialogs.mention(t('Patchwright has never touched {0}', path));
  const chosen = await dialogs.choose(
    events.map((event) => historyItem(event, new Date())),
    { title: t('What Patchwright did to {0}', shorten(path, 60)), matchOnDetail: true },
  );
  const request = app.backlog.requests.get(chosen?.event.requestId ?? '');
  if (request) await openReview(request);
}
