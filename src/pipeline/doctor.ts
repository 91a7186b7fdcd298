import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ErrorCode,
  errorMessage,
  isPatchwrightError,
  PatchwrightError,
} from '../core/errors.ts';
import { isProven, proofText } from '../core/audit.ts';
import { noSandbox, type SandboxState } from '../core/sandbox.ts';
import { selfTestText } from '../core/selfTest.ts';
import type { Settings } from '../core/settings.ts';
import { operationInProgress } from '../release/operation.ts';
import { examineServers } from '../gates/mcp/examine.ts';
import { mcpFiles } from '../gates/mcp/servers.ts';
import type { House } from './house.ts';
import { locksLeft } from './locksLeft.ts';
import type { Schedule } from './run/schedule.ts';
import { scheduleText } from './run/scheduleIn.ts';
import { configurationOf } from './selfTest/selfTest.ts';
import { syncState } from './sync/state.ts';

/** What works and what is missing, each with the fix. */
export type DoctorCode = ErrorCode | 'untested_gates';

export interface DoctorCheck {
  readonly title: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly fix?: string;
  /** What is wrong, for who knows more to do about it than `fix` says. */
  readonly code?: DoctorCode;
  /** Worth knowing, but Patchwright works without it. */
  readonly optional?: boolean;
}

/** @param schedule left out: what is due is not done by this process */
export async function examine(
  house: House,
  schedule?: Pick<Schedule, 'waitsFor'>,
): Promise<readonly DoctorCheck[]> {
  const settings = once(() => house.settings());
  const servers = mcpServers(house);
  const checks = await Promise.all([
    check('Settings', async () => {
      settings();
      return 'All patchwright.* settings are valid.';
    }),
    check('Workspace trust', async () => {
      if (house.trusted) return 'The folder is trusted.';
      throw new Error('The folder is not trusted: Patchwright shows tickets and runs nothing.');
    }),
    check('git', async () => gitVersion(await house.git.run(['--version']))),
    check('Repository', async () => repositoryState(house)),
    check('Locks of git', async () => lockState(house)),
    check('Test command', async () => {
      const tests = await house.findTests(house.folder, valid(settings));
      if (tests) return tests.title;
      throw new PatchwrightError('no_test_command', {
        what: 'No way to run the tests was found.',
        why: '',
        remedy: 'Set patchwright.test.command.',
      });
    }),
    check('Model', async () => {
      const model = await house.openModel(valid(settings), 'patching');
      return `${model.name}${model.price ? '' : ' (price not known: tokens are shown instead)'}`;
    }),
    check('Log sources', async () => {
      const { logs, enabled } = valid(settings).sources;
      return enabled.logs ? logs.join(', ') : 'Switched off.';
    }),
    check('Audit trail', async () => {
      const proof = house.backlog.audit.verify();
      if (isProven(proof)) return proofText(proof);
      throw new Error(proofText(proof));
    }),
    check('Schedule', async () => scheduleText(house, valid(settings).schedule, schedule)),
    syncCheck(house, settings),
    sandboxCheck(house, settings),
    selfTestCheck(house, settings),
  ]);
  return [...checks, ...(await servers)];
}

/** What the gate for MCP servers would say. Patchwright works without them. */
async function mcpServers(house: House): Promise<readonly DoctorCheck[]> {
  const title = 'MCP servers';
  const read = (file: string) => readOptional(join(house.folder, file));
  if (!house.trusted) {
    const sources = await Promise.all(mcpFiles.map(([file]) => read(file)));
    if (sources.every((source) => !source)) return [];
    const detail = 'Not started: the folder is not trusted.';
    return [{ title, ok: false, optional: true, detail }];
  }
  const { folder } = house;
  const rows = await examineServers({
    folder,
    environment: process.env,
    mark: () => house.mark(),
    read,
  });
  return rows.map(({ name, file, state, detail }) => ({
    title: `MCP ${name}`,
    ok: state === 'works',
    optional: true,
    detail: `${detail} (${file})`,
    ...(state === 'broken' ? { fix: `Correct or remove it in ${file}.` } : {}),
  }));
}

async function readOptional(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return undefined; // not there, or not readable: then it names no server
  }
}

async function sandboxCheck(house: House, settings: () => Settings): Promise<DoctorCheck> {
  const title = 'Sandbox';
  const run = (): Promise<SandboxState> => house.sandbox(valid(settings));
  const state = await run().catch((error: unknown) => errorMessage(error));
  if (typeof state === 'string') return { title, ok: false, detail: state };
  switch (state.kind) {
    case 'held': {
      const { title: held, network } = state;
      const detail = network ? `${held}, with the network.` : `${held}, without network.`;
      return { title, ok: true, detail };
    }
    case 'without':
      return {
        title,
        ok: false,
        optional: true,
        detail: `Tests of patches run without one, as you chose. ${state.reason}`,
        fix: state.remedy,
      };
    case 'refused': {
      const { what, why, remedy } = noSandbox(state);
      return { title, ok: false, code: 'no_sandbox', detail: `${what} ${why}`, fix: remedy };
    }
  }
}

