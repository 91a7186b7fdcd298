import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readdir } from 'node:fs/promises';
import type { ToolContext, ToolResult } from '../../../src/attempt/tools/tool.ts';
import { toolsFor } from '../../../src/attempt/tools/tools.ts';
import type { Shell } from '../../../src/core/ports.ts';
import { createProtection } from '../../../src/core/protection.ts';
import type { TestRun } from '../../../src/core/testRun.ts';
import { createShell } from '../../../src/platform/shell.ts';
import { plantRepository } from '../../support/plantedRepository.ts';
import { createRepository, type Tree } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';

const signal = new AbortController().signal;

describe('tools', () => {
  const temp = tempFolder('tools');
  let context: ToolContext;
  let refusals: string[];

  async function open(files: Tree, tests?: ToolContext['tests']): Promise<void> {
    const git = await createRepository(temp.path('tree'), files);
    refusals = [];
    context = {
      root: temp.path('tree'),
      git,
      base: await git.run(['rev-parse', 'HEAD']),
      tests,
      guard: createProtection(['src/secret/**']),
      onRefused: (path, rule) => refusals.push(`${path}: ${rule}`),
      submit: async () => await Promise.resolve({ accepted: true, feedback: '' }),
    };
  }

  async function call(name: string, input: unknown): Promise<ToolResult> {
    const tool = toolsFor(context).find((one) => one.name === name);
    assert.ok(tool);
    return await tool.run(input, context, signal);
  }

  it('looks for what was changed without going into a repository planted in a submodule', async () => {
    await open({ 'a.txt': 'x\n' });
    const flag = temp.path('flag');
    const plant = await plantRepository(context.git, 'sub', flag);
    await plant();
    // The commit that the base names is there: only then does git look at the files of a submodule.
    const { git } = context;
    const link = await git.at(`${git.cwd}/sub`).run(['rev-parse', 'HEAD']);
    await git.run(['update-index', '--cacheinfo', `160000,${link},sub`]);
    const tree = await git.run(['write-tree']);
    const who = ['-c', 'user.name=x', '-c', 'user.email=x@example.com'];
    context = { ...context, base: await git.run([...who, 'commit-tree', tree, '-m', 'base']) };
    assert.equal(existsSync(flag), false);
    await call('submit', { summary: 's', reasoning: 'r', test_files: ['a.txt'] });
    assert.equal(existsSync(flag), false, 'a program of the planted repository has run');
  });

  async function text(name: string, input: unknown): Promise<string> {
    const result = await call(name, input);
    assert.ok(result.ok, result.text);
    return result.text;
  }

  async function refusal(name: string, input: unknown): Promise<string> {
    const result = await call(name, input);
    assert.ok(!result.ok, 'it was done');
    return result.text;
  }

  it('have names and schemas that stay as they are: recordings are written against them', () => {
    const shapes = toolsFor({}).map((tool) => {
      const { properties, required = [] } = tool.spec().inputSchema as {
        properties: object;
        required?: string[];
      };
      const fields = Object.keys(properties).map((field) =>
        required.includes(field) ? field : `${field}?`,
      );
      return `${tool.name}(${fields.join(', ')})${tool.readOnly ? ' reads' : ''}`;
    });
    assert.deepEqual(shapes, [
      'list(path?, depth?, glob?) reads',
      'search(pattern, regex?, ignore_case?, glob?) reads',
      'read(path, from?, to?) reads',
      'edit(path, edits)',
      'create(path, content)',
      'run_tests(files?)',
      'submit(summary, reasoning, test_files, confidence?)',
      'delete(path)',
      'rename(from, to)',
      'git(action, path?, commit?, from?, to?) reads',
    ]);
    for (const tool of toolsFor({})) assert.equal(tool.spec().inputSchema['type'], 'object');
  });

  describe('list', () => {
    const files = {
      'a.ts': '',
      'src/b.ts': '',
      'src/deep/er/c.js': '',
      'src/deep/er/d.js': '',
      '.gitignore': 'out\n',
      'out/x.js': '',
    };

    it('shows the tree, and counts what is deeper', async () => {
      await open(files);
      writeFileSync(temp.path('tree/new.ts'), '');
      assert.equal(
        await text('list', { depth: 2 }),
        '.gitignore\na.ts\nnew.ts\nsrc/b.ts\nsrc/deep/ (2 files)',
      );
      assert.equal(
        await text('list', { path: './src/deep/' }),
        'src/deep/er/c.js\nsrc/deep/er/d.js',
      );
    });

    it('finds by glob, at any depth where it has no slash', async () => {
      await open(files);
      assert.equal(await text('list', { glob: '*.ts' }), 'a.ts\nsrc/b.ts');
      assert.equal(
        await text('list', { glob: 'src/**/*.{js,ts}' }),
        'src/b.ts\nsrc/deep/er/c.js\nsrc/deep/er/d.js',
      );
      assert.equal(
        await text('list', { path: 'src/deep', glob: '*.{ts,js}' }),
        'src/deep/er/c.js\nsrc/deep/er/d.js',
      );
      assert.equal(await text('list', { glob: '*.rb' }), 'No files.');
    });

    it('takes a folder by its name, whatever characters it has', async () => {
      await open({ 'app/[id]/page.ts': '', 'app/i/page.ts': '' });
      assert.equal(await text('list', { path: 'app/[id]' }), 'app/[id]/page.ts');
    });

    it('has an end', async () => {
      const many = Object.fromEntries(
        Array.from({ length: 1_500 }, (_, i) => [`folder/file-${i}.txt`, '']),
      );
      await open(many);
      const listed = await text('list', {});
      assert.ok(listed.length < 17_000);
      assert.match(listed, /\[\d+ more; narrow it/);
    });

    it('refuses a glob that leads out or never ends', async () => {
      await open(files);
      for (const glob of ['../*', '/etc/*', '**/*a*b*c*d*e*f*g*h*', '{a,b}{a,b}{a,b}{a,b}{a,b}']) {
        assert.match(await refusal('list', { glob }), /`glob`/);
      }
      assert.match(await refusal('list', { path: '../other' }), /outside the worktree/);
    });
  });

  for (const [engine, shell] of searchers()) {
    describe(`search with ${engine}`, () => {
      beforeEach(function () {
        if (shell === 'missing') this.skip(); // ripgrep is not on this machine
      });
      const openWith = async (files: Tree): Promise<void> => {
        await open(files);
        if (shell && shell !== 'missing') context = { ...context, shell };
      };
      const files = {
        'src/a.ts': 'const total = price(1);\nconst Total = 2;\n',
        'src/b.py': 'total = a.price(2)\n',
        'x.bin': 'total\0\n',
      };

      it('is literal, unless told otherwise', async () => {
        await openWith(files);
        assert.equal(
          await text('search', { pattern: 'price(' }),
          'src/a.ts:1: const total = price(1);\nsrc/b.py:1: total = a.price(2)',
        );
        assert.equal(
          await text('search', { pattern: '^const \\w+ = \\d', regex: true }),
          'src/a.ts:2: const Total = 2;',
        );
        assert.equal(
          await text('search', { pattern: '(?:price|cost)\\(\\d', regex: true, glob: '*.py' }),
          'src/b.py:1: total = a.price(2)',
        );
        assert.equal(
          await text('search', { pattern: 'TOTAL = 2', ignore_case: true }),
          'src/a.ts:2: const Total = 2;',
        );
        assert.equal(await text('search', { pattern: 'nowhere' }), 'No matches.');
      });

      it('takes a pattern that looks like an option as a pattern', async () => {
        await openWith({ 'a.txt': 'run --open-files-in-pager=id\n' });
        assert.match(await text('search', { pattern: '--open-files-in-pager=id' }), /^a\.txt:1/);
      });

      it('finds files that are not committed, never private ones', async () => {
        await openWith({ 'a.txt': 'x\n', '.gitignore': '' });
        writeFileSync(temp.path('tree/new.txt'), 'needle\n');
        writeFileSync(temp.path('tree/.env'), 'A=needle\n');
        writeFileSync(temp.path('tree/server.key'), 'needle\n');
        assert.equal(await text('search', { pattern: 'needle' }), 'new.txt:1: needle');
      });

      it('finds nothing behind a folder that was replaced by a link out', async () => {
        await openWith({ 'src/a.txt': 'x\n', 'b.txt': 'x\n' });
        mkdirSync(temp.path('outside'));
        writeFileSync(temp.path('outside/a.txt'), 'needle\n');
        writeFileSync(temp.path('tree/b.txt'), 'needle\n');
        await context.git.run(['rm', '-rq', '--cached', 'src']);
        const { rmSync } = await import('node:fs');
        rmSync(temp.path('tree/src'), { recursive: true });
        symlinkSync(temp.path('outside'), temp.path('tree/src'));
        await context.git.run(['reset', '-q', 'HEAD']);
        assert.equal(await text('search', { pattern: 'needle' }), 'b.txt:1: needle');
      });

      it('finds nothing in ignored files, whatever the glob', async () => {
        const ignored = { '.gitignore': 'out\n*.gen.txt\n', 'out/a.txt': 'needle\n' };
        await openWith({ ...ignored, 'a.gen.txt': 'needle\n', 'b/c.txt': 'needle\n' });
        writeFileSync(temp.path('tree/new.gen.txt'), 'needle\n');
        for (const glob of ['*.txt', '**/*.gen.txt', 'b', 'b/', './b/c.txt', 'b/**/*.txt']) {
          const found = await text('search', { pattern: 'needle', glob });
          assert.doesNotMatch(found, /new\.gen/);
          assert.equal(found.includes('b/c.txt:1: needle'), !glob.includes('gen'), glob);
        }
        writeFileSync(temp.path('tree/!a.txt'), 'needle\n');
        assert.equal(
          await text('search', { pattern: 'needle', glob: '!a.txt' }),
          '!a.txt:1: needle',
        );
      });

      it('has an end, in matches and in length of a line', async () => {
        await openWith({
          'long.txt': `x${'y'.repeat(5_000)}\n`,
          'many.txt': 'zebra\n'.repeat(1_000),
        });
        assert.ok((await text('search', { pattern: 'xy' })).length < 400);
        assert.match(await text('search', { pattern: 'zebra' }), /further matches; narrow/);
      });

      it('refuses patterns that may never end or that are none', async () => {
        await openWith(files);
        for (const pattern of ['(a)\\1', '(?=a)']) {
          assert.match(await refusal('search', { pattern, regex: true }), /can't be used/);
        }
        for (const pattern of ['a{1,30000}', '((a{9}){9}){9}']) {
          const { ok, text } = await call('search', { pattern, regex: true });
          assert.ok(ok || /can't be used/.test(text), text); // takes linear time, or is refused
        }
        assert.match(
          await refusal('search', { pattern: '(', regex: true }),
          /failed or took too long|can't be used/,
        );
        assert.match(await refusal('search', { pattern: 'a\nb' }), /one line/);
        assert.match(await refusal('search', { pattern: '' }), /`pattern` must be at least 1/);
      });
    });
  }

  describe('read', () => {
    it('numbers the lines, and tells how to go on', async () => {
      await open({ 'a.txt': Array.from({ length: 1_000 }, (_, i) => `line ${i + 1}`).join('\n') });
      const head = await text('read', { path: 'a.txt' });
      assert.match(head, /^a\.txt, lines 1–400 of 1000; go on with from: 401\n1\tline 1\n/);
      assert.equal(
        await text('read', { path: 'a.txt', from: 999, to: 2_000 }),
        'a.txt, lines 999–1000 of 1000\n999\tline 999\n1000\tline 1000',
      );
      assert.match(await text('read', { path: 'a.txt', from: 1_001 }), /has only 1000 lines/);
    });

    it('has an end, whatever was asked for', async () => {
      await open({ 'wide.txt': `${'w'.repeat(3_000)}\n`.repeat(20), 'empty.txt': '' });
      const wide = await text('read', { path: 'wide.txt', to: 20 });
      assert.ok(wide.length < 16_500);
      assert.match(wide, /1000 more characters/);
      assert.match(wide, /go on with from: \d+/);
      assert.equal(await text('read', { path: 'empty.txt' }), 'empty.txt is empty.');
    });

    it('says that a file has CRLF, and does not show them', async () => {
      await open({ 'a.txt': '\uFEFFone\r\ntwo\r\n' });
      assert.equal(
        await text('read', { path: 'a.txt' }),
        'a.txt, lines 1–2 of 2; CRLF line endings, which edits keep\n1\tone\n2\ttwo',
      );
    });

    it('refuses what is binary, a folder, too large or not there', async () => {
      await open({ 'b.bin': 'a\0b', 'src/a.txt': '', 'big.txt': 'x'.repeat(1_000_001) });
      assert.match(await refusal('read', { path: 'b.bin' }), /binary/);
      assert.match(await refusal('read', { path: 'src' }), /is a folder/);
      assert.match(await refusal('read', { path: 'big.txt' }), /too many to read\. Use search/);
      assert.match(await refusal('read', { path: 'gone.txt' }), /There is no file/);
    });

    it('masks secrets in code, and keeps line numbers and code as they are', async () => {
      const token = `ghp_${'aB3dE6gH9jK2mN5pQ8sT'.repeat(2).slice(0, 36)}`;
      const key = [
        '-----BEGIN PRIVATE KEY-----',
        'MIIEvQIBADANBg',
        'kqhkiG9w0BAQ',
        '-----END PRIVATE KEY-----',
      ].join('\n');
      await open({
        'a.js': `const t = '${token}';\nconst key = \`${key}\`;\nconst password = readPassword(user);\nmail('jane@example.com');\n`,
      });
      const shown = await text('read', { path: 'a.js' });
      assert.ok(!shown.includes(token) && !shown.includes('MIIEvQ'), shown);
      assert.match(
        shown,
        /6\tconst password = readPassword\(user\);\n7\tmail\('jane@example\.com'\);/,
      );
    });
  });

  describe('what can be read', () => {
    beforeEach(async () => {
      await open({ 'a.txt': 'x', 'docs/real.txt': 'inside\n' });
      writeFileSync(temp.path('outside.txt'), 'private\n');
    });

    for (const path of [
      '../outside.txt',
      'docs/../../outside.txt',
      '/etc/passwd',
      '~/.ssh/id_rsa',
      'C:\\x',
      'docs\\real.txt',
      'a\nb',
      'x'.repeat(2_000),
    ]) {
      it(`is not ${JSON.stringify(path.slice(0, 30))}`, async () => {
        assert.match(await refusal('read', { path }), /can't be read/);
      });
    }

    for (const path of [
      '.git',
      '.git/config',
      '.GIT/config',
      '.env',
      '.env.local',
      'sub/.ENV',
      '.patchwright/x',
      'a/id_rsa',
      'tls/server.pem',
      '.npmrc',
    ]) {
      it(`is not ${path}`, async () => {
        assert.match(await refusal('read', { path }), /may hold secrets/);
      });
    }

    it('is .env.example', async () => {
      writeFileSync(temp.path('tree/.env.example'), 'A=\n');
      assert.match(await text('read', { path: '.env.example' }), /1\tA=/);
    });

    it('follows links that stay inside, and no others', async () => {
      symlinkSync('docs/real.txt', temp.path('tree/inside'));
      symlinkSync('../outside.txt', temp.path('tree/out'));
      symlinkSync('..', temp.path('tree/up'));
      symlinkSync('.git/config', temp.path('tree/config'));
      symlinkSync('loop', temp.path('tree/loop'));
      assert.match(await text('read', { path: 'inside' }), /1\tinside/);
      assert.match(await refusal('read', { path: 'out' }), /outside the worktree/);
      assert.match(await refusal('read', { path: 'up/outside.txt' }), /outside the worktree/);
      assert.match(await refusal('read', { path: 'config' }), /may hold secrets/);
      assert.match(await refusal('read', { path: 'loop' }), /There is no file/);
    });
  });

  describe('edit and create', () => {
    const notAccepted =
      /^The change of .* was not accepted\. Fix the problem without changing it\.$/;
    const change = (path: string) => ['edit', { path, edits: [{ old: 'x', new: 'y' }] }] as const;

    beforeEach(async () => {
      await open({
        'a.txt': 'x\n',
        'package.json': '{"x":1}',
        'src/secret/login.ts': 'x\n',
        '.github/workflows/ci.yml': 'x\n',
        '.env': 'x\n',
      });
      writeFileSync(temp.path('outside.txt'), 'x\n');
    });

    for (const path of [
      'src/secret/login.ts',
      './src//secret/login.ts',
      'SRC/Secret/LOGIN.ts',
      'src/secret/new.ts',
      '.github/workflows/ci.yml',
      '.git/hooks/pre-commit',
      '.patchwright/protected',
      '.vscode/tasks.json',
      '.env',
      'package-lock.json',
      '.g\u200cit/config',
      'GIT~1/config',
      'tls/server.key',
      '../outside.txt',
      'b/../../outside.txt',
      '/tmp/x',
      '~/x',
      'C:\\x',
      'a\\b',
      '',
      '.',
      'a\u0000b',
    ]) {
      it(`refuse ${JSON.stringify(path)} without a reason, and report it`, async () => {
        const edited = await refusal(...change(path));
        const others = [
          await refusal('create', { path, content: 'y' }),
          await refusal('delete', { path }),
          await refusal('rename', { from: path, to: 'free.txt' }),
          await refusal('rename', { from: 'a.txt', to: path }),
          await refusal('edit', { path: 'a.txt', edits: [{ path, old: 'x', new: 'y' }] }),
        ];
        if (path !== '') {
          for (const said of [edited, ...others]) {
            assert.match(said.replaceAll('\0', ' '), notAccepted);
          }
          assert.equal(refusals.length, 6);
          assert.ok(refusals.every((line) => line.startsWith(`${path}: `)));
        }
        assert.equal(readFileSync(temp.path('outside.txt'), 'utf8'), 'x\n');
        assert.equal(await context.git.run(['status', '--porcelain']), '');
      });
    }

    it('refuse what is reached through a link, wherever it leads', async () => {
      mkdirSync(temp.path('other'));
      symlinkSync('../outside.txt', temp.path('tree/file'));
      symlinkSync('../other', temp.path('tree/folder'));
      symlinkSync('src/secret', temp.path('tree/harmless'));
      symlinkSync('nowhere', temp.path('tree/dangling'));
      for (const path of ['file', 'folder/new.txt', 'harmless/login.ts', 'dangling']) {
        assert.match(await refusal(...change(path)), notAccepted);
        assert.match(await refusal('create', { path, content: 'y' }), notAccepted);
        assert.match(await refusal('delete', { path }), notAccepted);
        assert.match(await refusal('rename', { from: path, to: 'free.txt' }), notAccepted);
        assert.match(await refusal('rename', { from: 'a.txt', to: path }), notAccepted);
      }
      assert.deepEqual(
        new Set(refusals.map((line) => line.split(': ')[1])),
        new Set(['symbolic link']),
      );
      assert.deepEqual(await readdir(temp.path('other')), []);
      assert.equal(existsSync(temp.path('tree/nowhere')), false);
    });

    it('refuse a hard link', async () => {
      linkSync(temp.path('outside.txt'), temp.path('tree/linked.txt'));
      assert.match(await refusal(...change('linked.txt')), notAccepted);
      assert.deepEqual(refusals, ['linked.txt: hard link']);
      assert.equal(readFileSync(temp.path('outside.txt'), 'utf8'), 'x\n');
    });

    it('leave no temporary file behind, and keep mode and content', async () => {
      chmodSync(temp.path('tree/a.txt'), 0o640);
      assert.equal(await text(...change('a.txt')), 'Edited a.txt at line 1.');
      assert.equal(readFileSync(temp.path('tree/a.txt'), 'utf8'), 'y\n');
      assert.equal(lstatSync(temp.path('tree/a.txt')).mode & 0o777, 0o640);
      assert.equal(await context.git.run(['status', '--porcelain']), ' M a.txt');
    });

    it('change nothing when one of several edits fails', async () => {
      const edits = [
        { old: 'x', new: 'y' },
        { old: 'nothing like it', new: 'z' },
      ];
      assert.match(
        await refusal('edit', { path: 'a.txt', edits }),
        /None of the 2 edits was applied/,
      );
      assert.equal(readFileSync(temp.path('tree/a.txt'), 'utf8'), 'x\n');
    });

    it('change several files by one call, or none of them', async () => {
      writeFileSync(temp.path('tree/b.txt'), 'x\r\n');
      const of = (old: string) => ({
        path: 'a.txt',
        edits: [
          { old: 'x', new: 'y' },
          { path: 'b.txt', old, new: 'z' },
        ],
      });
      assert.match(
        await refusal('edit', of('nothing like it')),
        /^b\.txt: Not edited: [^]*None of the 2 edits of 2 files was applied\.$/,
      );
      assert.equal(readFileSync(temp.path('tree/a.txt'), 'utf8'), 'x\n');
      assert.equal(await text('edit', of('x')), 'Edited a.txt at line 1.\nEdited b.txt at line 1.');
      assert.equal(readFileSync(temp.path('tree/a.txt'), 'utf8'), 'y\n');
      assert.equal(readFileSync(temp.path('tree/b.txt'), 'utf8'), 'z\r\n');
    });

    it('take one file by two names for what it is', async () => {
      const edits = [
        { old: 'x', new: 'y' },
        { path: './a.txt', old: 'x', new: 'z' },
      ];
      assert.match(await refusal('edit', { path: 'a.txt', edits }), /are one file/);
      assert.equal(readFileSync(temp.path('tree/a.txt'), 'utf8'), 'x\n');
    });

    it('know a new file from one that is there', async () => {
      assert.match(await refusal('create', { path: 'a.txt', content: 'z' }), /exists\. Use edit/);
      assert.match(await refusal(...change('new.txt')), /no file new\.txt\. Use create/);
      assert.equal(
        await text('create', { path: 'deep/er/new.txt', content: '' }),
        'Created deep/er/new.txt.',
      );
      assert.match(await refusal('create', { path: 'a.txt/b', content: '' }), /which is a file/);
      assert.match(await refusal(...change('src')), /src is not a file/);
    });

    it('refuse what is generated, binary or too large', async () => {
      writeFileSync(temp.path('tree/app.min.js'), 'x');
      assert.match(await refusal(...change('app.min.js')), /generated/);
      assert.match(await refusal('create', { path: 'n.txt', content: 'a\0' }), /NUL/);
      assert.match(
        await refusal('create', { path: 'n.txt', content: 'a'.repeat(1_000_001) }),
        /over 1 MB/,
      );
      writeFileSync(temp.path('tree/big.txt'), 'a'.repeat(1_000_001));
      assert.match(await refusal(...change('big.txt')), /larger than 1 MB/);
    });
  });

  describe('delete and rename', () => {
    beforeEach(async () => await open({ 'a.txt': 'x\n', 'src/b.sh': '#!/bin/sh\n' }));

    it('do what they say, and keep mode and content', async () => {
      assert.equal(await text('delete', { path: 'a.txt' }), 'Deleted a.txt.');
      assert.equal(
        await text('rename', { from: 'src/b.sh', to: 'lib/deep/c.sh' }),
        'Renamed src/b.sh to lib/deep/c.sh.',
      );
      assert.equal(existsSync(temp.path('tree/a.txt')), false);
      assert.equal(existsSync(temp.path('tree/src/b.sh')), false);
      assert.equal(readFileSync(temp.path('tree/lib/deep/c.sh'), 'utf8'), '#!/bin/sh\n');
      assert.equal(lstatSync(temp.path('tree/lib/deep/c.sh')).mode & 0o777, 0o755);
    });

    it('refuse what is not there, a folder, and a name that is taken', async () => {
      assert.match(await refusal('delete', { path: 'gone.txt' }), /There is no file/);
      assert.match(await refusal('delete', { path: 'src' }), /is not a file/);
      assert.match(await refusal('rename', { from: 'gone.txt', to: 'b' }), /There is no file/);
      assert.match(await refusal('rename', { from: 'a.txt', to: 'src/b.sh' }), /exists/);
      assert.match(await refusal('rename', { from: 'a.txt', to: 'src' }), /is not a file/);
      assert.equal(await context.git.run(['status', '--porcelain']), '');
    });
  });

  describe('git', () => {
    const commit = async (message: string): Promise<string> => {
      await context.git.run(['add', '-A']);
      await context.git.run(['commit', '-q', '--no-verify', '-m', message]);
      const id = await context.git.run(['rev-parse', 'HEAD']);
      context = { ...context, base: id };
      return id;
    };

    beforeEach(async () => {
      await open({ 'a.txt': 'one\ntwo\n', 'b.txt': 'b\n' });
      writeFileSync(temp.path('tree/a.txt'), 'one\n2\n');
      await commit('Write numbers\n\nBecause so.');
    });

    it('tells the latest commits, of all files or of one', async () => {
      assert.match(
        await text('git', { action: 'log' }),
        /^[0-9a-f]{7,} \d{4}-\d\d-\d\d Write numbers\n[0-9a-f]{7,} \S+ base$/,
      );
      assert.match(await text('git', { action: 'log', path: 'b.txt' }), /^\S+ \S+ base$/);
      assert.equal(await text('git', { action: 'log', path: 'gone.txt' }), 'No commits.');
    });

    it('tells how to get more commits than it shows', async () => {
      for (let i = 0; i < 35; i += 1) {
        await context.git.run(['commit', '-q', '--allow-empty', '-m', `number ${i}`]);
      }
      context = { ...context, base: await context.git.run(['rev-parse', 'HEAD']) };
      const first = await text('git', { action: 'log' });
      assert.match(first, /number 34\n[^]*number 5\n\[more; go on with from: 31\]$/);
      assert.match(await text('git', { action: 'log', from: 31 }), / number 4\n[^]* base$/);
    });

    it('tells the commit of each line, as the attempt began', async () => {
      writeFileSync(temp.path('tree/a.txt'), 'changed by the attempt\n');
      const blamed = await text('git', { action: 'blame', path: 'a.txt' });
      assert.match(blamed, /^a\.txt as the attempt began[^]*\^\w+ 1\) one\n\w+ +2\) 2/);
      const second = await text('git', { action: 'blame', path: 'a.txt', from: 2, to: 2 });
      assert.doesNotMatch(second, /one/);
      assert.match(
        await refusal('git', { action: 'blame', path: 'a.txt', from: 9 }),
        /only 2 lines/,
      );
    });

    it('shows a commit, whole or of one file, in pieces where it is long', async () => {
      const base = context.base.slice(0, 10);
      const whole = await text('git', { action: 'show', commit: base });
      assert.match(whole, /Write numbers\n\nBecause so\.\n\ndiff --git [^]*-two\n\+2$/);
      writeFileSync(temp.path('tree/b.txt'), 'line of text\n'.repeat(4_000));
      writeFileSync(temp.path('tree/a.txt'), 'small\n');
      const big = await commit('Big');
      assert.match(await text('git', { action: 'show', commit: big, path: 'a.txt' }), /\+small$/);
      const head = await text('git', { action: 'show', commit: big });
      const [, next] = /go on with from: (\d+)\]$/.exec(head) ?? [];
      assert.ok(head.length < 17_000 && next);
      assert.match(
        await text('git', { action: 'show', commit: big, from: Number(next) }),
        /^\+line of text\n/,
      );
    });

    it('never shows private files', async () => {
      writeFileSync(temp.path('tree/.env'), 'A=hidden-value\n');
      writeFileSync(temp.path('tree/b.txt'), 'shown\n');
      const id = await commit('Leak');
      const shown = await text('git', { action: 'show', commit: id });
      assert.match(shown, /\+shown/);
      assert.doesNotMatch(shown, /hidden-value|\.env/);
      for (const action of ['log', 'blame', 'show']) {
        assert.match(
          await refusal('git', { action, path: '.env', commit: id }),
          /may hold secrets/,
        );
      }
    });

    it('takes no option, no revision and no other branch', async () => {
      await context.git.run(['checkout', '-q', '-b', 'other']);
      const base = context.base;
      writeFileSync(temp.path('tree/a.txt'), 'other\n');
      const other = await commit('Other');
      context = { ...context, base };
      assert.match(await refusal('git', { action: 'show', commit: other }), /no commit of this/);
      for (const commitName of ['--output=x', 'HEAD', 'other', 'abcd..HEAD', '-p']) {
        assert.match(await refusal('git', { action: 'show', commit: commitName }), /hash/);
      }
      for (const path of ['--output=x', '-p', ':(exclude)a.txt/../b', '../x']) {
        const result = await call('git', { action: 'log', path });
        assert.match(result.text, /can't be read|No commits/);
      }
      assert.match(await refusal('git', { action: 'push' }), /action/);
      assert.match(await refusal('git', { action: 'show', commit: 'deadbeef' }), /no answer/);
    });

    it('runs nothing that the repository configures', async () => {
      const mark = temp.path('ran');
      await context.git.run(['config', 'diff.external', `touch ${mark}`]);
      await context.git.run(['config', 'diff.x.textconv', `touch ${mark};cat`]);
      await context.git.run(['config', 'log.showSignature', 'true']);
      await context.git.run(['config', 'gpg.program', `touch ${mark}`]);
      writeFileSync(temp.path('tree/.gitattributes'), '*.txt diff=x\n');
      writeFileSync(temp.path('tree/a.txt'), 'again\n');
      const id = await commit('Attributes');
      for (const action of ['log', 'blame', 'show']) {
        await text('git', { action, path: 'a.txt', commit: id });
      }
      assert.equal(existsSync(mark), false);
    });
  });

  describe('run_command', () => {
    const sandbox = (allowed: readonly string[]): void => {
      context = { ...context, commands: { shell: createShell(), allowed } };
    };

    it('is offered only where there is a sandbox and the user allowed something', () => {
      const names = (commands?: ToolContext['commands']) =>
        toolsFor({ commands }).map(({ name }) => name);
      const shell = createShell();
      assert.ok(!names().includes('run_command'));
      assert.ok(!names({ shell, allowed: [] }).includes('run_command'));
      assert.ok(names({ shell, allowed: ['make'] }).includes('run_command'));
    });

    it('runs what is allowed, with further arguments, and nothing else', async () => {
      await open({ 'a.js': 'console.log(process.argv[2])' });
      sandbox([`${process.execPath} a.js`]);
      const ran = await text('run_command', { argv: [process.execPath, 'a.js', '$HOME; rm -rf'] });
      assert.equal(ran, 'exit code 0\n$HOME; rm -rf');
      for (const argv of [[process.execPath], [process.execPath, 'b.js'], ['sh', '-c', 'id']]) {
        assert.match(await refusal('run_command', { argv }), /^Not allowed\. Allowed are: /);
      }
    });

    it('says how it failed', async () => {
      await open({});
      sandbox(['false', 'no-such-program']);
      assert.match(await refusal('run_command', { argv: ['false'] }), /^exit code 1/);
      const gone = await refusal('run_command', { argv: ['no-such-program'] });
      assert.match(gone, /could not be started/);
    });
  });

  describe('diagnostics', () => {
    const finding = {
      line: 3,
      severity: 'error' as const,
      source: 'tsc',
      message: 'No such name.',
    };

    it('shows what changes brought in, of all files or below a folder', async () => {
      await open({});
      const found = [
        { ...finding, file: 'src/a.ts', code: 'TS2304' },
        { ...finding, file: 'b.ts', severity: 'warning' as const },
      ];
      context = {
        ...context,
        diagnostics: { introduced: async () => await Promise.resolve(found) },
      };
      assert.equal(
        await text('diagnostics', {}),
        'src/a.ts:3: error tsc TS2304: No such name.\nb.ts:3: warning tsc: No such name.',
      );
      assert.doesNotMatch(await text('diagnostics', { path: 'src/' }), /b\.ts/);
      assert.equal(await text('diagnostics', { path: 'lib/' }), 'Nothing new.');
    });
  });

  describe('run_tests', () => {
    const run: TestRun = {
      verdict: 'failed',
      command: 'mocha',
      exitCode: 1,
      cases: [
        { name: 'a › works', status: 'passed' },
        { name: 'a › breaks', status: 'failed', message: 'expected 1 to be 2' },
      ],
      output: '',
      durationMs: 12,
    };
    const runner = (output: string) => ({
      title: 't',
      all: async (root: string) =>
        await Promise.resolve({ ...run, output: output.replaceAll('$ROOT', root) }),
      files: async (_: string, files: readonly string[]) =>
        await Promise.resolve({ ...run, output: files.join() }),
    });

    it('gives the verdict, what failed and the output, without this machine in it', async () => {
      await open(
        { 'a.test.js': '' },
        runner('\u001b[31mat $ROOT/a.js:1\u001b[0m token=s3cr3tV4lue99'),
      );
      const { ok, text } = await call('run_tests', {});
      assert.equal(ok, false);
      assert.equal(
        text,
        'Verdict: failed (exit code 1).\n1 passed, 1 failed, 0 skipped.\n- a › breaks: expected 1 to be 2\nOutput:\nat ./a.js:1 token=<secret>',
      );
    });

    it('keeps the start and the end of a long output', async () => {
      await open({}, runner(`start${'.'.repeat(100_000)}end`));
      const { text } = await call('run_tests', {});
      assert.ok(text.length < 16_500);
      assert.match(text, /start\.+[^]*characters left out[^]*\.+end$/);
    });

    it('runs only files that are there and inside', async () => {
      await open({ 'a.test.js': '' }, runner(''));
      assert.match(
        (await call('run_tests', { files: ['./a.test.js'] })).text,
        /Output:\na\.test\.js$/,
      );
      assert.match(await refusal('run_tests', { files: ['../x'] }), /outside the worktree/);
      assert.match(await refusal('run_tests', { files: ['--eval=1'] }), /starts with a dash/);
      assert.match(await refusal('run_tests', { files: ['gone.js'] }), /There is no file/);
    });
  });
});

/** git always, and ripgrep where it is. */
function searchers(): [string, Shell | 'missing' | undefined][] {
  const { status } = spawnSync('rg', ['--version']);
  return [
    ['git', undefined],
    ['ripgrep', status === 0 ? createShell() : 'missing'],
  ];
}
