import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import type { Shell } from '../../../src/core/ports.ts';
import { createShell } from '../../../src/platform/shell.ts';
import { sshHost } from '../../../src/platform/sshHost.ts';
import { tempFolder } from '../../support/tempFolder.ts';

/** A script in place of ssh: the machine that runs this may have none, or a configuration of its own. */
describe('the host behind a name of the ssh configuration', () => {
  const temp = tempFolder('pw-ssh');
  const shellWith = (script: string): Shell => {
    writeFileSync(temp.path('ssh'), `#!/bin/sh\n${script}\n`);
    chmodSync(temp.path('ssh'), 0o755);
    const shell = createShell();
    const extraEnv = { PATH: `${temp.path()}${delimiter}${process.env['PATH'] ?? ''}` };
    return { ...shell, run: (command, signal) => shell.run({ ...command, extraEnv }, signal) };
  };

  it('is what ssh says, and the name itself where it says nothing', async () => {
    const says = shellWith(
      '[ "$1 $2 $3" = "-G -- work" ] && printf "user git\\nhostname github.com\\n"',
    );
    assert.equal(await sshHost(says, 'work'), 'github.com');
    assert.equal(await sshHost(says, 'other'), 'other');
    const failing = shellWith('echo hostname nowhere; exit 255');
    assert.equal(await sshHost(failing, 'work'), 'work');
  });
});
