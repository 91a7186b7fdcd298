import type { Operation, Policy, ProtectedCase } from '../../support/protectedCases.ts';

/** Cases of our own, beside those that are handed to us: the siblings that a list of examples leaves out. */
export const policy: Policy = {
  baseFiles: {
    'src/app.ts': 'export const add = (a, b) => a + b;\n',
    'src/auth/login.ts': 'export const login = () => true;\n',
    'src/auth/nested/deep.ts': 'export const deep = 1;\n',
    'test/app.test.ts': "it('adds', () => { expect(add(1, 2)).to.equal(3); });\n",
    'test/__snapshots__/app.snap': 'old\n',
    'package.json': '{"name":"demo","scripts":{"test":"mocha"}}\n',
    '.github/workflows/ci.yml': 'on: push\n',
    '.gitignore': 'node_modules\nbuild/\n*.log\n!keep.log\n',
    'lib/.gitignore': '/out\n',
    '.env.example': 'API=\n',
    'docs/notes.md': 'notes\n',
    'docs/guide/one.md': 'one\n',
  },
  protected: ['src/auth/**', 'secrets/', 'legacy/*.sql', '# a comment', '', '*.golden'],
};

const write = (path: string, content = 'pwned\n'): Operation => ({ op: 'write', path, content });
const remove = (path: string): Operation => ({ op: 'delete', path });
const rename = (from: string, to: string): Operation => ({ op: 'rename', from, to });
const diff = (text: string): Operation => ({ op: 'diff', text });

