import type { Framework, Place } from './framework.ts';
import { readJestReport } from './jestReport.ts';
import { readJunitReport } from './junitReport.ts';
import { mochaConfigFlags } from './mochaConfig.ts';
import { readMochaReport } from './mochaReport.ts';
import {
  afterAssignments,
  baseName,
  plainWords,
  type Segment,
  splitPositionals,
  withoutFlags,
} from './scriptLine.ts';
import { readTapReport } from './tapReport.ts';

/** Index of the first word whose base name is one of these; not for `echo mocha`. */
function findCommand(segment: Segment, names: readonly string[]): number {
  const start = afterAssignments(segment);
  if (['echo', 'exit', 'true', 'rm', 'mkdir', 'cd'].includes(baseName(segment[start]))) return -1;
  return segment.findIndex((word, i) => i >= start && names.includes(baseName(word)));
}

const mochaValued = new Set(
  [
    '--extension --file --global --globals --ignore --exclude --node-option -n --reporter-option',
    '--reporter-options -O --require -r --watch-files --watch-ignore --retries --jobs -j --config',
    '--fgrep -f --grep -g --package --reporter -R --ui -u --slow -s --timeout -t --timeouts',
    '--import --loader --experimental-loader',
  ].flatMap((line) => line.split(' ')),
);
const mochaDropped =
  '--reporter -R --reporter-option --reporter-options -O --watch -w --bail -b'.split(' ');

const mocha: Framework = {
  name: 'mocha',
  records: 'v8',
  find: (segment) => findCommand(segment, ['mocha', '_mocha']),
  whole: (segment, at, place) => [
    ...segment.slice(0, at + 1),
    ...withoutFlags(segment.slice(at + 1), mochaDropped, mochaValued),
    ...mochaReporter(place),
  ],
  some: (segment, at, place, files) => {
    const kept = withoutFlags(segment.slice(at + 1), mochaDropped, mochaValued);
    const { flags } = splitPositionals(kept, mochaValued);
    return [
      ...segment.slice(0, at + 1),
      ...mochaConfigFlags(flags, place),
      ...mochaReporter(place),
      ...plainWords(...files.map(notAFlag)),
    ];
  },
  read: ({ report, root }) => (report === undefined ? undefined : readMochaReport(report, root)),
};

function mochaReporter({ report }: Place): Segment {
  return plainWords('--reporter', 'json', '--reporter-option', `output=${report}`);
}

/** A file name is never taken for a flag. */
function notAFlag(file: string): string {
  return file.startsWith('-') ? `./${file}` : file;
}

const jestValued = new Set(
  [
    '--config -c --testPathPattern --testPathPatterns --testNamePattern -t --maxWorkers -w --reporters',
    '--rootDir --roots --selectProjects --setupFilesAfterEnv --env --testEnvironment --shard',
    '--outputFile --coverageDirectory --collectCoverageFrom --testTimeout --testMatch --seed',
  ].flatMap((line) => line.split(' ')),
);
const jestDropped =
  '--watch --watchAll --json --outputFile --reporters --bail -b --onlyChanged -o --changedSince'.split(
    ' ',
  );

const jest: Framework = {
  name: 'jest',
  records: 'v8',
  find: (segment) => {
    const at = findCommand(segment, ['jest', 'react-scripts']);
    if (baseName(segment[at]) !== 'react-scripts') return at;
    return segment[at + 1]?.text === 'test' ? at + 1 : -1;
  },
  whole: (segment, at, place) => [
    ...segment.slice(0, at + 1),
    ...withoutFlags(segment.slice(at + 1), jestDropped, jestValued),
    ...jestReporter(place),
  ],
  some: (segment, at, place, files) => {
    const kept = withoutFlags(segment.slice(at + 1), jestDropped, jestValued);
    return [
      ...segment.slice(0, at + 1),
      ...splitPositionals(kept, jestValued).flags,
      ...jestReporter(place),
      ...plainWords('--coverage=false', '--runTestsByPath', ...files.map(notAFlag)),
    ];
  },
  read: ({ report, root }) => (report === undefined ? undefined : readJestReport(report, root)),
};

function jestReporter({ report }: Place): Segment {
  return plainWords('--ci', '--json', `--outputFile=${report}`);
}

const vitestValued = new Set(
  [
    '--root -r --config -c --testNamePattern -t --dir --reporter --outputFile --mode --project',
    '--environment --pool --maxWorkers --workspace --shard --exclude --bail --retry --testTimeout',
  ].flatMap((line) => line.split(' ')),
);
const vitestDropped = '--watch -w --ui --reporter --outputFile --bail --run'.split(' ');

