import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log, Shell } from '../../core/ports.ts';
import type { Settings } from '../../core/settings.ts';
import type { TestRun, TestRunner } from '../../core/testRun.ts';
import { compiledFrameworks } from './compiled.ts';
import { hasFreeCoverage, isMeasured } from './coverage/measure.ts';
import { javascriptFrameworks } from './javascript.ts';
import { parseJson, record, text } from './outcome.ts';
import { expandLine, type Scripts } from './packageScripts.ts';
import { pythonFrameworks } from './python.ts';
import { runTests, type RunSpec, type Step } from './runTests.ts';
import { afterAssignments, baseName, quoted, type Segment } from './scriptLine.ts';

const frameworks = [...javascriptFrameworks, ...pythonFrameworks, ...compiledFrameworks];

/** How a project runs its tests. */
interface TestLine {
  readonly line: string;
  /** Where it was found. */
  readonly from: string;
}

/**
 * Reads how `root` runs its tests, once: a patch made later can't change it. `test.command` is the whole
 * suite, `test.single` one run of `{files}`; without them the project's own files tell.
 * undefined: nothing was found.
 */
export async function findTestRunner(
  deps: { readonly shell: Shell },
  root: string,
  settings: Settings['test'],
  log: Log = () => undefined,
): Promise<TestRunner | undefined> {
  const found = settings.command.trim()
    ? { line: settings.command.trim(), from: 'patchwright.test.command' }
    : detectLine(root);
  if (!found) return undefined;
  const scripts = scriptsOf(root);
  const whole = stepsOf(found.line, scripts);
  const title = `${titleOf(whole, found.line)} (${found.from})`;
  log(`Tests: ${title}`);
  const common = {
    timeoutMs: settings.timeoutSeconds * 1000,
    venv: virtualEnvironment(root),
    record: false,
  };
  const run = (at: string, spec: RunSpec, signal?: AbortSignal): Promise<TestRun> =>
    runTests(deps.shell, at, { ...spec, venv: virtualEnvironment(at) ?? spec.venv }, signal);
  const single = settings.single.trim();
  const coverage = coverageKind(whole, root);
  return {
    title,
    ...(coverage === 'runner'
      ? {
          coverage: (at: string, signal?: AbortSignal) =>
            run(at, { ...common, title: found.line, steps: whole, coverage }, signal),
        }
      : {}),
    all: (at, signal) =>
      run(at, { ...common, title: found.line, steps: whole, coverage: 'free' }, signal),
    files: (at, files, signal) =>
      run(
        at,
        single
          ? { ...common, ...singleSpec(single, scripts, files), record: true }
          : { ...common, title: found.line, steps: forFiles(whole, files), files, record: true },
        signal,
      ),
  };
}

/** Whether measuring coverage takes a run of its own. undefined: nobody can. */
function coverageKind(steps: RunSpec['steps'], root: string): 'free' | 'runner' | undefined {
  if (typeof steps !== 'string' && steps.some(({ segment }) => isMeasured(segment, root))) {
    return 'runner';
  }
  return hasFreeCoverage(steps, root) ? 'free' : undefined;
}

function titleOf(steps: RunSpec['steps'], line: string): string {
  const names =
    typeof steps === 'string' ? [] : steps.flatMap((step) => step.framework?.name ?? []);
  return names.length > 0 ? [...new Set(names)].join(' + ') : `${line.slice(0, 60)}, by exit code`;
}

/** The setting's own line runs the files, so only the report is added to it. */
function singleSpec(line: string, scripts: Scripts, files: readonly string[]) {
  // `${files}` too, which the shell would expand to nothing; `() =>`, since names may hold `$&`.
  const filled = line.replace(/\$?\{files\}/g, () =>
    files.map((file) => quoted(file).raw).join(' '),
  );
  return { title: line, steps: stepsOf(filled, scripts) };
}

/**
 * Up to the last command that runs tests. Linters are another gate's business, and what comes after the
 * tests (uploads, more linters) can't tell about them.
 */
function stepsOf(line: string, scripts: Scripts): readonly Step[] | string {
  const segments = expandLine(line, scripts);
  if (!segments) return line;
  const steps = segments.map(toStep);
  const last = steps.findLastIndex((step) => step.framework);
  if (last < 0) return line;
  return steps.slice(0, last + 1).filter((step) => step.framework || !isLinter(step.segment));
}

function toStep(segment: Segment): Step {
  for (const framework of frameworks) {
    const at = framework.find(segment);
    if (at >= 0) return { segment, framework, at };
  }
  return { segment, at: -1 };
}

const linters =
  /^(eslint|oxlint|prettier|biome|standard|xo|tslint|stylelint|knip|flake8|ruff|black|mypy|pylint|isort)$/;

