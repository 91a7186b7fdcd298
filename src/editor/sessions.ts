import * as vscode from 'vscode';
import { lookAtFolder } from '../compose/listedFolders.ts';
import type { TicketLinks } from '../core/causeLinks.ts';
import { PatchwrightError } from '../core/errors.ts';
import { type FolderPlan, type ListedFolder, planFolders } from '../core/folderPlan.ts';
import type { ScanReport } from '../core/progress.ts';
import type { SandboxState } from '../core/sandbox.ts';
import type { SelfTest } from '../core/selfTest.ts';
import type { Settings } from '../core/settings.ts';
import { createTurn } from '../pipeline/run/turn.ts';
import type { Activity } from './activity.ts';
import type { App } from './app.ts';
import type { Dialogs } from './dialogs.ts';
import { createDisposableStore } from './disposables.ts';
import { rootSeenFrom, type Unopened, unopenedWords } from './folders.ts';
import { t } from './l10n.ts';
import { createLinks } from './links.ts';
import { openSession, type SessionOptions } from './openSession.ts';
import { watchForRepository } from './repositoryWatch.ts';
import { sessionFor } from './whichSession.ts';

/** The house of one workspace folder, open. */
export interface Session {
  /** The folder's address. */
  readonly id: string;
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

/** What this window is: with one session for each folder that is in a git repository of its own. */
export type State =
  | { readonly kind: 'starting' | 'noFolder' | 'virtual' | 'noGit' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'ready'; readonly sessions: readonly Session[] };
export type StateKind = State['kind'];

export interface Sessions {
  readonly state: () => State;
  /** Those that are open, in the order of the window's folders. */
  readonly all: () => readonly Session[];
  /** By its id: the session that is open for a folder now. */
  readonly of: (id: string) => Session | undefined;
  /** Of a session's ticket: those in other folders that have the same cause. */
  readonly linksOf: TicketLinks;
  /** Folders of this window without a session, and why. */
  readonly unopened: () => readonly Unopened[];
  /** The window became something else, or something in a session of its changed. */
  readonly onDidChange: vscode.Event<void>;
  /** Says that something changed which no backlog knows of. */
  changed(): void;
  /**
   * Waits for the opening. Of several: the session that the argument of a command is about, else that of the
   * editor in front, else one that a person chooses. Throws what a person must read when there is none.
   */
  ready(argument?: unknown): Promise<Session>;
  /** As `ready`, of all folders. */
  readyAll(): Promise<readonly [Session, ...Session[]]>;
  /** Closes what is open and opens it anew. */
  restart(): Promise<void>;
  dispose(): Promise<void>;
}

export interface SessionsOptions extends SessionOptions {
  readonly dialogs: Dialogs;
}

export function createSessions(options: SessionsOptions): Sessions {
  const store = createDisposableStore();
  const shared = { ...options, inTurn: createTurn() };
  const changed = store.add(new vscode.EventEmitter<void>());
  let state: State = { kind: 'starting' };
  let plans: readonly FolderPlan<WindowFolder>[] = [];
  let failures: readonly Failure[] = [];
  let opening: Promise<void> = Promise.resolve();
  let disposed = false;
  let waiting: { dispose(): void } | undefined;

  const become = (next: State): void => {
    state = next;
    changed.fire();
  };
  const all = (): readonly Session[] => (state.kind === 'ready' ? state.sessions : []);
  const of = (id: string): Session | undefined => all().find((session) => session.id === id);
  const close = async (gone: readonly Session[]): Promise<void> => {
    if (gone.length === 0) return;
    const left = all().filter((session) => !gone.includes(session));
    // First, so that nobody asks what is being closed.
    become(left.length > 0 ? { kind: 'ready', sessions: left } : { kind: 'starting' });
    for (const session of gone)
      await session.dispose().catch((error: unknown) => options.errors.showOnce(error));
  };
  const open = async (plan: OpenPlan): Promise<void> => {
    const { folder } = plan;
    const root = rootSeenFrom(folder.of.uri.fsPath, folder, plan.root);
    const innerNow = (): readonly string[] =>
      openPlans(plans).find((one) => one.folder.id === folder.id)?.inner ?? [];
    try {
      const session = await openSession(folder.of, root, shared, innerNow, () => changed.fire());
      // Closed while it was opened: what came of it must not stay.
      if (disposed) return await session.dispose();
      const ids = openPlans(plans).map((one) => one.folder.id);
      const sessions = [...all(), session].toSorted(
        (a, b) => ids.indexOf(a.id) - ids.indexOf(b.id),
      );
      return become({ kind: 'ready', sessions });
    } catch (error) {
      failures = [...failures, { id: folder.id, error }];
      options.errors.showOnce(error);
    }
  };
  /** One after the other: the window is ready with the first, and what has a session already keeps it. */
  const arrange = async (): Promise<void> => {
    if (disposed) return;
    waiting?.dispose();
    plans = planFolders(await foldersOf(vscode.workspace.workspaceFolders ?? []));
    const wanted = openPlans(plans);
    await close(all().filter(({ id }) => !wanted.some(({ folder }) => folder.id === id)));
    failures = [];
    for (const plan of wanted) if (!disposed && !of(plan.folder.id)) await open(plan);
    if (disposed) return;
    if (all().length === 0) become(withoutSession(plans, failures));
    else changed.fire(); // which folders are not open may be others
    const lacking = plans.flatMap(({ kind, folder }) => (kind === 'noGit' ? [folder.of] : []));
    if (lacking.length > 0) waiting = watchForRepository(lacking, all().length === 0, again);
  };
  const queue = (work: () => Promise<void>): Promise<void> => {
    opening = opening.then(work).catch((error: unknown) => {
      // Nobody could ever open the window again if this stayed rejected.
      if (all().length === 0) become({ kind: 'failed', error });
      options.log.error(`The session could not be opened: ${describe(error)}`);
    });
    return opening;
  };
  const again = (): void => void queue(arrange);
  const restart = (): Promise<void> =>
    queue(async () => {
      if (disposed) return;
      await close(all());
      become({ kind: 'starting' });
      await arrange();
    });

  store.add(vscode.workspace.onDidChangeWorkspaceFolders(again));
  store.add(vscode.workspace.onDidGrantWorkspaceTrust(() => void restart()));
  store.add(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (failures.length > 0 && event.affectsConfiguration('patchwright')) again();
    }),
  );
  store.add({ dispose: () => waiting?.dispose() });
  const readyAll = async (): Promise<readonly [Session, ...Session[]]> => {
    await opening;
    const [first, ...others] = all();
    if (first) return [first, ...others];
    throw whyNot(state.kind === 'failed' ? state : withoutSession(plans, failures));
  };
  return {
    state: () => state,
    all,
    of,
    linksOf: createLinks(all),
    unopened: () => unopenedOf(plans, failures),
    onDidChange: changed.event,
    changed: () => changed.fire(),
    ready: async (argument) => sessionFor(await readyAll(), argument, options.dialogs),
    readyAll,
    restart,
    async dispose() {
      disposed = true;
      await opening;
      await close(all());
      store.dispose();
    },
  };
}

