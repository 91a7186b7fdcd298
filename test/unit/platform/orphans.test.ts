import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { endOrphans } from '../../../src/platform/strays.ts';
import { processesIn, until } from '../../support/processes.ts';
import { tempFolder } from '../../support/tempFolder.ts';

describe('orphans', function () {
  this.timeout(60_000);
  const folder = tempFolder('pw-orphans');
  const owners: ChildProcess[] = [];

  before(function () {
    if (process.platform === 'linux') return;
    console.log('      skipped: only Linux shows the environment of other processes');
    this.skip();
  });
  afterEach(() => {
    for (const owner of owners.splice(0)) owner.kill('SIGKILL');
    for (const pid of processesIn(folder.path())) process.kill(pid, 'SIGKILL');
  });

  /** Until all of the command's processes are there; returns where. */
  const start = async (name: string, script: string, limit: string): Promise<string> => {
    const cwd = folder.path(name);
    mkdirSync(cwd);
    const child = join(import.meta.dirname, 'orphansChild.ts');
    owners.push(spawn(process.execPath, [child, cwd, script, limit], { stdio: 'inherit' }));
    await until(() => processesIn(cwd).length >= 4);
    return cwd;
  };
  const kill = async (owner: ChildProcess | undefined): Promise<void> => {
    assert.ok(owner);
    owner.kill('SIGKILL');
    if (owner.signalCode === null) await once(owner, 'exit');
  };
  /** The command, a child, one in a group of its own and one without our environment. */
  const family = 'sleep 300 & setsid sleep 300 & env -i /bin/sleep 300 & wait';

  it('of a command are ended with all it started when its owner was killed', async () => {
    const cwd = await start('dead', family, '600000');
    await kill(owners[0]);
    assert.equal(processesIn(cwd).length, 4, 'nobody was there to end them');
    await endOrphans();
    assert.deepEqual(processesIn(cwd), []);
  });

  it('are not those whose owner is at work, nor git and the like, which end by themselves', async () => {
    const alive = await start('alive', family, '600000');
    const unlimited = await start('unlimited', family, '');
    await kill(owners[1]);
    const before = [processesIn(alive), processesIn(unlimited)];
    await endOrphans();
    assert.deepEqual([processesIn(alive), processesIn(unlimited)], before);
  });

  it('are not those of another container, whose process numbers mean nothing here', async () => {
    const cwd = folder.path('container');
    mkdirSync(cwd);
    const mark = 'PATCHWRIGHT_RUN=id,1073741824,pid:[1],boot/1';
    owners.push(spawn('env', [mark, 'sleep', '300'], { cwd, stdio: 'ignore' }));
    await until(() => processesIn(cwd).length === 1);
    await endOrphans();
    assert.equal(processesIn(cwd).length, 1);
  });
});
