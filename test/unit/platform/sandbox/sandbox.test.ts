import assert from 'node:assert/strict';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createDoor } from '../../../../src/platform/sandbox/door.ts';
import { withoutCredentials } from '../../../../src/platform/sandbox/gitConfig.ts';
import { openSite } from '../../../../src/platform/sandbox/site.ts';
import { toolchains } from '../../../../src/platform/sandbox/toolchains.ts';
import { createGit } from '../../../../src/platform/git.ts';
import { createShell } from '../../../../src/platform/shell.ts';
import { defaultSettings } from '../../../../src/core/settings.ts';
import type { Shell } from '../../../../src/core/ports.ts';
import { processesIn, until } from '../../../support/processes.ts';
import { createRepository, writeTree } from '../../../support/repository.ts';
import { missingSandbox } from '../../../support/sandbox.ts';
import { tempFolder } from '../../../support/tempFolder.ts';

describe('the sandbox', function () {
  this.timeout(60_000);
  const temp = tempFolder('pw-sandbox');
  before(function () {
    const reason = missingSandbox();
    if (!reason) return;
    console.log(`      (${reason})`);
    this.skip();
  });

  const open = async (
    settings = {},
    environment = process.env,
    prepare = (): void => undefined,
  ): Promise<Shell> => {
    const git = await createRepository(temp.path('main'), { 'a.txt': 'a\n' });
    await git.run(['worktree', 'add', '-q', '--detach', temp.path('work')]);
    prepare();
    const door = createDoor({ shell: createShell(), git, folder: git.cwd, environment });
    return door.shell(temp.path('work'), { ...defaultSettings.sandbox, ...settings });
  };
  const sh = (shell: Shell, script: string, more = {}) =>
    shell.run({ file: 'sh', args: ['-c', script], cwd: temp.path('work'), ...more });

  it('passes on output, input and exit code', async () => {
    const heard: string[] = [];
    const shell = await open();
    const result = await sh(shell, 'cat; echo no >&2; exit 7', {
      input: 'yes',
      onOutput: (text: string, stream: string) => heard.push(`${stream}: ${text.trim()}`),
    });
    assert.equal(result.exitCode, 7);
    assert.equal(result.stdout.toString(), 'yes');
    assert.deepEqual(heard.toSorted(), ['stderr: no', 'stdout: yes']);
  });

  it('tells what was computed by all that it started, and not what was waited for', async () => {
    const shell = await open();
    const busy =
      'const used = () => { const { user, system } = process.cpuUsage(); return user + system; }; while (used() < 400_000);';
    const computes = await sh(shell, `(${process.execPath} -e '${busy}')`);
    assert.equal(computes.exitCode, 0, computes.stderr.toString());
    assert.ok((computes.cpuMs ?? 0) >= 300, `${computes.cpuMs} ms`);
    const waits = await sh(shell, 'sleep 2');
    assert.ok(waits.cpuMs !== undefined && waits.cpuMs < waits.durationMs, `${waits.cpuMs} ms`);
  });

  it('takes no other word for what was computed: what runs can get at the file, not at its end', async () => {
    const shell = await open();
    const forge =
      'for fd in /proc/$PPID/fd/*; do case $(readlink $fd) in */times) printf "x\\n99m0s 99m0s\\n99m0s 99m0s\\n" >$fd ;; esac; done';
    const result = await sh(shell, forge);
    assert.equal(result.exitCode, 0, result.stderr.toString());
    assert.ok(result.cpuMs !== undefined && result.cpuMs < 60_000, `${result.cpuMs} ms`);
  });

  it('lets tests write to the worktree, to temporary folders and to what they are given', async () => {
    const shell = await open();
    mkdirSync(temp.path('reports'));
    const script = `echo 1 > new && echo 2 > "$TMPDIR/x" && echo 3 > ~/x && echo 4 > ${temp.path('reports/x')}`;
    const result = await sh(shell, script, { writable: [temp.path('reports')] });
    assert.equal(result.exitCode, 0, result.stderr.toString());
    assert.ok(existsSync(temp.path('work/new')) && existsSync(temp.path('reports/x')));
  });

  it('lets tests use git to read, and a loopback server of their own', async () => {
    const shell = await open();
    const server = `const http = require('http').createServer((_, a) => a.end('hello'));
      http.listen(0, '127.0.0.1', async () => {
        const answer = await fetch('http://127.0.0.1:' + http.address().port);
        console.log(await answer.text()); process.exit(); });`;
    writeFileSync(temp.path('work/server.cjs'), server);
    const result = await sh(shell, `git log --format=%s && '${process.execPath}' server.cjs`);
    assert.equal(result.stdout.toString(), 'base\nhello\n', result.stderr.toString());
  });

  it('gives tests an environment of what they need and no more', async () => {
    const environment = { ...process.env, LC_ALL: 'C', MY_KEY: 'k', NODE_OPTIONS: '--no-warnings' };
    const shell = await open({}, environment);
    const result = await sh(shell, 'env', { extraEnv: { CI: '1' } });
    const text = result.stdout.toString();
    assert.match(text, /^LC_ALL=C$/m);
    assert.match(text, /^CI=1$/m);
    assert.doesNotMatch(text, /MY_KEY|NODE_OPTIONS/);
  });

  it('lets the tools of package managers keep their caches, and nothing else there', async () => {
    const prepare = (): void => writeTree(temp.path('work'), { 'node_modules/x/index.js': '1' });
    const shell = await open({}, process.env, prepare);
    const result = await sh(
      shell,
      'echo c > node_modules/.cache/x && cat node_modules/.cache/x; echo 2 > node_modules/x/index.js',
    );
    assert.equal(result.stdout.toString(), 'c\n');
    assert.match(result.stderr.toString(), /[Rr]ead-only/);
    assert.ok(!existsSync(temp.path('work/node_modules/.cache')));
  });

  it('opens the network only where it is allowed, and no host socket even then', async () => {
    const { createServer } = await import('node:net');
    const servers = [createServer((s) => s.end('in')), createServer((s) => s.end('in'))] as const;
    const name = `pw-abstract-${process.pid}`;
    await new Promise<void>((done) => servers[0].listen(0, '127.0.0.1', done));
    if (process.platform === 'linux')
      await new Promise<void>((done) => servers[1].listen(`\0${name}`, done));
    const { port } = servers[0].address() as { port: number };
    const connect = (to: string): string =>
      `'${process.execPath}' -e "require('net').connect(${to}).on('data', (d) => console.log('got', String(d))).on('error', (e) => console.log(e.code)).on('close', () => process.exit())"`;
    try {
      const shell = await open({ network: true });
      const result = await sh(shell, `${connect(String(port))}; ${connect(`'\\0${name}'`)}`);
      assert.equal(result.stdout.toString(), 'got in\nEPERM\n', result.stderr.toString());
    } finally {
      for (const server of servers) server.close();
    }
  });

  it('ends all of it when it is cancelled', async () => {
    const shell = await open();
    const controller = new AbortController();
    const script = `setsid sh -c "trap '' TERM; while true; do sleep 60; done" & touch started; sleep 60`;
    const { file, args } = { file: 'sh', args: ['-c', script] };
    const running = shell.run({ file, args, cwd: temp.path('work') }, controller.signal);
    await until(() => existsSync(temp.path('work/started')));
    controller.abort();
    await assert.rejects(running, { code: 'cancelled' });
    await until(() => processesIn(temp.path('work')).length === 0);
  });

  it('does not take a repository that the worktree itself names for its own', async () => {
    await createRepository(temp.path('other'), { 'private.txt': 'x' });
    await open();
    mkdirSync(temp.path('plain'));
    writeFileSync(temp.path('plain/.git'), `gitdir: ${temp.path('other/.git')}\n`);
    const git = createGit(createShell(), temp.path('plain'));
    const site = await openSite(git, git.cwd, { environment: process.env });
    assert.equal(site.git, undefined);
  });

  it('holds nothing back from nobody: a home folder is no worktree', async () => {
    const git = await createRepository(temp.path('home'), {});
    const environment = { ...process.env, HOME: temp.path('home') };
    await assert.rejects(openSite(git, git.cwd, { environment }), { code: 'usage' });
  });
});

