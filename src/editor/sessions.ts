import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { PatchwrightError } from '../core/errors.ts';
import type { Progress, ScanReport } from '../core/progress.ts';
import type { SandboxState } from '../core/sandbox.ts';
import type { SelfTest } from '../core/selfTest.ts';
import type { Settings } from '../core/settings.ts';
import { type Activity, advance, noActivity } from './activity.ts';
import type { ApiKey } from './apiKey.ts';
import { diagnosticsIn } from './diagnostics.ts';
import { createDisposableStore } from './disposables.ts';
import { type ErrorReporter, lineLog } from './errors.ts';
import type { App, Compose } from './app.ts';
import type { Demo, RecordedModel } from './demo.ts';
import { forgeToken } from './forgeToken.ts';
import { keepsSession } from './folders.ts';
import { createEditorModel } from './languageModel.ts';
import { languageModels } from './languageModels.ts';
import { type LiveSettings, liveSettings } from './settings.ts';
import { followTyping } from './typing.ts';
import { watchSources } from './watcher.ts';
import { t } from './l10n.ts';

/** The house of one workspace folder, open. */
export interface Session {
  readonly folder: vscode.WorkspaceFolder;
  /** Of the repository: the folder itself, or one above it. Paths in patches start here. */
  readonly root: string;
  readonly app: App;
  /** The demo's, for who has no key: nothing is asked for then. */
  readonly hasRecordedModel: boolean;
  /** undefined while they are not valid. */
  readonly settings: () => Settings | undefined;
  readonly activity: () => Activity;
  /** Another number whenever the backlog has changed. */
  readonly revision: () => number;
  /** What holds the tests of patches; undefined until it is known. */
  readonly sandbox: () => SandboxState | undefined;
  /** The last time that the gates were tested here; undefined: never, or not known yet. */
  readonly lastSelfTest: () => SelfTest | undefined;
  readonly onDidChange: vscode.Event<void>;
  readonly selfTest: App['pipeline']['selfTest'];
  /** A scan that somebody asked for, who is told when it fails. */
  scan(): Promise<ScanReport>;
  dispose(): Promise<void>;
}

/** What this window is. One session for now: of the first folder that is in a git repository. */
export type State =
  | { readonly kind: 'starting' | 'noFolder' | 'virtual' | 'noGit' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'ready'; readonly session: Session };
export type StateKind = State['kind'];

export interface Sessions {
  readonly state: () => State;
  readonly session: () => Session | undefined;
  /** The window became something else, or something in its session changed. */
  readonly onDidChange: vscode.Event<void>;
  /** Says that something changed which the backlog does not know of. */
  changed(): void;
  /** Waits for the opening; throws what a person must read when there is no session. */
  ready(): Promise<Session>;
  /** Closes what is open and opens it anew. */
  restart(): Promise<void>;
  dispose(): Promise<void>;
}

export interface SessionsOptions {
  readonly loadCompose: () => Promise<Compose>;
  readonly apiKey: ApiKey;
  readonly errors: ErrorReporter;
  readonly log: vscode.LogOutputChannel;
  /** Of folders that need no key. */
  readonly demo: Pick<Demo, 'modelOf'>;
  /** Told what the pipeline of whatever folder is open tells. */
  readonly onProgress: (progress: Progress) => void;
}

export function createSessions(options: SessionsOptions): Sessions {
  const store = createDisposableStore();
  const changed = store.add(new vscode.EventEmitter<void>());
  let state: State = { kind: 'starting' };
  let opening: Promise<void> = Promise.resolve();
  let disposed = false;
  let waiting: { dispose(): void } | undefined;

  const become = (next: State): void => {
    state = next;
    changed.fire();
  };
  const session = (): Session | undefined => (state.kind === 'ready' ? state.session : undefined);
  const reopen = async (): Promise<void> => {
    if (disposed) return;
    waiting?.dispose();
    const old = session();
    become({ kind: 'starting' }); // first, so that nobody asks what is being closed
    await old?.dispose().catch((error: unknown) => options.errors.showOnce(error));
    const next = await openFirst(options, () => changed.fire());
    // Closed while it was opened: what came of it must not stay.
    if (disposed && next.kind === 'ready') await next.session.dispose();
    else become(next);
    if (!disposed && next.kind === 'noGit') waiting = watchForRepository(again);
  };
  const queue = (work: () => Promise<void>): Promise<void> => {
    opening = opening.then(work).catch((error: unknown) => {
      // Nobody could ever open the window again if this stayed rejected.
      become({ kind: 'failed', error });
      options.log.error(`The session could not be opened: ${describe(error)}`);
    });
    return opening;
  };
  const restart = (): Promise<void> => queue(reopen);
  const again = (): void => void restart();
  const changeFolders = (): Promise<void> => {
    const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.toString());
    const keeps = keepsSession(session()?.folder.uri.toString(), folders);
    return keeps ? Promise.resolve() : reopen(); // a running draft must not end for another folder
  };

  store.add(vscode.workspace.onDidChangeWorkspaceFolders(() => void queue(changeFolders)));
  store.add(vscode.workspace.onDidGrantWorkspaceTrust(again));
  store.add(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (state.kind === 'failed' && event.affectsConfiguration('patchwright')) again();
    }),
  );
  store.add({ dispose: () => waiting?.dispose() });
  return {
    state: () => state,
    session,
    onDidChange: changed.event,
    changed: () => changed.fire(),
    async ready() {
      await opening;
      if (state.kind === 'ready') return state.session;
      throw whyNot(state);
    },
    restart,
    async dispose() {
      disposed = true;
      await opening;
      await session()?.dispose();
      store.dispose();
    },
  };
}

