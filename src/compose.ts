import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createWorktrees } from './attempt/worktree.ts';
import type { Backlog } from './backlog/backlog.ts';
import { openBacklog } from './backlog/openBacklog.ts';
import { hookFolders } from './compose/hookFolders.ts';
import { type ModelSources, openModel } from './compose/models.ts';
import { errorMessage, explainFileError, PatchwrightError, systemCode } from './core/errors.ts';
import type { Clock, Git, Log, Shell } from './core/ports.ts';
import type { ForgeRepository } from './core/pullRequest.ts';
import { createProtection } from './core/protection.ts';
import { noSandbox, type SandboxState } from './core/sandbox.ts';
import { redact } from './core/secrets.ts';
import type { Settings } from './core/settings.ts';
import { acceptedSecrets } from './gates/secrets/known.ts';
import { createGateCache, createRunCache } from './gates/gateCache.ts';
import { findTestRunner } from './gates/tests/findTestRunner.ts';
import { createPipeline, type Pipeline } from './pipeline.ts';
import type { House } from './pipeline/house.ts';
import { copyWorkspace } from './platform/demoWorkspace.ts';
import { keptSelfTest } from './pipeline/selfTest/kept.ts';
import { createAuditSigner } from './platform/auditKey.ts';
import { cacheFolder, configFolder } from './platform/folders.ts';
import { createGit } from './platform/git.ts';
import { isGitRunning } from './platform/gitProcesses.ts';
import { startApp } from './platform/load/startApp.ts';
import { isAlive, thisRunner } from './platform/runner.ts';
import { createDoor } from './platform/sandbox/door.ts';
import { isOnBattery } from './platform/battery.ts';
import { createShell } from './platform/shell.ts';
import { createTeamKeys } from './platform/teamKeys.ts';
import { versionOf } from './platform/version.ts';
import { sshHost } from './platform/sshHost.ts';
import { endOrphans, markProcesses } from './platform/strays.ts';
import { openForge, takesToken } from './release/forge.ts';
import type { Recording } from './models/scripted.ts';
import type { Findings } from './signals/groups.ts';
import { readGroups } from './signals/readGroups.ts';
import { startAnalysis } from './signals/quality/startAnalysis.ts';
import { createScanner } from './signals/scan.ts';
import { createScanThread } from './signals/scanInWorker.ts';
import { readTemplates, type Templates } from './signals/templates/templates.ts';
import { watchSources } from './signals/watch.ts';

export interface ComposeOptions extends ModelSources {
  readonly folder: string;
  /** Live values, read at each use; throws `invalid_settings`. */
  readonly settings: () => Settings;
  readonly trusted: boolean;
  /** What signs in to a forge; undefined where there is nothing. @param ask whether a person may be asked */
  readonly forgeToken?: (repository: ForgeRepository, ask: boolean) => Promise<string | undefined>;
  /** Beyond so many tickets old ones are archived; for tests. */
  readonly maxTickets?: number;
  /** Default: the system's; for tests. */
  readonly clock?: Clock;
  /** Opens the backlog to read only and writes nothing at all. */
  readonly readOnly?: boolean;
  /** Reads logs in a thread of its own: where others need the event loop. */
  readonly scanInWorker?: boolean;
}

/** The whole house, for one workspace folder. */
export interface App {
  readonly folder: string;
  readonly backlog: Backlog;
  readonly pipeline: Pipeline;
  readonly git: Git;
  /** What holds the tests of patches, by the settings of now. */
  sandbox(): Promise<SandboxState>;
  /** A file as a commit has it; empty when it has none. */
  readFile(commit: string, path: string): Promise<string>;
  /** What was saved of an attempt, as it was written; empty when it is gone. */
  transcript(attemptId: string): Promise<readonly unknown[]>;
  /** Calls `pipeline.grown` when sources grow; for where no editor watches. */
  watch(): { dispose(): void };
  dispose(): Promise<void>;
}

