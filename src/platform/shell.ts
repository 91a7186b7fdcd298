import { spawn } from 'node:child_process';
import { cancelled } from '../core/errors.ts';
import type { Command, CommandResult, Shell } from '../core/ports.ts';

const defaultMaxOutputBytes = 1 << 20;
/** How long a group may take to end after SIGTERM before it is killed. */
const graceMs = 400;

/** Passed on to child processes; everything else (keys, tokens, GIT_*, NODE_OPTIONS) is not. */
const allowed =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_.*|TZ|TMPDIR|TEMP|TMP|TERM|XDG_(CONFIG|CACHE|DATA)_HOME|SYSTEMROOT|SystemRoot|COMSPEC|PATHEXT|APPDATA|LOCALAPPDATA|USERPROFILE|ProgramFiles.*|PROGRAMDATA|JAVA_HOME|GOPATH|GOROOT|GOCACHE|GOFLAGS|GOPROXY|CARGO_HOME|RUSTUP_HOME|PYENV_.*|VOLTA_HOME|NVM_DIR|FNM_.*|ASDF_.*|SSH_AUTH_SOCK|GPG_TTY|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR))$/;

/** Our environment without what a child process has no business with. */
export function scrubbedEnv(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && allowed.test(entry[0]),
    ),
  );
}

/** Processes in groups of their own, so that cancelling ends everything they started. */
export function createShell(): Shell {
  return { run };
}

function run(command: Command, signal?: AbortSignal): Promise<CommandResult> {
  if (signal?.aborted) return Promise.reject(cancelled());
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command.file, command.args, {
      cwd: command.cwd,
      env: { ...(command.env ?? scrubbedEnv()), ...command.extraEnv },
      detached: process.platform !== 'win32',
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const max = command.maxOutputBytes ?? defaultMaxOutputBytes;
    const stdout = createSink(max);
    const stderr = createSink(max);
    let timedOut = false;
    let aborted = false;

    const onAbort = (): void => {
      aborted = true;
      endGroup(child.pid);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    const timer = command.timeoutMs
      ? setTimeout(() => {
          timedOut = true;
          endGroup(child.pid);
        }, command.timeoutMs)
      : undefined;

    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      settle();
    };

    const decoder = new TextDecoder();
    for (const [stream, sink] of [
      [child.stdout, stdout],
      [child.stderr, stderr],
    ] as const) {
      stream.on('data', (piece: Buffer) => {
        sink.write(piece);
        command.onOutput?.(decoder.decode(piece, { stream: true }));
      });
    }
    // A child that exits without reading its input is no failure of ours; its exit code tells.
    child.stdin.on('error', () => undefined);
    child.stdin.end(command.input);

    child.once('error', (error) => finish(() => reject(error)));
    // What the command left running in its group must not outlive it, nor hold its pipes open.
    child.once('exit', () => killGroup(child.pid));
    child.once('close', (exitCode) =>
      finish(() => {
        if (aborted) return reject(cancelled());
        return resolve({
          exitCode: timedOut ? null : exitCode,
          stdout: stdout.bytes(),
          stderr: stderr.bytes(),
          timedOut,
          truncated: stdout.truncated() || stderr.truncated(),
          durationMs: Math.round(performance.now() - started),
        });
      }),
    );
  });
}

function endGroup(pid: number | undefined): void {
  sendToGroup(pid, 'SIGTERM');
  setTimeout(() => killGroup(pid), graceMs).unref();
}

function killGroup(pid: number | undefined): void {
  sendToGroup(pid, 'SIGKILL');
}

function sendToGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    if (process.platform === 'win32') {
      spawn('taskkill', ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore', windowsHide: true });
    } else {
      process.kill(-pid, signal);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // ESRCH: already gone
  }
}

/** Keeps the first and the last half of what is longer than `max` bytes. */
function createSink(max: number) {
  const head: Buffer[] = [];
  let headBytes = 0;
  let tail: Buffer[] = [];
  let tailBytes = 0;
  let dropped = 0;
  const half = Math.ceil(max / 2);
  return {
    write(piece: Buffer): void {
      const room = Math.max(0, half - headBytes);
      if (room > 0) {
        head.push(piece.subarray(0, room));
        headBytes += Math.min(room, piece.length);
      }
      const rest = piece.subarray(room);
      if (rest.length === 0) return;
      tail.push(rest);
      tailBytes += rest.length;
      while (tail.length > 1 && tailBytes - (tail[0]?.length ?? 0) >= half) {
        const gone = tail.shift()?.length ?? 0;
        tailBytes -= gone;
        dropped += gone;
      }
      if (tailBytes > 2 * half) {
        const joined = Buffer.concat(tail);
        dropped += joined.length - half;
        tail = [joined.subarray(joined.length - half)];
        tailBytes = half;
      }
    },
    truncated: () => dropped > 0,
    bytes(): Buffer {
      const note = dropped > 0 ? [Buffer.from(`\n[… ${dropped} bytes left out …]\n`)] : [];
      return Buffer.concat([...head, ...note, ...tail]);
    },
  };
}