describe('where there is no sandbox', () => {
  const temp = tempFolder('pw-no-sandbox');
  const doorWith = async (settings: { allowWithout: boolean }, environment = {}) => {
    const git = await createRepository(temp.path('main'), {});
    mkdirSync(temp.path('empty'));
    const shell = createShell();
    const env = { ...environment, PATH: temp.path('empty'), HOME: temp.path('home') };
    const door = createDoor({ shell, git, folder: git.cwd, environment: env });
    const chosen = { ...defaultSettings.sandbox, ...settings };
    return { state: await door.state(chosen), shell: await door.shell(git.cwd, chosen), git };
  };
  const command = { file: process.execPath, args: ['--version'] };

  it('nothing is run, and it says what to install', async () => {
    const { state, shell, git } = await doorWith({ allowWithout: false });
    assert.equal(state.kind, 'refused');
    await assert.rejects(shell.run({ ...command, cwd: git.cwd }), { code: 'no_sandbox' });
  });

  it('the user may choose to do without, in the settings or by the environment', async () => {
    const { state, shell, git } = await doorWith({ allowWithout: true });
    assert.equal(state.kind, 'without');
    assert.equal((await shell.run({ ...command, cwd: git.cwd })).exitCode, 0);
  });

  it('an environment variable says so on the command line', async () => {
    const variable = { PATCHWRIGHT_ALLOW_WITHOUT_SANDBOX: '1' };
    const { state } = await doorWith({ allowWithout: false }, variable);
    assert.equal(state.kind, 'without');
  });
});

