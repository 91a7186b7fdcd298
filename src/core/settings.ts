import en from 'zod/v4/locales/en.js';
import * as z from 'zod/mini';
import { isCronPattern } from './cron.ts';
import { PatchwrightError } from './errors.ts';

/** zod/mini has no texts of its own. */
const english = { error: en().localeError };

/** Empty: never. */
const cron = z
  .string()
  .check(
    z.refine(
      (pattern) => pattern === '' || isCronPattern(pattern),
      'not like `0 2 * * *` (minute, hour, day of the month, month, weekday), or never coming',
    ),
  );
const glob = z.string().check(z.minLength(1));
const count = z.number().check(z.int(), z.minimum(1));
const gate = z.object({ enabled: z._default(z.boolean(), true) });
/** Empty, or two times of the day. */
const quietHours = /^$|^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/;
const money = z.number().check(z.minimum(0));

const provider = z.enum(['anthropic', 'openai', 'vscode']);
/** How much a model is to think, where it can be told. */
export const efforts = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
export type Effort = (typeof efforts)[number];

/** Every key of `patchwright.*` as nested objects; package.json's defaults are tested against these. */
const schema = z.object({
  sources: z.object({
    logs: z._default(z.array(glob), [
      '**/*.log',
      '**/*.log.[0-9]*',
      '**/*.log-[0-9]*',
      '**/*.log.gz',
      '**/logs/**/*.jsonl',
      '**/*-log.jsonl',
    ]),
    feedback: z._default(z.array(glob), [
      '**/feedback.{jsonl,json,csv,md}',
      '**/feedback/**/*.{jsonl,csv}',
    ]),
    metrics: z._default(z.array(glob), [
      '**/metrics.jsonl',
      '**/*[-.]metrics.jsonl',
      '**/metrics/**/*.jsonl',
    ]),
    interactions: z._default(z.array(glob), [
      '**/{interactions,conversations}.jsonl',
      '**/{interactions,conversations}/**/*.jsonl',
    ]),
    reports: z._default(z.array(glob), [
      '**/lcov.info',
      '**/cobertura*.xml',
      '**/*.cobertura.xml',
      '**/{coverage,reports,test-results}/**/coverage.xml',
      'coverage.xml',
      '**/coverage.json',
      '**/*.sarif',
      '**/*.sarif.json',
      '**/eslint-report.json',
      '**/ruff-report.json',
    ]),
    ignore: z._default(z.array(glob), [
      '**/node_modules/**',
      '**/.git/**',
      '**/.venv/**',
      '**/.patchwright/**',
    ]),
    enabled: z.object({
      logs: z._default(z.boolean(), true),
      feedback: z._default(z.boolean(), true),
      metrics: z._default(z.boolean(), true),
      interactions: z._default(z.boolean(), true),
      codeAnalysis: z._default(z.boolean(), false),
    }),
  }),
  thresholds: z.object({
    exceptionOccurrences: z._default(count, 5),
    feedbackItems: z._default(count, 5),
    featureRequests: z._default(count, 3),
    sameComplaintUsers: z._default(count, 10),
    slowEndpointMs: z._default(count, 2000),
    errorRate: z._default(z.number().check(z.gt(0), z.maximum(1)), 0.05),
  }),
  privacy: z.object({ maskIpAddresses: z._default(z.boolean(), true) }),
  selection: z.object({ maxRisk: z._default(z.number().check(z.minimum(1), z.maximum(10)), 7) }),
  limits: z.object({
    requestsPerDay: z._default(count, 5),
    filesPerPatch: z._default(count, 10),
    linesPerFile: z._default(count, 500),
    stepsPerAttempt: z._default(count, 40),
    tokensPerAttempt: z._default(count, 1_000_000),
    outputTokensPerAttempt: z._default(count, 200_000),
    costPerAttemptUsd: z._default(money, 2),
    costPerDayUsd: z._default(money, 10),
    minutesPerAttempt: z._default(z.number().check(z.minimum(0.01)), 15),
    attemptsPerTicket: z._default(count, 3),
    submissionsPerAttempt: z._default(count, 2),
    errorsInARow: z._default(count, 8),
  }),
  agent: z.object({ commands: z._default(z.array(z.string()), []) }),
  model: z.object({
    provider: z._default(provider, 'anthropic'),
    name: z._default(z.string(), ''),
    baseUrl: z._default(z.string(), ''),
    effort: z._default(z.enum(['', ...efforts]), ''),
    roles: z.object({
      planning: z._default(z.string(), ''),
      patching: z._default(z.string(), ''),
      cheap: z._default(z.string(), ''),
    }),
    protocol: z._default(z.enum(['auto', 'tools', 'text']), 'auto'),
    contextTokens: z._default(z.int().check(z.minimum(0)), 0),
    fallbacks: z._default(
      z.array(
        z.object({
          provider: z.optional(provider),
          name: z.string(),
          baseUrl: z.optional(z.string()),
        }),
      ),
      [],
    ),
    prices: z._default(
      z.array(
        z.object({
          model: z.string().check(z.minLength(1)),
          input: money,
          output: money,
          cacheRead: z.optional(money),
          cacheWrite: z.optional(money),
        }),
      ),
      [],
    ),
  }),
  test: z.object({
    command: z._default(z.string(), ''),
    single: z._default(z.string(), ''),
    setup: z._default(z.string(), ''),
    timeoutSeconds: z._default(count, 300),
  }),
  canary: z.object({
    start: z._default(z.string(), ''),
    ready: z._default(z.string().check(z.regex(/^\//, 'not a path')), '/'),
    port: z._default(z.int().check(z.minimum(0), z.maximum(65_535)), 0),
    requests: z._default(z.array(z.string().check(z.minLength(1))), ['GET /']),
    load: z._default(z.string(), ''),
    seconds: z._default(z.number().check(z.minimum(1), z.maximum(240)), 20),
  }),
  sandbox: z.object({
    allowWithout: z._default(z.boolean(), false),
    network: z._default(z.boolean(), false),
    memoryMb: z._default(count, 2048),
    processes: z._default(count, 512),
    diskMb: z._default(count, 2048),
  }),
  approve: z.object({
    mode: z._default(z.enum(['merge', 'pull_request', 'branch']), 'merge'),
    protectedBranches: z._default(z.array(glob), ['main', 'master']),
    reviewers: z._default(z.array(glob), []),
    approvalsForHighRisk: z._default(count, 1),
    highRisk: z._default(z.number().check(z.minimum(1), z.maximum(10)), 8),
    requesterMayApprove: z._default(z.boolean(), true),
    auto: z.object({
      enabled: z._default(z.boolean(), false),
      minConfidence: z._default(z.number().check(z.minimum(0), z.maximum(1)), 0.95),
      maxRisk: z._default(z.number().check(z.minimum(1), z.maximum(10)), 5),
    }),
  }),
  pullRequest: z.object({
    draft: z._default(z.boolean(), true),
    reviewers: z._default(z.array(z.string().check(z.minLength(1))), []),
    base: z._default(z.string(), ''),
    forge: z._default(z.enum(['', 'github', 'gitlab']), ''),
    folder: z._default(z.string(), ''),
  }),
  monitor: z.object({
    minutes: z._default(z.number().check(z.minimum(0), z.maximum(10_080)), 5),
    errorRate: z._default(z.number().check(z.gt(0), z.maximum(1)), 0.1),
    autoRollback: z._default(z.boolean(), false),
  }),
  server: z.object({
    port: z._default(z.int().check(z.minimum(0), z.maximum(65_535)), 47_311),
    eventsPerSecond: z._default(count, 20_000),
    origins: z._default(z.array(z.string().check(z.minLength(1))), []),
    approvals: z._default(z.boolean(), false),
  }),
  audit: z.object({ retentionDays: z._default(z.int().check(z.minimum(31)), 90) }),
  learning: z.object({
    rate: z._default(z.number().check(z.gt(0), z.maximum(1)), 0.1),
    exploration: z._default(z.number().check(z.minimum(0), z.maximum(1)), 0.1),
    reviewTimes: z._default(z.boolean(), true),
  }),
  schedule: z.object({
    enabled: z._default(z.boolean(), true),
    hourly: z._default(cron, '0 * * * *'),
    daily: z._default(cron, '0 2 * * *'),
    weekly: z._default(cron, '0 6 * * 1'),
    monthly: z._default(cron, '0 8 1 * *'),
    autoExecute: z._default(z.boolean(), false),
    onBattery: z._default(z.boolean(), false),
  }),
  mcp: z.object({ offer: z._default(z.boolean(), false) }),
  sync: z.object({
    enabled: z._default(z.boolean(), false),
    scheduled: z._default(z.boolean(), true),
    remote: z._default(z.string().check(z.regex(/^[\w.][\w./-]{0,199}$/)), 'origin'),
  }),
  notifications: z.object({
    enabled: z._default(z.boolean(), true),
    minConfidence: z._default(z.number().check(z.minimum(0), z.maximum(1)), 0.9),
    quietHours: z._default(z.string().check(z.regex(quietHours, 'not like 22:00-07:00')), ''),
  }),
  /** `protected` is not among them: it can't be switched off. */
  gates: z.object({
    size: gate,
    secrets: gate,
    static: gate,
    reproduction: z.object({
      enabled: z._default(z.boolean(), true),
      maxMutants: z._default(z.number().check(z.int(), z.minimum(0)), 10),
    }),
    suite: gate,
    coverage: z.object({
      enabled: z._default(z.boolean(), true),
      minimum: z._default(z.number().check(z.minimum(0), z.maximum(1)), 0.8),
      command: z._default(z.string(), ''),
    }),
    loop: z.object({
      enabled: z._default(z.boolean(), true),
      benchmark: z._default(z.string(), ''),
    }),
    mcp: gate,
  }),
});

export type Settings = z.infer<typeof schema>;

/** Where the user's key and code are sent, what that may cost, what is asked of a model by itself, what may run unheld, who may decide: never taken from a folder. */
export const machineKeys = [
  'model.provider',
  'model.baseUrl',
  'model.roles.cheap',
  'model.fallbacks',
  'model.prices',
  'sandbox.allowWithout',
  'server.origins',
  'server.approvals',
  'mcp.offer',
  'schedule.autoExecute',
  'sync.enabled',
  'sync.scheduled',
  'sync.remote',
] as const;

const empty = {
  sources: { enabled: {} },
  thresholds: {},
  privacy: {},
  selection: {},
  limits: {},
  agent: {},
  model: { roles: {} },
  test: {},
  canary: {},
  sandbox: {},
  gates: {
    size: {},
    secrets: {},
    static: {},
    reproduction: {},
    suite: {},
    coverage: {},
    loop: {},
    mcp: {},
  },
  approve: { auto: {} },
  pullRequest: {},
  monitor: {},
  server: {},
  audit: {},
  learning: {},
  schedule: {},
  mcp: {},
  sync: {},
  notifications: {},
};

export const defaultSettings: Settings = schema.parse(empty);

/**
 * Reads flat `patchwright.*` keys (as in `.vscode/settings.json`), nested ones, or both.
 * Throws `invalid_settings` that names every bad key; unknown keys are left alone.
 */
export function parseSettings(raw: Readonly<Record<string, unknown>>): Settings {
  const nested = structuredClone(empty) as Record<string, unknown>;
  for (const [key, value] of Object.entries(raw)) {
    if (!key.startsWith('patchwright.') || value === undefined) continue;
    place(nested, key.slice('patchwright.'.length).split('.'), value);
  }
  const parsed = z.safeParse(schema, nested, english);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    (issue) => `patchwright.${issue.path.join('.')}: ${issue.message}`,
  );
  throw new PatchwrightError('invalid_settings', {
    what: `${problems.length === 1 ? 'A setting is' : 'Settings are'} not valid.`,
    why: `${problems.join('; ')}.`,
    remedy: 'Correct them in the settings (or .vscode/settings.json) and try again.',
  });
}

function place(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [head, ...rest] = path;
  if (head === undefined || head === '__proto__' || head === 'constructor') return;
  if (rest.length === 0 && !isRecord(value)) {
    target[head] = value;
    return;
  }
  const child = target[head];
  const next = isRecord(child) ? child : {};
  target[head] = next;
  if (rest.length > 0) place(next, rest, value);
  else for (const [key, inner] of Object.entries(value as object)) place(next, [key], inner);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
