import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Shell } from '../../../src/core/ports.ts';
import type { GateFinding } from '../../../src/gates/context.ts';
import { secrets } from '../../../src/gates/secrets.ts';
import { acceptedSecrets } from '../../../src/gates/secrets/known.ts';
import { textOf } from '../../../src/gates/secrets/scanner.ts';
import { createShell } from '../../../src/platform/shell.ts';
import { type Change, createProject } from '../../support/patches.ts';
import { plant } from '../../support/plantedSecrets.ts';
import { createRandom } from '../../support/random.ts';
import type { Tree } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';

describe('the secrets gate', function () {
  this.timeout(30_000);
  const folder = tempFolder();
  const random = createRandom(5);
  const make = (form: string): string => plant('x', form, random).value;
  const token = make('ghp_{w36}');
  const other = make('glpat-{w20}');
  const base = { 'src/a.js': 'one\ntwo\nthree\n', '.gitignore': 'secret.txt\n' };

  let projects = 0;
  const judge = async (change: Change, files: Tree = base): Promise<GateFinding> => {
    const project = await createProject(folder.path(`${(projects += 1)}`), files);
    return secrets.run(await project.patch(change));
  };
  const said = (finding: GateFinding): string => JSON.stringify(finding);
  /** Without the secret itself, whatever is said. */
  const refuses = (finding: GateFinding, pattern: RegExp, value: string): void => {
    assert.equal(finding.verdict, 'failed', said(finding));
    assert.match([finding.reason, ...finding.evidence].join('\n'), pattern);
    assert.ok(!said(finding).includes(value.slice(4, 16)), said(finding));
  };

  it('passes a patch without any', async () => {
    const finding = await judge({ write: { 'src/a.js': 'one\ntwo 2\nthree\n' } });
    assert.equal(finding.verdict, 'passed', said(finding));
    assert.equal(secrets.runsCode, false);
  });

  it('refuses one in an added line, by file, line and rule, masked', async () => {
    const write = { 'src/a.js': `one\ntwo\nconst t = '${token}';\nthree\n` };
    refuses(await judge({ write }), /src\/a\.js:3: github ghp_\*+/, token);
  });

  it('refuses one in a new file, a file name and the message of the commit', async () => {
    refuses(await judge({ write: { 'b.txt': `\n\nkey ${token}\n` } }), /b\.txt:3: github/, token);
    refuses(await judge({ write: { [`doc/${token}.md`]: 'x\n' } }), /name of file 1:1: /, token);
    const message = `Fix it\n\nworks with ${token}`;
    const finding = await judge({ write: { 'b.txt': 'x\n' }, message });
    refuses(finding, /commit message:3: github/, token);
  });

  it('refuses one that a commit adds and the next one takes back', async () => {
    for (const name of ['b.js', 'src/a.js']) {
      const project = await createProject(folder.path(`${(projects += 1)}`), base);
      const first = await project.patch({ write: { [name]: `one\n${token}\n` } });
      const second = async (content: string): Promise<GateFinding> => {
        const here = project.git.at(project.checkout.path);
        writeFileSync(join(project.checkout.path, name), content);
        await here.run(['commit', '-q', '-a', '-m', 'second']);
        const commit = await here.run(['rev-parse', 'HEAD']);
        return secrets.run({ ...first, patch: { ...first.patch, commit } });
      };
      const pattern = new RegExp(`${name} \\(in commit [0-9a-f]{10}\\):2: github`);
      refuses(await second('one\nkey from the environment\n'), pattern, token);
    }
    const project = await createProject(folder.path(`${(projects += 1)}`), base);
    const first = await project.patch({ write: { 'b.js': 'one\n' } });
    const here = project.git.at(project.checkout.path);
    writeFileSync(join(project.checkout.path, 'b.js'), 'two\n');
    await here.run(['commit', '-q', '-a', '-m', 'second']);
    const commit = await here.run(['rev-parse', 'HEAD']);
    const finding = await secrets.run({ ...first, patch: { ...first.patch, commit } });
    assert.equal(finding.verdict, 'passed', said(finding));
  });

  it('refuses one that only two lines together hold, of which one is new', async () => {
    const files = { 'k.yaml': 'env:\n  - name: BILLING_TOKEN\n    value: x\n' };
    const value = make('{h40}');
    const write = { 'k.yaml': `env:\n  - name: BILLING_TOKEN\n    value: ${value}\n` };
    refuses(await judge({ write }, files), /k\.yaml:3: named-key/, value);
  });

  it('cannot be switched off by the patch', async () => {
    const comments = [
      `const t = '${token}'; // secretlint-disable-line`,
      `/* secretlint-disable */\nconst t = '${token}';`,
      `const t = '${token}'; // gitleaks:allow`,
      `const t = '${token}'; // pragma: allowlist secret`,
    ];
    for (const comment of comments) {
      refuses(await judge({ write: { 'b.js': `${comment}\n` } }), /b\.js:\d/, token);
    }
    const attributes = { ...base, '.gitattributes': '* -diff -text\n*.js binary\n' };
    const write = { 'src/a.js': `one\ntwo\n${token}\nthree\n` };
    refuses(await judge({ write }, attributes), /src\/a\.js:3/, token);
    const wide = textOf(Buffer.from(`\ufeffkey = "${token}"\n`, 'utf16le'));
    assert.ok(wide.includes(token));
    const zeros = `\0\0key = "${token.split('').join('\0')}"\n`;
    refuses(await judge({ write: { 'z.bin': zeros } }), /z\.bin:1/, token);
    const allow = { '.patchwright/secrets-allow': '0123456789abcdef\n', 'b.js': token };
    refuses(await judge({ write: allow }), /b\.js:1/, token);
  });

  it('does not hold against the patch what the base has, but marks what is moved or copied', async () => {
    const files = { ...base, 'old.js': `const t = '${token}';\nmore\n` };
    const near = await judge({ write: { 'old.js': `const t = '${token}';\nless\n` } }, files);
    assert.equal(near.verdict, 'passed');
    assert.deepEqual(near.marks, []);
    const moved = await judge(
      { remove: ['old.js'], write: { 'new.js': `let t = '${token}';\n` } },
      files,
    );
    assert.equal(moved.verdict, 'passed', said(moved));
    assert.match(moved.marks.join(), /new\.js:1: github ghp_\*+, already in old\.js/);
    const both = await judge({ write: { 'new.js': `'${token}' + '${other}'\n` } }, files);
    refuses(both, /new\.js:1: gitlab/, other);
  });

  it('passes what the user has accepted, and says so', async () => {
    const write = { 'b.txt': `${token}\n` };
    const refused = await judge({ write });
    const fingerprint = /put ([0-9a-f]{16}) into/.exec(refused.reason)?.[1] ?? '';
    const accepted = await judge({ write, acceptedSecrets: [fingerprint] });
    assert.equal(accepted.verdict, 'passed', said(accepted));
    assert.match(accepted.marks.join(), /b\.txt:1: .*accepted/);
    const lines = ['# ours', '', `${fingerprint} # a sample`];
    assert.deepEqual([...acceptedSecrets(lines)], [fingerprint]);
    assert.throws(() => acceptedSecrets(['*']), { code: 'invalid_settings' });
  });

  it('refuses files that are secrets by name, but not certificates and examples', async () => {
    const write = { 'config/.env.production': 'A=1\n', 'tls.pfx': 'x', '.env.example': 'A=\n' };
    const finding = await judge({ write });
    refuses(finding, /config\/\.env\.production: a file that holds secrets/, 'no value');
    assert.match(finding.evidence.join(), /tls\.pfx/);
    assert.ok(!said(finding).includes('.env.example'));
    const pem = make('-----BEGIN CERTIFICATE-----\nMIID{s60}\n{s64}\n-----END CERTIFICATE-----\n');
    const certificate = await judge({ write: { 'ca.pem': pem } });
    assert.equal(certificate.verdict, 'passed', said(certificate));
    assert.match(certificate.marks.join(), /ca\.pem: certificates/);
  });

  it('warns of secret files that git would take along', async () => {
    const project = await createProject(folder.path(), base);
    writeFileSync(join(project.main, '.env'), 'A=1\n');
    writeFileSync(join(project.main, 'secret.txt'), 'x\n');
    const finding = await secrets.run(await project.patch({ write: { 'b.txt': 'x\n' } }));
    assert.equal(finding.verdict, 'passed');
    assert.match(finding.marks.join(), /^\.env in your working tree .*\.gitignore/);
    assert.ok(!finding.marks.join().includes('secret.txt'));
  });

  describe('with gitleaks on the PATH', () => {
    /** A program of that name, which is given what the real one is. */
    const withGitleaks = (script: string): Shell => {
      const bin = folder.path('bin');
      mkdirSync(bin, { recursive: true });
      writeFileSync(join(bin, 'gitleaks'), `#!/bin/sh\n${script}\n`);
      chmodSync(join(bin, 'gitleaks'), 0o755);
      const shell = createShell();
      const extraEnv = { PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` };
      return { run: (command, signal) => shell.run({ ...command, extraEnv }, signal) };
    };
    const write = { 'b.txt': 'first\nthe odd thing is qqZZ77ww\n' };
    const report = '[{"RuleID":"odd-rule","StartLine":9,"Secret":"qqZZ77ww"}]';

    it('joins what it finds', async () => {
      const shell = withGitleaks(`grep -q "odd thing" && echo '${report}'`);
      refuses(await judge({ write, shell }), /b\.txt:2: gitleaks-odd-rule \*+/, 'qqZZ77wwxxxxxxxx');
    });

    it('marks that it could not be used', async () => {
      for (const script of ['echo broken >&2; exit 3', 'echo "{}"', 'echo "[{}]"', 'echo oops']) {
        const finding = await judge({ write, shell: withGitleaks(script) });
        assert.equal(finding.verdict, 'passed', said(finding));
        assert.match(finding.marks.join(), /gitleaks is installed but could not be used: /);
      }
    });
  });
});
