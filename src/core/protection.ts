import ignore, { type Ignore } from 'ignore';
import {
  foldPath,
  type PathFinding,
  pathFinding,
  pathReview,
  percentDecoded,
  tidyPath,
} from './pathRules.ts';
import { defaultPatterns, kernelPatterns } from './protectedPatterns.ts';

/** block: never. review: allowed, but a person must be shown the rule. */
export type PathVerdict = { readonly ok: true } | ({ readonly ok: false } & PathFinding);

/** The one judge of paths, for the tools, the gates and the editor. */
export interface Protection {
  /** All lists in force; two of the same lines judge alike. */
  readonly patterns: readonly string[];
  /** `path` is relative to the repository's root, with `/`. Never throws: what can't be judged is blocked. */
  check(path: string): PathVerdict;
}

/**
 * The built-in kernel, the default list, and the user's own (lines of `.patchwright/protected`, gitignore
 * syntax). A `!` line lifts what the defaults or an earlier line protect, never what the kernel does.
 */
export function createProtection(userPatterns: readonly string[]): Protection {
  const user = patternLines(userPatterns);
  const kernel = createList(kernelPatterns);
  const list = createList([...defaultPatterns, ...user]);
  const judge = (path: string): PathFinding | undefined =>
    pathFinding(path) ?? matching(kernel, path) ?? matching(list, path);
  return {
    patterns: [...kernelPatterns, ...defaultPatterns, ...user],
    check(path) {
      try {
        const finding = judge(path) ?? judgeDecoded(path, judge) ?? pathReview(path);
        return finding ? { ok: false, ...finding } : { ok: true };
      } catch {
        return { ok: false, rule: 'a path that cannot be judged', verdict: 'block' };
      }
    },
  };
}

function patternLines(patterns: readonly string[]): string[] {
  return patterns.flatMap((pattern) => pattern.split(/\r?\n/));
}

function judgeDecoded(
  path: string,
  judge: (path: string) => PathFinding | undefined,
): PathFinding | undefined {
  const decoded = percentDecoded(path);
  if (decoded === path) return undefined;
  const finding = judge(decoded);
  return finding && { ...finding, rule: `percent-encoded: ${finding.rule}` };
}

interface List {
  readonly ignore: Ignore;
  /** Folders of `folder/**` lines: the folder's own name is as protected as what it holds. */
  readonly folders: ReadonlySet<string>;
}

function createList(patterns: readonly string[]): List {
  const folded = patterns.map(foldPath);
  const folders = folded.flatMap((line) => /^\/?([^!#*?[\]\\]+)\/\*\*$/.exec(line)?.[1] ?? []);
  return { ignore: ignore({ ignorecase: true }).add(folded), folders: new Set(folders) };
}

function matching(list: List, path: string): PathFinding | undefined {
  const folded = tidyPath(foldPath(path));
  if (list.folders.has(folded)) return { rule: `${folded}/**`, verdict: 'block' };
  const result = list.ignore.test(folded);
  if (!result.ignored) return undefined;
  return { rule: result.rule?.pattern ?? 'protected', verdict: 'block' };
}
