import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Framework } from './framework.ts';
import { readJunitReport } from './junitReport.ts';
import type { Outcome } from './outcome.ts';
import { afterAssignments, baseName, plainWords, type Segment } from './scriptLine.ts';
import { readCargoOutput, readGoReport } from './textReports.ts';

/** Index of `test` in `go test`, `cargo test`. */
function findSubcommand(segment: Segment, command: string): number {
  const start = afterAssignments(segment);
  if (baseName(segment[start]) !== command) return -1;
  const at = segment.findIndex((word, i) => i > start && word.text === 'test');
  return at;
}

const go: Framework = {
  name: 'go test',
  find: (segment) => findSubcommand(segment, 'go'),
  whole: (segment, at) => [
    ...segment.slice(0, at + 1),
    ...plainWords('-json', '-count=1'),
    ...segment.slice(at + 1).filter((word) => word.text !== '-json'),
  ],
  some: (segment, at, _place, files) => {
    const packages = new Set(files.map((file) => `./${dirname(file)}`));
    return [...segment.slice(0, at + 1), ...plainWords('-json', '-count=1', ...packages)];
  },
  read: ({ stdout, root }) => readGoReport(stdout, root),
};

const cargo: Framework = {
  name: 'cargo test',
  find: (segment) => findSubcommand(segment, 'cargo'),
  whole: (segment, at) => [
    ...segment.slice(0, at + 1),
    ...plainWords('--no-fail-fast'),
    ...segment.slice(at + 1).filter((word) => word.text !== '--no-fail-fast'),
  ],
  some: (segment, at, _place, files) => {
    const targets = files
      .filter((file) => /(^|\/)tests\/[^/]+\.rs$/.test(file))
      .flatMap((file) => ['--test', basename(file, '.rs')]);
    // Tests inside of sources have no target of their own: the library's run together.
    const own = files.length * 2 === targets.length ? targets : ['--lib', '--bins', ...targets];
    return [...segment.slice(0, at + 1), ...plainWords('--no-fail-fast', ...own)];
  },
  read: ({ stdout, stderr, root }) => readCargoOutput(`${stderr}\n${stdout}`, root),
};

const maven: Framework = {
  name: 'maven',
  find: (segment) => {
    const start = afterAssignments(segment);
    if (!['mvn', 'mvnw'].includes(baseName(segment[start]))) return -1;
    return segment.findIndex((word, i) => i > start && /^(test|verify|install)$/.test(word.text));
  },
  whole: (segment) => [...segment, ...plainWords('-B', '-fae')],
  some: (segment, _at, _place, files) => [
    ...segment,
    ...plainWords('-B', '-fae', '-DfailIfNoSpecifiedTests=false'),
    ...plainWords(`-Dtest=${files.map((file) => basename(file).replace(/\.\w+$/, '')).join(',')}`),
  ],
  read: ({ root }) => readSurefire(root),
  clean: (root) => {
    for (const folder of surefireFolders(root)) rmSync(folder, { recursive: true, force: true });
  },
};

function readSurefire(root: string): Outcome | undefined {
  const outcomes = surefireFolders(root).flatMap((folder) =>
    names(folder)
      .filter((name) => /^TEST-.*\.xml$/.test(name))
      .flatMap((name) => {
        const source = readFileSync(join(folder, name), 'utf8');
        return readJunitReport(source, root, { titles: 'class' }) ?? [];
      }),
  );
  if (outcomes.length === 0) return undefined;
  return {
    cases: outcomes.flatMap(({ cases }) => cases),
    broken: outcomes.flatMap(({ broken }) => broken),
  };
}

const maxModuleDepth = 3;

function surefireFolders(root: string, depth = 0): string[] {
  const own = names(join(root, 'target', 'surefire-reports')).length > 0;
  const modules = depth < maxModuleDepth ? folders(root) : [];
  return [
    ...(own ? [join(root, 'target', 'surefire-reports')] : []),
    ...modules.flatMap((name) => surefireFolders(join(root, name), depth + 1)),
  ];
}

function folders(root: string): string[] {
  return entries(root)
    .filter((entry) => entry.isDirectory() && !/^(\.|node_modules$|src$|target$)/.test(entry.name))
    .map((entry) => entry.name);
}

function names(folder: string): string[] {
  return entries(folder).map((entry) => entry.name);
}

function entries(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // not there
  }
}

export const compiledFrameworks: readonly Framework[] = [go, cargo, maven];
