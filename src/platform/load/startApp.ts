import { copyFile, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import * as z from 'zod/mini';
import type { LoadPlan, LoadReport, Start } from '../../core/canary.ts';
import { isPatchwrightError } from '../../core/errors.ts';
import type { CommandResult, Shell } from '../../core/ports.ts';
import type { FromDriver, ToDriver } from './loadDriver.ts';

const isSource = import.meta.url.endsWith('.ts');
/** Beside this module: as it is, or as a bundle of its own. */
const entry = fileURLToPath(
  new URL(isSource ? './loadDriver.ts' : './loadDriver.cjs', import.meta.url),
);

export interface AppOptions {
  readonly plan: LoadPlan;
  /** Folder of the app. */
  readonly root: string;
  /** Where it runs. */
  readonly shell: Shell;
  /** After so long all of it is ended, whatever it does. */
  readonly timeoutMs: number;
}

/** Starts an app in its sandbox, with whatever loads it beside it, a port and a temporary folder of its own. */
export async function startApp(
  { plan, root, shell, timeoutMs }: AppOptions,
  signal: AbortSignal,
): Promise<Start> {
  const temp = await realpath(await mkdtemp(join(tmpdir(), 'patchwright-load-')));
  const driver = join(temp, isSource ? 'driver.mts' : 'driver.cjs');
  const input = new PassThrough();
  const replies = createLines();
  const run = async (): Promise<CommandResult> => {
    try {
      await copyFile(entry, driver);
      const command = {
        file: process.execPath,
        args: [driver],
        cwd: root,
        extraEnv: { ELECTRON_RUN_AS_NODE: '1', TMPDIR: temp },
        input,
        timeoutMs,
        writable: [temp],
        onOutput: (text: string, stream: string) => {
          if (stream === 'stdout') replies.write(text);
        },
      };
      return await shell.run(command, signal);
    } finally {
      await rm(temp, { recursive: true, force: true, maxRetries: 5 });
    }
  };
  const ended = run();
  ended.catch(() => undefined); // each reply that is waited for says it
  const ask = async (message: ToDriver): Promise<FromDriver | Gone> => {
    input.write(`${JSON.stringify(message)}\n`);
    return Promise.race([replies.next(), ended.then(goneBecause)]);
  };
  const stop = async (): Promise<void> => {
    input.end();
    await ended.catch((error: unknown) => {
      if (!isPatchwrightError(error, 'cancelled')) throw error;
    });
  };
  const first = await ask(plan);
  if ('ready' in first) return { kind: 'running', app: { load: loading(ask), stop } };
  await stop();
  if ('gone' in first) return { kind: 'failed', why: first.gone, output: first.output };
  return 'failed' in first
    ? { kind: 'failed', why: first.failed, output: first.output }
    : { kind: 'failed', why: 'it said something else than that it is ready', output: '' };
}

function loading(ask: (message: ToDriver) => Promise<FromDriver | Gone>) {
  return async (times: number): Promise<LoadReport> => {
    const said = await ask({ times });
    if ('answers' in said) return said;
    const why = 'gone' in said ? said.gone : 'failed' in said ? said.failed : 'it said nothing';
    return { answers: [], ended: { why, output: 'output' in said ? said.output : '' } };
  };
}

/** The driver, and so all of it, is not there any more. */
interface Gone {
  readonly gone: string;
  readonly output: string;
}

function goneBecause({ stopped, timedOut, exitCode, stderr }: CommandResult): Gone {
  const why =
    stopped ?? (timedOut ? 'it was ended by the time limit' : `what loads it ended (${exitCode})`);
  return { gone: why, output: stderr.toString('utf8').slice(-4_000) };
}

/** Lines of JSON as they come, one for each question. */
function createLines() {
  let rest = '';
  const ready: FromDriver[] = [];
  let waiting: ((reply: FromDriver) => void) | undefined;
  return {
    write(text: string): void {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const reply = replyOf(line);
        if (waiting) waiting(reply);
        else ready.push(reply);
        waiting = undefined;
      }
    },
    next: (): Promise<FromDriver> =>
      new Promise((resolve) => {
        const reply = ready.shift();
        if (reply) resolve(reply);
        else waiting = resolve;
      }),
  };
}

const reply = z.union([
  z.object({
    answers: z.array(z.object({ request: z.int(), ms: z.number(), ok: z.boolean() })),
    memoryBytes: z.optional(z.number()),
    ended: z.optional(z.object({ why: z.string(), output: z.string() })),
  }),
  z.object({ ready: z.literal(true) }),
  z.object({ failed: z.string(), output: z.string() }),
]);

/** Of our own program, but what runs beside it could write there, too. */
function replyOf(line: string): FromDriver {
  try {
    return reply.parse(JSON.parse(line)) as FromDriver;
  } catch {
    return { failed: 'something else wrote where its measurements come from', output: '' };
  }
}
