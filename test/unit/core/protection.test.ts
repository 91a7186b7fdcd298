import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createProtection } from '../../../src/core/protection.ts';

const none = createProtection([]);

function verdictOf(path: string, user: readonly string[] = []): string {
  const result = createProtection(user).check(path);
  return result.ok ? 'allow' : result.verdict;
}

describe('protection', () => {
  describe('the kernel, at any depth and in any spelling', () => {
    const blocked = [
      '.git',
      '.git/config',
      '.GIT/config',
      'a/b/.git/hooks/pre-commit',
      'sub/.git',
      '.g\u200dit/config',
      '．git/config',
      '.ｇit/HEAD',
      '.gıt/config',
      '.g\u0131T/x',
      '𝐠it/../.git/x',
      '.git./config',
      '.git /config',
      '.git::$INDEX_ALLOCATION/config',
      'git~1/config',
      'GIT~1',
      '.git%2fconfig',
      '%2egit/config',
      '%252egit/config',
      './/.git//config',
      './.git/config',
      '.gitmodules',
      'docs/.gitattributes',
      '.gitignore',
      '.patchwright/protected',
      '.patchwright',
      '.vscode/tasks.json',
      'packages/a/.vscode/settings.json',
      'x.code-workspace',
      '.idea/workspace.xml',
      '.devcontainer/devcontainer.json',
      '.devcontainer.json',
      '.github/workflows/ci.yml',
      '.GitHub/CODEOWNERS',
      '.gitlab-ci.yml',
      '.gitlab/ci/x.yml',
      '.circleci/config.yml',
      'Jenkinsfile',
      'azure-pipelines.yml',
      '.husky/pre-push',
      'CODEOWNERS',
      '.pre-commit-config.yaml',
      'package-lock.json',
      'a/yarn.lock',
      'pnpm-lock.yaml',
      'Cargo.lock',
      '.env',
      '.env.production.local',
      'api/.ENV',
      '.envrc',
      'prod.env',
      'tls/server.pem',
      'a.KEY',
      '.npmrc',
      'x/.yarnrc.yml',
      '.yarn/releases/yarn.cjs',
      'AGENTS.md',
      'docs/agents.MD',
      'CLAUDE.md',
      '.claude/settings.json',
      '.cursor/rules/a.mdc',
      '.mcp.json',
      'id_rsa',
      '.ssh/config',
      'node_modules/dep/index.js',
      'packages/a/node_modules/x.js',
      '.venv/bin/python',
      'src/sitecustomize.py',
      'lib/evil.pth',
    ];
    for (const path of blocked) {
      it(`blocks ${JSON.stringify(path)}`, () => assert.equal(verdictOf(path), 'block'));
    }
    it('cannot be lifted by the list', () => {
      for (const path of ['.git/config', '.patchwright/protected', '.github/x', '.env']) {
        assert.equal(verdictOf(path, [`!${path}`, '!**', '!.*', '!/**']), 'block', path);
      }
    });
  });

  describe('the defaults', () => {
    const paths = ['package.json', 'packages/x/package.json', '.mocharc.json', 'vitest.config.ts'];
    for (const path of [
      ...paths,
      'src/.eslintrc.json',
      'tests/conftest.py',
      'tsconfig.build.json',
    ]) {
      it(`block ${path}`, () => assert.equal(verdictOf(path), 'block'));
    }
    it('can be lifted by the list', () => {
      assert.equal(verdictOf('tests/conftest.py', ['!conftest.py']), 'allow');
      assert.equal(verdictOf('package.json', ['!/package.json']), 'allow');
      assert.equal(verdictOf('a/package.json', ['!/package.json']), 'block');
    });
  });

  describe("the user's list", () => {
    it('is gitignore syntax, on folded names', () => {
      const list = ['# secrets', 'secrets/', 'src/auth/**', '!src/auth/README.md', '*.SQL'];
      assert.equal(verdictOf('secrets/prod.json', list), 'block');
      assert.equal(verdictOf('deep/secrets/prod.json', list), 'block');
      assert.equal(verdictOf('SRC/Auth/login.ts', list), 'block');
      assert.equal(verdictOf('src/auth', list), 'block');
      assert.equal(verdictOf('src/auth/README.md', list), 'allow');
      assert.equal(verdictOf('db/one.sql', list), 'block');
      assert.equal(verdictOf('src/authors.ts', list), 'allow');
    });
    it('takes whole file content as well as lines', () => {
      assert.equal(verdictOf('b.ts', ['a.ts\r\nb.ts\n']), 'block');
    });
    it('matches composed and decomposed letters, sharp s, ligatures and Kelvin signs', () => {
      assert.equal(verdictOf('docs/r\u00e9sum\u00e9.md', ['docs/re\u0301sume\u0301.md']), 'block');
      assert.equal(verdictOf('docs/re\u0301sume\u0301.md', ['docs/r\u00e9sum\u00e9.md']), 'block');
      assert.equal(verdictOf('strasse/x', ['stra\u00dfe']), 'block');
      assert.equal(verdictOf('\ufb01le.ts', ['file.ts']), 'block');
      assert.equal(verdictOf('\u212aeys/a', ['keys']), 'block');
    });
    it('names the rule that matched', () => {
      assert.deepEqual(createProtection(['src/auth/**']).check('src/auth/x.ts'), {
        ok: false,
        rule: 'src/auth/**',
        verdict: 'block',
      });
    });
  });

  describe('what the letters alone say', () => {
    const blocked: Record<string, string> = {
      '': 'empty path',
      '   ': 'empty path',
      '/etc/passwd': 'absolute path',
      '~/.ssh/authorized_keys': 'absolute path',
      'C:/Users/a': 'absolute path',
      '\\\\server\\share\\x': 'absolute path',
      '//server/share/x': 'absolute path',
      '$HOME/x': 'absolute path',
      '../main/src/app.ts': 'outside the worktree',
      'src/auth/../auth/login.ts': 'outside the worktree',
      'src/%2e%2e/%2e%2e/x': 'percent-encoded: outside the worktree',
      'src/\uff0e\uff0e/x': 'outside the worktree',
      'src\uff0f\u2025\uff0fx': 'outside the worktree',
      'src\\app.ts': 'backslash',
      '..\u2044main\u2044src\u2044app.ts': 'character that stands for a slash',
      'src\u2215auth\u2215login.ts': 'character that stands for a slash',
      '.github\u2216workflows\u2216ci.yml': 'character that stands for a slash',
      'src/app.ts:stream': 'colon',
      'src/a\nb': 'control character',
      'src/a\0b': 'control character',
      'src/app\u202est.sj': 'bidi control character',
      'src/a\u200bb.ts': 'invisible character',
      'src/auth\u{e0041}/x.ts': 'invisible character',
      'src/auth\u3164/x.ts': 'invisible character',
      'src/app.ts ': 'trailing dot or space',
      'src./app.ts': 'trailing dot or space',
      'GITHUB~1/x.yml': '8.3 short name',
      'PACKAG~1.JSO': '8.3 short name',
      'src/\ud800.ts': 'not valid Unicode',
    };
    for (const [path, rule] of Object.entries(blocked)) {
      it(`${JSON.stringify(path)}: ${rule}`, () =>
        assert.deepEqual(none.check(path), { ok: false, rule, verdict: 'block' }));
    }
    it('too long, as a whole or in one name, in bytes', () => {
      assert.equal(verdictOf(`src/${'d/'.repeat(600)}x.ts`), 'block');
      assert.equal(verdictOf(`src/${'é'.repeat(128)}`), 'block');
      assert.equal(verdictOf(`src/${'e'.repeat(255)}`), 'allow');
    });
    for (const path of [
      'src/aux.ts',
      'CON',
      'a/Com1.txt',
      'lpt¹',
      'src/\u0430pp.ts',
      'src/a?.ts',
    ]) {
      it(`${JSON.stringify(path)} must be seen by a person`, () =>
        assert.equal(verdictOf(path), 'review'));
    }
  });

  describe('lets ordinary names through', () => {
    const allowed = [
      'src/x.github.ts',
      'src/environment.ts',
      'docs/na\u00efve.md',
      'src/a..b.ts',
      '.env.example',
      'src/auth.ts',
      'app/[...slug]/page.tsx',
      'app/$id.tsx',
      'src/консоль.ts',
      'src/日本語.ts',
      'src/console.ts',
      'src/auxiliary.ts',
      'gitignore.md',
      'src/git/index.ts',
      './src/app.ts',
      'docs/50%.md',
      'docs/a%20b.md',
      'src/keys.ts',
      'src/package.ts',
      'test/fixtures/a.json',
      'a/tasks.py',
      'src/fastlane/queue.ts',
      'src/Rector.php',
      'data/infection.jsonl',
      'ops/shard.yml',
      'src/JenkinsfileParser.ts',
      'src/lock.ts',
      '.config/app.json',
      'v~/x.ts',
    ];
    for (const path of allowed) {
      it(path, () => assert.equal(verdictOf(path), 'allow'));
    }
  });

  it('never throws, and judges every spelling of a name alike', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (path) => {
        none.check(path);
        const protectedName = createProtection(['secret-x/**']);
        const odd = protectedName.check(`SeCrEt-X/${path}`);
        return !odd.ok && odd.verdict === 'block';
      }),
    );
  });
});
