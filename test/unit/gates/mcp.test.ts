import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { GateFinding } from '../../../src/gates/context.ts';
import { mcp } from '../../../src/gates/mcp.ts';
import { examineServers, type McpRow } from '../../../src/gates/mcp/examine.ts';
import { readServers } from '../../../src/gates/mcp/servers.ts';
import { markProcesses } from '../../../src/platform/strays.ts';
import { createProject } from '../../support/patches.ts';
import { tempFolder } from '../../support/tempFolder.ts';

const everything = join(
  import.meta.dirname,
  '../../../node_modules/@modelcontextprotocol/server-everything/dist/index.js',
);
const stdio = { command: process.execPath, args: [everything, 'stdio'] };

/** Of processes that still run: what they were started with. */
function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
      } catch {
        return []; // ended meanwhile
      }
    });
}

describe('MCP servers', function () {
  this.timeout(60_000);
  const folder = tempFolder();
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  function examine(files: Record<string, unknown>, timeoutMs = 20_000, signal?: AbortSignal) {
    const deps = {
      folder: folder.path(),
      environment: { ...process.env, MY_SERVER: everything },
      mark: markProcesses,
      read: async (file: string) =>
        file in files ? `// comments are allowed\n${JSON.stringify(files[file])}` : undefined,
      timeoutMs,
    };
    return examineServers(deps, signal);
  }

  async function serve(transport: 'streamableHttp' | 'sse'): Promise<number> {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as { port: number };
    probe.close();
    await once(probe, 'close');
    const child = spawn(process.execPath, [everything, transport], {
      env: { ...process.env, PORT: String(port) },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    children.push(child);
    await new Promise<void>((ready) => {
      let said = '';
      child.stderr.on('data', (piece: Buffer) => {
        said += piece.toString('utf8');
        if (/listening on port|running on port/.test(said)) ready();
      });
    });
    return port;
  }

  it('answer over stdio, and are gone afterwards', async () => {
    const marker = `marker-${process.pid}`;
    const server = { ...stdio, args: [...stdio.args, marker], env: { A: '1' } };
    const [row] = await examine({ '.vscode/mcp.json': { servers: { everything: server } } });
    assert.equal(row?.state, 'works', row?.detail);
    assert.match(row.detail, /^\S*everything\S* \S+: \d+ tools, answers in \d+ ms\.$/);
    if (process.platform === 'linux') {
      assert.deepEqual(
        commandLines().filter((line) => line.includes(marker)),
        [],
      );
    }
  });

  for (const transport of ['streamableHttp', 'sse'] as const) {
    it(`answer over ${transport}`, async () => {
      const port = await serve(transport);
      const url = `http://127.0.0.1:${port}/${transport === 'sse' ? 'sse' : 'mcp'}`;
      const [row] = await examine({ '.cursor/mcp.json': { mcpServers: { web: { url } } } });
      assert.equal(row?.state, 'works', row?.detail);
      assert.match(row.detail, /\d+ tools/);
    });
  }

  const broken: [string, object, RegExp][] = [
    [
      'are no program',
      { command: 'no-such-server-anywhere' },
      /no-such-server-anywhere was not found/,
    ],
    [
      'have no folder',
      { command: process.execPath, cwd: 'no-such-folder' },
      /its folder .*no-such-folder is not there/,
    ],
    [
      'end at once',
      {
        command: process.execPath,
        args: [
          '-e',
          'console.error("no database at postgres://shop:kQ7vT2mX9wLs@db.internal/x"); process.exit(3)',
        ],
      },
      /no database at postgres:\/\/(?!.*kQ7vT2mX9wLs)/,
    ],
    [
      'never answer',
      { command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'] },
      /did not answer within 2 s/,
    ],
    ['are not there', { url: 'http://127.0.0.1:9/mcp' }, /fetch failed: bad port/],
    ['have no address', { url: 'ftp://x' }, /is no address/],
    ['say nothing of themselves', {}, /neither a command nor an address/],
  ];
  for (const [name, server, detail] of broken) {
    it(`that ${name} are broken`, async () => {
      const timeoutMs = name === 'never answer' ? 2_000 : 30_000;
      const [row] = await examine({ '.mcp.json': { mcpServers: { x: server } } }, timeoutMs);
      assert.equal(row?.state, 'broken', JSON.stringify(row));
      assert.match(row.detail, detail);
    });
  }

  it('that leave the ordinary way take what they started along', async function () {
    if (process.platform !== 'linux') return this.skip(); // only there can it be seen
    const marker = `child-of-${process.pid}`;
    const code = `require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', ${JSON.stringify(marker)}], { detached: true, stdio: 'ignore' }).unref(); import(${JSON.stringify(everything)})`;
    const server = { command: process.execPath, args: ['-e', code] };
    await examine({ '.mcp.json': { mcpServers: { x: server } } });
    assert.deepEqual(
      commandLines().filter((line) => line.includes(` ${marker}`)),
      [],
    );
  });

  it('that need a person are not started', async () => {
    const rows = await examine({
      '.vscode/mcp.json': {
        inputs: [{ id: 'key', type: 'promptString' }],
        servers: { a: { ...stdio, env: { KEY: '${input:key}' } } },
      },
      '.mcp.json': { mcpServers: { b: { ...stdio, env: { KEY: '${NO_SUCH_VARIABLE_HERE}' } } } },
    });
    assert.deepEqual(
      rows.map(({ state, detail }) => [state, detail]),
      [
        ['needs_input', 'needs the input "key"'],
        ['needs_input', 'needs the environment variable NO_SUCH_VARIABLE_HERE'],
      ],
    );
  });

  it('get their variables, and those of one name and form are asked once', async () => {
    const server = { command: process.execPath, args: ['${env:MY_SERVER}', '${NOPE:-stdio}'] };
    const rows = await examine({
      '.vscode/mcp.json': { servers: { a: server } },
      '.cursor/mcp.json': { mcpServers: { a: server, off: { ...server, disabled: true } } },
    });
    assert.deepEqual(
      rows.map(({ name, file, state }: McpRow) => [name, file, state]),
      [['a', '.vscode/mcp.json', 'works']],
    );
  });

  it('are filled in from the workspace', () => {
    const source = JSON.stringify({
      servers: {
        a: {
          command: '${workspaceFolder}/bin/x',
          args: ['${workspaceFolderBasename}', '${userHome}'],
          cwd: 'sub',
          envFile: '${workspaceFolder}/.env',
        },
      },
    });
    const surroundings = { folder: '/w/shop', environment: { HOME: '/home/me' } };
    assert.deepEqual(readServers('.vscode/mcp.json', 'servers', source, surroundings), [
      {
        name: 'a',
        file: '.vscode/mcp.json',
        kind: 'stdio',
        command: '/w/shop/bin/x',
        args: ['shop', '/home/me'],
        env: {},
        envFile: '/w/shop/.env',
        cwd: '/w/shop/sub',
      },
    ]);
  });

  it('stop when it is cancelled', async () => {
    const controller = new AbortController();
    const server = { command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'] };
    const examined = examine(
      { '.mcp.json': { mcpServers: { x: server } } },
      20_000,
      controller.signal,
    );
    setTimeout(() => controller.abort(), 100);
    await assert.rejects(examined, { code: 'cancelled' });
  });

  describe('gate', () => {
    async function judge(base: object | undefined, patch?: object): Promise<GateFinding> {
      const files = (servers: object | undefined) =>
        servers ? { '.mcp.json': JSON.stringify({ mcpServers: servers }) } : {};
      const project = await createProject(folder.path(), { 'a.js': '', ...files(base) });
      return mcp.run(await project.patch({ write: { 'a.js': 'x();\n', ...files(patch) } }));
    }

    it('passes with servers that work', async () => {
      const finding = await judge({ good: stdio });
      assert.equal(finding.verdict, 'passed', finding.reason);
      assert.equal(finding.reason, '1 MCP server answered.');
    });

    it('fails with one that does not', async () => {
      const finding = await judge({ good: stdio, bad: { command: 'no-such-server-anywhere' } });
      assert.equal(finding.verdict, 'failed');
      assert.match(finding.reason, /^The MCP server bad of \.mcp\.json does not work: /);
    });

    it('is not configured without servers, and takes none from the patch', async () => {
      const finding = await judge(undefined, { evil: { command: 'no-such-server-anywhere' } });
      assert.equal(finding.verdict, 'not_configured', finding.reason);
    });
  });
});