/** Everything made, in the order the data travels. */
export async function compose(options: ComposeOptions): Promise<App> {
  const { folder, log, settings } = options;
  const clock: Clock = options.clock ?? { now: () => new Date() };
  const shell = createShell();
  const git = createGit(shell, folder);
  const door = createDoor({ shell, git, folder, environment: options.environment });
  const data = join(folder, '.patchwright');
  const gateResults = join(cacheFolder(options.environment), 'gates');
  const backlog = await openBacklog({
    folder,
    clock,
    log,
    signer: createAuditSigner(options.environment),
    readOnly: (options.readOnly ?? false) || !options.trusted,
    ...(options.maxTickets === undefined ? {} : { maxTickets: options.maxTickets }),
  });
  const thread = options.scanInWorker ? createScanThread(log) : undefined;
  const scannerOf = (current: Settings) => {
    const readPosition = (file: string) => backlog.positions.get(file);
    const deps = { folder, clock, settings: current, readPosition };
    return thread
      ? thread.scanner({ ...deps, positions: () => backlog.positions.all() })
      : createScanner(deps);
  };
  const house: House = {
    folder,
    version: versionOf(),
    trusted: options.trusted,
    backlog,
    git,
    shell,
    held: (root, current) => door.shell(root, current.sandbox),
    mark: markProcesses,
    clock,
    log,
    runner: thisRunner(),
    isAlive,
    endOrphans,
    isOnBattery: () => isOnBattery(shell),
    isGitRunning: (folders) => isGitRunning(shell, folders),
    settings,
    openModel: (current, role) => openModel(options, current, role),
    scanner: scannerOf,
    analyse: startAnalysis,
    worktrees: (current) =>
      createWorktrees({
        git,
        home: cacheFolder(options.environment),
        shell,
        held: (root) => door.shell(root, current.sandbox, true),
        log,
        clock,
        protectedBranches: current.approve.protectedBranches,
        ...(current.test.setup ? { setup: current.test.setup } : {}),
      }),
    sandbox: (current) => door.state(current.sandbox),
    startApp,
    findTests: async (root, current) => {
      const held = await door.shell(root, current.sandbox);
      return findTestRunner({ shell: held }, root, current.test, log);
    },
    protection: async () =>
      createProtection([...(await linesOf(join(data, 'protected'))), ...(await hookFolders(git))]),
    acceptedSecrets: async () => acceptedSecrets(await linesOf(join(data, 'secrets-allow'))),
    gateCache: (about) => createGateCache(gateResults, { about, build: build() }, log),
    baseRuns: (about) => createRunCache(gateResults, { about, build: build() }, log),
    lists: async () => {
      const textOf = async (name: string) => (await linesOf(join(data, name))).join('\n');
      return Object.fromEntries(
        await Promise.all(listNames.map(async (name) => [name, await textOf(name)])),
      );
    },
    elsewhere: async (other, adjust) => {
      const adjusted = { settings: () => adjust(settings()), trusted: true, readOnly: true };
      const app = await compose({
        ...options,
        ...adjusted,
        folder: other,
      });
      return {
        judge: (...args) => app.pipeline.judge(...args),
        dispose: () => app.dispose(),
      };
    },
    selfTests: keptSelfTest(
      join(cacheFolder(options.environment), 'selftest', `${nameOf(folder)}.json`),
    ),
    saveReport: (name, text) => saveReport(data, name, text),
    protect: (path) => appendProtected(data, path),
    sshHost: (name) => sshHost(shell, name),
    forge: async (repository, ask) => {
      const token = takesToken(repository)
        ? await options.forgeToken?.(repository, ask)
        : undefined;
      return token ? openForge(repository, token, () => clock.now()) : undefined;
    },
    reviewer: () => reviewerOf(git),
    team: createTeamKeys({ config: configFolder(options.environment), folder }),
    transcripts: {
      list: () => listTranscripts(data),
      remove: (id) => rm(transcriptFile(data, id), { force: true }),
    },
    saveTranscript: (id, entry) => saveTranscript(data, id, entry),
    readTranscript: (id) => readTranscript(data, id),
  };
  const pipeline = createPipeline(house);
  return {
    folder,
    backlog,
    pipeline,
    git,
    sandbox: async () => door.state(settings().sandbox),
    readFile: (commit, path) => fileAt(git, commit, path),
    transcript: (attemptId) => readTranscript(data, attemptId),
    watch: () => watch({ folder, settings: settings(), log }, pipeline, log),
    dispose: async () => {
      await pipeline.dispose();
      await thread?.dispose();
      await backlog.dispose();
    },
  };
}

const monitorMs = 60_000;

/** Follows the sources, and what has landed. */
function watch(
  deps: Parameters<typeof watchSources>[0],
  pipeline: Pipeline,
  log: Log,
): { dispose(): void } {
  const sources = watchSources(deps, () => pipeline.grown());
  const timer = setInterval(() => {
    pipeline.monitor().catch((error: unknown) => log(errorMessage(error)));
  }, monitorMs);
  return {
    dispose: () => {
      clearInterval(timer);
      void sources.dispose();
    },
  };
}

/** What the user lists in `.patchwright`. */
const listNames = ['protected', 'secrets-allow'] as const;

/** A file's name that stands for a folder. */
function nameOf(folder: string): string {
  return createHash('sha256').update(folder).digest('hex').slice(0, 32);
}

/** Changes with every build of ours: another version may judge otherwise. */
function build(): string {
  const { size, mtimeMs } = statSync(fileURLToPath(import.meta.url));
  return `${size} ${mtimeMs}`;
}

/** A loopback server that replays a recording through the real protocol; for the demo. */
export async function startRecordedModel(file: string): Promise<{
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  dispose(): Promise<void>;
}> {
  const { startScriptedModel } = await import('./models/scripted.ts');
  const recording = JSON.parse(await readFile(file, 'utf8')) as Recording; // our own file
  const server = await startScriptedModel(recording);
  return {
    name: recording.name,
    environment: { ANTHROPIC_BASE_URL: server.baseUrl, ANTHROPIC_API_KEY: server.apiKey },
    dispose: async () => server.dispose(),
  };
}

