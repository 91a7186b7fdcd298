import * as vscode from 'vscode';
import { backlogCommands } from './editor/backlogCommands.ts';
import { createApiKey } from './editor/apiKey.ts';
import type { Compose } from './editor/app.ts';
import type { Progress } from './core/progress.ts';
import { commandId } from './editor/commands.ts';
import { registerActivityView } from './editor/activityTree.ts';
import { registerContextKeys } from './editor/contextKeys.ts';
import type { Desk } from './editor/desk.ts';
import { registerDashboard } from './editor/dashboard.ts';
import { createDemo } from './editor/demo.ts';
import { createDialogs, type Dialogs } from './editor/dialogs.ts';
import { registerDoctor } from './editor/doctor.ts';
import { registerDocuments } from './editor/documents.ts';
import { registerPlanDocument } from './editor/planDocument.ts';
import { draftCommands } from './editor/draftCommands.ts';
import { createErrorReporter } from './editor/errors.ts';
import { registerFileDecorations } from './editor/fileDecorations.ts';
import { gateCommands } from './editor/gateCommands.ts';
import { houseCommands } from './editor/houseCommands.ts';
import { registerTeam } from './editor/team.ts';
import { teamCommands } from './editor/teamCommands.ts';
import { scheduleCommands } from './editor/scheduleCommands.ts';
import { useTranslations } from './editor/l10n.ts';
import { registerMcpServer } from './editor/mcpServer.ts';
import { createNotifications } from './editor/notifications.ts';
import { planCommands, show as showPlan } from './editor/planCommands.ts';
import { throttled } from './editor/refresh.ts';
import { registerCommands } from './editor/register.ts';
import { registerChat } from './editor/registerChat.ts';
import { createReleaseNotice } from './editor/releaseNotice.ts';
import { reviewCommands } from './editor/reviewCommands.ts';
import { preferenceCommands } from './editor/preferenceCommands.ts';
import { registerPreferences } from './editor/preferences.ts';
import { registerReviewComments } from './editor/reviewComments.ts';
import { registerReviewPanels } from './editor/reviewPanel.ts';
import { registerReviewView } from './editor/reviewTree.ts';
import { reviseCommands } from './editor/reviseCommands.ts';
import { createServerControl } from './editor/server.ts';
import { createSessions, folderNameOf, type Sessions } from './editor/sessions.ts';
import { createSorting } from './editor/sorting.ts';
import { registerStatusBar } from './editor/statusBar.ts';
import { ticketCommands } from './editor/ticketCommands.ts';
import { registerTicketView } from './editor/ticketTree.ts';
import { waitingPlans } from './editor/waitingPlans.ts';
import { createViewed } from './editor/viewed.ts';

/** What tests get, and nobody else. */
export interface TestApi {
  readonly sessions: Sessions;
  readonly backlogView: ReturnType<typeof registerTicketView>;
  readonly reviewView: ReturnType<typeof registerReviewView>;
  readonly activityView: ReturnType<typeof registerActivityView>;
  readonly statusBar: ReturnType<typeof registerStatusBar>;
  readonly contextKeys: ReturnType<typeof registerContextKeys>;
  readonly mcpServers: ReturnType<typeof registerMcpServer>;
  /** Its functions can be replaced: test mode shows no dialogs. */
  readonly dialogs: { -readonly [K in keyof Dialogs]: Dialogs[K] };
  /** Opens the window's sessions anew, made by this; left out: as users have them. */
  use(compose?: Compose): Promise<void>;
}

let sessions: Sessions | undefined;