/** A folder of the window, as it is planned. */
interface WindowFolder extends ListedFolder {
  readonly id: string;
  readonly of: vscode.WorkspaceFolder;
}

type OpenPlan = Extract<FolderPlan<WindowFolder>, { readonly kind: 'open' }>;

interface Failure {
  readonly id: string;
  readonly error: unknown;
}

function openPlans(plans: readonly FolderPlan<WindowFolder>[]): readonly OpenPlan[] {
  return plans.filter((plan) => plan.kind === 'open');
}

async function foldersOf(
  folders: readonly vscode.WorkspaceFolder[],
): Promise<readonly WindowFolder[]> {
  const onDisk = folders.filter(({ uri }) => uri.scheme === 'file');
  return Promise.all(
    onDisk.map(async (folder) => ({
      of: folder,
      id: folder.uri.toString(),
      name: folder.name,
      ...(await lookAtFolder(folder.uri.fsPath)),
    })),
  );
}

/** What the window is when nothing could be opened in it. */
function withoutSession(
  plans: readonly FolderPlan<WindowFolder>[],
  [failure]: readonly Failure[],
): Exclude<State, { readonly kind: 'ready' }> {
  if (failure) return { kind: 'failed', error: failure.error };
  if ((vscode.workspace.workspaceFolders ?? []).length === 0) return { kind: 'noFolder' };
  return { kind: plans.length === 0 ? 'virtual' : 'noGit' };
}

function unopenedOf(
  plans: readonly FolderPlan<WindowFolder>[],
  failures: readonly Failure[],
): readonly Unopened[] {
  const planned = plans.flatMap((plan): readonly Unopened[] => {
    const { folder } = plan;
    const failed = failures.some(({ id }) => id === folder.id);
    if (plan.kind === 'open') {
      return failed
        ? [{ name: folder.name, why: t('it could not be opened; the log says why') }]
        : [];
    }
    return [{ name: folder.name, why: unopenedWords(plan) }];
  });
  const virtual = (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme !== 'file')
    .map(({ name }) => ({ name, why: t('not on a disk that git can use') }));
  return [...planned, ...virtual];
}

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

/** Which folder something is about, where there are several. */
export function folderNameOf(sessions: Sessions, id: string): string | undefined {
  return sessions.all().length > 1 ? sessions.of(id)?.folder.name : undefined;
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