/** Refused by their names alone, whatever list a project has. */
export const configurationPaths: readonly string[] = [
  '.vscode/launch.json .vscode/extensions.json app.code-workspace .devcontainer/devcontainer.json',
  '.idea/workspace.xml .circleci/config.yml Jenkinsfile azure-pipelines.yml .gitlab-ci.yml CODEOWNERS',
  'docs/CODEOWNERS .github/CODEOWNERS .pre-commit-config.yaml lefthook.yml .husky/pre-commit .npmrc',
  'packages/a/.npmrc .yarnrc.yml .pnpmfile.cjs pnpm-workspace.yaml package-lock.json yarn.lock',
  'pnpm-lock.yaml bun.lock Cargo.lock poetry.lock .env .env.local config/.env.prod .envrc tls.pem',
  'deploy.key id_rsa .netrc CLAUDE.md sub/AGENTS.md .claude/settings.json .cursor/rules/x.mdc',
  '.cursorrules .mcp.json .vscode/mcp.json GEMINI.md .mocharc.cjs jest.config.ts vitest.config.mts',
  'vite.config.ts babel.config.js .babelrc tsconfig.build.json eslint.config.js .eslintrc.cjs',
  'biome.json .prettierrc .nycrc setup.py setup.cfg pyproject.toml tests/conftest.py pytest.ini',
  'tox.ini noxfile.py .coveragerc usercustomize.py evil.pth requirements.txt Makefile justfile',
  'Cargo.toml build.rs go.mod pom.xml build.gradle gradle/wrapper/gradle-wrapper.properties',
  'jest.setup.ts .travis.yml deno.json .tool-versions mise.toml .gitleaks.toml',
  'codemagic.yaml .eas/workflows/x.yml fastlane/Fastfile release-please-config.json rebar.lock',
  '.kilocode/rules.md .coderabbit.yaml stack.yaml app.cabal deps.edn pubspec.yaml BUILD.bazel',
  'playwright-ct.config.ts tsdown.config.mts hardhat.config.ts .semgrep/rules.yml .clang-tidy',
  'detekt.yml .php-cs-fixer.dist.php .lighthouserc.json .storybook/test-runner.ts deny.toml',
  '.github/dependabot.yml .forgejo/workflows/ci.yml .woodpecker/test.yml buildkite.yml .mergify.yml',
  'mergify.yml Jenkinsfile.release azure-pipelines-nightly.yml .readthedocs.yaml wrangler.toml',
  'firebase.json cdk.json app/App.csproj App.sln .formatter.exs elm.json .bandit .isort.cfg',
  'protractor.conf.js webpack.prod.js .jshintrc tslint.json .dockerignore .npmignore .vscodeignore',
  'import_map.json .firebaserc .vault-token .gem/credentials service-account.json terraform.tfstate',
  'infra/terraform.tfstate.backup .aiignore .aiexclude .lvimrc .ideavimrc .reek.yml pmd.xml',
  'spotbugs-exclude.xml lombok.config analysis_options.yaml dart_test.yaml BUCK .buckconfig pants.toml',
  'tools/defs.bzl .secrets.baseline .all-contributorsrc spec/spec_helper.rb spec/rails_helper.rb',
  'test/test_helper.rb test/test_helper.exs ecs.php .htmlhintrc .pugrc.json sub/.foorc.yml',
  'gradlew gradlew.bat mvnw mvnw.cmd build.gradle.kts venv/bin/python venv/lib/site.py',
  'pytest/__init__.py unittest/case.py src/unittest/case.py lib/rspec/core.rb jest.config.ci.js',
  'vite.config.prod.ts karma.conf.ci.js lefthook.yml devenv.nix .sourcery.yaml .codecov.yml',
  'codeship-steps.yml bitrise.yml screwdriver.yaml shippable.yml garnix.yaml .harness/pipeline.yaml',
  '.argo/workflow.yml .prow/jobs.yaml .pipelines/ci.yml bors.toml .arcconfig .hooks/pre-push _darcs/prefs/x',
  '.platform/routes.yaml .upsun/config.yaml .ddev/config.yaml railway.toml heroku.yml nixpacks.toml',
  'captain-definition apprunner.yaml amplify.yml .vercel/project.json .bzr/x .theia/tasks.json .Rprofile',
  'crush.json default.nix .my.cnf .s3cfg .boto .dockercfg .dev.vars kubeconfig authorized_keys',
  'credentials.json client_secret_1.json config/secrets.yml config/credentials.yml.enc wp-config.php',
  'conda.yaml MANIFEST.in pdm.toml .php-version .perl-version gradle/publish.gradle init.gradle.kts',
  'vendor/modules.txt BUILD BUILD.bazel build-logic/src/main/kotlin/x.kt project/build.properties gems.rb',
  'pnpmfile.js common/config/rush/pnpmfile.cjs package.json5 ivy.xml paket.dependencies lib/dune x.nimble',
  'x-1.0-1.rockspec Project.toml dub.json gleam.toml cpanfile Makefile.PL renv.lock shadow-cljs.edn bb.edn',
  'Cross.toml ansible.cfg App.xcodeproj/project.pbxproj App.xcworkspace/contents.xcworkspacedata',
  'project.json apps/shop/project.json Dockerfile Dockerfile.prod api.Dockerfile src/api/Dockerfile',
  'docker-compose.override.yml compose.yaml Makefile.in configure SConscript cmake/Fetch.cmake',
  'meson_options.txt build.cake Jakefile.js Dangerfile Brewfile jest-preset.js test/jest-e2e.json',
  'cypress/support/e2e.ts stryker.config.json .clangd',
].flatMap((line) => line.split(' '));

