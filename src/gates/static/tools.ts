import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { parse as parseJsonc } from 'jsonc-parser';
import { isJavaScript } from '../source/script.ts';
import { record, records, text } from '../tests/outcome.ts';
import {
  type Reader,
  readAnnotations,
  readCargo,
  readEslint,
  readLines,
  readPyright,
  readTsc,
} from './found.ts';

/** The base's own files in the workspace folder: what decides which tools are used there. */
export interface BaseFiles {
  readonly names: readonly string[];
  /** '' when it is not there. */
  text(name: string): Promise<string>;
}

/** A type checker or linter that a project may have set up. */
export interface Tool {
  readonly name: string;
  /** Which changed files make it worth running. */
  concerns(path: string): boolean;
  isConfigured(base: BaseFiles): Promise<boolean>;
  /** Looked for in the project's dependencies first, then on PATH. */
  readonly binary: string;
  readonly from: 'node_modules' | 'venv' | 'path';
  /**
   * One list of arguments a call: on the whole project, or on `files`, the changed ones that this tree
   * has.
   */
  calls(files: readonly string[], base: BaseFiles): Promise<readonly (readonly string[])[]>;
  readonly read: Reader;
}

const isPython = (path: string): boolean => /\.pyi?$/.test(path);
const isGo = (path: string): boolean => path.endsWith('.go');
const isRust = (path: string): boolean => path.endsWith('.rs');

function named(pattern: RegExp) {
  return async ({ names }: BaseFiles): Promise<boolean> => names.some((name) => pattern.test(name));
}

function hasSection(...places: readonly (readonly [file: string, section: RegExp])[]) {
  return async (base: BaseFiles): Promise<boolean> => {
    for (const [file, section] of places) {
      if (base.names.includes(file) && section.test(await base.text(file))) return true;
    }
    return false;
  };
}

function either(...tests: readonly Tool['isConfigured'][]): Tool['isConfigured'] {
  return async (base) => {
    for (const test of tests) if (await test(base)) return true;
    return false;
  };
}

/** One call with all files, or none without any. */
function perFile(...args: readonly string[]): Tool['calls'] {
  return async (files) => (files.length === 0 ? [] : [[...args, ...files]]);
}

