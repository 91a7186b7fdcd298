import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import type { ToolContext } from '../../src/attempt/tools/tool.ts';
import { locateForWriting } from '../../src/attempt/tools/paths.ts';
import { createProtection, type Protection } from '../../src/core/protection.ts';
import { defaultSettings } from '../../src/core/settings.ts';
import type { Checkout, Git, Shell } from '../../src/core/ports.ts';
import type { GateContext, GateFinding } from '../../src/gates/context.ts';
import { protectedFiles } from '../../src/gates/protectedFiles.ts';
import { reproduction } from '../../src/gates/reproduction.ts';
import { suite } from '../../src/gates/suite.ts';
import { findTestRunner } from '../../src/gates/tests/findTestRunner.ts';
import { createDoor } from '../../src/platform/sandbox/door.ts';
import { createShell } from '../../src/platform/shell.ts';
import { markProcesses } from '../../src/platform/strays.ts';
import { addCheckout } from './checkout.ts';
import { patchOf } from './patches.ts';
import { createRepository, type Tree, writeTree } from './repository.ts';
import { missingSandbox } from './sandbox.ts';

/** One adversarial case: what is there, what is done, and what must come of it. */
export interface ProtectedCase {
  readonly id: number | string;
  readonly category: string;
  readonly name: string;
  readonly setup: {
    readonly files?: Tree;
    readonly protected?: readonly string[];
    readonly symlinks?: Tree;
    readonly hardlinkFromMain?: Tree;
  };
  readonly edit: readonly Operation[];
  readonly expected: {
    readonly verdict: 'block' | 'review' | 'allow';
    readonly rule: string;
    readonly invariants?: readonly string[];
  };
}

export interface Operation {
  readonly op: string;
  readonly path?: string;
  readonly content?: string;
  readonly from?: string;
  readonly to?: string;
  readonly target?: string;
  readonly mode?: string;
  readonly sha?: string;
  readonly text?: string;
  readonly cmd?: string;
}

export interface Policy {
  readonly baseFiles: Tree;
  readonly protected: readonly string[];
}

/** Why a case waits; undefined: it is run. */
export function waitsFor({ edit }: ProtectedCase): string | undefined {
  if (edit.some(({ op }) => op === 'dirtyBuffer'))
    return 'the editor: test/integration/repository/4-review.test.ts has it';
  return runsCode(edit) ? missingSandbox() : undefined;
}

/**
 * Kept from happening rather than refused: a home folder of the sandbox's own may be written to, and what is
 * the user's stays as it was.
 */
export function isHeld({ edit, expected }: ProtectedCase): boolean {
  return runsCode(edit) && (expected.invariants ?? []).length > 0;
}

function runsCode(edit: ProtectedCase['edit']): boolean {
  return edit.some(({ op }) => op === 'run');
}

export interface Judged {
  readonly verdict: 'block' | 'review' | 'allow';
  readonly why: string;
  /** What the gate says of the same edits when no tool has held them up. */
  readonly before: string;
  readonly after: string;
}

interface Scene {
  readonly main: string;
  readonly home: string;
  /** Somebody to connect to. */
  readonly server: Server;
  readonly connections: () => number;
  readonly git: Git;
  readonly checkout: Checkout & Pick<GateContext, 'treeOfBaseWith'>;
  readonly here: Git;
  readonly base: string;
  readonly protection: Protection;
}

/**
 * Does what the case says in a real worktree, as the model's tools would (`tools`), or with nobody
 * asking, so that the gate alone has to see it in the result.
 */
export async function judgeCase(
  folder: string,
  policy: Policy,
  one: ProtectedCase,
  tools: boolean,
): Promise<Judged> {
  const scene = await setTheScene(folder, policy, one);
  const before = stateAround(scene);
  try {
    const refusal = await perform(scene, one, tools);
    const judged = refusal ? { verdict: 'block' as const, why: refusal } : await gates(scene, one);
    return { ...judged, before, after: stateAround(scene) };
  } finally {
    scene.server.close();
  }
}

