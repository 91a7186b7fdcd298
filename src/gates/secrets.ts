import type { Gate, GateContext, GateFinding } from './context.ts';
import { failed, passed, plural } from './finding.ts';
import { ignoredBy } from './ignoredPaths.ts';
import { addedLines } from './secrets/addedLines.ts';
import { runGitleaks } from './secrets/gitleaks.ts';
import { placeOnBase } from './secrets/known.ts';
import { findSecrets, type Secret, type Source, textOf } from './secrets/scanner.ts';
import { isPublicOnly, isSecretFile } from './secrets/secretFiles.ts';
import { passingChanges, type Step } from './secrets/passing.ts';
import { splitNul, type TreeChange, treeChanges } from './treeChanges.ts';

/**
 * No key, token or password comes in with a patch: not in an added line, a new file, a file's name or the
 * commit's message. Only reads; no comment in the patch can switch it off.
 */
export const secrets: Gate = {
  id: 'secrets',
  runsCode: false,
  run: judgeSecrets,
};

/** A text of which only some lines are the patch's own. */
interface Added extends Source {
  isAdded(line: number): boolean;
}

const all = (): boolean => true;

/** Each is looked up on the base; what is beyond counts as new. */
const maxJudged = 200;

async function judgeSecrets(context: GateContext, signal?: AbortSignal): Promise<GateFinding> {
  const { git, patch, shell } = context;
  const changes = (await treeChanges(git, patch.base, patch.commit, signal)).filter(
    ({ status }) => status !== 'D',
  );
  const passing = await passingChanges(context, changes, signal);
  const sources = [
    ...(await filesOf(context, changes, signal)),
    ...(await filesPassing(context, passing, signal)),
    ...changes.map(({ path }, i) => toSource(`name of file ${i + 1}`, path ?? '', all)),
    toSource('commit message', await messages(context, signal), all),
  ];
  const own: Secret[] = [];
  for (const source of sources) own.push(...(await findSecrets(source, signal)));
  const gitleaks = await runGitleaks(shell, sources, signal);
  const others = gitleaks.secrets.filter((one) => !own.some((other) => isSamePlace(one, other)));
  const found = [...own, ...others].filter((secret) => isOfPatch(secret, sources));

  const verdicts: Judged[] = [];
  for (const secret of found.slice(0, maxJudged)) {
    verdicts.push(await judge(context, secret, signal));
  }
  const added = [...changes, ...passing.flatMap((step) => step.changes)];
  const files = await judgeFiles(context, added, sources, signal);
  const problems = [
    ...verdicts.flatMap(({ problem }) => problem ?? []),
    ...found.slice(maxJudged).map(placeText),
    ...files.problems,
  ];
  const marks = [
    ...verdicts.flatMap(({ mark }) => mark ?? []),
    ...files.marks,
    ...(gitleaks.problem ? [gitleaks.problem] : []),
    ...(await unignored(context, signal)),
  ];
  const evidence = [
    `${plural(changes.length, 'file')} and the commit message looked through for secrets.`,
    ...problems,
  ];
  if (problems.length === 0)
    return passed('No secret comes in with the patch.', { evidence, marks });
  const reason = `The patch brings in ${plural(problems.length, 'secret')}, at ${problems[0]}`;
  return failed(reason, { evidence, marks });
}

function toSource(name: string, text: string, isAdded: (line: number) => boolean): Added {
  return { name, text, isAdded };
}

/** Files of the commits on the way; named with the commit, since the end of the patch does not show them. */
async function filesPassing(
  context: GateContext,
  steps: readonly Step[],
  signal?: AbortSignal,
): Promise<Added[]> {
  const sources: Added[] = [];
  for (const { base, commit, changes } of steps) {
    const step = { ...context, patch: { ...context.patch, base, commit } };
    for (const source of await filesOf(step, changes, signal)) {
      sources.push({ ...source, name: `${source.name} (in commit ${commit.slice(0, 10)})` });
    }
  }
  return sources;
}

