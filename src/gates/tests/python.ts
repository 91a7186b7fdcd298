import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Framework, Place } from './framework.ts';
import { readJunitReport } from './junitReport.ts';
import {
  afterAssignments,
  baseName,
  plainWords,
  type Segment,
  splitPositionals,
} from './scriptLine.ts';
import { readUnittestReport } from './textReports.ts';

const pytestValued = new Set(
  '-k -m -p -c --rootdir --maxfail --confcutdir -n --cov --cov-report --tb -o -W --durations'.split(
    ' ',
  ),
);

const pytest: Framework = {
  name: 'pytest',
  records: 'python',
  find: (segment) => findModule(segment, ['pytest', 'py.test']),
  whole: (segment, _at, place) => [...segment, ...pytestReporter(place)],
  some: (segment, at, place, files) => [
    ...segment.slice(0, at + 1),
    ...splitPositionals(segment.slice(at + 1), pytestValued).flags,
    ...pytestReporter(place),
    ...plainWords(...files.map((file) => (file.startsWith('-') ? `./${file}` : file))),
  ],
  read: ({ report, root }) =>
    report === undefined ? undefined : readJunitReport(report, root, { titles: 'class' }),
};

/** xunit1 is the family that names the file; the cache would be a leftover of one tree in another. */
function pytestReporter({ report }: Place): Segment {
  return plainWords(
    `--junitxml=${report}`,
    '-o',
    'junit_family=xunit1',
    '-p',
    'no:cacheprovider',
    '--continue-on-collection-errors',
  );
}

/** The command itself, or the module of `python -m`. */
function findModule(segment: Segment, names: readonly string[]): number {
  const start = afterAssignments(segment);
  const wrapped = segment.findIndex((word, i) => i >= start && names.includes(word.text));
  if (wrapped === start) return wrapped;
  const before = segment[wrapped - 1]?.text;
  const runner = /^(run|exec)$/.test(before ?? '') || before === '-m';
  const direct = segment.findIndex((word, i) => i === start && names.includes(baseName(word)));
  return wrapped > start && runner ? wrapped : direct;
}

const unittest: Framework = {
  name: 'unittest',
  records: 'python',
  find: (segment) => {
    const at = findModule(segment, ['unittest']);
    return at > 0 && segment[at - 1]?.text === '-m' ? at : -1;
  },
  whole: (segment, at, place) => [...unittestCommand(segment, at, place), ...segment.slice(at + 1)],
  some: (segment, at, place, files) => [
    ...unittestCommand(segment, at, place),
    ...plainWords(...files),
  ],
  read: ({ report, root }) => (report === undefined ? undefined : readUnittestReport(report, root)),
};

/** `python -m unittest …` becomes `python <our runner> <report> …`: the same program, with a report. */
function unittestCommand(segment: Segment, at: number, { temp, report }: Place): Segment {
  const script = join(temp, 'unittest_report.py');
  writeFileSync(script, unittestRunner);
  return [...segment.slice(0, at - 1), ...plainWords(script, report)];
}

const unittestRunner = `
import inspect, json, os, sys, traceback, unittest
report = sys.argv.pop(1)
sys.path[0] = os.getcwd()
tests = []

def place(test):
    try:
        return inspect.getsourcefile(type(test)) or ''
    except TypeError:
        return ''

def described(error):
    kind, value, trace = error
    frames = [f for f in traceback.extract_tb(trace) if os.sep + 'unittest' + os.sep not in f.filename]
    where = f'{frames[-1].filename}:{frames[-1].lineno}: {kind.__name__}' if frames else ''
    lines = ''.join(traceback.format_exception(kind, value, trace))[-3000:]
    return f'{kind.__name__}: {value}'[:1000] + '\\n' + lines + '\\n' + where

class Result(unittest.TextTestResult):
    def note(self, test, status, message=''):
        tests.append(dict(name=test.id(), file=place(test), status=status, message=message))
    def addSuccess(self, test):
        super().addSuccess(test); self.note(test, 'passed')
    def addFailure(self, test, err):
        super().addFailure(test, err); self.note(test, 'failed', described(err))
    def addError(self, test, err):
        super().addError(test, err); self.note(test, 'failed', described(err))
    def addSkip(self, test, reason):
        super().addSkip(test, reason); self.note(test, 'skipped')
    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err); self.note(test, 'skipped')
    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test); self.note(test, 'failed', 'AssertionError: unexpected success')
    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None: self.note(subtest, 'failed', described(err))

class Runner(unittest.TextTestRunner):
    resultclass = Result

program = unittest.TestProgram(module=None, argv=['python -m unittest', *sys.argv[1:]],
                               testRunner=Runner(verbosity=2), exit=False)
with open(report, 'w') as file:
    json.dump(dict(tests=tests), file)
sys.exit(not program.result.wasSuccessful())
`;

export const pythonFrameworks: readonly Framework[] = [pytest, unittest];
