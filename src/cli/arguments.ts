import { parseArgs } from 'node:util';
import { type ApprovalMode, approvalModes } from '../core/approval.ts';
import { errorMessage, PatchwrightError } from '../core/errors.ts';

const options = {
  folder: { type: 'string', short: 'C', multiple: true },
  all: { type: 'boolean' },
  json: { type: 'boolean' },
  next: { type: 'boolean' },
  force: { type: 'boolean' },
  content: { type: 'boolean' },
  model: { type: 'string' },
  message: { type: 'string', short: 'm' },
  status: { type: 'string', multiple: true },
  limit: { type: 'string' },
  days: { type: 'string' },
  title: { type: 'string' },
  priority: { type: 'string' },
  until: { type: 'string' },
  by: { type: 'string' },
  archived: { type: 'boolean' },
  timeout: { type: 'string' },
  patch: { type: 'string' },
  test: { type: 'string', multiple: true },
  ticket: { type: 'string' },
  base: { type: 'string' },
  output: { type: 'string', short: 'o' },
  'no-cache': { type: 'boolean' },
  'yes-protected-branch': { type: 'boolean' },
  confirm: { type: 'boolean' },
  numbered: { type: 'boolean' },
  drop: { type: 'boolean' },
  mode: { type: 'string' },
  type: { type: 'string' },
  port: { type: 'string' },
  'dry-run': { type: 'boolean' },
  'auto-execute': { type: 'boolean' },
  yes: { type: 'boolean' },
  unmerged: { type: 'boolean' },
  people: { type: 'boolean' },
  trust: { type: 'string' },
  verbose: { type: 'boolean', short: 'v' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

export interface Arguments {
  readonly command: string | undefined;
  readonly rest: readonly string[];
  readonly folder: string;
  /** All that were named; none: the one of now. */
  readonly folders: readonly string[];
  /** Those that the user's own settings list. */
  readonly all: boolean;
  readonly json: boolean;
  readonly next: boolean;
  /** `draft`: even while the ticket rests after attempts that failed. */
  readonly force: boolean;
  /** `templates`: lines are already without header. */
  readonly content: boolean;
  readonly model?: string;
  readonly message?: string;
  readonly statuses: readonly string[];
  readonly limit: number;
  readonly days: number;
  readonly title?: string;
  readonly priority?: string;
  readonly until?: string;
  /** `tickets`: those in the archive. */
  readonly archived: boolean;
  /** `split`: PART=VALUE. */
  readonly by?: string;
  /** `sandbox`. */
  readonly timeoutSeconds?: number;
  /** `gates`, `propose`: a unified diff; `-` reads it from stdin. */
  readonly patch?: string;
  readonly tests: readonly string[];
  readonly ticket?: string;
  readonly base?: string;
  /** `export`: where to. */
  readonly output?: string;
  readonly useCache: boolean;
  readonly confirmedProtectedBranch: boolean;
  /** `improve`, `preview`. */
  readonly confirm: boolean;
  readonly numbered: boolean;
  readonly drop: boolean;
  readonly mode?: ApprovalMode;
  /** `serve`; 0: any that is free. */
  readonly port?: number;
  /** `run`. */
  readonly type?: string;
  readonly dryRun: boolean;
  readonly autoExecute: boolean;
  /** `cleanup`: does it. */
  readonly yes: boolean;
  /** `cleanup`: branches with work that is not merged too. */
  readonly unmerged: boolean;
  /** `sync`. */
  readonly people: boolean;
  /** `sync`: a key's fingerprint. */
  readonly trust?: string;
  readonly verbose: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

/** Throws `usage`. */
export function parseArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = parse(argv);
  const [command, ...rest] = positionals;
  const timeout = values.timeout === undefined ? undefined : Number(values.timeout);
  if (timeout !== undefined && !(timeout > 0)) throw usageError('--timeout takes seconds.');
  return {
    command,
    rest,
    folder: values.folder?.[0] ?? process.cwd(),
    folders: values.folder ?? [],
    all: values.all ?? false,
    json: values.json ?? false,
    next: values.next ?? false,
    force: values.force ?? false,
    confirm: values.confirm ?? false,
    numbered: values.numbered ?? false,
    drop: values.drop ?? false,
    archived: values.archived ?? false,
    content: values.content ?? false,
    statuses: values.status ?? [],
    limit: wholeNumber('limit', values.limit, 50),
    days: wholeNumber('days', values.days, 30),
    confirmedProtectedBranch: values['yes-protected-branch'] ?? false,
    dryRun: values['dry-run'] ?? false,
    autoExecute: values['auto-execute'] ?? false,
    yes: values.yes ?? false,
    unmerged: values.unmerged ?? false,
    people: values.people ?? false,
    ...(values.trust === undefined ? {} : { trust: values.trust }),
    verbose: values.verbose ?? false,
    help: values.help ?? false,
    version: values.version ?? false,
    ...(values.mode === undefined ? {} : { mode: modeOf(values.mode) }),
    ...(values.port === undefined ? {} : { port: portOf(values.port) }),
    ...(values.type === undefined ? {} : { type: values.type }),
    ...(values.model === undefined ? {} : { model: values.model }),
    ...(values.message === undefined ? {} : { message: values.message }),
    ...(values.title === undefined ? {} : { title: values.title }),
    ...(values.priority === undefined ? {} : { priority: values.priority }),
    ...(timeout === undefined ? {} : { timeoutSeconds: timeout }),
    ...(values.until === undefined ? {} : { until: values.until }),
    ...(values.by === undefined ? {} : { by: values.by }),
    ...(values.patch === undefined ? {} : { patch: values.patch }),
    tests: values.test ?? [],
    ...(values.ticket === undefined ? {} : { ticket: values.ticket }),
    ...(values.base === undefined ? {} : { base: values.base }),
    ...(values.output === undefined ? {} : { output: values.output }),
    useCache: !(values['no-cache'] ?? false),
  };
}

function modeOf(given: string): ApprovalMode {
  const mode = approvalModes.find((one) => one === given);
  if (mode) return mode;
  throw usageError(`--mode takes ${approvalModes.join(', ')}.`);
}

function portOf(given: string): number {
  const port = Number(given);
  if (/^\d{1,5}$/.test(given) && port <= 65_535) return port;
  throw usageError('--port takes a number from 0 to 65535.');
}

function wholeNumber(name: string, given: string | undefined, usual: number): number {
  const value = Number(given ?? usual);
  if (Number.isInteger(value) && value >= 1 && value <= 1_000_000) return value;
  throw usageError(`--${name} takes a whole number from 1.`);
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    throw usageError(errorMessage(error));
  }
}

export function usageError(why: string): PatchwrightError {
  return new PatchwrightError('usage', {
    what: 'The command could not be understood.',
    why,
    remedy: 'Run `patchwright --help`.',
  });
}