/** Source, data and texts whose names look like those above; a patch may touch them. */
export const ordinaryPaths: readonly string[] = [
  'app.config.ts src/app.config.ts app/app.config.ts src/index.config.js src/theme.config.ts',
  'src/workspace/manager.ts packages/workspace/src/index.ts workspace/index.ts src/makefile/parse.ts',
  'src/procfile/index.ts src/codeowners/match.ts src/jenkinsfile/parse.ts src/gemfile/parse.rb',
  'src/rakefile/x.rb src/package.json/index.ts src/buck/index.ts lib/gradlewRunner.ts src/gradlew.ts',
  'src/mvnwWrapper.ts src/lefthook.ts src/devenv.ts src/locales/en/global.json src/theme/global.json',
  'src/vite.configLoader.ts src/next.configuration.ts src/karma.configuration.ts src/venv/manager.py',
  'src/cucumber.json.ts src/nightwatch.configure.ts lib/venv/__init__.py unittest/basic.cpp',
  'pytest/readme.md src/unittest/runner.ts lib/rspec_formatter.rb docs/replit.md docs/build.gradle.md',
  'src/dotenv.ts src/env.d.ts src/keys.ts src/secrets.ts src/lockfile.ts src/yarn.lock.ts',
  'src/package.ts src/gitignore.ts src/github/client.ts hooks/useAuth.ts src/hooks.server.ts',
  'app/setup/page.tsx src/jest.ts src/eslint/rules/noFoo.ts src/agents/index.ts src/mcp.json.ts',
  'src/main/java/shop/Pom.java src/conf/settings.py app/config/routes.rb lib/tasks.py src/profile.ts',
  'src/vscode/extension.ts src/cursor.ts src/bashrc.ts .changeset/brave-lions.md .gitkeep .mailmap',
  'src/.src/index.ts project/build/Thing.scala public/manifest.json src/nuxt.plugin.ts',
  'build/index.ts src/build/index.ts src/dune/planet.ts src/configure/index.ts src/dockerfile/parse.ts',
  'src/dockerfile.ts src/compose.ts src/docker-compose/parse.ts src/known_hosts/parse.ts src/bitrise.ts',
  'src/data/project.json src/project.ts src/gradle/parse.kt src/xcodeproj.rb src/jakefile/x.js src/cmake.ts',
  'src/kubeconfig/load.go docs/configure.md docs/heroku.md src/version.ts src/modules.txt src/vercel.ts',
  'pkgs/tools/hello/default.nix src/locales/jest-en.json src/configure',
  'src/credentials.ts cypress/support/orders.ts src/api/credentials.json.ts src/a\u00f7b.ts',
].flatMap((line) => line.split(' '));

type Row = readonly [name: string, edit: readonly Operation[], setup?: ProtectedCase['setup']];

