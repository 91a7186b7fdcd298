import * as vscode from 'vscode';
import { withoutInner } from '../core/folderPlan.ts';
import type { Progress } from '../core/progress.ts';
import type { SandboxState } from '../core/sandbox.ts';
import type { SelfTest } from '../core/selfTest.ts';
import type { Settings } from '../core/settings.ts';
import type { Turn } from '../pipeline/run/turn.ts';
import { advance, noActivity } from './activity.ts';
import type { ApiKey } from './apiKey.ts';
import type { App, Compose } from './app.ts';
import type { Demo, RecordedModel } from './demo.ts';
import { diagnosticsIn } from './diagnostics.ts';
import { createDisposableStore } from './disposables.ts';
import { type ErrorReporter, lineLog } from './errors.ts';
import { forgeToken } from './forgeToken.ts';
import { createEditorModel } from './languageModel.ts';
import { languageModels } from './languageModels.ts';
import type { Session } from './sessions.ts';
import { type LiveSettings, liveSettings } from './settings.ts';
import { followTyping } from './typing.ts';
import { watchSources } from './watcher.ts';

export interface SessionOptions {
  readonly loadCompose: () => Promise<Compose>;
  readonly apiKey: ApiKey;
  readonly errors: ErrorReporter;
  readonly log: vscode.LogOutputChannel;
  /** Of folders that need no key. */
  readonly demo: Pick<Demo, 'modelOf'>;
  /** Told what the pipeline of a folder tells; its id is that of the folder's session. */
  readonly onProgress: (progress: Progress, id: string) => void;
}

/** What all sessions of a window share. */
export interface OpenOptions extends SessionOptions {
  /** Of their schedules one works at a time. */
  readonly inTurn: Turn;
}

/** @param inner globs of what other sessions read, as it is now */
export async function openSession(
  folder: vscode.WorkspaceFolder,
  root: string,
  options: OpenOptions,
  inner: () => readonly string[],
  changed: () => void,
): Promise<Session> {
  const { loadCompose, apiKey, errors, log, onProgress, demo } = options;
  const id = folder.uri.toString();
  const store = createDisposableStore();
  const settings = store.add(liveSettings(folder.uri, await import('../core/settings.ts')));
  const trusted = vscode.workspace.isTrusted;
  let recorded: RecordedModel | undefined;
  let opened: App | undefined;
  try {
    settings.current(); // invalid ones are told before anything is opened
    const compose = await loadCompose();
    const { provider } = settings.current().model;
    const mayReplay = provider === 'anthropic' && (await apiKey.get(provider)) === undefined;
    recorded = trusted && mayReplay ? await demo.modelOf(folder.uri) : undefined;
    const environment = { ...process.env, ...recorded?.environment };
    const app = (opened = await compose({
      folder: folder.uri.fsPath,
      settings: () => withoutInner(settings.current(), inner()),
      apiKey: async (provider) => recorded?.apiKey ?? apiKey.get(provider),
      editorModel: (name) => createEditorModel(languageModels(), name),
      forgeToken,
      environment,
      log: lineLog(log),
      trusted,
      readOnly: !trusted,
      scanInWorker: true,
    }));
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
        onProgress(progress, id);
        // What somebody asked for tells its failure itself.
        if (progress.kind === 'scan_failed' && asked === 0)
          errors.showOnce(new Error(progress.message));
      }),
    );
    if (trusted) {
      store.add(follow(folder, app, settings, options));
      const look = (): void =>
        void lookAtSandbox().catch((error: unknown) => errors.showOnce(error));
      store.add(settings.onDidChange(look));
      look();
      void lookAtSelfTest().catch((error: unknown) => errors.showOnce(error));
    }
    return {
      id,
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
    await opened?.dispose();
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
  { errors, inTurn }: Pick<OpenOptions, 'errors' | 'inTurn'>,
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
  const schedule = app.pipeline.schedule({ isTyping: typing.isTyping, inTurn });
  store.add(settings.onDidChange(() => schedule.changed()));
  app.pipeline
    .recover()
    .then(grown)
    .catch((error: unknown) => errors.showOnce(error));
  return store;
}
