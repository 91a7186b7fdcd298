import { foldPath } from '../core/pathRules.ts';
import type { Protection } from '../core/protection.ts';
import type { Gate, GateContext, GateFinding } from './context.ts';
import { failed, passed, plural } from './finding.ts';
import { ignoredBy } from './ignoredPaths.ts';
import { modes, type TreeChange, treeChanges, treePaths } from './treeChanges.ts';
import { weakenedTests } from './weakenedTests.ts';

/**
 * Judges the result: what differs between the base's tree and the commit's, by git's own objects. How
 * the edits were made, by which tool and under which name, does not matter here.
 */
export const protectedFiles: Gate = {
  id: 'protected',
  runsCode: false,
  run: judgeCommit,
};

type Judging = Pick<GateContext, 'git' | 'patch' | 'protection'>;

/** Reads objects only, so that a patch can be judged again in the moment before it lands. */
export async function judgeCommit(context: Judging, signal?: AbortSignal): Promise<GateFinding> {
  const { git, patch } = context;
  const changes = await treeChanges(git, patch.base, patch.commit, signal);
  const isIgnored = await ignoredBy(git, patch.base, signal);
  const paths = await treePaths(git, patch.commit, signal);
  const verdicts = changes.map((change) => judge(change, context.protection, isIgnored));
  const problems = [
    ...(await ancestry(context, signal)),
    ...verdicts.flatMap(({ problem }) => problem ?? []),
    ...repositoryLayouts(changes, paths),
  ];
  const marks = [
    ...verdicts.flatMap(({ marks }) => marks),
    ...sameButForSpelling(changes, paths),
    ...(await weakenedTests(git, patch, changes, signal)),
  ];
  const evidence = [`${plural(changes.length, 'changed path')}, each judged by both its sides.`];
  if (problems.length === 0) {
    const reason = changes.length === 0 ? 'Nothing changed.' : 'No protected file is touched.';
    return passed(reason, { evidence, marks });
  }
  return failed(`The patch touches ${plural(problems.length, 'protected place')}: ${problems[0]}`, {
    evidence: [...evidence, ...problems],
    marks,
  });
}

/** A patch whose commit does not stand on its base would bring along what nobody has judged. */
async function ancestry({ git, patch }: Judging, signal?: AbortSignal): Promise<string[]> {
  const { code } = await git.code(['merge-base', '--is-ancestor', patch.base, patch.commit], {
    okCodes: [0, 1],
    signal,
  });
  return code === 0 ? [] : ['the commit does not stand on its base'];
}

interface Judged {
  readonly problem?: string;
  readonly marks: readonly string[];
}

const verbs = { A: 'added', D: 'deleted', M: 'changed', T: 'changed in type' } as const;

function judge(
  change: TreeChange,
  protection: Protection,
  isIgnored: (path: string) => boolean,
): Judged {
  const { path, oldMode, newMode } = change;
  if (path === undefined) return { problem: 'a name that is not valid UTF-8', marks: [] };
  const name = `${JSON.stringify(path)} (${verbs[change.status]})`;
  const verdict = protection.check(path);
  if (!verdict.ok && verdict.verdict === 'block') {
    return { problem: `${name}: ${verdict.rule}`, marks: [] };
  }
  const special = specialMode(oldMode, newMode);
  if (special) return { problem: `${name}: ${special}`, marks: [] };
  if (change.status === 'A' && isIgnored(path)) {
    return { problem: `${name}: ignored paths are no part of a patch`, marks: [] };
  }
  return {
    marks: [
      ...(verdict.ok ? [] : [`${name}: ${verdict.rule}`]),
      ...(change.status === 'A' && hidesModule(path)
        ? [`${name}: Python loads it in place of its own module of that name`]
        : []),
      ...(newMode === modes.executable && oldMode !== modes.executable
        ? [`${name}: becomes executable`]
        : []),
    ],
  };
}

/** Where Python looks first there is another module of a name that the runner of the tests itself loads. */
const ownModules = new RegExp(
  `^(src/|lib/)?(${[
    'abc|argparse|ast|asyncio|base64|bisect|builtins|codecs|collections|configparser|contextlib|copy',
    'copyreg|csv|ctypes|dataclasses|datetime|decimal|difflib|dis|doctest|email|enum|errno|faulthandler',
    'fnmatch|functools|gc|getpass|glob|gzip|hashlib|heapq|html|http|importlib|inspect|io|itertools|json',
    'keyword|linecache|locale|logging|math|multiprocessing|numbers|opcode|operator|os|pathlib|pdb|pickle',
    'pkgutil|platform|posixpath|pprint|queue|random|re|reprlib|runpy|secrets|select|selectors|shlex',
    'shutil|signal|site|socket|sqlite3|ssl|stat|statistics|string|struct|subprocess|sys|sysconfig',
    'tempfile|textwrap|threading|time|timeit|token|tokenize|trace|traceback|types|typing|unicodedata',
    'urllib|uuid|warnings|weakref|xml|zipfile|zlib',
  ].join('|')})(\\.py|/__init__\\.py)$`,
);

function hidesModule(path: string): boolean {
  return ownModules.test(path);
}

function specialMode(oldMode: string, newMode: string): string | undefined {
  if (oldMode === modes.gitlink || newMode === modes.gitlink) return 'a submodule';
  if (oldMode === modes.symlink || newMode === modes.symlink) return 'a symbolic link';
  const regular = /^(000000|100644|100755|100664)$/;
  return regular.test(oldMode) && regular.test(newMode) ? undefined : `mode ${newMode}`;
}

/** A folder with HEAD, objects and refs is a repository to git, hooks and all, without being named `.git`. */
function repositoryLayouts(
  changes: readonly TreeChange[],
  paths: readonly (string | undefined)[],
): string[] {
  const added = changes.flatMap(({ path, status }) => (path && status !== 'D' ? [path] : []));
  const heads = paths.flatMap((path) => /^(.*\/|)HEAD$/i.exec(path ?? '')?.[1] ?? []);
  return heads
    .filter((folder) => added.some((path) => path.startsWith(folder)))
    .filter((folder) => {
      const below = (name: string): boolean =>
        paths.some((path) => path?.toLowerCase().startsWith(`${folder}${name}`.toLowerCase()));
      return below('config') || (below('objects/') && below('refs/'));
    })
    .map((folder) => `${JSON.stringify(folder || '.')}: laid out as a repository`);
}

/** New names that some file system takes for one that exists, so that they overwrite each other there. */
function sameButForSpelling(
  changes: readonly TreeChange[],
  paths: readonly (string | undefined)[],
): string[] {
  const added = changes.flatMap(({ path, status }) => (path && status === 'A' ? [path] : []));
  if (added.length === 0) return [];
  const bySpelling = new Map<string, Set<string>>();
  for (const path of paths) {
    for (const prefix of path === undefined ? [] : prefixes(path)) {
      const key = foldPath(prefix);
      bySpelling.set(key, (bySpelling.get(key) ?? new Set()).add(prefix));
    }
  }
  return added.flatMap((path) => {
    const twins = prefixes(path).flatMap((prefix) =>
      [...(bySpelling.get(foldPath(prefix)) ?? [])].filter((other) => other !== prefix),
    );
    return twins.length > 0
      ? [`${JSON.stringify(path)} differs from ${JSON.stringify(twins[0])} only in spelling`]
      : [];
  });
}

/** `a/b/c` → `a`, `a/b`, `a/b/c`. */
function prefixes(path: string): string[] {
  const names = path.split('/');
  return names.map((_, i) => names.slice(0, i + 1).join('/'));
}
