import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type FindingGroup, findGroups } from '../../../src/signals/groups.ts';
import { corpus, corpusEntries, type Entry, judge } from './support/corpus.ts';

/** Least share of the expected groups that are found, and found exactly, per tier. */
const bars: Readonly<Record<string, { readonly recall: number; readonly exact: number }>> = {
  core: { recall: 0.98, exact: 0.95 },
  transport: { recall: 0.97, exact: 0.9 },
  encoding: { recall: 0.97, exact: 0.97 },
  damage: { recall: 0.97, exact: 0.9 },
  archive: { recall: 0.97, exact: 0.97 },
  rotation: { recall: 0.97, exact: 0.97 },
  size: { recall: 0.97, exact: 0.97 },
  dedup: { recall: 1, exact: 1 },
  hard: { recall: 0.6, exact: 0.6 },
  synthetic: { recall: 0.97, exact: 0.97 },
};
describe('real error output', function () {
  this.timeout(60_000);
  const entries = corpusEntries();
  let found: ReadonlyMap<string, readonly FindingGroup[]> = new Map();
  before(async function () {
    if (entries.length === 0) {
      console.log('    skipped: shared/corpus is not beside the project');
      this.skip();
    }
    const names = entries.flatMap(({ file, files }) => files ?? [file ?? '']);
    const paths = names.map((name) => join(corpus, 'logs', name));
    found = (await findGroups(paths, join(corpus, 'ws'))).groups;
  });
  const judged = (entry: Entry) =>
    judge(entry, found.get(join(corpus, 'logs', entry.file ?? entry.files?.[0] ?? '')) ?? []);

  for (const [tier, { recall, exact }] of Object.entries(bars)) {
    it(`${tier}: recall at least ${recall}, exact at least ${exact}`, () => {
      const all = entries.filter((entry) => entry.tier === tier).map(judged);
      const sum = all.reduce((n, { expected }) => n + expected, 0);
      const missing = all.flatMap((one) => one.missing);
      const inexact = all.flatMap((one) => one.inexact);
      assert.ok(sum > 0, 'nothing is expected');
      assert.ok(1 - missing.length / sum >= recall, `not found: ${missing.join(', ')}`);
      assert.ok(
        1 - (missing.length + inexact.length) / sum >= exact,
        `inexact: ${[...missing, ...inexact].join(', ')}`,
      );
    });
  }

  it('negative: no false alarm', () => {
    const alarms = entries
      .filter(({ tier }) => tier === 'negative')
      .flatMap((entry) => judged(entry).falseAlarms);
    assert.deepEqual(alarms, []);
  });

  it('precision at least 0.99, every group in its file for at least 0.97', () => {
    const all = entries.map(judged);
    const alarms = all.flatMap((one) => one.falseAlarms);
    const misplaced = all.flatMap((one) => one.misplaced);
    const sum = all.reduce((n, { expected }) => n + expected, 0);
    assert.ok(alarms.length <= sum * 0.01, `false alarms: ${alarms.join('\n')}`);
    assert.ok(misplaced.length <= sum * 0.03, `misplaced: ${misplaced.join('\n')}`);
  });

  it('no language with five groups or more is below 0.95', () => {
    const wanted = entries.flatMap(({ expected }) => expected).filter(({ optional }) => !optional);
    const missing = entries.flatMap((entry) => judged(entry).missing);
    for (const language of new Set(wanted.map((one) => one.language))) {
      const sum = wanted.filter((one) => one.language === language).length;
      const lost = missing.filter((name) => name.startsWith(`${language} `));
      assert.ok(sum < 5 || lost.length <= sum * 0.05, lost.join(', '));
    }
  });
});
