import type { TestRunner } from '../../core/testRun.ts';
import type { GateContext } from '../context.ts';
import { plural } from '../finding.ts';
import { isTestFile } from '../testFiles.ts';
import { treePaths } from '../treeChanges.ts';
import { copiedAnswers } from './copied.ts';
import { changesCode, dataFiles, type FixedFile, fixedFiles, placeOf, without } from './hunks.ts';
import { mutantsOf } from './mutants.ts';
import { keyOf, tryNeighbours } from './neighbours.ts';
import { originMarks } from './origin.ts';
import type { Proof } from './proof.ts';
import { readsSource } from './readsSource.ts';
import { familyOf } from './sourceText.ts';
import { suspicions } from './suspicions.ts';
import { createTrials, type Trial, type Trials, type Variant } from './trials.ts';

export interface Examined {
  readonly evidence: readonly string[];
  readonly marks: readonly string[];
}

const maxHunks = 8;

/** How much the proof is worth: does the test notice when the fix is damaged, and is the fix what it seems? */
export async function examine(
  context: GateContext,
  tests: TestRunner,
  proof: Proof,
  signal?: AbortSignal,
): Promise<Examined> {
  const { git, patch } = context;
  const files = await fixedFiles(git, patch, proof.changes, patch.testFiles, signal);
  if (files.length === 0) return { evidence: [], marks: [] };
  const paths = new Set(await treePaths(git, patch.commit, signal));
  const data = await dataFiles(git, patch, proof.changes, signal);
  const changedTests = proof.changes.flatMap(({ path, status }) =>
    path && status !== 'D' && isTestFile(path) && familyOf(path) ? [path] : [],
  );
  const allTests = [...new Set([...patch.testFiles, ...changedTests])];
  const marks = [
    ...originMarks(files, proof, paths),
    ...suspicions(files),
    ...(await copiedAnswers(git, patch.commit, [...files, ...data], patch.testFiles, signal)),
    ...(await readsSource(git, patch.commit, files, allTests, signal)),
  ];
  const trials = createTrials(context, tests, proof.took, signal);
  const subject: Subject = { context, trials, files, proof };
  const parts = [
    await tryNeighbours(context, trials, files, proof, signal),
    await takeBackHunks(subject),
    await tryMutants(subject),
  ];
  const { runs, ms } = trials.spent();
  const spent = `Run on variants of the patch: ${plural(runs, 'time')} (${(ms / 1000).toFixed(1)} s)`;
  return {
    evidence: [...parts.flatMap((part) => part.evidence), ...(runs > 0 ? [spent] : [])],
    marks: [...marks, ...parts.flatMap((part) => part.marks)],
  };
}

interface Subject {
  readonly context: GateContext;
  readonly trials: Trials;
  readonly files: readonly FixedFile[];
  readonly proof: Proof;
}

/** Necessity: a hunk that no test misses is not proven by any. */
async function takeBackHunks(subject: Subject): Promise<Examined> {
  const { files } = subject;
  const all = files.flatMap((file) => file.hunks.map((hunk) => ({ file, hunk })));
  // The one hunk of a fix taken back is the base with the test, which has failed twice.
  if (all.length < 2) return { evidence: [], marks: [] };
  const telling = all.filter(({ file, hunk }) => changesCode(file, hunk));
  const marks: string[] = [];
  let needed = 0;
  let tried = 0;
  for (const { file, hunk } of telling.slice(0, maxHunks)) {
    const noticed = await isNoticed(subject, {
      path: file.path,
      content: without(file, hunk),
    });
    if (noticed === undefined) break;
    tried += 1;
    if (noticed === 'nobody') {
      marks.push(`unproven: every test passes without the change at ${placeOf(file, hunk)}`);
    } else needed += 1;
  }
  const left = telling.length - tried;
  const rest = left > 0 ? ` ${left} more not tried.` : '';
  return {
    evidence: [
      `Taken back one at a time, ${needed} of ${plural(tried, 'change')} is missed by a test.${rest}`,
    ],
    marks,
  };
}

/** Mutation: small changes to the changed lines, each of which the test should notice. */
async function tryMutants(subject: Subject): Promise<Examined> {
  const { context, files } = subject;
  const all = mutantsOf(files);
  const wanted = all.slice(0, context.maxMutants);
  const marks: string[] = [];
  const counts = { test: 0, suite: 0, nobody: 0, invalid: 0 };
  for (const mutant of wanted) {
    const noticed = await isNoticed(subject, { path: mutant.path, content: mutant.content() });
    if (noticed === undefined) break;
    counts[noticed] += 1;
    if (noticed === 'nobody') {
      marks.push(`survives the tests: ${mutant.path}:${mutant.line}: ${mutant.what}`);
    }
  }
  const ran = counts.test + counts.suite + counts.nobody;
  const left = all.length - ran - counts.invalid;
  if (all.length === 0) return { evidence: [], marks: [] };
  const bySuite = counts.suite > 0 ? `, ${counts.suite} by other tests` : '';
  const rest = left > 0 ? ` ${left} more not tried.` : '';
  return {
    evidence: [
      `Of ${plural(ran, 'small change')} to the changed lines ${counts.test} are noticed by the test${bySuite}, ${counts.nobody} by none.${rest}`,
    ],
    marks,
  };
}

type Notice = 'test' | 'suite' | 'nobody' | 'invalid';

/** Who notices a variant of a file. undefined: there was no time to tell. */
async function isNoticed(
  { context, trials, proof }: Subject,
  variant: Variant,
): Promise<Notice | undefined> {
  const { patch } = context;
  const trial = await trials.run(patch.commit, variant, patch.testFiles);
  if (!trial) return undefined;
  if (trial.verdict === 'error') return 'invalid'; // it does not even load: no change of behaviour
  if (!passes(trial, proof.proven)) return 'test';
  const suite = await trials.run(patch.commit, variant);
  if (!suite) return undefined;
  return suite.verdict === 'passed' ? 'nobody' : 'suite';
}

function passes({ verdict, cases }: Trial, proven: readonly string[]): boolean {
  if (!cases) return verdict === 'passed';
  const passing = new Set(cases.filter((test) => test.status === 'passed').map(keyOf));
  return proven.every((key) => passing.has(key));
}