async function setTheScene(folder: string, policy: Policy, one: ProtectedCase): Promise<Scene> {
  const main = join(folder, 'main');
  mkdirSync(main, { recursive: true });
  for (const [path, target] of Object.entries(one.setup.symlinks ?? {})) {
    mkdirSync(dirname(join(main, path)), { recursive: true });
    symlinkSync(target, join(main, path));
  }
  const git = await createRepository(main, { ...policy.baseFiles, ...one.setup.files }, 'main');
  const checkout = await addCheckout(git, join(folder, 'worktree'));
  const here = git.at(checkout.path);
  await here.run(['checkout', '-q', '-b', 'improvement/x']);
  for (const [path, content] of Object.entries(one.setup.hardlinkFromMain ?? {})) {
    writeTree(main, { [path]: content });
    mkdirSync(dirname(join(checkout.path, path)), { recursive: true });
    linkSync(join(main, path), join(checkout.path, path));
  }
  const home = join(folder, 'home');
  writeTree(home, { '.profile': 'export EDITOR=vi\n' });
  let connections = 0;
  const server = createServer(() => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    main,
    home,
    server,
    connections: () => connections,
    git,
    checkout,
    here,
    base: await git.run(['rev-parse', 'HEAD']),
    protection: createProtection([...policy.protected, ...(one.setup.protected ?? [])]),
  };
}

async function perform(
  scene: Scene,
  one: ProtectedCase,
  tools: boolean,
): Promise<string | undefined> {
  for (const operation of one.edit) {
    const refusal = await apply(scene, operation, tools);
    if (refusal) return refusal;
  }
  return undefined;
}

async function apply(scene: Scene, step: Operation, tools: boolean): Promise<string | undefined> {
  const root = scene.checkout.path;
  const path = (step.path ?? '').replace('$MAIN', scene.main).replace('$WT', root);
  const at = (name: string): string => join(root, name);
  switch (step.op) {
    case 'write':
    case 'append': {
      const refusal = tools ? await toolRefusal(scene, path) : undefined;
      if (refusal) return refusal;
      mkdirSync(dirname(at(path)), { recursive: true });
      (step.op === 'write' ? writeFileSync : appendFileSync)(at(path), step.content ?? '');
      return undefined;
    }
    case 'delete':
      rmSync(at(path), { recursive: true });
      return undefined;
    case 'rename':
      mkdirSync(dirname(at(step.to ?? '')), { recursive: true });
      renameSync(at(step.from ?? ''), at(step.to ?? ''));
      return undefined;
    case 'symlink':
      mkdirSync(dirname(at(path)), { recursive: true });
      symlinkSync((step.target ?? '').replace('$MAIN', scene.main), at(path));
      return undefined;
    case 'hardlink':
      linkSync(
        (step.target ?? '').startsWith('/') ? (step.target ?? '') : at(step.target ?? ''),
        at(path),
      );
      return undefined;
    case 'chmod':
      chmodSync(at(path), Number.parseInt(step.mode ?? '644', 8));
      return undefined;
    case 'gitlink':
      mkdirSync(at(path), { recursive: true });
      await scene.here.run(['update-index', '--add', '--cacheinfo', `160000,${step.sha},${path}`]);
      return undefined;
    case 'diff':
      return applyDiff(scene, step.text ?? '');
    case 'run':
      return undefined; // run by the gates, as the test command
    default:
      throw new Error(`unknown operation ${step.op}`);
  }
}

async function toolRefusal(scene: Scene, path: string): Promise<string | undefined> {
  let rule: string | undefined;
  const context: ToolContext = {
    root: scene.checkout.path,
    git: scene.here,
    base: scene.base,
    guard: scene.protection,
    onRefused: (_path, why) => {
      rule = why;
    },
    submit: () => Promise.reject(new Error('not asked for')),
  };
  const place = await locateForWriting(path, context);
  return place.ok ? undefined : `the tool: ${rule ?? 'not a file'}`;
}

async function applyDiff(scene: Scene, text: string): Promise<string | undefined> {
  const { code } = await scene.here.code(['apply', '--index', '--whitespace=nowarn', '-'], {
    input: text,
    okCodes: [0, 1, 128],
  });
  return code === 0 ? undefined : 'git does not apply the diff';
}

async function gates(scene: Scene, one: ProtectedCase): Promise<Pick<Judged, 'verdict' | 'why'>> {
  const { code } = await scene.here.code(['add', '-A'], { okCodes: [0, 128] });
  if (code !== 0) return { verdict: 'block', why: 'git itself refuses the name' };
  const context = await contextOf(scene, one);
  const findings = [await protectedFiles.run(context)];
  if (findings[0]?.verdict === 'passed' && one.edit.some(({ op }) => op === 'run')) {
    findings.push(await suite.run(context));
  }
  if (findings[0]?.verdict === 'passed' && context.patch.testFiles.length > 0) {
    findings.push(await reproduction.run(context));
  }
  return verdictOf(findings);
}

