import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from '../../src/core/ports.ts';
import { cli } from '../support/cli.ts';
import { gitDiff } from '../support/diffs.ts';
import { createRepository, type Tree, writeTree } from '../support/repository.ts';
import { shopFiles } from '../support/shop.ts';
import { tempFolder } from '../support/tempFolder.ts';

const testPath = 'test/unknown.test.js';
const test = `const { test } = require('node:test');
const assert = require('node:assert');
const { total } = require('../src/cart.js');
test('counts an unknown article as nothing', () => assert.strictEqual(total(['tea', 'sock']), 300));
`;
const source = shopFiles['src/cart.js'] ?? '';
const fixed = source.replace('prices.get(article).cents', '(prices.get(article)?.cents ?? 0)');

/** Patches of other tools and people through the front door. */
/** What a right patch comes to. */
const fine = {
  protected: 'passed',
  size: 'passed',
  secrets: 'passed',
  static: 'passed',
  reproduction: 'passed',
  suite: 'passed',
  coverage: 'passed',
  loop: 'passed',
  mcp: 'not_configured',
};

describe('gates over any patch', function () {
  this.timeout(300_000);
  const temp = tempFolder('pw-gates');
  let folder = '';
  let git: Git;

  beforeEach(async () => {
    folder = temp.path('shop');
    // What mutants find is another test's business.
    const settings = { 'patchwright.gates.reproduction.maxMutants': 0 };
    git = await createRepository(folder, {
      ...shopFiles,
      '.vscode/settings.json': JSON.stringify(settings),
    });
  });

  const run = async (...args: string[]) => {
    const env = { PATCHWRIGHT_CACHE: temp.path('cache') };
    const result = await cli([...args, '--folder', folder, '--json'], env);
    return { ...result, json: JSON.parse(result.stdout) };
  };
  const patch = (after: Tree, before: Tree = shopFiles): string => {
    writeFileSync(temp.path('a.patch'), gitDiff(before, { ...before, ...after }));
    return temp.path('a.patch');
  };
  const verdicts = ({ gates }: { gates: { id: string; verdict: string }[] }) =>
    Object.fromEntries(gates.map(({ id, verdict }) => [id, verdict]));
  const everything = async (): Promise<string> =>
    [
      await git.run(['status', '--porcelain', '--ignored']),
      await git.run(['for-each-ref']),
      await git.run(['worktree', 'list']),
      readFileSync(join(folder, 'src/cart.js'), 'utf8'),
    ].join('\n');

  it('judges a patch that holds its test, and leaves nothing behind', async () => {
    writeFileSync(join(folder, 'src/cart.js'), 'half-done work\n');
    writeFileSync(join(folder, 'notes.txt'), 'mine\n');
    const before = await everything();
    const { code, json } = await run(
      'gates',
      '--patch',
      patch({ 'src/cart.js': fixed, [testPath]: test }),
    );
    assert.equal(code, 0, JSON.stringify(json));
    assert.equal(json.passed, true);
    assert.deepEqual(json.marks, []);
    for (const gate of json.gates) {
      assert.deepEqual(Object.keys(gate).sort(), [
        'durationMs',
        'evidence',
        'id',
        'marks',
        'reason',
        'verdict',
      ]);
    }
    assert.equal(await everything(), before);
  });

  it('takes the test from the folder, from a diff, or from the base', async () => {
    const fix = patch({ 'src/cart.js': fixed });
    writeTree(folder, { [testPath]: test });
    assert.equal((await run('gates', '--patch', fix, '--test', testPath)).code, 0);
    writeFileSync(temp.path('test.patch'), gitDiff({}, { 'test/other.test.js': test }));
    const fromDiff = await run('gates', '--patch', fix, '--test', temp.path('test.patch'));
    assert.equal(fromDiff.code, 0, JSON.stringify(fromDiff.json));
    await git.run(['add', '-A']);
    await git.run(['commit', '-q', '-m', 'a failing test']);
    assert.equal((await run('gates', '--patch', fix, '--test', testPath)).code, 0);
    writeFileSync(temp.path('lost.test.js'), test);
    const lost = await run('gates', '--patch', fix, '--test', temp.path('lost.test.js'));
    assert.equal(lost.code, 2);
    assert.match(lost.json.error.message, /lies outside of the folder/);
  });

  it('refuses, with the reasons, and exit code 4', async () => {
    const both = { 'src/cart.js': fixed, [testPath]: test };
    const none = await run('gates', '--patch', patch({ 'src/cart.js': fixed }));
    assert.equal(none.code, 4);
    assert.deepEqual(verdicts(none.json), {
      ...fine,
      reproduction: 'failed',
      loop: 'skipped',
    });
    const ci = await run(
      'gates',
      '--patch',
      patch({ ...both, '.github/workflows/ci.yml': 'on: push\n' }),
    );
    assert.equal(ci.code, 4);
    assert.deepEqual(verdicts(ci.json), {
      ...Object.fromEntries(Object.keys(fine).map((id) => [id, 'skipped'])),
      protected: 'failed',
      size: 'passed',
      secrets: 'passed',
    });
    assert.equal(ci.json.passed, false);
  });

  it('says that a patch does not apply', async () => {
    const stale = { ...shopFiles, 'src/cart.js': source.replaceAll('article', 'item') };
    const { code, json } = await run('gates', '--patch', patch({ 'src/cart.js': fixed }, stale));
    assert.equal(code, 4);
    assert.equal(json.error.code, 'conflict');
    assert.match(json.error.message, /src\/cart\.js/);
    writeFileSync(temp.path('a.patch'), 'no diff at all\n');
    assert.equal((await run('gates', '--patch', temp.path('a.patch'))).code, 4);
    assert.equal((await run('gates', '--patch', temp.path('gone.patch'))).code, 1);
  });

  it('reads renames, files without prefixes, converted line ends, and an older base', async () => {
    const base = await git.run(['rev-parse', 'HEAD']);
    writeTree(folder, { 'src/cart.js': fixed, [testPath]: test });
    await git.run(['mv', 'test/cart.test.js', 'test/basket.test.js']);
    await git.run(['add', '-A']);
    const plain = await git.run(['diff', '--cached', '-M', '--no-prefix']);
    assert.match(plain, /rename to/);
    await git.run(['commit', '-q', '-m', 'landed already']);
    writeFileSync(temp.path('a.patch'), `${plain}\n`.replaceAll('\n', '\r\n'));
    const { json } = await run('gates', '--patch', temp.path('a.patch'), '--base', base);
    assert.deepEqual(verdicts(json), fine);
  });

  it('keeps CRLF files as they are', async () => {
    const crlf = { ...shopFiles, 'src/cart.js': source.replaceAll('\n', '\r\n') };
    writeTree(folder, crlf);
    await git.run(['commit', '-q', '-am', 'crlf']);
    const after = { 'src/cart.js': fixed.replaceAll('\n', '\r\n'), [testPath]: test };
    const { json, code } = await run('gates', '--patch', patch(after, crlf));
    assert.equal(code, 0, JSON.stringify(json));
  });

  it('uses results again for the same patch, and runs anew when a rule changes', async () => {
    const file = patch({ 'src/cart.js': fixed, [testPath]: test });
    // Servers are asked each time: how they are depends on more than the patch.
    const cached = async (...more: string[]) => {
      const { gates, ...rest } = (await run('gates', '--patch', file, ...more)).json;
      return { ...rest, gates: gates.filter(({ id }: { id: string }) => id !== 'mcp') };
    };
    const first = await cached();
    assert.deepEqual(await cached(), first);
    const fresh = await cached('--no-cache');
    assert.notDeepEqual(
      fresh.gates.map((gate: { durationMs: number }) => gate.durationMs),
      first.gates.map((gate: { durationMs: number }) => gate.durationMs),
    );
    const settings = {
      'patchwright.gates.reproduction.maxMutants': 0,
      'patchwright.gates.suite.enabled': false,
      'patchwright.limits.linesPerFile': 1,
    };
    writeTree(folder, { '.vscode/settings.json': JSON.stringify(settings) });
    const other = await run('gates', '--patch', file);
    assert.deepEqual(verdicts(other.json), {
      protected: 'passed',
      size: 'failed',
      secrets: 'passed',
      static: 'skipped',
      reproduction: 'skipped',
      suite: 'not_configured',
      coverage: 'skipped',
      loop: 'skipped',
      mcp: 'skipped',
    });
    const suite = other.json.gates.find(({ id }: { id: string }) => id === 'suite');
    assert.match(suite.reason, /patchwright\.gates\.suite\.enabled/);
  });

  it('puts a patch forward for a ticket, and notes one that is refused', async () => {
    const ticket = (await run('new', '--title', 'Unknown articles')).json;
    const none = patch({ 'src/cart.js': fixed });
    const refused = await run('propose', '--patch', none, '--ticket', ticket.id, '-m', 'No test.');
    assert.equal(refused.code, 4);
    assert.equal(refused.json.passed, false);
    const shown = (await run('show', ticket.id)).json;
    assert.deepEqual(
      [shown.status, shown.attempts[0].outcome, shown.attempts[0].model],
      ['failed', 'failed', 'external'],
    );
    assert.equal((await run('gates', ticket.id)).json.passed, false);
    const asserting = test.replace(
      "total(['tea', 'sock'])",
      "(() => { try { return total(['tea', 'sock']); } catch { return undefined; } })()",
    );
    const whole = patch({ 'src/cart.js': fixed, [testPath]: asserting });
    const { code, json } = await run(
      'propose',
      '--patch',
      whole,
      '--ticket',
      ticket.id,
      '-m',
      'Counts it as nothing.',
    );
    assert.equal(code, 0, JSON.stringify(json));
    assert.equal(json.status, 'PENDING_APPROVAL');
    assert.equal(json.model, 'external');
    assert.equal(json.reasoning, 'Counts it as nothing.');
    assert.deepEqual(json.testFiles, [testPath]);
    const release = (await run('approve', json.requestId)).json;
    assert.equal(release.ticketId, ticket.id);
    assert.equal(readFileSync(join(folder, 'src/cart.js'), 'utf8'), fixed);
  });
});
