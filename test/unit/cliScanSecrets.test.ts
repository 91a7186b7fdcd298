import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { cli, type CliResult } from '../support/cli.ts';
import { plant } from '../support/plantedSecrets.ts';
import { createRandom } from '../support/random.ts';
import { createRepository } from '../support/repository.ts';
import { tempFolder } from '../support/tempFolder.ts';

describe('command line: scan-secrets', function () {
  this.timeout(60_000);
  const temp = tempFolder('pw-cli-secrets');
  const random = createRandom(8);
  const token = plant('x', 'ghp_{w36}', random).value;
  const run = (...args: string[]): Promise<CliResult> =>
    cli(['scan-secrets', ...args, '--folder', temp.path()]);

  it('prints what it finds in a file, masked, and exits with 4', async () => {
    const file = temp.path('settings.ts');
    writeFileSync(file, `const a = 1;\nconst token = '${token}';\n`);
    const before = readdirSync(temp.path());
    const result = await run(file, '--json');
    assert.equal(result.code, 4, result.stderr);
    assert.deepEqual(JSON.parse(result.stdout), {
      findings: [{ file, line: 2, column: 16, rule: 'github', masked: 'ghp_********' }],
      files: 1,
      bytes: 71,
    });
    const text = await run('settings.ts');
    assert.equal(text.code, 4);
    assert.equal(text.stdout, 'settings.ts:2:16: github ghp_********\n1 secret in 1 file.\n');
    assert.deepEqual(readdirSync(temp.path()), before);
  });

  it('finds what only the rules of secretlint know, whatever a comment says', async () => {
    const value = plant('x', 'ANVA{U16}', random).value;
    writeFileSync(temp.path('a.txt'), `// secretlint-disable\nthe id ${value}\n`);
    const { findings } = JSON.parse((await run('a.txt', '--json')).stdout);
    assert.deepEqual(
      findings.map(({ rule, line }: { rule: string; line: number }) => [rule, line]),
      [['secretlint-aws', 2]],
    );
  });

  it('exits with 0 when there is nothing, with 2 without a file, with 1 for one that is missing', async () => {
    const text = 'see https://user:pass@example.com\nAWS_ACCOUNT_ID=1234-5678-9012\n';
    writeFileSync(temp.path('clean.txt'), text);
    const clean = await run('clean.txt', '--json');
    assert.equal(clean.code, 0, clean.stderr);
    assert.deepEqual(JSON.parse(clean.stdout), { findings: [], files: 1, bytes: text.length });
    assert.equal((await run()).code, 2);
    const missing = await run('missing.txt');
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /missing\.txt/);
  });

  it('goes through a folder as git does: what is ignored is left out', async () => {
    const files = { '.gitignore': 'ignored\n', 'src/a.txt': `${token}\n` };
    await createRepository(temp.path('repo'), files);
    writeFileSync(temp.path('repo/ignored'), `${token}\n`);
    writeFileSync(temp.path('repo/new.txt'), `\n${token}\n`);
    const { findings, files: count } = JSON.parse((await run('repo', '--json')).stdout);
    const places = findings.map((one: { file: string; line: number }) => `${one.file}:${one.line}`);
    assert.deepEqual(places.toSorted(), ['repo/new.txt:2', 'repo/src/a.txt:1']);
    assert.equal(count, 3);
  });

  it('goes through a folder outside of any repository', async () => {
    mkdirSync(temp.path('plain/sub'), { recursive: true });
    writeFileSync(temp.path('plain/sub/a.txt'), `${token}\n`);
    const { findings } = JSON.parse((await run('plain', '--json')).stdout);
    assert.deepEqual(
      findings.map((one: { file: string }) => one.file),
      ['plain/sub/a.txt'],
    );
  });
});
