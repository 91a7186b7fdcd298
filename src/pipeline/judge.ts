import { join } from 'node:path';
import type { Worktree } from '../attempt/worktree.ts';
import type { Patch } from '../core/attempt.ts';
import { type GateReport, gateTitles } from '../core/gate.ts';
import type { Protection } from '../core/protection.ts';
import type { TestRunner } from '../core/testRun.ts';
import { allGates, runGates } from '../gates/gate.ts';
import { underSandbox } from '../gates/underSandbox.ts';
import type { Job } from './draft.ts';
import { inFolder } from './inFolder.ts';

/** Runs all gates over a committed patch in its worktree. */
export async function judge(
  { house, settings, ticket, tell, signal }: Job,
  worktree: Worktree,
  patch: Patch,
  tests: TestRunner,
  protection: Protection,
): Promise<readonly GateReport[]> {
  return runGates(
    underSandbox(allGates, await house.sandbox(settings)),
    {
      patch,
      git: house.git,
      checkout: worktree,
      treeOfBaseWith: (commit, files) => worktree.treeOfBaseWith(commit, files),
      ...inFolder(worktree.prefix, { protection, tests }),
      limits: settings.limits,
      settings: settings.gates,
      shell: house.shell,
      held: await house.held(join(worktree.path, worktree.prefix), settings),
      mark: () => house.mark(),
      timeoutMs: settings.test.timeoutSeconds * 1000,
      folder: worktree.prefix,
      suiteRuns: new Map(),
      acceptedSecrets: await house.acceptedSecrets(),
      mainRoot: await house.git.run(['rev-parse', '--show-toplevel']),
      ...(ticket.metadata.exceptionType ? { exceptionType: ticket.metadata.exceptionType } : {}),
    },
    {
      started: (gate) => tell({ kind: 'gate_started', ticketId: ticket.id, gate }),
      ended: (report) => tell({ kind: 'gate', ticketId: ticket.id, report }),
    },
    signal,
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