function isLinter(segment: Segment): boolean {
  const start = afterAssignments(segment);
  const first = baseName(segment[start]);
  const command = /^(npx|bunx|pnpx)$/.test(first) ? baseName(segment[start + 1]) : first;
  return linters.test(command);
}

/** Of several test commands, the one whose words name the files' folder; else the last. */
function forFiles(steps: RunSpec['steps'], files: readonly string[]): RunSpec['steps'] {
  if (typeof steps === 'string') return steps;
  const testing = steps.filter((step) => step.framework);
  const naming = testing.find(({ segment, at }) =>
    segment.slice(at + 1).some((word) => files.some((file) => isBelow(file, word.text))),
  );
  const chosen = naming ?? testing.at(-1);
  return steps.filter((step) => !step.framework || step === chosen);
}

/** Whether a glob's or path's leading folders hold the file. */
function isBelow(file: string, pattern: string): boolean {
  const folder = pattern.replace(/^\.\//, '').replace(/[^/]*[*?[{].*$/, '');
  return !pattern.startsWith('-') && folder !== '' && `${file}/`.startsWith(folder);
}

/** What the project's own files say, the first that says anything. */
function detectLine(root: string): TestLine | undefined {
  return fromPackageJson(root) ?? fromPython(root) ?? fromCompiled(root);
}

function fromPackageJson(root: string): TestLine | undefined {
  const manifest = record(parseJson(contentOf(root, 'package.json')));
  if (!manifest) return undefined;
  const script = scriptsOf(root)['test'];
  if (script && !/no test specified/.test(script))
    return { line: 'npm test', from: 'package.json' };
  const depends = { ...record(manifest['dependencies']), ...record(manifest['devDependencies']) };
  const known = ['vitest', 'jest', 'mocha'].find((name) => name in depends);
  if (known) return { line: known, from: 'package.json' };
  const tests = [root, join(root, 'test')].flatMap(names);
  const hasTests = tests.some((name) => /[.-]test\.[cm]?[jt]s$/.test(name));
  return hasTests ? { line: 'node --test', from: 'its test files' } : undefined;
}

function scriptsOf(root: string): Scripts {
  const manifest = record(parseJson(contentOf(root, 'package.json')));
  return Object.fromEntries(
    Object.entries(record(manifest?.['scripts']) ?? {}).map(([name, line]) => [name, text(line)]),
  );
}

function fromPython(root: string): TestLine | undefined {
  const python = process.platform === 'win32' ? 'python' : 'python3';
  const pytest = { line: `${python} -m pytest`, from: 'its Python files' };
  const configured = ['pytest.ini', '.pytest.ini', 'conftest.py', 'tests/conftest.py'];
  if (configured.some((name) => existsSync(join(root, name)))) return pytest;
  const mentions = ['pyproject.toml', 'setup.cfg', 'tox.ini', 'Pipfile', ...requirements(root)];
  if (mentions.some((name) => /\bpytest\b/.test(contentOf(root, name)))) return pytest;
  const folders = ['', 'tests', 'test'].filter((folder) =>
    names(join(root, folder)).some((name) => /^test\w*\.py$|_test\.py$/.test(name)),
  );
  if (folders.length === 0) return undefined;
  const sources = folders.flatMap((folder) =>
    names(join(root, folder))
      .filter((name) => name.endsWith('.py'))
      .map((name) => contentOf(root, join(folder, name))),
  );
  const classic = sources.some((source) => /\bunittest\b/.test(source));
  const modern = sources.some((source) => /\bimport pytest\b|^def test_/m.test(source));
  if (!classic || modern) return pytest;
  const inPackage = folders.includes('') || existsSync(join(root, folders[0] ?? '', '__init__.py'));
  const discover = inPackage ? 'discover' : `discover -s ${folders[0]} -t .`;
  return { line: `${python} -m unittest ${discover}`, from: 'its Python files' };
}

function requirements(root: string): string[] {
  return names(root).filter((name) => /^requirements.*\.txt$/.test(name));
}

function fromCompiled(root: string): TestLine | undefined {
  const has = (name: string): boolean => existsSync(join(root, name));
  if (has('go.mod')) return { line: 'go test ./...', from: 'go.mod' };
  if (has('Cargo.toml')) return { line: 'cargo test', from: 'Cargo.toml' };
  if (has('pom.xml')) return { line: has('mvnw') ? './mvnw test' : 'mvn test', from: 'pom.xml' };
  return undefined;
}

function virtualEnvironment(root: string): string | undefined {
  return ['.venv', 'venv']
    .map((name) => join(root, name))
    .find((folder) => existsSync(join(folder, 'pyvenv.cfg')));
}

function contentOf(root: string, name: string): string {
  try {
    return readFileSync(join(root, name), 'utf8').slice(0, 1 << 20);
  } catch {
    return ''; // not there, or not readable: then it tells nothing
  }
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // not there
  }
}
