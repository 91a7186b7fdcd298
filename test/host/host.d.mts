import type { Browser, Page } from 'playwright-core';

export interface StartOptions {
  readonly version?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly trust?: boolean;
  readonly dev?: boolean;
  readonly userData?: string;
  readonly extensions?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly port?: number;
  readonly extra?: readonly string[];
  readonly onLine?: (line: string) => void;
}

export interface Server {
  readonly port: number;
  readonly dir: string;
  readonly user: string;
  stop(): Promise<void>;
}

export interface OpenOptions {
  readonly folder?: string | undefined;
  readonly dev?: string;
  readonly tests?: string;
  readonly payload?: readonly (readonly [string, string])[];
  readonly expose?: Readonly<Record<string, (...args: never[]) => unknown>>;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** What extensions are told the language is: `ja` for instance. */
  readonly language?: string;
}

export function start(options?: StartOptions): Promise<Server>;
export function browser(): Promise<Browser>;
export function open(server: Server, chrome: Browser, options: OpenOptions): Promise<Page>;