/** Everything is there at once; the house itself (database, git, pipeline) is loaded afterwards. */
export function activate(context: vscode.ExtensionContext): TestApi | undefined {
  useTranslations((message, ...values) => vscode.l10n.t(message, ...values), vscode.l10n.bundle);
  const log = vscode.window.createOutputChannel('Patchwright', { log: true });
  const dialogs = createDialogs();
  const errors = createErrorReporter(dialogs, log);
  const apiKey = createApiKey(context.secrets, process.env, dialogs);
  const demo = createDemo(context.extensionUri, context.globalState);
  let given: Compose | undefined;
  const loadCompose = async (): Promise<Compose> => given ?? (await import('./compose.ts')).compose;
  const warn = (line: string): void => log.warn(line);
  const notifications = createNotifications({
    dialogs,
    showTicket: (id, sessionId) => backlogView.show(id, sessionId),
    showPlan: async (id) => {
      const plans = desk.sessions.all().flatMap(({ app }) => waitingPlans(app.backlog));
      const plan = plans.find((one) => one.id === id);
      if (plan) await showPlan(plan);
    },
    log: warn,
  });
  const releaseNotice = createReleaseNotice({
    dialogs,
    actions: {
      rollBack: (id) => vscode.commands.executeCommand(commandId('rollBack'), id),
      openDiff: (id) => vscode.commands.executeCommand(commandId('openDiff'), id),
    },
    log: warn,
    memory: context.workspaceState,
    quietHours: (id) => sessions?.of(id)?.settings()?.notifications.quietHours,
    folderName: (id) => sessions && folderNameOf(sessions, id),
    now: () => new Date(),
    after(ms, work) {
      const timer = setTimeout(work, ms).unref();
      return { dispose: () => clearTimeout(timer) };
    },
  });
  const onProgress = (progress: Progress, sessionId: string): void => {
    notifications.onProgress(progress, sessionId);
    releaseNotice.onProgress(progress, sessionId);
  };
  sessions = createSessions({ loadCompose, apiKey, dialogs, errors, log, onProgress, demo });
  notifications.follow(sessions);
  // All releases are looked at: not with each step of a draft.
  const resume = throttled(() =>
    releaseNotice.resume(
      sessions?.all().map(({ id, app }) => ({
        sessionId: id,
        releases: app.backlog.releases.list(),
      })),
    ),
  );
  const resuming = sessions.onDidChange(resume);
  const sorting = createSorting(context.workspaceState);
  const reviewPanels = registerReviewPanels(sessions, context.extensionUri, errors);
  const dashboard = registerDashboard(sessions, context.extensionUri, errors);
  const reviewComments = registerReviewComments(sessions, context.workspaceState);
  const doctor = registerDoctor(sessions, log);
  const server = createServerControl({
    sessions,
    secrets: context.secrets,
    dialogs,
    log,
    version: versionIn(context),
  });
  const preferences = registerPreferences(sessions);
  const team = registerTeam(sessions);
  const desk: Desk = {
    sessions,
    dialogs,
    errors,
    apiKey,
    sorting,
    reviewPanels,
    reviewComments,
    dashboard,
    demo,
    doctor,
    server,
    preferences,
    team,
    log,
  };

  const backlogView = registerTicketView(sessions, sorting, errors);
  const reviewView = registerReviewView(sessions, createViewed(context.workspaceState));
  const activityView = registerActivityView(sessions);
  const statusBar = registerStatusBar(sessions);
  const keys = registerContextKeys(sessions, apiKey, sorting);
  const commands = registerCommands(
    {
      ...draftCommands(desk),
      ...planCommands(desk),
      ...reviewCommands(desk),
      ...reviseCommands(desk),
      ...gateCommands(desk),
      ...teamCommands(desk),
      ...scheduleCommands(desk),
      ...ticketCommands(desk),
      ...backlogCommands(desk, (node) => backlogView.showMore(node)),
      ...houseCommands(desk),
      ...preferenceCommands(desk),
    },
    errors,
  );
  const documents = registerDocuments(sessions);
  const fileDecorations = registerFileDecorations(sessions);
  const mcpServers = registerMcpServer(sessions, context);
  context.subscriptions.push(
    resuming,
    resume,
    log,
    releaseNotice,
    sorting,
    backlogView,
    reviewView,
    activityView,
    statusBar,
    keys,
    commands,
    documents,
    registerPlanDocument(sessions),
    fileDecorations,
    registerChat(sessions),
    mcpServers,
    reviewPanels,
    reviewComments,
    dashboard,
    doctor,
    server,
    preferences,
    team,
    notifications,
  );

  void sessions.restart();
  if (context.extensionMode !== vscode.ExtensionMode.Test) return undefined;
  return {
    sessions,
    backlogView,
    reviewView,
    activityView,
    statusBar,
    contextKeys: keys,
    mcpServers,
    dialogs,
    use(compose) {
      given = compose;
      return desk.sessions.restart();
    },
  };
}

function versionIn({ extension }: vscode.ExtensionContext): string {
  const { version } = extension.packageJSON as { readonly version?: string };
  return version ?? '';
}

/** Ends what runs and waits until nothing of it is left. */
export async function deactivate(): Promise<void> {
  await sessions?.dispose();
}
