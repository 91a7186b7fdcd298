import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import type { Command } from '../../../src/core/ports.ts';
import { createShell, scrubbedEnv } from '../../../src/platform/shell.ts';
import { isRunning, until } from '../../support/processes.ts';
import { tempFolder } from '../../support/tempFolder.ts';

const shell = createShell();
const node = (script: string, ...args: string[]): Pick<Command, 'file' | 'args'> => ({
  file: process.execPath,
  args: ['-e', script, ...args],
});
const sh = (script: string): Pick<Command, 'file' | 'args'> => ({
  file: '/bin/sh',
  args: ['-c', script],
});

describe('shell', () => {
  const folder = tempFolder('pw-shell');
  const run = (command: Omit<Command, 'cwd'>, signal?: AbortSignal) =>
    shell.run({ cwd: folder.path(), ...command }, signal);
  /** The command notes the ids of its processes in `pids`, one a line, and then makes `ready`. */
  const pids = async (): Promise<number[]> => {
    await until(() => existsSync(folder.path('ready')));
    return readFileSync(folder.path('pids'), 'utf8').trim().split('\n').map(Number);
  };
  const nothingRuns = async (processes: readonly number[]): Promise<void> => {
    assert.ok(processes.length > 0);
    await until(() => !processes.some(isRunning));
  };

  it('gives both streams, the exit code, and the input to the command', async () => {
    const result = await run({ ...sh('cat; echo wrong >&2; exit 3'), input: 'in\n' });
    assert.equal(result.exitCode, 3);
    assert.equal(result.stdout.toString(), 'in\n');
    assert.equal(result.stderr.toString(), 'wrong\n');
    assert.equal(result.timedOut, false);
    assert.equal(result.truncated, false);
  });

  it('tells of output as it comes, characters whole even where the streams interleave', async () => {
    const heard: string[] = [];
    const script = `
      const [a, b] = Buffer.from('é');
      const put = (stream, byte) => new Promise((done) => stream.write(Buffer.from([byte]), () => setTimeout(done, 30)));
      (async () => {
        for (const byte of [a, b]) for (const stream of [process.stdout, process.stderr]) await put(stream, byte);
      })();`;
    await run({ ...node(script), onOutput: (text) => heard.push(text) });
    assert.equal(heard.join(''), 'éé');
  });

  it('rejects with the system’s error when the command or the folder does not exist', async () => {
    await assert.rejects(run({ file: 'no-such-command-at-all', args: [] }), { code: 'ENOENT' });
    await assert.rejects(
      run({ ...sh('true'), input: 'x'.repeat(1 << 20) }).then(() =>
        run({ file: './nope', args: [] }),
      ),
      {
        code: 'ENOENT',
      },
    );
    await assert.rejects(shell.run({ ...sh('true'), cwd: folder.path('nowhere') }), {
      code: 'ENOENT',
    });
  });

  it('does not mind a command that ends without reading its huge input', async () => {
    const result = await run({ ...sh('exit 0'), input: Buffer.alloc(32 << 20, 'x') });
    assert.equal(result.exitCode, 0);
  });

  it('passes huge input through whole', async () => {
    const result = await run({ ...sh('wc -c'), input: Buffer.alloc(8 << 20, 'x') });
    assert.equal(Number(result.stdout.toString()), 8 << 20);
  });

  it('keeps the beginning and the end of output that is too long', async () => {
    const script = "process.stdout.write('START' + 'x'.repeat(3e6) + 'END')";
    const result = await run({ ...node(script), maxOutputBytes: 1_000 });
    const text = result.stdout.toString();
    assert.ok(result.truncated);
    assert.ok(text.startsWith('START') && text.endsWith('END'));
    assert.match(text, /\n\[… \d+ bytes left out …\]\n/);
    assert.ok(text.length < 1_200, String(text.length));
    const dropped = Number(/(\d+) bytes/.exec(text)?.[1]);
    const kept = text.replace(/\n\[… \d+ bytes left out …\]\n/, '').length;
    assert.equal(kept + dropped, 3_000_008);
  });

  it('bounds output that comes in many small pieces', async () => {
    const script = 'for (let i = 0; i < 20000; i += 1) require("fs").writeSync(1, `line ${i}\\n`)';
    const result = await run({ ...node(script), maxOutputBytes: 10_000 });
    const text = result.stdout.toString();
    assert.ok(text.startsWith('line 0\n') && text.endsWith('line 19999\n'));
    assert.ok(text.length < 200_000, String(text.length));
  });

  it('leaves output alone that just fits', async () => {
    const result = await run({ ...sh('printf 0123456789'), maxOutputBytes: 10 });
    assert.equal(result.stdout.toString(), '0123456789');
    assert.equal(result.truncated, false);
  });

  it('ends a command at its time limit, with the children that ignore SIGTERM', async () => {
    const script =
      "trap '' TERM; (trap '' TERM; sleep 300) & echo $! >pids; echo $$ >>pids; touch ready; wait; sleep 300";
    const running = run({ ...sh(script), timeoutMs: 300 });
    const processes = await pids();
    const result = await running;
    assert.equal(result.timedOut, true);
    assert.equal(result.exitCode, null);
    await nothingRuns(processes);
  });

  it('does not start what is cancelled already', async () => {
    await assert.rejects(run(sh('touch started'), AbortSignal.abort()), { code: 'cancelled' });
    assert.ok(!existsSync(folder.path('started')));
  });

  it('cancels with the whole group', async () => {
    const stop = new AbortController();
    const script =
      "trap '' TERM; sleep 300 & echo $! >pids; echo $$ >>pids; touch ready; wait; sleep 300";
    const running = run(sh(script), stop.signal);
    const processes = await pids();
    stop.abort();
    await assert.rejects(running, { code: 'cancelled' });
    await nothingRuns(processes);
  });

  for (const [name, streams] of [
    ['keep its pipes open', ''],
    ['have none of its pipes', '>/dev/null 2>&1 </dev/null'],
  ] as const) {
    it(`ends processes that left the group and ${name}`, async function () {
      if (process.platform !== 'linux') {
        console.log('      skipped: only Linux shows the environment of other processes');
        this.skip();
      }
      const script = `setsid sh -c 'echo $$ >pids; touch ready; exec sleep 300' ${streams} &
        while [ ! -e ready ]; do sleep 0.01; done`;
      const atEnd = await run({ ...sh(script), timeoutMs: 20_000 });
      assert.equal(atEnd.exitCode, 0);
      await nothingRuns(await pids());
      const stop = new AbortController();
      rmSync(folder.path('ready'));
      const running = run(sh(`${script}; sleep 300`), stop.signal);
      const processes = await pids();
      stop.abort();
      await assert.rejects(running, { code: 'cancelled' });
      await nothingRuns(processes);
    });
  }

  it('does not wait for a process that holds the pipes and can’t be found', async () => {
    const script = `env -i setsid /bin/sh -c 'echo $$ >pids; touch ready; exec sleep 300' &
      while [ ! -e ready ]; do sleep 0.01; done; echo done`;
    const result = await run(sh(script));
    assert.equal(result.stdout.toString(), 'done\n');
    const [pid = 0] = await pids();
    assert.ok(isRunning(pid));
    process.kill(pid, 'SIGKILL');
  });

  it('hands on neither keys nor what would change git or Node', async () => {
    const secrets = {
      ANTHROPIC_API_KEY: 'sk-x',
      GITHUB_TOKEN: 'x',
      GIT_DIR: '/tmp',
      GIT_INDEX_FILE: '/tmp/x',
      GIT_CONFIG_COUNT: '1',
      NODE_OPTIONS: '--require /tmp/x.js',
      LD_PRELOAD: '/tmp/x.so',
      npm_config_token: 'x',
    };
    const env = scrubbedEnv({
      ...secrets,
      PATH: '/bin',
      HOME: '/h',
      LC_ALL: 'C',
      UNSET: undefined,
    });
    assert.deepEqual(env, { PATH: '/bin', HOME: '/h', LC_ALL: 'C' });
    Object.assign(process.env, { ANTHROPIC_API_KEY: 'sk-x', GIT_DIR: '/tmp' });
    try {
      const seen = (
        await run({ file: 'env', args: [], extraEnv: { EXTRA: '1' } })
      ).stdout.toString();
      assert.doesNotMatch(seen, /ANTHROPIC|GIT_DIR/);
      assert.match(seen, /^EXTRA=1$/m);
      const only = (await run({ file: 'env', args: [], env: { PATH: process.env['PATH'] ?? '' } }))
        .stdout;
      const names = only
        .toString()
        .trim()
        .split('\n')
        .map((line) => line.split('=')[0]);
      assert.deepEqual(new Set(names), new Set(['PATH', 'PATCHWRIGHT_RUN']));
    } finally {
      delete process.env['ANTHROPIC_API_KEY'];
      delete process.env['GIT_DIR'];
    }
  });
});