/** Patchwright works on alone as long as the remote can't be reached. */
async function syncCheck(house: House, settings: () => Settings): Promise<DoctorCheck> {
  const title = 'Team';
  const fix = 'Run `patchwright sync`, or Sync Backlog with Team in the editor.';
  try {
    valid(settings);
    const { ok, detail } = await syncState(house);
    return ok ? { title, ok, detail } : { title, ok, optional: true, detail, fix };
  } catch (error) {
    return { title, ok: false, optional: true, detail: errorMessage(error) };
  }
}

/** Of the last time that it was run. Patchwright works without, but nobody then knows whether the gates do. */
async function selfTestCheck(house: House, settings: () => Settings): Promise<DoctorCheck> {
  const title = 'Gate self-test';
  const code = 'untested_gates';
  const again = 'Run `patchwright gates selftest`, or Run Gate Self-Test in the editor.';
  try {
    const last = await house.selfTests.read();
    if (!last)
      return { title, ok: false, optional: true, code, detail: 'Never run here.', fix: again };
    const now = configurationOf(valid(settings), await house.lists());
    const rates = last.gates.map(({ id, caught, of }) => `${id} ${caught}/${of}`).join(', ');
    const detail = `${selfTestText(last)} By gate: ${rates}. Run ${last.at}.`;
    if (!last.passed)
      return { title, ok: false, code, detail, fix: `Look at the gates' settings. ${again}` };
    if (now === last.configuration) return { title, ok: true, detail };
    const stale = `${detail} The settings have changed since.`;
    return { title, ok: false, optional: true, code, detail: stale, fix: again };
  } catch (error) {
    return { title, ok: false, optional: true, detail: errorMessage(error), fix: again };
  }
}

async function check(title: string, examineIt: () => Promise<string>): Promise<DoctorCheck> {
  try {
    return { title, ok: true, detail: await examineIt() };
  } catch (error) {
    if (!isPatchwrightError(error)) return { title, ok: false, detail: errorMessage(error) };
    return {
      title,
      ok: false,
      code: error.code,
      detail: `${error.what} ${error.why}`.trim(),
      ...(error.remedy ? { fix: error.remedy } : {}),
    };
  }
}

/** merge-tree --write-tree, which landing needs, came with git 2.38. */
function gitVersion(text: string): string {
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(text) ?? [];
  if (Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 38)) return text;
  throw new Error(`${text} is too old; Patchwright needs git 2.38 or newer.`);
}

/** Settings that are not valid are told once, by their own check. */
function valid(settings: () => Settings): Settings {
  try {
    return settings();
  } catch {
    throw new Error('Not known while the settings are not valid.');
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** What drafting and approving would refuse, said before they do. */
async function repositoryState(house: House): Promise<string> {
  const { git } = house;
  const okCodes = [0, 1, 128];
  await git.run(['rev-parse', '--git-dir']);
  const [head, branch, operation] = await Promise.all([
    git.code(['rev-parse', '--verify', '--quiet', '--short', 'HEAD^{commit}'], { okCodes }),
    git.code(['symbolic-ref', '--quiet', '--short', 'HEAD'], { okCodes }),
    operationInProgress(git),
  ]);
  if (head.code !== 0) {
    throw new PatchwrightError('unborn_branch', {
      what: 'The current branch has no commit yet.',
      why: '',
      remedy: 'Make a first commit.',
    });
  }
  if (operation) {
    throw new PatchwrightError('operation_in_progress', {
      what: `A ${operation.name} is in progress: patches can't be approved.`,
      why: '',
      remedy: `Finish it (${operation.end}).`,
    });
  }
  if (branch.code !== 0) {
    throw new Error(`HEAD is detached at ${head.out}: patches can be drafted but not approved.`);
  }
  return `${branch.out} at ${head.out}.`;
}

/** With one that a killed git left, every git command fails that needs it. */
async function lockState(house: House): Promise<string> {
  const left = await locksLeft(house);
  if (left.length === 0) return 'None is left over.';
  throw new PatchwrightError('busy', {
    what: `Locks that no git holds any more: ${left.map(({ name }) => name).join(', ')}.`,
    why: 'A crash or a power cut has left them, and git refuses to work until they are gone.',
    remedy: 'Run `patchwright cleanup --yes`, or Clean Up in the editor.',
  });
}