const block: Readonly<Record<string, readonly Row[]>> = {
  path: [
    ['parent of the list itself', [write('.patchwright/protected', '')]],
    ['upper-case git folder', [write('.GIT/config')]],
    ['dotless i in git folder', [write('.g\u0131t/config')]],
    ['short name of the git folder', [write('git~1/config')]],
    ['stream of the git folder', [write('.git::$INDEX_ALLOCATION/config')]],
    ['full-width letters', [write('src/\uff41uth/login.ts')]],
    ['full-width dots', [write('src/\uff0e\uff0e/\uff0e\uff0e/x')]],
    ['inside and back', [write('src/x/../auth/login.ts')]],
    ['double slash and dot', [write('src//./auth/login.ts')]],
    ['UNC path', [write('\\\\host\\share\\x')]],
    ['UNC path with slashes', [write('//host/share/x')]],
    ['percent-encoded dots', [write('src/%2e%2e/%2e%2e/main/src/app.ts')]],
    ['percent-encoded twice', [write('%252e%252e/x')]],
    ['percent-encoded protected name', [write('src/%61uth/login.ts')]],
    ['long s folds to s', [write('\u017frc/auth/login.ts')]],
    ['upper-case user pattern', [write('SECRETS/prod.json')]],
    [
      'decomposed name against a composed pattern',
      [write('docs/cafe\u0301.md')],
      { protected: ['docs/caf\u00e9.md'] },
    ],
    ['byte order mark in a name', [write('src/\ufeffauth/login.ts')]],
    ['soft hyphen in a name', [write('src/au\u00adth/login.ts')]],
    ['carriage return in a name', [write('src/app.ts\r')]],
    ['trailing dot', [write('.github./workflows/ci.yml')]],
    ['null character', [write('src/app.ts\0.md')]],
    ['environment variable', [write('$HOME/.bashrc')]],
    ['name longer than a file system allows', [write(`src/${'x'.repeat(300)}.ts`)]],
    ['pattern with a star', [write('legacy/one.SQL')]],
    ['pattern without a slash at any depth', [write('a/b/c/d.golden')]],
    ['new file in a protected folder', [write('src/auth/extra.ts')]],
  ],
  diff: [
    [
      'rename in the header only',
      [
        diff(
          'diff --git a/src/app.ts b/src/auth/app.ts\nsimilarity index 100%\nrename from src/app.ts\nrename to src/auth/app.ts\n',
        ),
      ],
    ],
    [
      'copy into a protected folder',
      [
        diff(
          'diff --git a/src/app.ts b/src/auth/copy.ts\nsimilarity index 100%\ncopy from src/app.ts\ncopy to src/auth/copy.ts\n',
        ),
      ],
    ],
    [
      'deletion by /dev/null',
      [
        diff(
          '--- a/src/auth/login.ts\n+++ /dev/null\n@@ -1 +0,0 @@\n-export const login = () => true;\n',
        ),
      ],
    ],
    [
      'new symlink in a diff',
      [
        diff(
          'diff --git a/src/l b/src/l\nnew file mode 120000\n--- /dev/null\n+++ b/src/l\n@@ -0,0 +1 @@\n+../.github\n\\ No newline at end of file\n',
        ),
      ],
    ],
    [
      'new submodule in a diff',
      [
        diff(
          'diff --git a/sub b/sub\nnew file mode 160000\n--- /dev/null\n+++ b/sub\n@@ -0,0 +1 @@\n+Subproject commit 1111111111111111111111111111111111111111\n',
        ),
      ],
    ],
    [
      'names that disagree',
      [
        diff(
          'diff --git a/src/app.ts b/src/app.ts\n--- a/src/app.ts\n+++ b/src/auth/login.ts\n@@ -1 +1 @@\n-export const add = (a, b) => a + b;\n+x\n',
        ),
      ],
    ],
    ['out of the worktree', [diff('--- /dev/null\n+++ b/../main/evil.ts\n@@ -0,0 +1 @@\n+x\n')]],
    [
      'into the git folder',
      [diff('--- /dev/null\n+++ b/.git/hooks/pre-commit\n@@ -0,0 +1 @@\n+x\n')],
    ],
    [
      'prefix that is cut off',
      [
        diff(
          '--- x/y/src/auth/login.ts\n+++ x/src/auth/login.ts\n@@ -1 +1 @@\n-export const login = () => true;\n+x\n',
        ),
      ],
    ],
    ['an added ignored file', [diff('--- /dev/null\n+++ b/build/evil.js\n@@ -0,0 +1 @@\n+x\n')]],
    [
      'an added file that a nested list ignores',
      [diff('--- /dev/null\n+++ b/lib/out/evil.js\n@@ -0,0 +1 @@\n+x\n')],
    ],
  ],
  link: [
    ['symlink to a file outside', [{ op: 'symlink', path: 'src/passwd', target: '/etc/passwd' }]],
    ['dangling symlink', [{ op: 'symlink', path: 'src/none', target: 'nowhere' }]],
    [
      'symlink in place of a file',
      [remove('src/app.ts'), { op: 'symlink', path: 'src/app.ts', target: 'auth/login.ts' }],
    ],
    [
      'file in place of a symlink',
      [remove('src/s'), write('src/s')],
      { symlinks: { 'src/s': '../docs' } },
    ],
    [
      'committed link to a protected file',
      [write('src/l.ts')],
      { symlinks: { 'src/l.ts': 'auth/login.ts' } },
    ],
    [
      'hard link to a protected file, then a write',
      [{ op: 'hardlink', path: 'src/h.ts', target: 'src/auth/login.ts' }, write('src/h.ts')],
    ],
    ['symlink named like a protected folder', [{ op: 'symlink', path: 'secrets', target: 'docs' }]],
    [
      'symlink to the main tree',
      [{ op: 'symlink', path: 'src/main', target: '$MAIN/src' }, write('src/main/app.ts')],
    ],
  ],
  move: [
    ['out of a protected folder', [rename('src/auth/login.ts', 'src/login.ts')]],
    ['a protected folder as a whole', [rename('src/auth', 'src/open')]],
    ['a folder that holds one', [rename('src', 'source')]],
    [
      'a chain of renames',
      [rename('src/auth/login.ts', 'a.ts'), rename('a.ts', 'b.ts'), rename('b.ts', 'docs/c.ts')],
    ],
    [
      'two files swapped',
      [
        rename('src/app.ts', 't'),
        rename('src/auth/login.ts', 'src/app.ts'),
        rename('t', 'src/auth/login.ts'),
      ],
    ],
    [
      'away, and another one in its place',
      [rename('src/auth/login.ts', 'old.ts'), write('src/auth/login.ts')],
    ],
    ['deletion of a protected file', [remove('src/auth/login.ts')]],
    [
      'folder in place of a protected file',
      [remove('.github/workflows/ci.yml'), write('.github/workflows/ci.yml/x')],
    ],
    ['file in place of a protected folder', [remove('src/auth'), write('src/auth')]],
    ['case-only rename of the folder', [rename('src/auth', 'src/Auth')]],
  ],
  git: [
    [
      'submodule list',
      [write('.gitmodules', '[submodule "x"]\n\tpath = x\n\turl = https://example.com/x\n')],
    ],
    ['filter that runs a command', [write('docs/.gitattributes', '*.md filter=evil\n')]],
    ['more ignored files', [write('.gitignore', '*\n')]],
    ['large-file server', [write('.lfsconfig', '[lfs]\n\turl = https://example.com\n')]],
    [
      'bare repository in a folder',
      [
        write('fix/HEAD', 'ref: refs/heads/main\n'),
        write('fix/config', '[core]\n'),
        write('fix/objects/x'),
        write('fix/refs/x'),
      ],
    ],
    ['git folder of a subfolder', [write('docs/.git/config', '[core]\n')]],
    [
      'index flags',
      [{ op: 'run', cmd: 'git update-index --skip-worktree src/app.ts; echo x >> src/app.ts' }],
    ],
    ['submodule at a deeper path', [{ op: 'gitlink', path: 'docs/sub', sha: '2'.repeat(40) }]],
  ],
  config: [
    '.vscode/launch.json',
    'package-lock.json',
    'sub/AGENTS.md',
    'tests/conftest.py',
    'evil.pth',
    '.gitpod.yml',
    'sub/.gdbinit',
    'buildspec.yml',
    '.zuul.d/jobs.yaml',
  ].map((path): Row => [path, [write(path)]]),
  // What stands where something is looked for first runs in its place.
  shadow: [
    ['the test runner itself', [write('pytest.py', 'raise SystemExit(0)\n')]],
    ['the test runner as a package', [write('pytest/__init__.py')]],
    [
      'a plugin that comes by itself',
      [write('x.egg-info/entry_points.txt', '[pytest11]\nx = x\n')],
    ],
    ['an interpreter of its own', [write('pyvenv.cfg', 'home = /tmp\n')]],
    ['JUnit in its own package', [write('src/test/java/org/junit/Assert.java')]],
    ['an extension of JUnit', [write('src/test/resources/META-INF/services/org.junit.platform.X')]],
    ['minitest on the load path', [write('lib/minitest/autorun.rb')]],
    ['a prepare script', [write('packages/a/package.json', '{"scripts":{"prepare":"sh x"}}\n')]],
    ['a shell for scripts', [write('packages/a/.npmrc', 'script-shell=./x.sh\n')]],
    ['a package manager of its own', [write('sub/.yarnrc.yml', 'yarnPath: ./x.cjs\n')]],
    ['a build that node-gyp runs', [write('binding.gyp', '{"targets":[{"actions":[]}]}\n')]],
    [
      'a build back end in the tree',
      [write('sub/pyproject.toml', '[build-system]\nbackend-path=["."]\n')],
    ],
    ['a function of CMake', [write('cmake/../CMakeLists.txt', 'execute_process(COMMAND x)\n')]],
    ['full-width name of a runner', [write('\uff50ytest.py')]],
    ['upper-case name of a hook tool', [write('LEFTHOOK.YML')]],
    ['a name with a joiner in it', [write('.hus\u200dky/pre-commit')]],
    ['by a rename', [rename('docs/notes.md', 'docs/conftest.py')]],
    [
      'by a copy in a diff',
      [
        diff(
          'diff --git a/src/app.ts b/vitest.config.ts\nsimilarity index 100%\ncopy from src/app.ts\ncopy to vitest.config.ts\n',
        ),
      ],
    ],
  ],
  submodule: [
    [
      'a repository in the place of one',
      [{ op: 'gitlink', path: 'dep', sha: '3'.repeat(40) }, write('dep/.git', 'gitdir: ../.git\n')],
    ],
    ['a link file below a folder', [write('docs/.GIT', 'gitdir: /tmp/x\n')]],
    [
      'settings by another spelling',
      [write('docs/.git\u200c/config', '[core]\n\tfsmonitor = x\n')],
    ],
    [
      'a repository that a test makes',
      [
        {
          op: 'run',
          cmd: 'mkdir -p docs/x && git -c init.templateDir= init -q docs/x && git -C docs/x config core.fsmonitor "touch /tmp/pw-flag"; exit 0',
        },
      ],
    ],
    [
      'attributes that a test writes',
      [
        {
          op: 'run',
          cmd: 'printf "* filter=x\\n" > .gitattributes; git config filter.x.clean "touch /tmp/pw-flag; cat"; echo x >> src/app.ts; exit 0',
        },
      ],
    ],
  ],
};

