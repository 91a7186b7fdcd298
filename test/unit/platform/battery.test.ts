import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Shell } from '../../../src/core/ports.ts';
import { isOnBattery } from '../../../src/platform/battery.ts';
import { createShell } from '../../../src/platform/shell.ts';
import { tempFolder } from '../../support/tempFolder.ts';

type Supply = Readonly<Record<string, string>>;

describe('whether the machine is on battery', () => {
  const temp = tempFolder('battery');

  function supplies(all: Readonly<Record<string, Supply>>): string {
    for (const [name, fields] of Object.entries(all)) {
      mkdirSync(temp.path(name), { recursive: true });
      for (const [field, value] of Object.entries(fields))
        writeFileSync(temp.path(name, field), `${value}\n`);
    }
    return temp.path();
  }
  const linux = (all: Readonly<Record<string, Supply>>) =>
    isOnBattery(createShell(), 'linux', supplies(all));
  const battery = { type: 'Battery', status: 'Discharging' };

  it('is read from the supplies of Linux', async () => {
    assert.equal(await linux({ BAT0: battery, AC: { type: 'Mains', online: '0' } }), true);
    assert.equal(await linux({ AC: { type: 'Mains', online: '1' } }), false);
  });

  it('is no matter of a full battery, a mouse, or a machine without one', async () => {
    assert.equal(await linux({}), false);
    assert.equal(await linux({ hid0: { ...battery, scope: 'Device' } }), false);
    assert.equal(await linux({ BAT0: { type: 'Battery', status: 'Full' } }), false);
    assert.equal(await isOnBattery(createShell(), 'linux', temp.path('none')), false);
  });

  it('is asked of the system elsewhere', async () => {
    const saying = (text: string): Shell => ({
      run: async () => ({
        exitCode: 0,
        stdout: Buffer.from(text),
        stderr: Buffer.alloc(0),
        timedOut: false,
        truncated: false,
        durationMs: 1,
      }),
    });
    const mac = (from: string) => isOnBattery(saying(`Now drawing from '${from}'\n`), 'darwin');
    assert.equal(await mac('Battery Power'), true);
    assert.equal(await mac('AC Power'), false);
    assert.equal(await isOnBattery(saying('1\r\n'), 'win32'), true);
    assert.equal(await isOnBattery(saying('2\r\n'), 'win32'), false);
    assert.equal(await isOnBattery(saying(''), 'win32'), false);
    assert.equal(await isOnBattery(createShell(), 'sunos'), false);
  });

  it('is taken for no where the system has no such program', async () => {
    const none: Shell = { run: () => Promise.reject(new Error('ENOENT')) };
    assert.equal(await isOnBattery(none, 'darwin'), false);
  });
});
