import { spawn, spawnSync, type StdioOptions } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  cpSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer as createHttp, type Server } from 'node:http';
import { createServer, type Server as NetServer } from 'node:net';
import { join, resolve } from 'node:path';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { ensureBubblewrap } from '../host/bubblewrap.mjs';
import { createRepository, type Tree, writeTree } from './repository.ts';

/** As whom a command is run: as whoever runs the tests, or, when that is root, as an ordinary user. */
export interface Caller {
  readonly name: string;
  readonly uid: number;
  /** What comes before a command. */
  readonly prefix: readonly string[];
}

const nobody = 65_534;

export function callers(): readonly Caller[] {
  const uid = process.getuid?.() ?? nobody;
  if (uid !== 0) return [{ name: 'an ordinary user', uid, prefix: [] }];
  const prefix = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', '--'];
  return [
    { name: 'root', uid: 0, prefix: [] },
    { name: 'an ordinary user', uid: nobody, prefix },
  ];
}

/** Why the sandbox can't be tested here; brings bubblewrap where it can be installed. */
export function missingSandbox(): string | undefined {
  missing ??= look();
  return missing.reason;
}

let missing: { readonly reason?: string } | undefined;

function look(): { readonly reason?: string } {
  try {
    ensureBubblewrap();
    return {};
  } catch (error) {
    return { reason: (error as Error).message };
  }
}

/** The secrets that lie about; none may ever be printed. */
export const secret = 'hunter2-do-not-print';

/** A user's machine in small: a home with keys, a repository, a worktree of it, servers, a process. */
export interface World {
  readonly caller: Caller;
  readonly main: string;
  readonly worktree: string;
  readonly home: string;
  readonly outside: string;
  /** What probes are told, as environment of their scripts. */
  readonly facts: Readonly<Record<string, string>>;
  /** Of everything that must not change. */
  state(): string;
  /** Connections that the servers of the host have seen. */
  connections(): number;
  isProcessAlive(): boolean;
  run(script: string, options?: RunOptions): Promise<Ran>;
  /** The same script with nothing to hold it: what shows that a probe could escape. */
  runFree(script: string): Promise<Ran>;
  dispose(): Promise<void>;
}

export interface RunOptions {
  readonly timeoutSeconds?: number;
  /** Leaves a folder of the host open on these descriptors. */
  readonly leak?: readonly number[];
  readonly path?: string;
}

export interface Ran {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  readonly stopped: string | null;
  /** Of the whole command line, start and end of it included. */
  readonly wallMs: number;
}

const dist = resolve(import.meta.dirname, '../../dist');

const homeFiles: Tree = {
  '.ssh/id_rsa': secret,
  '.aws/credentials': secret,
  '.config/gcloud/credentials.db': secret,
  '.kube/config': secret,
  '.git-credentials': secret,
  '.netrc': secret,
  '.npmrc': secret,
  '.cargo/credentials.toml': secret,
  '.cargo/bin/tool': '#!/bin/sh\n',
  '.local/bin/tool': '#!/bin/sh\n',
  '.local/share/keyrings/login': secret,
  'notes.txt': secret,
};