/** New files whole; of changed ones the lines that the patch adds, read in their surroundings. */
async function filesOf(
  { git, patch }: GateContext,
  changes: readonly TreeChange[],
  signal?: AbortSignal,
): Promise<Added[]> {
  const sources: Added[] = [];
  for (const { path, status, newMode, newBlob } of changes) {
    if (newMode === '160000') continue; // a submodule's commit is no text
    const text = textOf(await git.bytes(['cat-file', 'blob', newBlob], { signal, maxOutputBytes }));
    const isNew = status === 'A' || path === undefined;
    const isAdded = isNew ? all : await addedLines(git, patch, path, signal);
    sources.push(toSource(path ?? 'a name that is not valid UTF-8', text, isAdded));
  }
  return sources;
}

const maxOutputBytes = 256 << 20;

function messages({ git, patch }: GateContext, signal?: AbortSignal): Promise<string> {
  return git.run(['log', '--format=%B', `${patch.base}..${patch.commit}`, '--'], { signal });
}

function isOfPatch(secret: Secret, sources: readonly Added[]): boolean {
  const source = sources.find(({ name }) => name === secret.source);
  if (!source) return true;
  for (let line = secret.line; line <= secret.lastLine; line++) {
    if (source.isAdded(line)) return true;
  }
  return false;
}

function isSamePlace(a: Secret, b: Secret): boolean {
  return a.source === b.source && a.line <= b.lastLine && b.line <= a.lastLine;
}

interface Judged {
  readonly problem?: string;
  readonly mark?: string;
}

async function judge(
  { git, patch, acceptedSecrets }: GateContext,
  secret: Secret,
  signal?: AbortSignal,
): Promise<Judged> {
  const { fingerprint } = secret;
  const shown = placeText(secret);
  if (acceptedSecrets.has(fingerprint)) return { mark: `${shown}, accepted as no secret` };
  const place = await placeOnBase(git, patch.base, secret, signal);
  if (place !== undefined) return { mark: `${shown}, already in ${place}: moved or copied` };
  return {
    problem: `${shown} (if it is none, put ${fingerprint} into .patchwright/secrets-allow)`,
  };
}

function placeText({ source, line, rule, masked }: Secret): string {
  return `${source}:${line}: ${rule} ${masked}`;
}

/** Files that are secrets as a whole. */
async function judgeFiles(
  { git, patch }: GateContext,
  changes: readonly TreeChange[],
  sources: readonly Source[],
  signal?: AbortSignal,
): Promise<{ readonly problems: readonly string[]; readonly marks: readonly string[] }> {
  const names = changes.flatMap(({ path, status }) =>
    path !== undefined && status === 'A' && isSecretFile(path) ? [path] : [],
  );
  const added = [...new Set(names)];
  if (added.length === 0) return { problems: [], marks: [] };
  const isIgnored = await ignoredBy(git, patch.base, signal);
  const isPublic = (path: string): boolean =>
    sources
      .filter(({ name }) => name === path || name.startsWith(`${path} (in commit `))
      .every(({ text }) => isPublicOnly(path, text));
  return {
    problems: added
      .filter((path) => !isPublic(path))
      .map((path) => `${path}: ${isIgnored(path) ? 'ignored, and ' : ''}a file that holds secrets`),
    marks: added.filter(isPublic).map((path) => `${path}: certificates or public keys only`),
  };
}

/** What the user's next `git add` would take along. */
async function unignored({ git, mainRoot }: GateContext, signal?: AbortSignal): Promise<string[]> {
  const out = await git
    .at(mainRoot)
    .bytes(['ls-files', '-z', '--others', '--exclude-standard'], { signal, maxOutputBytes });
  return splitNul(out)
    .map((path) => path.toString('utf8'))
    .filter(isSecretFile)
    .map(
      (path) =>
        `${path} in your working tree is neither committed nor ignored: add it to .gitignore`,
    );
}
