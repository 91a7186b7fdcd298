import assert from 'node:assert/strict';
import { accessSync, constants, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processesIn } from '../../../support/processes.ts';
import { callers, createWorld, missingSandbox, type World } from '../../../support/sandbox.ts';

/** What a command may do; each is stopped by its own limit, and all that it started with it. */
const limits = {
  'patchwright.sandbox.memoryMb': 300,
  'patchwright.sandbox.processes': 60,
  'patchwright.sandbox.diskMb': 100,
};

interface Glutton {
  readonly name: string;
  readonly script: string;
  readonly stopped: RegExp | 'time' | 'itself';
  /** Only the kernel counts it, where it lets us make a group. */
  readonly counted?: true;
}

const gluttons: readonly Glutton[] = [
  {
    name: 'a fork bomb',
    script: 'f() { f | f & }; f; sleep 60',
    stopped: /more than 60 processes/,
  },
  {
    name: 'a fork bomb that leaves its session',
    script: 'f() { setsid sh -c "sleep 60" & f & }; f; sleep 60',
    stopped: /more than 60 processes/,
  },
  {
    name: 'threads without end in one process',
    script: `UV_THREADPOOL_SIZE=1000 $NODE -e "require('fs').stat('.', () => setTimeout(() => 0, 60000))"`,
    stopped: /more than 60 processes/,
    counted: true,
  },
  { name: 'a sleep of 60 seconds', script: 'sleep 60', stopped: 'time' },
  {
    name: 'a sleep that ends for no signal',
    script: `trap '' TERM HUP INT; setsid sh -c "trap '' TERM; sleep 60" & while true; do sleep 60; done`,
    stopped: 'time',
  },
  {
    name: 'an allocation of 2 GB',
    script: `$NODE -e "const all = []; for (let i = 0; i < 64; i++) all.push(Buffer.alloc(32 << 20, 1)); setTimeout(() => 0, 60000)"`,
    stopped: /more memory than 300 MiB/,
  },
  {
    name: 'memory that many processes take together',
    script: `for i in 1 2 3 4 5 6 7 8; do $NODE -e "const b = Buffer.alloc(80 << 20, 1); setTimeout(() => b, 60000)" & done; wait`,
    stopped: /more memory than 300 MiB/,
  },
  { name: 'a file of 3 GB', script: 'dd if=/dev/zero of=big bs=1M count=3000', stopped: 'itself' },
  {
    name: '3 GB in many files',
    script:
      'for i in $(seq 300); do dd if=/dev/zero of=big$i bs=1M count=10 2>/dev/null; done; sleep 60',
    stopped: /wrote more to disk than 100 MiB/,
  },
  {
    name: '3 GB in a file that no folder shows any more',
    script:
      'for i in 1 2 3 4; do (exec 5>gone$i; rm gone$i; dd if=/dev/zero bs=1M count=75 >&5 2>/dev/null; sleep 60) & done; wait',
    stopped: /wrote more to disk than 100 MiB/,
  },
  {
    name: '3 GB in memory that looks like a disk',
    script:
      'dd if=/dev/zero of=/tmp/big bs=1M count=3000; dd if=/dev/zero of=/dev/shm/big bs=1M count=3000',
    stopped: 'itself',
  },
  {
    name: 'output without end',
    script: 'yes "a line that goes on and on"',
    stopped: /printed more than 64 MiB/,
  },
];

/** Not for ordinary users, and not in most containers. */
const kernelCounts = ['/sys/fs/cgroup/pids', '/sys/fs/cgroup'].some((folder) => {
  try {
    accessSync(join(folder, 'cgroup.procs'), constants.W_OK);
    return true;
  } catch {
    return false;
  }
});

describe("the sandbox's limits", function () {
  this.timeout(60_000);
  before(function () {
    const reason = missingSandbox();
    if (!reason) return;
    console.log(`      (${reason})`);
    this.skip();
  });

  for (const caller of callers()) {
    describe(`as ${caller.name}`, () => {
      let world: World;
      let folder = '';
      before(async () => {
        folder = realpathSync(mkdtempSync(join(tmpdir(), 'pw-limits-')));
        world = await createWorld(folder, caller, limits);
      });
      after(async () => {
        await world?.dispose();
        rmSync(folder, { recursive: true, force: true });
      });

      for (const { name, script, stopped, counted } of gluttons) {
        it(`end ${name}`, async function () {
          if (counted && (caller.uid !== 0 || !kernelCounts)) this.skip();
          const seconds = stopped === 'time' ? 1 : 20;
          const ran = await world.run(script, { timeoutSeconds: seconds });
          console.log(`      (${Math.round(ran.wallMs)} ms)`);
          assert.equal(ran.timedOut, stopped === 'time', ran.stderr);
          if (stopped instanceof RegExp) assert.match(ran.stopped ?? '', stopped);
          if (stopped === 'itself') assert.notEqual(ran.exitCode, 0);
          assert.deepEqual(processesIn(world.worktree), []);
        });
      }
    });
  }
});