const review: Readonly<Record<string, readonly Row[]>> = {
  shadow: [
    ['a module of Python itself', [write('json.py', 'loads = eval\n')]],
    ['a package of Python itself', [write('src/typing/__init__.py', 'x = 1\n')]],
  ],
  path: [
    ['reserved name with an extension', [write('docs/nul.md')]],
    ['reserved name of a folder', [write('con/x.ts')]],
    ['Cyrillic letter in a Latin word', [write('src/\u0430uth.ts')]],
    ['question mark', [write('docs/why?.md')]],
    ['new file that differs in case only', [write('src/App.ts')]],
    ['new folder that differs in case only', [write('Docs/new.md')]],
  ],
  move: [['made executable', [{ op: 'chmod', path: 'src/app.ts', mode: '755' }]]],
  tests: [
    [
      'existing test skipped',
      [write('test/app.test.ts', "it.skip('adds', () => { expect(add(1, 2)).to.equal(3); });\n")],
    ],
    [
      'existing test singled out',
      [write('test/app.test.ts', "it.only('adds', () => { expect(add(1, 2)).to.equal(3); });\n")],
    ],
    ['assertion removed', [write('test/app.test.ts', "it('adds', () => {});\n")]],
    ['snapshot changed', [write('test/__snapshots__/app.snap', 'new\n')]],
    ['existing test moved out of the tests', [rename('test/app.test.ts', 'docs/app.md')]],
  ],
};

