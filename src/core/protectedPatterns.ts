/** Plain names that stand for folders; `.names` may be either. */
const folderNames =
  /^(nbproject|node_modules|bower_components|site-packages|__pycache__|bamboo-specs)$/;

/**
 * What no patch may touch, in gitignore syntax, any depth, compared without letter case. The kernel
 * guards the machine itself and can't be switched off; the defaults guard what decides how code is
 * built, tested and linted, and a `!` line in `.patchwright/protected` lifts one for a project.
 */
export const kernelPatterns: readonly string[] = words([
  // Git's own, and what changes how git reads files.
  '.git .gitattributes .gitmodules .gitignore .gitconfig .lfsconfig',
  // Patchwright and editors: settings, tasks and launch files run commands.
  '.patchwright .vscode *.code-workspace .idea .vs .fleet .zed',
  '.devcontainer .devcontainer.json .exrc .vimrc .nvimrc .nvim.lua',
  '.dir-locals.el .dir-locals-2.el *.sublime-project .run *.run.xml .project .settings nbproject',
  '.ycm_extra_conf.py .vimspector.json .helix .nvim .gdbinit .lldbinit .pdbrc .pythonrc*',
  '.irbrc .pryrc .iex.exs .Rprofile .theia .classpath .bashrc .bash_profile .profile .zshrc .zshenv .zprofile',
  // Machines that are made for a repository when somebody opens it.
  '.gitpod.* .replit replit.nix .idx .stackblitzrc .codesandbox .direnv devbox.json',
  'devenv.nix devenv.y*ml devenv.lock',
  'flake.nix shell.nix /default.nix',
  // Continuous integration and who must review.
  '.github .gitlab .gitlab-ci* .circleci .ci .travis.yml .buildkite',
  'Jenkinsfile Jenkinsfile.* azure-pipelines*.y*ml .azure-pipelines .azuredevops .drone.y*ml',
  'bitbucket-pipelines.yml .woodpecker .woodpecker.y*ml .appveyor.yml',
  'appveyor.yml cloudbuild.y*ml .teamcity .gitea .forgejo .cirrus.*',
  '.semaphore .concourse CODEOWNERS renovate.json* .renovaterc* .tekton .prow.y*ml .zuul.*',
  '.build.yml .builds wercker.yml .scrutinizer.yml bamboo-specs buildspec*.y*ml appspec.y*ml',
  'codemagic.y*ml .eas eas.json /fastlane ios/fastlane android/fastlane Fastfile Appfile',
  'Matchfile .xcode-cloud ci_scripts/ci_*.sh buildkite.y*ml mergify.y*ml .mergify .mergify.y*ml',
  'cloudbuild.json .drone.* Earthfile dagger.json .dagger skaffold.y*ml Tiltfile',
  'codeship-*.y*ml bitrise.y*ml screwdriver.y*ml shippable.y*ml garnix.y*ml .harness .argo .prow',
  '.pipelines .earthly bors.toml .arcconfig .arclint',
  // What is published, and where to.
  '.releaserc* release.config.* .goreleaser.* .changeset/config.json netlify.toml vercel.json',
  'release-please-config.json .release-please-manifest.json .release-it.* .knope* cliff.toml',
  'fly.toml serverless.y*ml Procfile render.y*ml wrangler.toml wrangler.json*',
  'firebase.json cdk.json',
  '.platform .upsun .ddev .tugboat .do railway.json railway.toml /heroku.yml /now.json nixpacks.toml',
  'captain-definition apprunner.y*ml amplify.y*ml .netlify .vercel',
  // Hooks.
  '.husky .githooks .git-hooks .pre-commit-config.y*ml .pre-commit-hooks.y*ml',
  'lefthook.y*ml lefthook.toml lefthook.json .lefthook* lefthook-local.* .overcommit.yml',
  '.lintstagedrc*',
  'lint-staged.config.* .simple-git-hooks.* simple-git-hooks.* .huskyrc* captainhook.json .hooks',
  'grumphp.y*ml commitlint.config.* .commitlintrc* .gitreview .hg .hgrc .svn .jj .bzr _darcs/** .repo',
  // Lock files: what they pin is code that runs.
  'package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.y*ml bun.lock',
  'bun.lockb deno.lock Cargo.lock poetry.lock uv.lock pdm.lock pylock*.toml',
  'Pipfile.lock conda-lock.y*ml Gemfile.lock composer.lock go.sum go.work.sum',
  'gradle.lockfile packages.lock.json mix.lock pubspec.lock Podfile.lock',
  'rebar.lock conan.lock shard.lock stack.yaml.lock cabal.project.freeze Cartfile.resolved',
  'Package.resolved flake.lock .terraform.lock.hcl MODULE.bazel.lock',
  // Secrets.
  '.env* !.env.example !.env.sample !.env.template !.env.*.example *.env',
  '*.pem *.key *.p12 *.pfx *.jks *.keystore *.ppk *.p8 *.kdbx *.gpg',
  'id_rsa id_rsa.* id_dsa id_ecdsa id_ed25519 id_ed25519.* .netrc _netrc .pgpass .htpasswd',
  '.git-credentials .ssh .aws .gnupg .kube .docker .azure .gcloud .vault-token .gem',
  '*.tfstate *.tfstate.backup service-account*.json',
  '.my.cnf .s3cfg .boto .dockercfg .dev.vars* kubeconfig',
  '/credentials.json client_secret*.json config/secrets.yml config/credentials*.yml.enc',
  'config/credentials/*.yml.enc local.settings.json',
  // Package managers and tool managers: where code comes from, and commands on entering a folder.
  '.npmrc .yarnrc* .yarn .pnp.* .pnpmfile.* pnpm-workspace.y*ml bunfig.toml',
  '.pypirc pip.conf pip.ini .condarc .gemrc .bundle .cargo .mvn',
  'nuget.config .mise.toml .mise.*.toml mise.toml mise.*.toml .mise .config/mise .tool-versions',
  // What other agents read as instructions, or start as servers.
  'AGENTS.md AGENTS.override.md AGENT.md CLAUDE.md CLAUDE.local.md GEMINI.md',
  '.claude .claude.json .cursor .cursorrules .cursorignore .cursorindexingignore',
  '.clinerules* .clineignore .roo .roomodes .rooignore .windsurf',
  '.windsurfrules .codeiumignore .aider* .continue .codex .gemini .kiro',
  '.junie .amazonq .agents .agent .opencode opencode.json* .goosehints',
  '.copilot copilot-instructions.md .mcp.json mcp.json .mcp QWEN.md .qwen CRUSH.md .crush*',
  'crush.json',
  '.kilocode* .zencoder .goose .tabnine .sourcery.y*ml .coderabbit.y*ml',
  'WARP.md .warp .rules .trae .augment .augment-guidelines .openhands .factory .devin /replit.md',
  // Dependencies and caches are made, not patched.
  'node_modules .venv bower_components site-packages .tox .nox',
  '**/venv/bin **/venv/lib **/venv/lib64 **/venv/include **/venv/Scripts',
  '__pycache__ *.pyc',
  // Python runs these before any program.
  'sitecustomize.py usercustomize.py *.pth',
]);

