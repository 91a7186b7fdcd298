import { PatchwrightError } from '../../core/errors.ts';
import {
  type Difference,
  type EvidenceBundle,
  parseEvidence,
  type Verification,
} from '../../core/evidence.ts';
import type { GateReport } from '../../core/gate.ts';
import type { GateEvents } from '../../gates/gate.ts';
import type { House } from '../house.ts';
import { judgeGiven } from '../judgeGiven.ts';
import { masked, rulesOf } from './export.ts';
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
  const { base, patch, request } = bundle;
  const given = {
    diff: Buffer.from(patch.diff),
    tests: patch.testFiles.map((name) => ({ name })),
    base: base.commit,
  };
  const options = { useCache: false, exceptionType: request.exceptionType };
  const { patch: made, reports } = await judgeGiven(house, given, options, on, signal);
  const treeOf = (commit: string): Promise<string> =>
    house.git.run(['rev-parse', `${commit}^{tree}`]);
  const differences = [
    ...seals,
    ...differing('tree of the base', base.tree, await treeOf(base.commit)),
    ...differing('tree of the patch', patch.tree, await treeOf(made.commit)),
    ...(await testDifferences(house, bundle, made.commit)),
    ...gateDifferences(bundle.gates, reports),
  ];
  const notes = await settingNotes(house, bundle);
  return { same: differences.length === 0, differences, notes, gates: reports };
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

/** The tests shown are those of the patch. */
async function testDifferences(
  { git }: House,
  { tests }: EvidenceBundle,
  commit: string,
): Promise<readonly Difference[]> {
  const found = await Promise.all(
    tests.map(async ({ path, content }) => {
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

async function settingNotes(house: House, bundle: EvidenceBundle): Promise<readonly string[]> {
  const here = flat(masked(await rulesOf(house, house.settings())));
  const there = flat(bundle.settings);
  return [...new Set([...here.keys(), ...there.keys()])]
    .filter((name) => here.get(name) !== there.get(name))
    .map((name) => {
      const shown = (value: string | undefined): string => value?.slice(0, 200) ?? 'not set';
      return `setting ${name}: ${shown(there.get(name))} in the bundle, ${shown(here.get(name))} here`;
    });
}

/** `gates.suite.enabled` → its value as JSON. */
function flat(value: unknown, path: readonly string[] = []): ReadonlyMap<string, string> {
  const isBranch = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isBranch) return new Map([[path.join('.'), JSON.stringify(value)]]);
  return new Map(Object.entries(value).flatMap(([name, one]) => [...flat(one, [...path, name])]));
}