export const tools: readonly Tool[] = [
  {
    name: 'tsc',
    concerns: (path) => /\.[cm]?tsx?$/.test(path),
    isConfigured: named(/^tsconfig\.json$/),
    binary: 'tsc',
    from: 'node_modules',
    calls: async (_files, base) => (await tscProjects(base)).map((project) => tscCall(project)),
    read: readTsc,
  },
  {
    name: 'eslint',
    concerns: isJavaScript,
    isConfigured: either(
      named(/^(eslint\.config\.[cm]?[jt]s|\.eslintrc(\.\w+)?)$/),
      hasSection(['package.json', /"eslintConfig"\s*:/]),
    ),
    binary: 'eslint',
    from: 'node_modules',
    calls: perFile('--format', 'json', '--no-error-on-unmatched-pattern', '--'),
    read: readEslint,
  },
  {
    name: 'biome',
    concerns: isJavaScript,
    isConfigured: named(/^\.?biome\.jsonc?$/),
    binary: 'biome',
    from: 'node_modules',
    calls: perFile(
      'lint',
      '--reporter=github',
      '--no-errors-on-unmatched',
      '--max-diagnostics=1000',
    ),
    read: readAnnotations,
  },
  {
    name: 'oxlint',
    concerns: isJavaScript,
    isConfigured: named(/^(\.oxlintrc\.jsonc?|oxlint\.config\.ts)$/),
    binary: 'oxlint',
    from: 'node_modules',
    calls: perFile('--format=github'),
    read: readAnnotations,
  },
  {
    name: 'ruff',
    concerns: isPython,
    isConfigured: either(
      named(/^\.?ruff\.toml$/),
      hasSection(['pyproject.toml', /^\[tool\.ruff\b/m]),
    ),
    binary: 'ruff',
    from: 'venv',
    calls: perFile('check', '--output-format=github', '--no-cache', '--force-exclude', '--'),
    read: readAnnotations,
  },
  {
    name: 'flake8',
    concerns: isPython,
    isConfigured: either(
      named(/^\.flake8$/),
      hasSection(['setup.cfg', /^\[flake8\]/m], ['tox.ini', /^\[flake8\]/m]),
    ),
    binary: 'flake8',
    from: 'venv',
    calls: perFile('--format=default', '--'),
    read: readLines,
  },
  {
    name: 'mypy',
    concerns: isPython,
    isConfigured: either(
      named(/^\.?mypy\.ini$/),
      hasSection(['pyproject.toml', /^\[tool\.mypy\b/m], ['setup.cfg', /^\[mypy\b/m]),
    ),
    binary: 'mypy',
    from: 'venv',
    calls: perFile(
      '--no-error-summary',
      '--no-color-output',
      '--no-pretty',
      '--show-error-codes',
      '--cache-dir=/dev/null',
      '--',
    ),
    read: readLines,
  },
  {
    name: 'pyright',
    concerns: isPython,
    isConfigured: either(
      named(/^pyrightconfig\.json$/),
      hasSection(['pyproject.toml', /^\[tool\.pyright\b/m]),
    ),
    binary: 'pyright',
    from: 'venv',
    calls: async () => [['--outputjson']],
    read: readPyright,
  },
  {
    name: 'golangci-lint',
    concerns: isGo,
    isConfigured: named(/^\.golangci\.(ya?ml|toml|json)$/),
    binary: 'golangci-lint',
    from: 'path',
    calls: async () => [['run', '--color=never']],
    read: readLines,
  },
  {
    name: 'go vet',
    concerns: isGo,
    isConfigured: named(/^go\.mod$/),
    binary: 'go',
    from: 'path',
    calls: async () => [['vet', './...']],
    read: readLines,
  },
  {
    name: 'cargo clippy',
    concerns: isRust,
    isConfigured: either(
      named(/^\.?clippy\.toml$/),
      hasSection(['Cargo.toml', /^\[(workspace\.)?lints\.clippy\]/m]),
    ),
    binary: 'cargo-clippy',
    from: 'path',
    calls: async () => [['clippy', '--message-format=json', '--offline', '--all-targets']],
    read: readCargo,
  },
  {
    name: 'cargo check',
    concerns: isRust,
    isConfigured: named(/^Cargo\.toml$/),
    binary: 'cargo',
    from: 'path',
    calls: async () => [['check', '--message-format=json', '--offline', '--all-targets']],
    read: readCargo,
  },
];

/** A configuration that only refers to others has no files of its own. */
async function tscProjects(base: BaseFiles): Promise<readonly string[]> {
  const config = record(parseJsonc(await base.text('tsconfig.json')));
  const refers = records(config?.['references']).map((one) => text(one['path']));
  const files = config?.['files'];
  const isSolution = Array.isArray(files) && files.length === 0 && !config?.['include'];
  return isSolution && refers.length > 0 ? refers : ['tsconfig.json'];
}

function tscCall(project: string): readonly string[] {
  const own = ['--noEmit', '--composite', 'false', '--incremental', 'false', '--pretty', 'false'];
  return ['-p', project, ...own];
}

/** undefined: it is not installed. */
export function binaryOf(
  { binary, from }: Tool,
  root: string,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  const windows = process.platform === 'win32';
  const own =
    from === 'node_modules'
      ? [join(root, 'node_modules', '.bin')]
      : from === 'venv'
        ? ['.venv', 'venv'].map((name) => join(root, name, windows ? 'Scripts' : 'bin'))
        : [];
  // A linter of another version than the project's says other things: only its own will do there.
  const path = from === 'node_modules' ? [] : (environment['PATH'] ?? '').split(delimiter);
  const names = windows ? [`${binary}.exe`, `${binary}.cmd`] : [binary];
  return [...own, ...path]
    .filter((folder) => folder !== '')
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((file) => existsSync(file));
}
