import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Coverage } from '../../../core/testRun.ts';
import { parseJson } from '../outcome.ts';
import { baseName, plainWords, type Segment } from '../scriptLine.ts';
import { readGoProfile, readLcov, readPythonCoverage } from './reports.ts';
import { readWritten } from '../written.ts';

/** A test command that also measures coverage. */
export interface Measuring {
  readonly segment: Segment;
  readonly env?: Readonly<Record<string, string>>;
  read(root: string): Coverage | undefined;
}

interface Place {
  readonly root: string;
  /** Folder of this command alone. */
  readonly temp: string;
}

interface Method {
  /** Index of the word behind which its flags go, or -1. */
  find(segment: Segment, root: string): number;
  measure(segment: Segment, at: number, place: Place): Measuring;
}

/** The first that fits. */
function methodOf(segment: Segment, root: string): [Method, number] | undefined {
  for (const method of methods) {
    const at = method.find(segment, root);
    if (at >= 0) return [method, at];
  }
  return undefined;
}

/** Whether this command's coverage is measured by a tool of the project, in a run of its own. */
export function isMeasured(segment: Segment, root: string): boolean {
  return methodOf(segment, root) !== undefined;
}

export function measure(segment: Segment, place: Place): Measuring | undefined {
  const [method, at] = methodOf(segment, place.root) ?? [];
  return method && at !== undefined ? method.measure(segment, at, place) : undefined;
}

/**
 * Whether V8 can measure it by the way: Node writes what ran where a variable of the environment says
 * so, and nothing of the tests changes. Not where a tool puts code of its own into the sources.
 */
export function hasFreeCoverage(
  steps: readonly { readonly segment: Segment; readonly framework?: unknown }[] | string,
  root: string,
): boolean {
  if (typeof steps === 'string') return existsSync(join(root, 'package.json'));
  return steps.some(({ segment, framework }) => {
    const words = segment.map(baseName);
    const isNode = words.some((word) => /^(node|tsx|mocha|_mocha)$/.test(word));
    const isOther = words.some((word) => /^(jest|react-scripts|vitest|nyc|c8)$/.test(word));
    return framework !== undefined && isNode && !isOther;
  });
}

function indexOf(segment: Segment, names: RegExp): number {
  return segment.findIndex((word) => names.test(baseName(word)));
}

function withFlags(segment: Segment, at: number, ...flags: readonly string[]): Segment {
  return [...segment.slice(0, at + 1), ...plainWords(...flags), ...segment.slice(at + 1)];
}

function lcovIn(folder: string, root: string): Coverage | undefined {
  const report = readWritten(join(folder, 'lcov.info'));
  return report === undefined ? undefined : readLcov(report, root);
}

const istanbul: Method = {
  find: (segment) => indexOf(segment, /^(nyc|c8)$/),
  measure: (segment, at, { temp }) => {
    const folder = join(temp, 'coverage');
    const directory = baseName(segment[at]) === 'nyc' ? '--report-dir' : '--reports-dir';
    const flags = ['--reporter=lcovonly', `${directory}=${folder}`, '--check-coverage=false'];
    return {
      segment: withFlags(segment, at, ...flags),
      read: (root) => lcovIn(folder, root),
    };
  },
};

/** The thresholds of the project's own configuration are another command's business. */
const jest: Method = {
  find: (segment) => {
    const at = indexOf(segment, /^(jest|react-scripts)$/);
    return baseName(segment[at]) === 'react-scripts' ? at + 1 : at;
  },
  measure: (segment, at, { temp }) => ({
    segment: withFlags(
      segment,
      at,
      '--coverage',
      '--coverageReporters=lcovonly',
      `--coverageDirectory=${join(temp, 'coverage')}`,
      '--coverageThreshold={}',
    ),
    read: (root) => lcovIn(join(temp, 'coverage'), root),
  }),
};