const allow: Readonly<Record<string, readonly Row[]>> = {
  control: [
    ['ordinary change', [write('src/app.ts', 'export const add = (a, b) => b + a;\n')]],
    ['name that begins like a protected folder', [write('src/authors.ts')]],
    ['name that begins like a folder of the list', [write('secretsmanager.ts')]],
    ['example environment', [write('.env.example', 'API=\nKEY=\n')]],
    ['rename of an ordinary file', [rename('docs/notes.md', 'docs/note.md')]],
    ['move of a folder', [rename('docs/guide', 'guide')]],
    ['Japanese name', [write('docs/\u65e5\u672c\u8a9e.md')]],
    ['spaces and brackets', [write('docs/a (1) [x].md')]],
    ['a file that a list keeps', [write('keep.log')]],
    ['emoji', [write('docs/\u{1f680}.md')]],
    ['same content written again', [write('src/app.ts', 'export const add = (a, b) => a + b;\n')]],
    [
      'protected file away and back',
      [rename('src/auth/login.ts', 'x'), rename('x', 'src/auth/login.ts')],
    ],
    [
      'test with more assertions',
      [
        write(
          'test/app.test.ts',
          "it('adds', () => { expect(add(1, 2)).to.equal(3); expect(add(0, 0)).to.equal(0); });\n",
        ),
      ],
    ],
    ['code about a test runner', [write('src/parsers/pytest.py', 'x = 1\n')]],
    ['a module below a package', [write('src/shop/types.py', 'x = 1\n')]],
    [
      'words of protected names',
      [
        write('docs/profile.md'),
        write('src/rules.ts'),
        write('src/warp.ts'),
        write('src/app/app.config.ts'),
      ],
    ],
    ['HEAD alone is an ordinary name', [write('docs/HEAD', 'x\n')]],
  ],
};

function rows(verdict: 'block' | 'review' | 'allow', table: typeof block): ProtectedCase[] {
  return Object.entries(table).flatMap(([category, list]) =>
    list.map(([name, edit, setup = {}], i) => ({
      id: `${verdict}-${category}-${i + 1}`,
      category,
      name,
      setup,
      edit,
      expected: { verdict, rule: '' },
    })),
  );
}

export const cases: readonly ProtectedCase[] = [
  ...rows('block', block),
  ...rows('review', review),
  ...rows('allow', allow),
];