describe('folders that tools need', () => {
  const temp = tempFolder('pw-tools');
  const opened = (path: readonly string[]): readonly string[] =>
    toolchains({
      path: path.map((name) => temp.path(name)).join(':'),
      home: temp.path('home'),
      workspaces: [temp.path('home/project')],
      programs: [],
    }).map((folder) => relative(temp.path(), folder));

  it('are opened as narrowly as can be', () => {
    writeTree(temp.path('home'), {
      '.nvm/versions/node/v24/bin/node': '#!',
      '.cargo/bin/cargo': '#!',
      '.cargo/credentials.toml': 'x',
      '.local/bin/tool': '#!',
      '.local/share/tools/python/bin/python3': '#!',
      'bin/mine': '#!',
      'project/bin/own': '#!',
      'project/node_modules/.bin/jest': '#!',
    });
    symlinkSync(
      temp.path('home/.local/share/tools/python/bin/python3'),
      temp.path('home/.local/bin/python3'),
    );
    const names = ['.nvm/versions/node/v24/bin', '.cargo/bin', '.local/bin', 'bin', 'gone/bin'];
    const own = ['project/bin', 'project/node_modules/.bin'];
    assert.deepEqual(opened([...names, ...own].map((name) => join('home', name))).toSorted(), [
      'home/.cargo/bin',
      'home/.local/bin',
      'home/.local/share/tools/python',
      'home/.nvm/versions/node/v24',
      'home/bin',
    ]);
  });
});

describe("git's configuration in the sandbox", () => {
  it('holds what git needs to read, and no passwords', () => {
    const text = `[core]
\trepositoryformatversion = 1
\tsshCommand = ssh -i key
[extensions]
\tworktreeConfig = true
[credential]
\thelper = store
[http "https://example.com"]
\textraheader = Authorization: secret
[url "https://user:secret@example.com/"]
\tinsteadOf = x
[remote "origin"]
\turl = https://user:secret@example.com/x.git
\tfetch = +refs/heads/*:refs/remotes/origin/*
`;
    const kept = withoutCredentials(text);
    assert.match(kept, /repositoryformatversion = 1/);
    assert.match(kept, /worktreeConfig = true/);
    assert.match(kept, /url = https:\/\/example\.com\/x\.git/);
    assert.doesNotMatch(kept, /secret|store|sshCommand/);
  });
});
