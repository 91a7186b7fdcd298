import { isAbsolute, relative, sep } from 'node:path';
import { realpathSync } from 'node:fs';
import { isScript } from './testFiles.ts';

export interface LoadedCode {
  /** Why the run proves nothing about the patch. */
  readonly problem?: string;
  readonly evidence: string;
  readonly mark?: string;
}

interface Subject {
  readonly checkout: string;
  /** What the patch changes besides its tests, relative. */
  readonly changed: readonly string[];
  /** Every path of the patch's tree. */
  readonly tracked: ReadonlySet<string>;
}

/**
 * Code of the main tree that the tests loaded. A linked workspace package or an editable install leads
 * there, and it fails or passes whatever the patch does. undefined: none was seen.
 */
export function foreignCode(
  loaded: readonly string[] | undefined,
  subject: { readonly checkout: string; readonly mainRoot: string },
): string | undefined {
  const [checkout, main] = [realpathSync(subject.checkout), realpathSync(subject.mainRoot)];
  const path = (loaded ?? [])
    .filter((file) => within(checkout, file) === undefined)
    .flatMap((file) => within(main, file) ?? [])
    .find((file) => !isDependency(file));
  if (path === undefined) return undefined;
  return `the tests loaded ${path} of your working tree instead of the patch's; a linked package or an editable install leads there. Set patchwright.test.setup to install dependencies in the worktree`;
}

/** Whether the patched code is what the tests loaded. */
export function judgeLoaded(loaded: readonly string[] | undefined, subject: Subject): LoadedCode {
  if (loaded === undefined) {
    return {
      evidence:
        'Loaded files can not be recorded here; that only the patch differs between the runs tells.',
    };
  }
  const checkout = realpathSync(subject.checkout);
  const inCheckout = loaded.flatMap((file) => within(checkout, file) ?? []);
  const isPython = loaded.some((file) => file.endsWith('.py'));
  const scripts = subject.changed.filter(
    (path) => isScript(path) && path.endsWith('.py') === isPython,
  );
  const seen = scripts.filter((path) => inCheckout.includes(path));
  if (seen.length > 0)
    return { evidence: `Loaded from the patch: ${seen.slice(0, 5).join(', ')}.` };
  if (scripts.length === 0)
    return { evidence: 'The patch changes no file whose loading is recorded.' };
  const built = inCheckout.filter((path) => !subject.tracked.has(path) && !isDependency(path));
  if (built.length > 0) {
    const mark = `The tests load what was built from the changed files (${built[0]}), not the files themselves.`;
    return { evidence: mark, mark };
  }
  return {
    problem: `the tests never load ${scripts[0]}, so they say nothing about it`,
    evidence: `Not loaded: ${scripts.slice(0, 5).join(', ')}.`,
  };
}

function within(root: string, file: string): string | undefined {
  const path = relative(root, file);
  const inside = path !== '' && path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path);
  return inside ? path.split(sep).join('/') : undefined;
}

function isDependency(path: string): boolean {
  return /(^|\/)(node_modules|\.venv|venv|site-packages|\.yarn|\.pnp\.c?js|\.tox|\.nox)(\/|$)/.test(
    path,
  );
}
