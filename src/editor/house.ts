import type { Backlog } from '../backlog/backlog.ts';
import type { Log } from '../core/ports.ts';
import type { Settings } from '../core/settings.ts';
import type { Pipeline } from '../pipeline.ts';

/** What the editor needs of the house: it reads the backlog and acts through the pipeline's verbs. */
export interface App {
  readonly backlog: Backlog;
  readonly pipeline: Pipeline;
  /** A file's text as it is in a commit. */
  readFile(commit: string, path: string): Promise<string>;
  dispose(): Promise<void>;
}

export interface ComposeOptions {
  readonly folder: string;
  /** The settings as they are now; throws `invalid_settings`. */
  readonly settings: () => Settings;
  readonly apiKey: () => Promise<string | undefined>;
  readonly environment: NodeJS.ProcessEnv;
  readonly log: Log;
  readonly trusted: boolean;
  readonly readOnly?: boolean;
  readonly storage?: string;
}

export type Compose = (options: ComposeOptions) => Promise<App>;
