import { join } from 'node:path';
import type { Worktree } from '../attempt/worktree.ts';
import type { Patch } from '../core/attempt.ts';
import { type GateId, type GateReport, gateTitles } from '../core/gate.ts';
import type { Protection } from '../core/protection.ts';
import type { Settings } from '../core/settings.ts';
import type { TestRunner } from '../core/testRun.ts';
import type { Ticket } from '../core/ticket.ts';
import type { ToolFinding } from '../core/toolFix.ts';
import { allGates, type GateEvents, runGates } from '../gates/gate.ts';
import { changedBlobs, rememberObjects } from '../gates/rememberObjects.ts';
import { underSandbox } from '../gates/underSandbox.ts';
import { checkoutOf } from './checkoutOf.ts';
import { gateKey } from './gateKey.ts';
import type { House } from './house.ts';
import { inFolder } from './inFolder.ts';

export interface Judging {
  readonly house: House;
  readonly settings: Settings;
  readonly ticket?: { readonly metadata: Pick<Ticket['metadata'], 'exceptionType'> };
  /** The tool that reports it has made the patch itself. */
  readonly finding?: ToolFinding;
  readonly on: GateEvents;
  readonly useCache: boolean;
  readonly signal: AbortSignal;
}

/** Runs all gates over a committed patch in its worktree. */
export async function judge(
  { house, settings, ticket, finding, on, useCache, signal }: Judging,
  worktree: Worktree,
  patch: Patch,
  tests: TestRunner | undefined,
  protection: Protection,
): Promise<readonly GateReport[]> {
  const exceptionType = ticket?.metadata.exceptionType;
  const told = ticket ? (exceptionType ?? '') : null;
  const accepted = await house.acceptedSecrets();
  const key = { settings, protection, tests, exceptionType: told, accepted, finding };
  const cache = useCache ? house.gateCache(await gateKey(worktree, patch, key)) : undefined;
  const onBase = { ...patch, commit: patch.base, testFiles: [] };
  const ofBase = { settings, protection, tests, exceptionType: null, accepted: new Set<string>() };
  const baseRuns = useCache ? house.baseRuns(await gateKey(worktree, onBase, ofBase)) : undefined;
  const isEnabled = (id: GateId): boolean => id === 'protected' || settings.gates[id].enabled;
  const sandbox = await house.sandbox(settings);
  const objects = rememberObjects(house.git);
  return runGates(
    underSandbox(allGates, sandbox),
    {
      patch,
      git: rememberObjects(objects, await changedBlobs(objects, patch, signal)),
      checkout: checkoutOf(worktree),
      treeOfBaseWith: (commit, files) => worktree.treeOfBaseWith(commit, files),
      ...inFolder(worktree.prefix, { protection, ...(tests ? { tests } : {}) }),
      limits: settings.limits,
      settings: settings.gates,
      shell: house.shell,
      acceptedSecrets: accepted,
      maxMutants: settings.gates.reproduction.maxMutants,
      sandboxed: sandbox.kind === 'held',
      held: await house.held(join(worktree.path, worktree.prefix), settings),
      mark: () => house.mark(),
      timeoutMs: settings.test.timeoutSeconds * 1000,
      folder: worktree.prefix,
      suiteRuns: new Map(),
      ...(baseRuns ? { baseRuns } : {}),
      mainRoot: await house.git.run(['rev-parse', '--show-toplevel']),
      ...(ticket ? {} : { anyException: true }),
      ...(exceptionType ? { exceptionType } : {}),
      ...(finding ? { finding } : {}),
    },
    on,
    { isEnabled, signal, ...(cache ? { cache } : {}) },
  );
}

const maxOutputChars = 4_000;

/** What the model is told about failed gates; of the protected-files gate it learns only that it failed. */
export function feedbackOf(reports: readonly GateReport[]): string {
  return reports
    .filter((report) => report.verdict === 'failed')
    .map((report) => {
      if (report.id === 'protected') {
        return 'Some of the changed files are not accepted. Solve it without them.';
      }
      const output = report.output.slice(-maxOutputChars);
      return [`${gateTitles[report.id]}: ${report.reason}`, ...report.evidence, output].join('\n');
    })
    .join('\n\n');
}
