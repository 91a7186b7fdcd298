import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EvidenceBundle } from '../../src/core/evidence.ts';
import type { Git } from '../../src/core/ports.ts';
import { cli } from '../support/cli.ts';
import { gitDiff } from '../support/diffs.ts';
import { createRepository } from '../support/repository.ts';
import { shopFiles } from '../support/shop.ts';
import { tempFolder } from '../support/tempFolder.ts';

const token = ['ghp_', 'x7Kq2mVbT9sLwE4rYn8Zc1', 'PdHf3GaJ5uBi6o'].join('');
const testPath = 'test/unknown.test.js';
const test = `const { test } = require('node:test');
const assert = require('node:assert');
const { total } = require('../src/cart.js');
// Made at run time, as what is read from elsewhere would be.
console.log('key: ' + [...'${token.split('').reverse().join('')}'].reverse().join(''));
test('counts an unknown article as nothing', () => {
  let sum = 'none';
  try { sum = total(['tea', 'sock']); } catch {}
  assert.strictEqual(sum, 300);
});
`;
const source = shopFiles['src/cart.js'] ?? '';
const fixed = source.replace('prices.get(article).cents', '(prices.get(article)?.cents ?? 0)');

/** Patches of one folder, proved again in another that has nothing but the repository. */
describe('evidence', function () {
  this.timeout(240_000);
  const temp = tempFolder('pw-evidence');
  let folder = '';
  let git: Git;
  let bundle: EvidenceBundle;

  const run = async (args: readonly string[], at = folder) => {
    const env = { PATCHWRIGHT_CACHE: temp.path('cache') };
    const { code, stdout } = await cli([...args, '--folder', at, '--json'], env);
    return { code, json: JSON.parse(stdout) };
  };
  const clone = async (name: string): Promise<string> => {
    await git.run(['clone', '-q', '--branch', 'work', `file://${folder}`, temp.path(name)]);
    return temp.path(name);
  };
  const written = (content: unknown): string => {
    writeFileSync(temp.path('changed.json'), JSON.stringify(content));
    return temp.path('changed.json');
  };
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  /** As somebody would who knows how it is made. */
  const resealed = (forged: EvidenceBundle): string => {
    const { sha256: old, ...content } = forged;
    assert.ok(old);
    const { patch } = content;
    const whole = { ...content, patch: { ...patch, sha256: sha256(patch.diff) } };
    return written({ ...whole, sha256: sha256(JSON.stringify(whole)) });
  };
  const differing = (json: { differences: { what: string }[] }): string[] =>
    json.differences.map(({ what }) => what);

  beforeEach(async () => {
    folder = temp.path('shop');
    const settings = {
      'patchwright.gates.loop.enabled': false,
      'patchwright.gates.reproduction.maxMutants': 0,
    };
    git = await createRepository(folder, {
      ...shopFiles,
      '.vscode/settings.json': JSON.stringify(settings),
    });
    const diff = gitDiff(shopFiles, { ...shopFiles, 'src/cart.js': fixed, [testPath]: test });
    writeFileSync(temp.path('a.patch'), diff);
    const ticket = (await run(['new', '--title', 'Unknown articles end the shop'])).json;
    const proposed = [
      'propose',
      '--patch',
      temp.path('a.patch'),
      '--ticket',
      ticket.id,
      '-m',
      'Why not.',
    ];
    const { code, json } = await run(proposed);
    assert.equal(code, 0, JSON.stringify(json));
    const exported = await run(['export', json.requestId, '-o', temp.path('evidence.json')]);
    assert.equal(exported.code, 0, JSON.stringify(exported.json));
    bundle = JSON.parse(readFileSync(temp.path('evidence.json'), 'utf8')) as EvidenceBundle;
    assert.equal(exported.json.sha256, bundle.sha256);
  });

  it('holds all that proves the patch and no secret, and proves it in a clone', async () => {
    assert.equal(bundle.base.commit, await git.run(['rev-parse', 'work']));
    assert.ok(bundle.patch.diff.includes('?.cents ?? 0'));
    assert.deepEqual(
      bundle.tests.map(({ path, content }) => ({ path, content })),
      [{ path: testPath, content: test }],
    );
    const output = bundle.gates.find(({ id }) => id === 'reproduction')?.output ?? '';
    assert.match(output, /Without the patch:[^]*'none' !== 300[^]*With the patch:/);
    assert.ok(!JSON.stringify(bundle).includes(token));
    const elsewhere = await clone('elsewhere');
    const { code, json } = await run(['verify', temp.path('evidence.json')], elsewhere);
    assert.deepEqual(json.differences, []);
    assert.deepEqual(json.notes, []);
    assert.equal(json.same, true);
    assert.equal(json.passed, true);
    assert.equal(code, 0);
    assert.equal(await git.at(elsewhere).run(['status', '--porcelain', '--ignored']), '');
  });

  it('shows that the patch or a verdict was changed', async () => {
    const { patch, gates } = bundle;
    const diff = patch.diff.replace('?.cents ?? 0', '?.cents ?? 300');
    assert.notEqual(diff, patch.diff);
    const forged = { ...bundle, patch: { ...patch, diff } };
    const careless = await run(['verify', written(forged)]);
    assert.equal(careless.code, 4);
    const found = differing(careless.json);
    assert.ok(found.includes('hash of the patch') && found.includes('hash of the bundle'));
    const careful = await run(['verify', resealed(forged)]);
    assert.equal(careful.code, 4);
    assert.ok(!differing(careful.json).some((what) => what.startsWith('hash')));
    assert.ok(differing(careful.json).includes('tree of the patch'));
    assert.ok(differing(careful.json).includes('gate reproduction'));

    const flattered = gates.map((gate) =>
      gate.id === 'mcp' ? { ...gate, verdict: 'passed' as const } : gate,
    );
    const verdict = await run(['verify', resealed({ ...bundle, tests: [], gates: flattered })]);
    assert.equal(verdict.code, 4);
    assert.deepEqual(differing(verdict.json), [`content of ${testPath}`, 'gate mcp']);

    const broken = { ...patch, diff: patch.diff.replace('-  return', '-  retrun') };
    const unfit = await run(['verify', resealed({ ...bundle, patch: broken })]);
    assert.equal(unfit.code, 4);
    assert.deepEqual(differing(unfit.json), ['patch']);
    assert.match(unfit.json.differences[0].here, /does not apply/);
  });

  it('tells what of a bundle reads otherwise here, though the verdicts are the same', async () => {
    const gates = bundle.gates.map((gate) =>
      gate.id === 'suite'
        ? { ...gate, reason: '5000 tests pass.', marks: ['Seen by nobody.'] }
        : gate,
    );
    const madeBy = { ...bundle.madeBy, node: 'v99.0.0' };
    const settings = { ...bundle.settings, protected: ['only/there'] };
    const said = await run(['verify', resealed({ ...bundle, gates, madeBy, settings })]);
    assert.equal(said.code, 0);
    const [maker, list, reason, marks] = said.json.notes as string[];
    assert.match(maker ?? '', /made by .*Node v99\.0\.0.*; here is .*Node v/);
    assert.match(
      list ?? '',
      /^setting protected: only in the bundle "only\/there"; only here .* and \d+ more$/,
    );
    assert.match(
      reason ?? '',
      /^gate suite: 5000 tests pass\. in the bundle, 3 tests pass;.* here$/,
    );
    assert.equal(marks, 'marks of gate suite: only in the bundle Seen by nobody.');
  });

  it('names settings that differ, and goes by those of the folder', async () => {
    const elsewhere = await clone('elsewhere');
    const settings = { 'patchwright.limits.filesPerPatch': 1 };
    writeFileSync(join(elsewhere, '.vscode/settings.json'), JSON.stringify(settings));
    const { code, json } = await run(['verify', temp.path('evidence.json')], elsewhere);
    assert.equal(code, 4);
    assert.ok(differing(json).includes('gate size'));
    assert.ok(json.notes.includes('setting limits.filesPerPatch: 10 in the bundle, 1 here'));
  });

  it('says so where the base is missing, and of what is no bundle', async () => {
    await createRepository(temp.path('other'), { 'a.txt': 'a\n' });
    const missing = await run(['verify', temp.path('evidence.json')], temp.path('other'));
    assert.equal(missing.code, 1);
    assert.equal(missing.json.error.code, 'not_found');
    assert.match(missing.json.error.message, new RegExp(`${bundle.base.commit}.*Fetch it`));
    const nowhere = join(temp.path('no-folder'), 'evidence.json');
    const unwritten = await run(['export', bundle.request.id, '-o', nowhere]);
    assert.equal(unwritten.code, 1);
    assert.match(unwritten.json.error.message, /can't be written.*Name a file in a folder/);
    let deep: unknown = {};
    for (let level = 0; level < 500; level++) deep = { deep };
    for (const content of [
      {},
      { ...bundle, version: 2 },
      { ...bundle, settings: { deep } },
      { ...bundle, base: { commit: '--all' } },
    ]) {
      const { code, json } = await run(['verify', written(content)]);
      assert.equal(code, 1);
      assert.equal(json.error.code, 'corrupt');
    }
  });
});
