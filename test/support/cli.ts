import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { allowVariable } from '../../src/core/sandbox.ts';
import { missingSandbox } from './sandbox.ts';

/** The bundle users run; test/run.mjs builds it first. */
const entry = resolve(import.meta.dirname, '../../dist/cli.cjs');

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real command line as a process of its own. `env` replaces what it would inherit of keys. */
export function cli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
): Promise<CliResult> {
  return startCli(args, env, cwd).ended;
}

export interface RunningCli {
  readonly pid: number;
  /** Resolves when the output so far matches; rejects when the process ends before. */
  until(pattern: RegExp): Promise<void>;
  /** What it has printed so far. */
  output(): string;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<CliResult>;
}

export function startCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
): RunningCli {
  const unheld = missingSandbox() ? { [allowVariable]: '1' } : {};
  const { ANTHROPIC_API_KEY: _, ANTHROPIC_BASE_URL: __, ...inherited } = process.env;
  const child = spawn(process.execPath, [entry, ...args], {
    env: { ...inherited, ...unheld, ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  const output = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (piece: Buffer) => {
      output[name] += piece.toString();
      for (const check of waiting) check();
    });
  }
  const ended = new Promise<CliResult>((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done({ code, ...output }));
  });
  return {
    pid: child.pid ?? 0,
    output: () => output.stdout,
    kill: (signal) => void child.kill(signal),
    ended,
    until: (pattern) =>
      new Promise((done, fail) => {
        const check = (): void => {
          if (!pattern.test(output.stdout)) return;
          waiting.delete(check);
          done();
        };
        waiting.add(check);
        check();
        void ended.then(() =>
          fail(new Error(`It ended before ${pattern}: ${output.stdout}${output.stderr}`)),
        );
      }),
  };
}

/**
 * Settings of a user's own, in a folder for them, for what is not about gates: those that take longest are
 * off. @returns the environment that has them read
 */
export function quickGates(folder: string): Record<string, string> {
  mkdirSync(join(folder, 'patchwright'), { recursive: true });
  const settings = {
    'patchwright.gates.coverage.enabled': false,
    'patchwright.gates.loop.enabled': false,
    'patchwright.gates.reproduction.maxMutants': 0,
  };
  writeFileSync(join(folder, 'patchwright/settings.json'), JSON.stringify(settings));
  return { XDG_CONFIG_HOME: folder };
}
