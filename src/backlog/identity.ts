import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { systemCode } from '../core/errors.ts';
import type { WriterIdentity } from './schemas.ts';

export function ownIdentity(): WriterIdentity {
  return {
    pid: process.pid,
    host: hostname(),
    platform: process.platform,
    boot: attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    namespace: attempt(() => readlinkSync('/proc/self/ns/pid')),
  };
}

/** Both exist on Linux only; elsewhere the process id has to do. */
function attempt(read: () => string): string {
  try {
    return read().slice(0, 200);
  } catch {
    return '';
  }
}

/** True only when it is sure: a container or another machine that shares the folder says nothing. */
export function isSurelyDead(writer: WriterIdentity): boolean {
  const own = ownIdentity();
  if (writer.host !== own.host || writer.platform !== own.platform) return false;
  if (writer.boot !== '' && own.boot !== '' && writer.boot !== own.boot) return true;
  return writer.boot === own.boot && writer.namespace === own.namespace && !isAlive(writer.pid);
}

function isAlive(pid: number): boolean {
  if (pid <= 0) return true; // would ask about a whole group of processes
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== 'ESRCH';
  }
}