async function openFirst(options: SessionsOptions, changed: () => void): Promise<State> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) return { kind: 'noFolder' };
  const onDisk = folders.filter(({ uri }) => uri.scheme === 'file');
  if (onDisk.length === 0) return { kind: 'virtual' };
  for (const folder of onDisk) {
    const root = await repositoryOf(folder.uri.fsPath);
    if (root) return openFolder(folder, root, options, changed);
  }
  return { kind: 'noGit' };
}

/** Looks instead of asking git, so that nothing runs in a folder that is not trusted. */
async function repositoryOf(folder: string): Promise<string | undefined> {
  const found = await stat(join(folder, '.git')).then(
    () => true,
    () => false,
  );
  if (found) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : repositoryOf(parent);
}

async function openFolder(
  folder: vscode.WorkspaceFolder,
  root: string,
  options: SessionsOptions,
  changed: () => void,
): Promise<State> {
  try {
    return { kind: 'ready', session: await openSession(folder, root, options, changed) };
  } catch (error) {
    options.errors.showOnce(error);
    return { kind: 'failed', error };
  }
}

async function openSession(
  folder: vscode.WorkspaceFolder,
  root: string,
  { loadCompose, apiKey, errors, log, onProgress, demo }: SessionsOptions,
  changed: () => void,
): Promise<Session> {
  const store = createDisposableStore();
  const settings = store.add(liveSettings(folder.uri, await import('../core/settings.ts')));
  const trusted = vscode.workspace.isTrusted;
  let recorded: RecordedModel | undefined;
  try {
    settings.current(); // invalid ones are told before anything is opened
    const compose = await loadCompose();
    const { provider } = settings.current().model;
    const mayReplay = provider === 'anthropic' && (await apiKey.get(provider)) === undefined;
    recorded = trusted && mayReplay ? await demo.modelOf(folder.uri) : undefined;
    const environment = { ...process.env, ...recorded?.environment };
    const app = await compose({
      folder: folder.uri.fsPath,
      settings: () => settings.current(),
      apiKey: async (provider) => recorded?.apiKey ?? apiKey.get(provider),
      editorModel: (name) => createEditorModel(languageModels(), name),
      forgeToken,
      environment,
      log: lineLog(log),
      trusted,
      readOnly: !trusted,
      scanInWorker: true,
    });
    for (const notice of app.backlog.notices) errors.warnOnce(notice);
    let activity = noActivity;
    const emitter = store.add(new vscode.EventEmitter<void>());
    let asked = 0;
    let sandbox: SandboxState | undefined;
    const lookAtSandbox = async (): Promise<void> => {
      sandbox = await app.sandbox();
      emitter.fire();
    };
    let lastSelfTest: SelfTest | undefined;
    const lookAtSelfTest = async (): Promise<void> => {
      lastSelfTest = await app.pipeline.lastSelfTest();
      emitter.fire();
    };
    store.add(emitter.event(changed));
    let revision = 0;
    store.add(
      app.backlog.onDidChange(() => {
        revision += 1;
        emitter.fire();
      }),
    );
    store.add(
      app.pipeline.onDidProgress((progress) => {
        activity = advance(activity, progress);
        emitter.fire();
        onProgress(progress);
        // What somebody asked for tells its failure itself.
        if (progress.kind === 'scan_failed' && asked === 0)
          errors.showOnce(new Error(progress.message));
      }),
    );
    if (trusted) {
      store.add(follow(folder, app, settings, errors));
      const look = (): void =>
        void lookAtSandbox().catch((error: unknown) => errors.showOnce(error));
      store.add(settings.onDidChange(look));
      look();
      void lookAtSelfTest().catch((error: unknown) => errors.showOnce(error));
    }
    return {
      folder,
      root,
      app,
      hasRecordedModel: recorded !== undefined,
      settings: () => orUndefined(settings),
      activity: () => activity,
      revision: () => revision,
      sandbox: () => sandbox,
      lastSelfTest: () => lastSelfTest,
      async selfTest(tell, signal) {
        const result = await app.pipeline.selfTest(tell, signal);
        await lookAtSelfTest();
        return result;
      },
      onDidChange: emitter.event,
      async scan() {
        asked += 1;
        try {
          if (orUndefined(settings)?.sources.enabled.codeAnalysis) {
            app.pipeline.diagnose(diagnosticsIn(folder.uri));
          }
          return await app.pipeline.scan();
        } finally {
          asked -= 1;
        }
      },
      async dispose() {
        store.dispose();
        await app.dispose();
        await recorded?.dispose();
      },
    };
  } catch (error) {
    store.dispose();
    await recorded?.dispose();
    throw error;
  }
}