const vitest: Method = {
  find: (segment, root) => {
    const hasProvider = ['v8', 'istanbul'].some((name) =>
      existsSync(join(root, 'node_modules', '@vitest', `coverage-${name}`)),
    );
    return hasProvider ? indexOf(segment, /^vitest$/) : -1;
  },
  measure: (segment, _at, { temp }) => ({
    segment: [
      ...segment,
      ...plainWords(
        '--coverage.enabled=true',
        '--coverage.reporter=lcovonly',
        `--coverage.reportsDirectory=${join(temp, 'coverage')}`,
        '--coverage.reportOnFailure=true',
        '--coverage.thresholds.lines=0',
        '--coverage.thresholds.functions=0',
        '--coverage.thresholds.branches=0',
        '--coverage.thresholds.statements=0',
      ),
    ],
    read: (root) => lcovIn(join(temp, 'coverage'), root),
  }),
};

const go: Method = {
  find: (segment) =>
    baseName(segment[0]) === 'go' ? segment.findIndex(({ text }) => text === 'test') : -1,
  measure: (segment, at, { temp }) => {
    const profile = join(temp, 'cover.out');
    return {
      segment: withFlags(segment, at, `-coverprofile=${profile}`, '-coverpkg=./...'),
      read: (root) => {
        const module = /^module\s+(\S+)/m.exec(contentOf(join(root, 'go.mod')))?.[1];
        const report = readWritten(profile);
        return module && report !== undefined ? readGoProfile(report, module) : undefined;
      },
    };
  },
};

/** pytest-cov takes the place of any other tracer, so where it is used it has to write the report. */
const pytestCov: Method = {
  find: (segment, root) => {
    const at = indexOf(segment, /^(pytest|py\.test)$/);
    const configured = ['pytest.ini', 'pyproject.toml', 'setup.cfg', 'tox.ini'].some((name) =>
      /^\s*addopts\b.*--cov\b|^\s+--cov\b/m.test(contentOf(join(root, name))),
    );
    return configured || segment.some(({ text }) => /^--cov(=|$)/.test(text)) ? at : -1;
  },
  measure: (segment, at, { temp }) => {
    const folder = join(temp, 'coverage');
    mkdirSync(folder);
    return {
      segment: [
        ...segment.slice(0, at + 1),
        ...segment.slice(at + 1),
        ...plainWords(`--cov-report=lcov:${join(folder, 'lcov.info')}`, '--cov-fail-under=0'),
      ],
      read: (root) => lcovIn(folder, root),
    };
  },
};

/** coverage.py, started in each process by the environment, without a change to the command. */
const coveragePy: Method = {
  find: (segment) => indexOf(segment, /^(pytest|py\.test|unittest|unittest_report\.py)$/),
  measure: (segment, _at, { root, temp }) => {
    const folder = join(temp, 'coverage');
    mkdirSync(folder);
    writeFileSync(join(folder, 'sitecustomize.py'), starter);
    return {
      segment,
      env: { PYTHONPATH: folder, PATCHWRIGHT_COVERAGE: folder, PATCHWRIGHT_ROOT: root },
      read: (at) => {
        const reports = readdirSync(folder).filter((name) => name.endsWith('.json'));
        if (reports.length === 0) return undefined; // coverage.py is not installed there
        const read = reports.map((name) => parseJson(readWritten(join(folder, name)) ?? ''));
        return readPythonCoverage(read, at);
      },
    };
  },
};

const starter = `
import atexit, importlib.machinery, importlib.util, os, sys

def _measure():
    folder, root = os.environ.get('PATCHWRIGHT_COVERAGE'), os.environ.get('PATCHWRIGHT_ROOT')
    try:
        import coverage
    except ImportError:
        return
    measuring = coverage.Coverage(data_file=None, source=[root], omit=['*/node_modules/*', '*/.venv/*', '*/venv/*'])
    measuring.start()
    def end():
        measuring.stop()
        try:
            measuring.json_report(outfile=os.path.join(folder, f'{os.getpid()}.json'), ignore_errors=True)
        except coverage.CoverageException:
            pass
    atexit.register(end)

_measure()
here = os.path.realpath(os.path.dirname(__file__))
spec = importlib.machinery.PathFinder.find_spec('sitecustomize', [p for p in sys.path if os.path.realpath(p or os.getcwd()) != here])
if spec and spec.loader:
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
`;

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // not there, or not readable: then it tells nothing
  }
}

const methods: readonly Method[] = [istanbul, jest, vitest, go, pytestCov, coveragePy];
