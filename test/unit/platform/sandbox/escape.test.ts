import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processesIn } from '../../../support/processes.ts';
import {
  callers,
  createWorld,
  missingSandbox,
  secret,
  type World,
} from '../../../support/sandbox.ts';
import type { Probe } from './probe.ts';
import { probes } from './probes.ts';

describe('what tries to get out of the sandbox', function () {
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
        folder = realpathSync(mkdtempSync(join(tmpdir(), 'pw-world-')));
        world = await createWorld(folder, caller);
      });
      after(async () => {
        await world?.dispose();
        rmSync(folder, { recursive: true, force: true });
      });

      for (const probe of probes) {
        it(`${probe.name}: it does not`, async () => {
          const before = { state: world.state(), connections: world.connections() };
          const ran = await world.run(`echo BEGAN\n${scriptOf(probe)}`, {
            ...(probe.leak ? { leak: probe.leak } : {}),
            ...(probe.path ? { path: probe.path(world.worktree) } : {}),
          });
          assert.match(ran.stdout, /^BEGAN/);
          const said = `${ran.stdout}\n${ran.stderr}`;
          assert.doesNotMatch(said, /ESCAPED/);
          assert.doesNotMatch(said, new RegExp(secret));
          assert.equal(world.state(), before.state, 'the host has changed');
          assert.equal(world.connections(), before.connections, 'a server was reached');
          assert.ok(world.isProcessAlive(), 'a process of the host has ended');
          assert.deepEqual(processesIn(world.worktree), [], 'something still runs');
          for (const path of ['/etc/patchwright-probe', '/usr/bin/patchwright-probe'])
            assert.ok(!existsSync(path), path);
          assert.ok(!existsSync('/patchwright-probe'));
          assert.ok(!ran.timedOut, 'it hung');
        });
      }
    });
  }

  describe('without it', () => {
    for (const probe of probes.filter(({ escapesFree }) => escapesFree)) {
      it(`${probe.name}: it does`, async () => {
        const [caller] = callers();
        assert.ok(caller);
        const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pw-free-')));
        const world = await createWorld(folder, caller);
        try {
          const ran = await world.runFree(scriptOf(probe));
          assert.match(ran.stdout, /ESCAPED/);
        } finally {
          await world.dispose();
          rmSync(folder, { recursive: true, force: true });
        }
      });
    }
  });
});

function scriptOf({ script, python }: Probe): string {
  return python ? `/usr/bin/env python3 - <<'PYTHON'\n${script}\nPYTHON` : script;
}