export const defaultPatterns: readonly string[] = words([
  // Where a program looks first: a module of the test runner's own name would be run in its place.
  '/pytest.py /pytest/**/*.py /_pytest/ /pluggy.py /pluggy/**/*.py /unittest.py /unittest/**/*.py',
  '/src/pytest.py /src/pytest/**/*.py /src/_pytest/ /src/pluggy.py /src/unittest.py',
  '/src/unittest/**/*.py /nose2.py /nose2/**/*.py',
  '*.egg-info *.dist-info *.egg-link pyvenv.cfg **/org/junit **/META-INF/services/org.junit.*',
  '/lib/minitest.rb /lib/minitest/ /test/minitest.rb /test/minitest/ /lib/rspec.rb /lib/rspec/',
  '/spec/rspec.rb /spec/rspec/ /lib/test/unit.rb /lib/test/unit/',
  // Manifests: scripts, install hooks, dependencies.
  'package.json deno.json* jsr.json bower.json lerna.json nx.json turbo.json',
  'setup.py setup.cfg pyproject.toml Pipfile requirements*.txt constraints*.txt',
  'requirements/*.txt environment.y*ml conda.y*ml MANIFEST.in pdm.toml .nvmrc .*-version',
  'Cargo.toml build.rs rust-toolchain* go.mod go.work pom.xml vendor/modules.txt',
  '*.gradle *.gradle.kts gradle.properties **/gradle/wrapper gradlew gradlew.bat',
  'mvnw mvnw.cmd build.sbt *.sln *.slnx .isort.cfg pants.toml BUCK *.bzl',
  'Gemfile *.gemspec Rakefile composer.json mix.exs Directory.*.props Directory.*.targets',
  '*.csproj *.fsproj *.vbproj /global.json dotnet-tools.json Package.swift Podfile build.zig*',
  'poetry.toml uv.toml pixi.toml hatch.toml hatch_build.py pdm_build.py conanfile.* vcpkg.json',
  'binding.gyp *.gyp *.gypi rush.json buildSrc/ libs.versions.toml project/*.sbt build.sc .jvmopts',
  '.sbtopts .sdkmanrc .bazelversion BUILD.bazel BUILD /build-logic/ project/build.properties build.mill',
  'rebar.config dune-project *.opam stack.yaml cabal.project *.cabal project.clj deps.edn',
  '/shard.yml pubspec.yaml Cartfile foundry.toml Vagrantfile',
  'gems.rb gems.locked pnpmfile.* package.json5 package.y*ml ivy.xml paket.dependencies paket.lock dune',
  '*.nimble *.rockspec /Project.toml /Manifest.toml dub.json dub.sdl gleam.toml cpanfile Makefile.PL',
  'Build.PL renv.lock shadow-cljs.edn bb.edn Cross.toml .prototools ansible.cfg *.xcodeproj',
  '*.xcworkspace /project.json /workspace.json /apps/**/project.json /libs/**/project.json',
  '/packages/**/project.json',
  // Who may log in, and with what: tests have such files, too.
  'authorized_keys known_hosts wp-config.php',
  // Images that it is built and run in.
  'Dockerfile /Dockerfile.* docker/Dockerfile.* *.dockerfile Containerfile /compose*.y*ml',
  'docker-compose*.y*ml docker-bake.json docker-bake.hcl',
  // Task runners.
  'Makefile GNUmakefile *.mk justfile .justfile Taskfile.y*ml Gruntfile.*',
  'gulpfile.* noxfile.py tox.ini /tasks.py /fabfile.py /dodo.py /pavement.py /magefile.go',
  'CMakeLists.txt CMakePresets.json meson.build SConstruct wscript configure.ac Makefile.am',
  'Makefile.in BSDmakefile /configure SConscript *.cmake CMakeUserPresets.json meson_options.txt',
  'meson.options xmake.lua premake5.lua build.cake Jakefile Jakefile.js Dangerfile Capfile Brewfile',
  '.bazelrc WORKSPACE WORKSPACE.bazel MODULE.bazel Makefile.toml nodemon.json build.xml Guardfile',
  // How tests are found, run and measured.
  '.mocharc* jest.config.* jest.setup* jest-setup* jest.preset* setupTests.*',
  'vitest.config.* vitest.workspace* vitest.setup* vite.config.* playwright.config.*',
  'cypress.config.* cypress.json karma.conf.* ava.config.* .taprc wdio.conf.*',
  'web-test-runner.config.* .nycrc* nyc.config.* .c8rc* codecov.y*ml',
  '.codecov.y*ml .coveragerc pytest.ini .pytest.ini pytest.toml .pytest.toml',
  'conftest.py phpunit.xml* phpunit.dist.xml .rspec .rspec-local nextest.toml mocha.opts',
  '.vscode-test.* junit-platform.properties testng.xml *.runsettings xunit.runner.json .simplecov',
  'jasmine.json cucumber.js cucumber.json .testcaferc* nightwatch.conf.* stryker.conf.* .busted',
  '.lcovrc c8.config.* jest-preset.* jest.global* /jest-*.json test/jest-*.json **/cypress/support/e2e.*',
  '**/cypress/support/index.* stryker.config.* .clangd',
  '.user.ini php.ini playwright-ct.config.* .storybook/test-runner* tox.toml /infection.json*',
  'protractor.conf.* dart_test.yaml spec_helper.rb rails_helper.rb test_helper.rb test_helper.exs',
  // Compilers, bundlers, linters, scanners.
  'tsconfig*.json jsconfig*.json babel.config.* .babelrc* .swcrc webpack.config.*',
  'postcss.config.* next.config.* nuxt.config.* svelte.config.* astro.config.*',
  'vue.config.* tsup.config.*',
  'rspack.config.* metro.config.* .parcelrc angular.json',
  'rollup.config.* .eslintrc* eslint.config.* .eslintignore .oxlintrc* biome.json*',
  '.prettierrc* prettier.config.* .prettierignore .stylelintrc* stylelint.config.*',
  'mypy.ini .mypy.ini .flake8 pylintrc .pylintrc ruff.toml .ruff.toml',
  'pyrightconfig.json ty.toml .rubocop* clippy.toml .clippy.toml rustfmt.toml',
  '.rustfmt.toml .golangci.* phpstan.neon* psalm.xml* checkstyle.xml',
  '.editorconfig sonar-project.properties .secretlintrc* .secretlintignore',
  '.trufflehog.y*ml .semgrep .semgrep.y*ml .grype.y*ml trivy.yaml .checkov.y*ml',
  '.codeclimate.yml .deepsource.toml dprint.json .dprint.json oxlint.config.* .markdownlint*',
  '.yamllint* .hadolint.y*ml .shellcheckrc .luacheckrc .standard.yml .scalafmt.conf',
  '.scalafix.conf detekt.y*ml .clang-tidy .clang-format .swiftlint.y*ml .php-cs-fixer*',
  '/rector.php /ecs.php tslint.json .bandit .formatter.exs pmd.xml spotbugs*.xml lombok.config',
  'analysis_options.yaml import_map.json .secrets.baseline /webpack.*.js /webpack.*.ts',
  '.perlcriticrc .size-limit.* .lighthouserc* .gitlint deny.toml .credo.exs',
  // Any other tool: by a hidden file of settings or of what to leave out, or one of the root.
  // `app.config` is what frameworks call a program's own.
  '.*rc .*rc.json .*rc.js .*rc.cjs .*rc.mjs .*rc.ts .*rc.y*ml .*rc.toml !.*rc/ .*ignore',
  '/.*.yml /.*.yaml /.*.toml /.*.json /.*.jsonc /.*.json5 /.*.cfg /.*.ini /.*.js /.*.cjs /.*.mjs',
  '/*.config.js /*.config.cjs /*.config.mjs /*.config.ts /*.config.cts /*.config.mts',
  '!/app.config.*',
  'elm.json .gitleaks.toml .snyk .aiexclude .buckconfig',
]);

function words(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => line.split(' ')).flatMap(asFile);
}

/** A folder `workspace` or `makefile` holds ordinary code: letter case does not count here. */
function asFile(pattern: string): readonly string[] {
  const isFileName = /^\w[^/*]*$/.test(pattern) && !folderNames.test(pattern);
  return isFileName ? [pattern, `!${pattern}/`] : [pattern];
}