function orUndefined(settings: LiveSettings): Settings | undefined {
  try {
    return settings.current();
  } catch {
    return undefined; // whoever needs them says what is wrong with them
  }
}

const monitorMs = 60_000;

/** Takes up what a crash left, reads what was written meanwhile, then follows the sources. */
function follow(
  folder: vscode.WorkspaceFolder,
  app: App,
  settings: LiveSettings,
  errors: ErrorReporter,
): { dispose(): void } {
  const store = createDisposableStore();
  const grown = (): void => app.pipeline.grown();
  let watching = watchSources(folder, settings.current(), grown);
  const timer = setInterval(() => {
    app.pipeline.monitor().catch((error: unknown) => errors.showOnce(error));
  }, monitorMs);
  store.add({ dispose: () => clearInterval(timer) });
  store.add({ dispose: () => watching.dispose() });
  store.add(
    settings.onDidChange(() => {
      try {
        const next = watchSources(folder, settings.current(), grown);
        watching.dispose();
        watching = next;
      } catch (error) {
        errors.showOnce(error);
      }
    }),
  );
  const typing = store.add(followTyping());
  const schedule = app.pipeline.schedule(typing.isTyping);
  store.add(settings.onDidChange(() => schedule.changed()));
  app.pipeline
    .recover()
    .then(grown)
    .catch((error: unknown) => errors.showOnce(error));
  return store;
}

/** `git init` in a window that waits for it. */
function watchForRepository(found: () => void): { dispose(): void } {
  const store = createDisposableStore();
  const folders = vscode.workspace.workspaceFolders ?? [];
  for (const folder of folders) {
    const pattern = new vscode.RelativePattern(folder, '.git/HEAD');
    const watcher = store.add(vscode.workspace.createFileSystemWatcher(pattern));
    store.add(watcher.onDidCreate(found));
  }
  // A watcher says nothing of what was made while it was being set up, and on some disks nothing at all.
  const timer = setInterval(() => {
    for (const { uri } of folders) if (existsSync(join(uri.fsPath, '.git', 'HEAD'))) found();
  }, repositoryPollMs);
  store.add({ dispose: () => clearInterval(timer) });
  return store;
}

const repositoryPollMs = 2_000;

/** Of anything that can be thrown, even of what has no text. */
function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : typeof error;
}

function whyNot(state: Exclude<State, { kind: 'ready' }>): unknown {
  switch (state.kind) {
    case 'failed':
      return state.error;
    case 'noGit':
      return new PatchwrightError('no_git', {
        what: t('This folder is not a git repository.'),
        why: t('Patchwright makes every patch on a git branch of its own.'),
        remedy: t('Initialize a repository and make a first commit.'),
      });
    case 'virtual':
      return new PatchwrightError('no_folder', {
        what: t('This folder is not on a disk.'),
        why: t('Patchwright needs git, files and processes.'),
        remedy: t('Open a folder of this machine, or of a remote one.'),
      });
    default:
      return new PatchwrightError('no_folder', {
        what: t('No folder is open.'),
        why: t('Patchwright works on a folder with a git repository.'),
        remedy: t('Open one.'),
      });
  }
}

/** For what untrusted folders must not do. */
export function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new PatchwrightError('untrusted', {
    what: t('Patchwright runs nothing in this folder.'),
    why: t('The folder is not trusted.'),
    remedy: t('Trust it if you know who wrote it.'),
  });
}