function verdictOf(findings: readonly GateFinding[]): Pick<Judged, 'verdict' | 'why'> {
  const refused = findings.find(({ verdict }) => verdict === 'failed');
  if (refused) return { verdict: 'block', why: [refused.reason, ...refused.evidence].join('; ') };
  const marks = findings.flatMap((finding) => finding.marks);
  return marks.length > 0
    ? { verdict: 'review', why: marks.join('; ') }
    : { verdict: 'allow', why: '' };
}

async function contextOf(scene: Scene, one: ProtectedCase): Promise<GateContext> {
  const { checkout, here, base, git, main } = scene;
  const testFiles = one.category === 'tests' ? await prepareTests(scene, one) : [];
  const commands = one.edit.flatMap(({ op, cmd }) => (op === 'run' && cmd ? [cmd] : []));
  await here.run(['add', '-A']);
  await here.run(['commit', '-q', '--allow-empty', '-m', 'patch']);
  const settings = { ...defaultSettings.test, timeoutSeconds: 30 };
  const command = commands.length > 0 ? { command: commandOf(scene, commands) } : {};
  const shell = commands.length > 0 ? await heldShell(scene) : createShell();
  const tests = await findTestRunner({ shell }, main, { ...settings, ...command });
  return {
    patch: await patchOf(here, base, testFiles),
    git,
    checkout,
    treeOfBaseWith: (commit, files) => checkout.treeOfBaseWith(commit, files),
    ...(tests ? { tests } : {}),
    protection: scene.protection,
    limits: defaultSettings.limits,
    settings: defaultSettings.gates,
    shell: createShell(),
    held: createShell(),
    mark: markProcesses,
    timeoutMs: settings.timeoutSeconds * 1000,
    folder: '',
    suiteRuns: new Map(),
    acceptedSecrets: new Set(),
    maxMutants: 0,
    mainRoot: main,
  };
}

/** One word to the shell, so that nothing takes it apart. */
function commandOf({ main, server }: Scene, commands: readonly string[]): string {
  const { port } = server.address() as AddressInfo;
  const facts = `MAIN='${main}' PWHOST=127.0.0.1 PWPORT=${port}; export PWHOST PWPORT`;
  const script = Buffer.from([facts, ...commands].join('\n')).toString('base64');
  return `echo ${script} | base64 -d | sh`;
}

function heldShell({ main, home, git, checkout }: Scene): Promise<Shell> {
  const environment = { ...process.env, HOME: home };
  const door = createDoor({ shell: createShell(), git, folder: main, environment });
  return door.shell(checkout.path, defaultSettings.sandbox);
}

/** A new test file is handed in as the reproduction of some fix; mocha is there to run it. */
async function prepareTests({ checkout }: Scene, one: ProtectedCase): Promise<string[]> {
  const added = one.edit.filter(({ op, path }) => op === 'write' && path?.startsWith('test/repro'));
  if (added.length === 0) return [];
  symlinkSync(join(import.meta.dirname, '../../node_modules'), join(checkout.path, 'node_modules'));
  appendFileSync(join(checkout.path, 'src/app.ts'), 'export const sub=(a,b)=>a-b;\n');
  return added.flatMap(({ path }) => path ?? []);
}

function stateAround({ main, home, connections }: Scene): string {
  return [stateOf(main), stateOf(home), connections()].join(' ');
}

/** Everything of the main tree, and of its `.git` what commands and commits depend on. */
export function stateOf(main: string): string {
  const hash = createHash('sha256');
  const add = (folder: string, name: string): void => {
    const path = join(folder, name);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (!stats) return;
    hash.update(`${path}\0${stats.mode}\0`);
    if (stats.isSymbolicLink()) hash.update(readlinkSync(path));
    else if (stats.isFile()) hash.update(readFileSync(path));
    else if (stats.isDirectory())
      for (const entry of readdirSync(path).toSorted()) add(path, entry);
  };
  for (const name of readdirSync(main).toSorted()) if (name !== '.git') add(main, name);
  for (const name of [
    'HEAD',
    'config',
    'hooks',
    'info/exclude',
    'info/attributes',
    'refs/heads/main',
    'refs/stash',
  ]) {
    add(join(main, '.git'), name);
  }
  return hash.digest('hex');
}
