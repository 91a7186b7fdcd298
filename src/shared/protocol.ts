/**
 * What the page (a webview) and the editor say to each other. The page shows a view and says what a
 * person asks for; it decides nothing and knows nothing that is not in the view.
 */

/** To the page. */
export type ToPage =
  /** Texts of the page in the user's language, by their English; comes first. */
  | { readonly kind: 'words'; readonly words: Readonly<Record<string, string>> }
  | { readonly kind: 'review'; readonly view: ReviewView }
  | { readonly kind: 'dashboard'; readonly view: DashboardView }
  /** What the page is about is not there any more. */
  | { readonly kind: 'gone'; readonly text: string };

/** From the page. */
export type FromPage =
  /** Sent once the page can take messages. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'act'; readonly action: PageAction }
  /** A line counts from 1. */
  | { readonly kind: 'openFile'; readonly path: string; readonly line?: number }
  | { readonly kind: 'openDiff'; readonly path: string }
  /** Of the patch at `commit`: hunks are counted in one commit. */
  | { readonly kind: 'dropHunks'; readonly commit: string; readonly hunks: readonly HunkRef[] }
  | { readonly kind: 'showGate'; readonly gate: string }
  | { readonly kind: 'openRequest'; readonly requestId: string }
  | { readonly kind: 'days'; readonly days: number }
  /** Empty: all together. */
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'export'; readonly format: 'markdown' | 'json' };

export const pageActions = [
  'approve',
  'requestChanges',
  'undoEdit',
  'reject',
  'editPatch',
  'finishEdit',
  'abandonEdit',
  'undoReject',
  'rollBack',
  'openReview',
  'canary',
] as const;
export type PageAction = (typeof pageActions)[number];

/** A hunk, counted from 1 in its file. */
export interface HunkRef {
  readonly path: string;
  readonly number: number;
}

/** What the page keeps for when the window is loaded again. */
export type PageState =
  | { readonly kind: 'review'; readonly requestId: string }
  | { readonly kind: 'dashboard'; readonly days: number; readonly folder?: string };

export interface Reasoned {
  readonly value: string;
  readonly reason: string;
}

export interface Place {
  /** From the workspace folder, with `/`. */
  readonly path: string;
  readonly line?: number;
  readonly label: string;
  /** The function that it is in. */
  readonly within?: string;
}

export interface ReviewView {
  readonly requestId: string;
  readonly commit: string;
  /** What people changed in the patch. */
  readonly edits: string;
  readonly title: string;
  readonly status: { readonly id: string; readonly words: string };
  readonly branch: string;
  readonly model: string;
  readonly cost: string;
  readonly created: Moment;
  /** How much it changes. */
  readonly size: string;
  /** How many gates it passed. */
  readonly gatesPassed: string;
  readonly confidence: {
    readonly value: number;
    readonly parts: readonly { readonly label: string; readonly value: number }[];
  };
  readonly ticket: {
    readonly id: string;
    readonly category: string;
    readonly priority: Reasoned;
    readonly risk: Reasoned;
    readonly effort: Reasoned;
    /** What to expect of another draft; empty where it is not known. */
    readonly odds: string;
    readonly seen: string;
    readonly trend?: TrendView;
    readonly stack: readonly Place[];
    readonly suspects: readonly string[];
    /** Tickets of other folders with the same cause, and why they are thought to have it. */
    readonly links: readonly string[];
    /** The parts of the fingerprint: why these events are one ticket. */
    readonly groupedBy: readonly { readonly label: string; readonly value: string }[];
  };
  readonly evidence: readonly {
    readonly at: string;
    readonly file: string;
    readonly text: string;
  }[];
  readonly reasoning: string;
  readonly plan: readonly (readonly [name: string, text: string])[];
  /** Comments that earlier attempts were told. */
  readonly comments: readonly string[];
  readonly files: readonly FileView[];
  readonly proof: {
    readonly before: readonly string[];
    readonly after: readonly string[];
    /** What else the proof was put to. */
    readonly tried: readonly string[];
    /** Mutants that the test does not notice, and hunks that nothing proves. */
    readonly doubts: readonly string[];
    /** How the app did under load; empty where that was not tried. */
    readonly canary: readonly string[];
  };
  readonly gates: readonly GateView[];
  readonly steps: readonly StepView[];
  readonly attempts: readonly { readonly title: string; readonly text: string }[];
  readonly events: readonly { readonly at: string; readonly text: string }[];
  readonly actions: Readonly<Record<PageAction, ActionView>>;
}

/** When something was: in a few words, and exactly. */
export interface Moment {
  readonly words: string;
  readonly exact: string;
}

/** How often something happened, a value a day, the last one last. */
export interface TrendView {
  readonly values: readonly number[];
  readonly words: string;
}

export interface FileView {
  readonly path: string;
  readonly changes: string;
  readonly words: string;
  readonly added: number;
  readonly removed: number;
  readonly isTest: boolean;
  readonly hunks: readonly HunkView[];
}

export interface HunkView {
  readonly number: number;
  readonly label: string;
  readonly changes: string;
  readonly lines: readonly string[];
}

export interface GateView {
  readonly id: string;
  readonly title: string;
  readonly verdict: 'passed' | 'failed' | 'skipped' | 'not_configured';
  readonly words: string;
  readonly reason: string;
  readonly evidence: readonly string[];
  readonly marks: readonly string[];
}

export interface StepView {
  readonly step: number;
  readonly said: string;
  readonly calls: readonly string[];
}

/** `why`: the reason for which it is not offered. */
export interface ActionView {
  readonly offered: boolean;
  readonly why?: string;
}

export interface DashboardView {
  readonly days: number;
  /** Only where there are several. */
  readonly folders?: FolderChoice;
  readonly groups: readonly {
    readonly title: string;
    readonly figures: readonly FigureView[];
  }[];
  readonly charts: readonly ChartView[];
  readonly tables: readonly TableView[];
  readonly recent: readonly RecentView[];
}

export interface RecentView {
  readonly at: Moment;
  readonly text: string;
  readonly detail: string;
  /** What it was about; leads to the request where there is one. */
  readonly ticketId: string;
  readonly requestId?: string;
}

export interface FolderChoice {
  readonly all: readonly { readonly id: string; readonly name: string }[];
  /** Whose figures these are; empty: of all together. */
  readonly chosen: string;
}

export interface FigureView {
  readonly label: string;
  /** As shown; `–` of nothing. */
  readonly value: string;
  readonly note: string;
  readonly formula?: string;
  readonly parts?: readonly string[];
}

export interface ChartView {
  readonly title: string;
  /** What the labels are: `day`. */
  readonly of: string;
  readonly kind: 'lines' | 'bars';
  readonly labels: readonly string[];
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[];
  /** Set instead of a drawing where there is too little to draw. */
  readonly tooLittle?: string;
}

export interface TableView {
  readonly title: string;
  /** The first cells are names, shown as somebody gave them. */
  readonly hasNames?: boolean;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}