export async function createWorld(
  folder: string,
  caller: Caller,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<World> {
  const at = (name: string): string => join(folder, name);
  const { main, worktree, home, outside } = await layOut(at, settings);
  const node = programsFor(caller, at('programs'));
  const servers = await startServers(at('host.sock'), `pw-${process.pid}-${Math.random()}`);
  const victim = spawn(
    caller.prefix[0] ?? 'sleep',
    caller.prefix.length > 0 ? [...caller.prefix.slice(1), 'sleep', '600'] : ['600'],
    { env: { ...process.env, HOST_SECRET: secret }, stdio: 'ignore' },
  );
  await once(victim, 'spawn');
  own(folder, caller.uid);
  writeFileSync(at('suid-id'), readFileSync('/usr/bin/id'));
  if (caller.prefix.length > 0) {
    cpSync(at('suid-id'), join(worktree, 'suid-id'));
    chmodSync(join(worktree, 'suid-id'), 0o4755); // root's own, within reach of the ordinary user
  }
  const facts = {
    MAIN: main,
    OUT: outside,
    WT: worktree,
    NODE: node,
    HOSTPID: String(victim.pid),
    PORT: String(servers.port),
    SOCK: at('host.sock'),
    ABSTRACT: servers.abstract,
  };
  const environment = (path?: string) => ({
    PATH: [
      path,
      join(home, '.cargo/bin'),
      join(home, '.local/bin'),
      '/usr/bin:/bin:/usr/sbin:/sbin',
    ]
      .filter(Boolean)
      .join(':'),
    HOME: home,
    HOST_SECRET: secret,
    AWS_SECRET_ACCESS_KEY: secret,
    SSH_AUTH_SOCK: at('host.sock'),
  });
  const withFacts = (script: string): string =>
    `${Object.entries(facts)
      .map(([name, value]) => `export ${name}='${value}'`)
      .join('\n')}\n${script}`;
  const run = async (line: readonly string[], options: RunOptions = {}): Promise<Ran> => {
    const started = performance.now();
    const [file = '', ...args] = [...caller.prefix, ...line];
    const leaked = options.leak ?? [];
    const descriptor = leaked.length > 0 ? openSync(outside, constants.O_RDONLY) : undefined;
    const stdio: StdioOptions = ['ignore', 'pipe', 'pipe'];
    for (const number of leaked) {
      while (stdio.length < number) stdio.push('ignore');
      stdio[number] = descriptor;
    }
    const child = spawn(file, args, { cwd: worktree, env: environment(options.path), stdio });
    if (descriptor !== undefined) closeSync(descriptor);
    const texts = { stdout: '', stderr: '' };
    child.stdout?.on('data', (piece: Buffer) => (texts.stdout += piece.toString()));
    child.stderr?.on('data', (piece: Buffer) => (texts.stderr += piece.toString()));
    const [exitCode] = (await once(child, 'close')) as [number | null];
    const wallMs = performance.now() - started;
    return { exitCode, ...texts, timedOut: false, stopped: null, wallMs };
  };
  return {
    caller,
    main,
    worktree,
    home,
    outside,
    facts,
    state: () =>
      stateOf([main, home, outside, join(worktree, '.git'), join(worktree, 'node_modules')]),
    connections: servers.connections,
    isProcessAlive: () => victim.exitCode === null && victim.signalCode === null,
    async run(script, options = {}) {
      const limit = ['--timeout', String(options.timeoutSeconds ?? 30)];
      const cli = [node, at('programs/cli.cjs'), 'sandbox', '--json', '--folder', worktree];
      const ran = await run([...cli, ...limit, '--', 'sh', '-c', withFacts(script)], options);
      if (!ran.stdout.startsWith('{')) throw new Error(`no answer: ${ran.stdout}${ran.stderr}`);
      const answer = JSON.parse(ran.stdout) as Ran & { readonly error?: unknown };
      if (answer.error !== undefined) throw new Error(ran.stderr); // it was not run at all
      return { ...answer, wallMs: ran.wallMs };
    },
    runFree: (script) => run(['sh', '-c', withFacts(script)]),
    async dispose() {
      victim.kill('SIGKILL');
      await servers.close();
    },
  };
}

async function layOut(at: (name: string) => string, settings: Readonly<Record<string, unknown>>) {
  const [main, worktree, home, outside] = ['main', 'worktree', 'home', 'outside'].map(at) as [
    string,
    string,
    string,
    string,
  ];
  const git = await createRepository(main, {
    'a.txt': 'a\n',
    '.gitignore': '.env\nnode_modules\n',
    '.vscode/settings.json': JSON.stringify(settings),
  });
  await git.run(['remote', 'add', 'origin', `https://user:${secret}@example.com/x.git`]);
  await git.run(['config', 'http.extraheader', `Authorization: ${secret}`]);
  await git.run(['worktree', 'add', '-q', worktree]);
  writeTree(main, { '.env': secret });
  writeTree(worktree, {
    '.env': secret,
    'packages/a/.env.local': secret,
    '.env.example': 'an example\n',
    'node_modules/x/index.js': 'module.exports = 1;\n',
    'node_modules/.bin/bwrap': `#!/bin/sh\ntouch ${outside}/hijacked\n`,
  });
  writeTree(home, homeFiles);
  writeTree(outside, { secret });
  return { main, worktree, home, outside };
}

/** Copies of node and of our own bundle, where an ordinary user can't get at them. */
function programsFor(caller: Caller, folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(dist)) {
    if (name === 'cli.cjs' || name.endsWith('.wasm')) cpSync(join(dist, name), join(folder, name));
  }
  const [file, ...args] = [...caller.prefix, process.execPath, '--version'];
  if (spawnSync(file ?? '', args).status === 0) return process.execPath;
  cpSync(process.execPath, join(folder, 'node'));
  return join(folder, 'node');
}

async function startServers(socket: string, abstract: string) {
  let seen = 0;
  const count = (): void => {
    seen += 1;
  };
  const http: Server = createHttp((_, answer) => answer.end('hello'));
  const files: NetServer = createServer();
  const names: NetServer = createServer();
  for (const server of [http, files, names]) server.on('connection', count);
  http.listen(0, '127.0.0.1');
  files.listen(socket);
  names.listen(`\0${abstract}`);
  await Promise.all([http, files, names].map((server) => once(server, 'listening')));
  chmodSync(socket, 0o777);
  return {
    port: (http.address() as AddressInfo).port,
    abstract,
    connections: () => seen,
    close: async () => {
      http.closeAllConnections();
      await Promise.all(
        [http, files, names].map((server) => new Promise((done) => server.close(done))),
      );
    },
  };
}

function own(path: string, uid: number): void {
  if (uid === process.getuid?.()) return;
  chownSync(path, uid, uid);
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) own(inner, uid);
    else if (!entry.isSymbolicLink()) chownSync(inner, uid, uid);
  }
}

/** Contents, kinds and modes; of git's folders not what reading alone may refresh. */
function stateOf(paths: readonly string[]): string {
  const hash = createHash('sha256');
  const add = (path: string): void => {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    hash.update(`${path}\0${stats?.mode}\0${stats?.nlink}\0`);
    if (!stats) return;
    if (stats.isSymbolicLink()) hash.update(readlinkSync(path));
    else if (stats.isFile()) hash.update(readFileSync(path));
    else if (stats.isDirectory())
      for (const name of readdirSync(path).toSorted()) add(join(path, name));
  };
  for (const path of paths) add(path);
  return hash.digest('hex');
}
