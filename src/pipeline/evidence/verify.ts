import { isPatchwrightError, PatchwrightError } from '../../core/errors.ts';
import {
  type Difference,
  type EvidenceBundle,
  parseEvidence,
  type Verification,
} from '../../core/evidence.ts';
import type { GateReport } from '../../core/gate.ts';
import type { GateEvents } from '../../gates/gate.ts';
import type { House } from '../house.ts';
import { type JudgedPatch, judgeGiven } from '../judgeGiven.ts';
import { madeBy, masked, rulesOf } from './export.ts';
import { gateNotes, makerNotes, settingNotes } from './notes.ts';
import { brokenSeals } from './seal.ts';

/**
 * Judges a bundle's patch again, from its base, by the gates and settings of this folder, without a model.
 * A bundle comes from anywhere: nothing of it is believed, and its settings are only compared.
 */
export async function verifyEvidence(
  house: House,
  text: string,
  on: GateEvents,
  signal: AbortSignal,
): Promise<Verification> {
  const bundle = parseEvidence(text);
  const seals = brokenSeals(bundle, text);
  await assertBase(house, bundle);
  const { base, patch } = bundle;
  const treeOf = (commit: string): Promise<string> =>
    house.git.run(['rev-parse', `${commit}^{tree}`]);
  const ofBase = [...seals, ...differing('tree of the base', base.tree, await treeOf(base.commit))];
  const rules = masked(await rulesOf(house, house.settings()));
  const notes = [
    ...makerNotes(bundle.madeBy, madeBy(house)),
    ...settingNotes(bundle.settings, rules),
  ];
  const judged = await judgeAgain(house, bundle, on, signal);
  if ('refusal' in judged) {
    const refused = { what: 'patch', bundle: 'applies to the base', here: judged.refusal };
    return { same: false, differences: [...ofBase, refused], notes, gates: [] };
  }
  const { patch: made, reports } = judged;
  const differences = [
    ...ofBase,
    ...differing('tree of the patch', patch.tree, await treeOf(made.commit)),
    ...(await testDifferences(house, bundle, made.commit)),
    ...gateDifferences(bundle.gates, reports),
  ];
  const all = [...notes, ...gateNotes(bundle.gates, masked(reports))];
  return { same: differences.length === 0, differences, notes: all, gates: reports };
}

/** `refusal`: why the patch could not be laid in; a bundle whose patch or list of tests was changed says that. */
async function judgeAgain(
  house: House,
  { base, patch, request }: EvidenceBundle,
  on: GateEvents,
  signal: AbortSignal,
): Promise<JudgedPatch | { readonly refusal: string }> {
  const given = {
    diff: Buffer.from(patch.diff),
    tests: patch.testFiles.map((name) => ({ name })),
    base: base.commit,
  };
  const options = { useCache: false, exceptionType: request.exceptionType };
  try {
    return await judgeGiven(house, given, options, on, signal);
  } catch (error) {
    if (!isPatchwrightError(error, 'conflict') && !isPatchwrightError(error, 'usage')) throw error;
    return { refusal: `${error.what} ${error.why}` };
  }
}

async function assertBase({ git }: House, { base }: EvidenceBundle): Promise<void> {
  const options = { okCodes: [0, 1, 128] };
  const { code } = await git.code(['cat-file', '-e', `${base.commit}^{commit}`], options);
  if (code === 0) return;
  throw new PatchwrightError('not_found', {
    what: `The base ${base.commit} is not in this repository.`,
    why: 'A bundle is verified from the commit that its patch was made from.',
    remedy: 'Fetch it (a shallow clone may lack it), or use a clone of the same repository.',
  });
}

function differing(what: string, bundle: string, here: string): readonly Difference[] {
  return bundle === here ? [] : [{ what, bundle, here }];
}

/** The tests shown are those of the patch, and all of them. */
async function testDifferences(
  { git }: House,
  { tests, patch }: EvidenceBundle,
  commit: string,
): Promise<readonly Difference[]> {
  const paths = [...new Set([...patch.testFiles, ...tests.map(({ path }) => path)])];
  const found = await Promise.all(
    paths.map(async (path) => {
      const content = tests.find((test) => test.path === path)?.content ?? '';
      const name = `${commit}:${path}`;
      const { code } = await git.code(['cat-file', '-e', name], { okCodes: [0, 1, 128] });
      const here = code === 0 ? (await git.bytes(['cat-file', 'blob', name])).toString('utf8') : '';
      return differing(`content of ${path}`, content, here);
    }),
  );
  return found.flat();
}

function gateDifferences(
  before: EvidenceBundle['gates'],
  now: readonly GateReport[],
): readonly Difference[] {
  const ids = [...new Set([...before, ...now].map(({ id }) => id))];
  const none = { verdict: 'not run', reason: '' };
  return ids.flatMap((id) => {
    const old = before.find((report) => report.id === id) ?? none;
    const here = now.find((report) => report.id === id) ?? none;
    const said = ({ verdict, reason }: typeof none): string => `${verdict}: ${reason}`;
    return old.verdict === here.verdict
      ? []
      : [{ what: `gate ${id}`, bundle: said(old), here: said(here) }];
  });
}
