import type { App as House, ComposeOptions } from '../compose.ts';

/** What the editor needs of the house: it reads the backlog and acts through the pipeline's verbs. */
export type App = Pick<
  House,
  'backlog' | 'pipeline' | 'readFile' | 'transcript' | 'sandbox' | 'dispose'
>;
export type Compose = (options: ComposeOptions) => Promise<App>;