const vitest: Framework = {
  name: 'vitest',
  records: 'v8',
  find: (segment) => findCommand(segment, ['vitest']),
  whole: (segment, at, place) => {
    const kept = vitestWords(segment, at);
    return [...segment.slice(0, at + 1), ...kept, ...vitestReporter(place)];
  },
  some: (segment, at, place, files) => [
    ...segment.slice(0, at + 1),
    ...splitPositionals(vitestWords(segment, at), vitestValued).flags,
    ...vitestReporter(place),
    ...plainWords('--coverage.enabled=false', ...files.map(notAFlag)),
  ],
  read: ({ report, root }) => (report === undefined ? undefined : readJestReport(report, root)),
};

function vitestWords(segment: Segment, at: number): Segment {
  const rest = segment.slice(at + 1);
  const command = /^(run|watch|dev|related)$/.test(rest[0]?.text ?? '') ? rest.slice(1) : rest;
  return withoutFlags(command, vitestDropped, vitestValued);
}

function vitestReporter({ report }: Place): Segment {
  return plainWords('--run', '--reporter=json', `--outputFile.json=${report}`);
}

const nodeValued = new Set(
  '--import --require -r --loader --experimental-loader --conditions -C --env-file --test-name-pattern'.split(
    ' ',
  ),
);
const nodeDropped =
  '--watch --test-reporter --test-reporter-destination --experimental-test-coverage'.split(' ');
const nodeDroppedValued = new Set([
  '--test-reporter',
  '--test-reporter-destination',
  ...nodeValued,
]);

const nodeTest: Framework = {
  name: 'node --test',
  records: 'v8',
  find: (segment) => {
    const at = findCommand(segment, ['node', 'tsx']);
    return segment.slice(at + 1).some((word) => word.text === '--test') ? at : -1;
  },
  whole: (segment, at, place) => [
    ...segment.slice(0, at + 1),
    ...nodeReporter(place),
    ...withoutFlags(segment.slice(at + 1), nodeDropped, nodeDroppedValued),
  ],
  some: (segment, at, place, files) => {
    const kept = withoutFlags(segment.slice(at + 1), nodeDropped, nodeDroppedValued);
    return [
      ...segment.slice(0, at + 1),
      ...nodeReporter(place),
      ...splitPositionals(kept, nodeValued).flags,
      ...plainWords(...files.map(notAFlag)),
    ];
  },
  read: ({ report, root }) =>
    report === undefined ? undefined : readJunitReport(report, root, { titles: 'suites' }),
};

/**
 * Node 20's names no file (22's does): there a run of the whole suite can't tell tests of one name apart, and
 * proves nothing of a single one.
 */
function nodeReporter({ report }: Place): Segment {
  return plainWords('--test-reporter=junit', `--test-reporter-destination=${report}`);
}

const tapValued = new Set(
  '--require -r --ignore -i --match -m --timeout -T --config --reporter -R'.split(' '),
);

/** Runners whose own format is TAP, or that write it when told to. */
function tapRunner(name: string, told: readonly string[], dropped: readonly string[]): Framework {
  return {
    name,
    records: 'v8',
    find: (segment) => findCommand(segment, [name]),
    whole: (segment, at) => [
      ...segment.slice(0, at + 1),
      ...plainWords(...told),
      ...withoutFlags(segment.slice(at + 1), dropped, tapValued),
    ],
    some: (segment, at, _place, files) => {
      const kept = withoutFlags(segment.slice(at + 1), dropped, tapValued);
      return [
        ...segment.slice(0, at + 1),
        ...plainWords(...told),
        ...splitPositionals(kept, tapValued).flags,
        ...plainWords(...files.map(notAFlag)),
      ];
    },
    read: ({ stdout, root }) => readTapReport(stdout, root),
  };
}

const tapRunners = [
  tapRunner('tape', [], []),
  tapRunner('ava', ['--tap'], ['--tap', '-t', '--watch', '-w', '--verbose', '-v']),
  tapRunner('tap', ['--reporter=tap'], ['--reporter', '-R', '--watch', '-w']),
];

/** `mocha` before `node`: `node --test` needs the flag, `node node_modules/mocha/bin/mocha.js` is mocha. */
export const javascriptFrameworks: readonly Framework[] = [
  mocha,
  jest,
  vitest,
  nodeTest,
  ...tapRunners,
];
