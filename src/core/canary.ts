/** A canary: the app from the base and from the patch, under the same load, side by side. */

export interface Canary {
  readonly at: string;
  readonly base: string;
  /** What was measured; a patch that has changed since is another one. */
  readonly commit: string;
  readonly verdict: CanaryVerdict;
  /** `GET /orders`, or the load command. */
  readonly load: readonly string[];
  /** How often each side was started. */
  readonly starts: number;
  /** Sent to each side. */
  readonly requests: number;
  readonly figures: readonly CanaryFigure[];
  /** What is worse, or could not be told, in words. */
  readonly findings: readonly string[];
  /** The end of what the app printed, where it failed with the patch. */
  readonly output: string;
}

export type CanaryVerdict = 'worse' | 'not_worse' | 'unclear';

/** One thing that was compared. */
export interface CanaryFigure {
  /** `GET /orders, median`. */
  readonly name: string;
  readonly unit: 'ms' | 'MiB' | '%';
  readonly base: number;
  readonly patch: number;
  /** What `change` and its interval are: patch : base, or patch − base in the unit. */
  readonly kind: 'ratio' | 'difference';
  readonly change: number;
  readonly low: number;
  readonly high: number;
  readonly verdict: CanaryVerdict;
}

/** What an app is started with and what it is asked. */
export interface LoadPlan {
  /** Command line; `{port}` in it stands for the port, which is in `PORT` as well. */
  readonly start: string;
  /** Path that answers with less than 500 once the app can be used. */
  readonly ready: string;
  /** 0: a free one. */
  readonly port: number;
  readonly readyMs: number;
  readonly requestMs: number;
  readonly requests: readonly LoadRequest[];
  /** Instead of requests; run as a whole, with `URL` and `PORT`. */
  readonly command: string;
}

export interface LoadRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

export type Start =
  | { readonly kind: 'running'; readonly app: RunningApp }
  | { readonly kind: 'failed'; readonly why: string; readonly output: string };

export interface RunningApp {
  /** Sends the whole load so often, one request after the other. */
  load(times: number): Promise<LoadReport>;
  /** Ends it, and waits until nothing of it is left. */
  stop(): Promise<void>;
}

export interface LoadReport {
  readonly answers: readonly Answer[];
  /** Of the app with all that it started; undefined where that can't be measured. */
  readonly memoryBytes?: number;
  /** Set once the app is not there any more. */
  readonly ended?: { readonly why: string; readonly output: string };
}

export interface Answer {
  /** Index in the plan's requests. */
  readonly request: number;
  readonly ms: number;
  /** Answered, and with less than 400; of a command: exit code 0. */
  readonly ok: boolean;
}

/** Of the patch as it is now. */
export function canaryOf(request: {
  readonly commit: string;
  readonly canary?: Canary;
}): Canary | undefined {
  return request.canary?.commit === request.commit ? request.canary : undefined;
}

export const canaryWords: Readonly<Record<CanaryVerdict, string>> = {
  worse: 'worse than the base under load',
  not_worse: 'not worse than the base under load',
  unclear: 'not clearly better or worse than the base under load',
};

/** `GET /orders, median: 2.1 → 9.8 ms (4.67 ×, 4.31–5.02)`. */
export function figureText(figure: CanaryFigure): string {
  const { name, unit, base, patch, kind, change, low, high } = figure;
  const round = (value: number): string => value.toFixed(Math.abs(value) < 10 ? 2 : 1);
  const signed = (value: number): string => `${value < 0 ? '−' : '+'}${round(Math.abs(value))}`;
  const [shown, interval] =
    kind === 'ratio'
      ? [`${change.toFixed(2)} ×`, `${low.toFixed(2)} to ${high.toFixed(2)}`]
      : [signed(change), `${signed(low)} to ${signed(high)}`];
  return `${name}: ${round(base)} → ${round(patch)} ${unit} (${shown}, interval ${interval})`;
}
