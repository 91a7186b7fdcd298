import assert from 'node:assert/strict';
import { catchRates } from '../../src/core/selfTest.ts';
import { cli, startCli } from '../support/cli.ts';
import { createRepository, writeTree } from '../support/repository.ts';
import { missingSandbox } from '../support/sandbox.ts';
import { tempFolder } from '../support/tempFolder.ts';

interface Canary {
  readonly id: string;
  readonly caught: boolean;
  readonly by: readonly string[];
}

/** The gates, as they are configured in a folder, against patches that are known to be bad. */
describe('the self-test of the gates', function () {
  this.timeout(600_000);
  const temp = tempFolder('pw-selftest');
  const reading = ['static', 'reproduction', 'suite', 'coverage', 'loop', 'mcp'];

  const folderWith = async (settings: Readonly<Record<string, unknown>>, list = '') => {
    const folder = temp.path('folder');
    const files = { 'a.txt': 'a\n', '.vscode/settings.json': JSON.stringify(settings) };
    await createRepository(folder, files);
    if (list) writeTree(folder, { '.patchwright/protected': list });
    return folder;
  };
  const off = (ids: readonly string[]) =>
    Object.fromEntries(ids.map((id) => [`patchwright.gates.${id}.enabled`, false]));
  const run = async (args: readonly string[], folder: string) => {
    const env = { PATCHWRIGHT_CACHE: temp.path('cache') };
    const { code, stdout } = await cli([...args, '--json', '--folder', folder], env);
    return { code, json: JSON.parse(stdout) };
  };
  const missed = ({ canaries }: { readonly canaries: readonly Canary[] }) =>
    canaries.filter(({ caught }) => !caught).map(({ id }) => id);

  it('stops every bad patch and passes the right one, as gates come', async function () {
    if (missingSandbox()) this.skip(); // without one every result carries a mark
    const folder = await folderWith({});
    const { code, json } = await run(['gates', 'selftest'], folder);
    assert.deepEqual(missed(json), [], JSON.stringify(json));
    assert.deepEqual(json.right, { passed: true, by: [], reason: '' });
    assert.equal(code, 0);
    assert.deepEqual(
      json.gates.filter(({ caught, of }: { caught: number; of: number }) => caught !== of),
      [],
    );
    assert.equal(json.gates.length, 9);
    const doctor = (await run(['doctor'], folder)).json;
    const [row] = doctor.filter(({ title }: { title: string }) => title === 'Gate self-test');
    assert.equal(row.ok, true, row.detail);
  });

  it('says which gates let something through, in the doctor too', async () => {
    const folder = await folderWith(off([...reading, 'secrets']));
    const { code, json } = await run(['gates', 'selftest'], folder);
    assert.equal(code, 4);
    const stopped = json.canaries.filter(({ caught }: Canary) => caught);
    assert.deepEqual(
      stopped.map(({ id }: Canary) => id),
      ['protected-path', 'link-out', 'size', 'deleted-assertion'],
    );
    assert.ok(missed(json).includes('secret'));
    const rates = Object.fromEntries(json.gates.map((gate: { id: string }) => [gate.id, gate]));
    assert.deepEqual(rates.secrets, { id: 'secrets', caught: 0, of: 1 });
    assert.deepEqual(rates.protected, { id: 'protected', caught: 3, of: 3 });
    const doctor = (await run(['doctor'], folder)).json;
    const [row] = doctor.filter(({ title }: { title: string }) => title === 'Gate self-test');
    assert.equal(row.ok, false);
    assert.match(row.detail, /4 of \d+ bad patches.*not: secret/);
  });

  it('says when the lists let nothing through at all', async () => {
    const folder = await folderWith(off(reading), '*\n');
    const { code, json } = await run(['gates', 'selftest'], folder);
    assert.equal(code, 4);
    assert.equal(json.right.passed, false);
    assert.deepEqual(json.right.by, ['protected']);
  });

  it('ends when it is interrupted', async () => {
    const folder = await folderWith({});
    const env = { PATCHWRIGHT_CACHE: temp.path('cache') };
    const running = startCli(['gates', 'selftest', '--folder', folder], env);
    await running.until(/right/);
    running.kill('SIGINT');
    const { code, stderr } = await running.ended;
    assert.notEqual(code, 0);
    assert.match(stderr, /cancel/i);
  });

  it('does not hold against a gate what another stopped first', () => {
    const hang = { id: 'hang', kind: '', expected: ['reproduction', 'suite'], reason: '' } as const;
    assert.deepEqual(catchRates([{ ...hang, caught: true, by: ['reproduction'] }]), [
      { id: 'reproduction', caught: 1, of: 1 },
      { id: 'suite', caught: 0, of: 0 },
    ]);
    assert.deepEqual(catchRates([{ ...hang, caught: false, by: [] }]), [
      { id: 'reproduction', caught: 0, of: 1 },
      { id: 'suite', caught: 0, of: 1 },
    ]);
  });
});
