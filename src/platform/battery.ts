import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Shell } from '../core/ports.ts';

const supplies = '/sys/class/power_supply';
const timeoutMs = 10_000;

/** Whether the machine drains its battery. Where that can't be found out it is taken to be on mains. */
export async function isOnBattery(
  shell: Shell,
  platform: NodeJS.Platform = process.platform,
  folder = supplies,
): Promise<boolean> {
  try {
    switch (platform) {
      case 'linux':
        return await drainsIn(folder);
      case 'darwin':
        return /Battery Power/.test(await said(shell, 'pmset', ['-g', 'batt']));
      case 'win32':
        return /^\s*1\s*$/m.test(await said(shell, 'powershell', windowsQuestion));
      default:
        return false;
    }
  } catch {
    return false; // no such folder or program: a desktop machine, a server, a container
  }
}

/** 1: discharging. */
const windowsQuestion = [
  '-NoProfile',
  '-NonInteractive',
  '-Command',
  '(Get-CimInstance Win32_Battery).BatteryStatus',
];

async function said(shell: Shell, file: string, args: readonly string[]): Promise<string> {
  const { stdout } = await shell.run({ file, args, cwd: process.cwd(), timeoutMs });
  return stdout.toString('utf8');
}

/** A battery that discharges, and no supply that is plugged in. Mice and the like have batteries too. */
async function drainsIn(folder: string): Promise<boolean> {
  let drains = false;
  for (const name of await readdir(folder)) {
    const read = async (field: string): Promise<string> =>
      (await readFile(join(folder, name, field), 'utf8').catch(() => '')).trim();
    if ((await read('scope')) === 'Device') continue;
    if ((await read('type')) === 'Battery') drains ||= (await read('status')) === 'Discharging';
    else if ((await read('online')) === '1') return false;
  }
  return drains;
}