/** The door that tests of patches go through, for a command of the user's. Throws `no_sandbox`. */
export async function openSandbox(
  folder: string,
  settings: Settings,
  environment: NodeJS.ProcessEnv,
): Promise<{ readonly shell: Shell; readonly state: SandboxState }> {
  const shell = createShell();
  const door = createDoor({ shell, git: createGit(shell, folder), folder, environment });
  const state = await door.state(settings.sandbox);
  if (state.kind === 'refused') throw noSandbox(state);
  return { shell: await door.shell(folder, settings.sandbox), state };
}

/** The demo workspace in a folder of its own, as a repository. */
export async function copyDemo(source: string, folder: string): Promise<void> {
  await copyWorkspace(source, folder);
}

/** What is in log files that lie anywhere, without a backlog; for the command line. */
export function readLogs(
  files: readonly string[],
  folder: string,
  signal?: AbortSignal,
): Promise<Findings> {
  return readGroups({ files, folder }, signal);
}

/** The messages of one log file, grouped by template. */
export function readLogTemplates(
  file: string,
  isContent: boolean,
  signal?: AbortSignal,
): Promise<Templates> {
  return readTemplates(file, isContent, signal);
}

async function linesOf(file: string): Promise<string[]> {
  try {
    return (await readFile(file, 'utf8')).split(/\r?\n/);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error; // an unreadable list must stop the attempt: fail closed
  }
}

async function appendProtected(data: string, path: string): Promise<void> {
  const file = join(data, 'protected');
  if (/[\r\n]/.test(path)) {
    throw new PatchwrightError('usage', {
      what: `${JSON.stringify(path)} was not protected.`,
      why: 'A list of lines cannot name a file with a line break in its name.',
      remedy: 'Protect its folder instead.',
    });
  }
  // gitignore syntax: an anchored path, its special characters taken literally.
  const line = `/${path.replace(/[\\*?[\]!#]/g, '\\$&').replace(/ +$/, (s) => s.replaceAll(' ', '\\ '))}`;
  try {
    const lines = await linesOf(file);
    if (lines.includes(line)) return;
    await mkdir(data, { recursive: true });
    const gap = lines.length > 0 && lines.at(-1) !== '' ? '\n' : '';
    await appendFile(file, `${gap}${line}\n`);
  } catch (error) {
    throw explainFileError(error, '.patchwright/protected');
  }
}

/** Of each kind of file so many are kept. */
const maxReports = 200;

async function saveReport(data: string, name: string, text: string): Promise<void> {
  const folder = join(data, 'reports');
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, name), redact(text));
    const kind = extname(name);
    const all = (await readdir(folder)).filter((one) => extname(one) === kind).sort();
    for (const old of all.slice(0, -maxReports)) await rm(join(folder, old), { force: true });
  } catch (error) {
    throw explainFileError(error, '.patchwright/reports');
  }
}

async function saveTranscript(data: string, id: string, entry: unknown): Promise<void> {
  try {
    await mkdir(join(data, 'attempts'), { recursive: true });
    await appendFile(transcriptFile(data, id), `${redact(JSON.stringify(entry))}\n`);
  } catch (error) {
    throw explainFileError(error, '.patchwright/attempts');
  }
}

function transcriptFile(data: string, id: string): string {
  return join(data, 'attempts', `${id}.jsonl`);
}

async function listTranscripts(data: string): ReturnType<House['transcripts']['list']> {
  const folder = join(data, 'attempts');
  const names = await readdir(folder).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [];
    throw explainFileError(error, '.patchwright/attempts');
  });
  const ids = names.flatMap((name) => /^([\w-]+)\.jsonl$/.exec(name)?.[1] ?? []);
  return Promise.all(
    ids.map(async (attemptId) => {
      const { mtime, size } = await stat(transcriptFile(data, attemptId));
      return { attemptId, at: mtime.toISOString(), bytes: size };
    }),
  );
}

async function readTranscript(data: string, id: string): Promise<readonly unknown[]> {
  if (!/^[\w-]+$/.test(id)) return []; // ids come from the workspace's own files
  const lines = await linesOf(transcriptFile(data, id));
  return lines.flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as unknown];
    } catch {
      return []; // cut by a crash
    }
  });
}

async function reviewerOf(git: Git): Promise<string> {
  const { out } = await git.code(['config', 'user.email'], { okCodes: [0, 1] });
  return `user:${out || userInfo().username}`;
}

async function fileAt(git: Git, commit: string, path: string): Promise<string> {
  await git.run(['cat-file', '-e', `${commit}^{commit}`]); // gone is not the same as empty
  const { code } = await git.code(['cat-file', '-e', `${commit}:${path}`], {
    okCodes: [0, 1, 128],
  });
  if (code !== 0) return '';
  return (await git.bytes(['cat-file', 'blob', `${commit}:${path}`])).toString('utf8');
}
