/**
 * Every command, once. The manifest is tested against this list, and `registerCommands` takes exactly one
 * handler for each. Arguments come from menus and are anything until a handler has looked at them.
 */
export const commandNames = [
  'scan',
  'draftTicket',
  'draftNext',
  'improve',
  'previewPlan',
  'confirmPlan',
  'editPlanRequest',
  'dropPlan',
  'cancel',
  'openDiff',
  'openReviewPanel',
  'openDashboard',
  'approve',
  'reject',
  'undoReject',
  'requestChanges',
  'dropHunks',
  'undoEdit',
  'editPatch',
  'finishEdit',
  'abandonEdit',
  'nextFile',
  'previousFile',
  'addComment',
  'deleteComment',
  'rollBack',
  'showGates',
  'newTicket',
  'editTicket',
  'mergeTicket',
  'splitTicket',
  'splitByPart',
  'snoozeTicket',
  'closeTicket',
  'reopenTicket',
  'sortByScore',
  'sortByLastSeen',
  'sortByOccurrences',
  'filterBacklog',
  'clearFilter',
  'groupBacklog',
  'showMore',
  'whyThisGroup',
  'protectFile',
  'fileHistory',
  'openDatabase',
  'showLog',
  'setApiKey',
  'setUpModel',
  'doctor',
  'showPreferences',
  'applySuggestion',
  'exportPreferences',
  'resetPreferences',
  'switchLearning',
  'cleanUp',
  'toggleServer',
  'sync',
  'showTeam',
  'openTheirs',
  'vouch',
  'takeOver',
  'runNow',
  'showReports',
  'selfTestGates',
  'canary',
  'refresh',
  'openDemo',
  'getStarted',
] as const;

export type CommandName = (typeof commandNames)[number];
export type CommandId = `patchwright.${CommandName}`;
export type Handler = (...args: readonly unknown[]) => Promise<void> | void;
export type Handlers = Readonly<Record<CommandName, Handler>>;

export function commandId(name: CommandName): CommandId {
  return `patchwright.${name}`;
}

/** The views, as the manifest names them. */
export const viewIds = {
  backlog: 'patchwright.backlog',
  review: 'patchwright.review',
  activity: 'patchwright.activity',
} as const;

/** Context keys that when-clauses of the manifest use; tested against it too. */
export const contextKeys = {
  /** What the window is: one of the kinds of `State`. */
  state: 'patchwright.state',
  hasTickets: 'patchwright.hasTickets',
  hasRequests: 'patchwright.hasRequests',
  hasReleases: 'patchwright.hasReleases',
  hasKey: 'patchwright.hasKey',
  drafting: 'patchwright.drafting',
  /** A patch is being edited by hand. */
  editing: 'patchwright.editing',
  /** Only some tickets are shown. */
  filtered: 'patchwright.filtered',
  /** How the Backlog view is sorted. */
  sort: 'patchwright.sort',
  /** Addresses of plans that wait for a decision. */
  plans: 'patchwright.plans',
  /** The walkthrough was opened by our command: what its steps wait for is looked at from now on. */
  guided: 'patchwright.guided',
  /** Addresses of the documents whose request waits for a decision. */
  pending: 'patchwright.pending',
} as const;

/** The scheme of our virtual documents. */
export const scheme = 'patchwright';
