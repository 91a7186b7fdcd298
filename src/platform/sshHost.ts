import type { Shell } from '../core/ports.ts';

const timeoutMs = 10_000;

/** The host that a name of the user's ssh configuration stands for; the name itself where none says. */
export async function sshHost(shell: Shell, name: string): Promise<string> {
  try {
    const args = ['-G', '--', name]; // tells how it would connect, and does not
    const { exitCode, stdout } = await shell.run({
      file: 'ssh',
      args,
      cwd: process.cwd(),
      timeoutMs,
    });
    const [, host] = /^hostname (\S+)$/m.exec(stdout.toString('utf8')) ?? [];
    return exitCode === 0 && host !== undefined ? host : name;
  } catch {
    return name; // there is no ssh
  }
}
