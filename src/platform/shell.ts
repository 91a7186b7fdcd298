import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { Readable, type Writable } from 'node:stream';
import { cancelled } from '../core/errors.ts';
import type { Command, CommandResult, Shell } from '../core/ports.ts';
import { killStrays, markOf, runMark } from './strays.ts';

const defaultMaxOutputBytes = 1 << 20;
/** How long a group may take to end after SIGTERM before it is killed. */
const graceMs = 400;
/** How long after a command's end its pipes may stay open: a process that left its group may hold them. */
const drainMs = 150;

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
    // A command with a time limit is one that is not trusted to end well.
    const isUntrusted = command.timeoutMs !== undefined;
    const mark = markOf(randomUUID(), isUntrusted);
    const child = spawn(command.file, command.args, {
      cwd: command.cwd,
      env: { ...(command.env ?? scrubbedEnv()), ...command.extraEnv, [runMark]: mark },
      detached: process.platform !== 'win32',
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const max = command.maxOutputBytes ?? defaultMaxOutputBytes;
    const stdout = createSink(max);
    const stderr = createSink(max);
    let received = 0;
    let timedOut = false;
    let aborted = false;

    let ending: NodeJS.Timeout | undefined;
    const onAbort = (): void => {
      aborted = true;
      ending = endGroup(child.pid);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    const timer = command.timeoutMs
      ? setTimeout(() => {
          timedOut = true;
          ending = endGroup(child.pid);
        }, command.timeoutMs)
      : undefined;

    let drain: NodeJS.Timeout | undefined;
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      clearTimeout(drain);
      signal?.removeEventListener('abort', onAbort);
      settle();
    };

    for (const [stream, sink, name] of [
      [child.stdout, stdout, 'stdout'],
      [child.stderr, stderr, 'stderr'],
    ] as const) {
      const decoder = new TextDecoder();
      stream.on('data', (piece: Buffer) => {
        received += piece.length;
        sink.write(piece);
        command.onOutput?.(decoder.decode(piece, { stream: true }), name);
      });
    }
    // A child that exits without reading its input is no failure of ours; its exit code tells.
    child.stdin.on('error', () => undefined);
    give(child.stdin, command.input);

    child.once('error', (error) => finish(() => reject(error)));
    // What was written is read first; but who could not be killed may write on for ever.
    const closePipes = (rounds = 3): void => {
      killStrays(mark);
      const before = received;
      const look = (): void => {
        if (received !== before && rounds > 0) return closePipes(rounds - 1);
        child.stdout.destroy();
        child.stderr.destroy();
      };
      drain = setTimeout(() => setImmediate(look), drainMs); // pending input comes before immediates
    };
    // What the command left running must not outlive it, nor hold its pipes open. For those that are
    // trusted looking for strays would be a waste.
    child.once('exit', () => {
      clearTimeout(ending);
      killGroup(child.pid);
      if (aborted || isUntrusted) killStrays(mark);
      drain = setTimeout(() => closePipes(), drainMs);
    });
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

function give(stdin: Writable, input: Command['input']): void {
  if (typeof input === 'object' && Symbol.asyncIterator in input) Readable.from(input).pipe(stdin);
  else stdin.end(input);
}

function endGroup(pid: number | undefined): NodeJS.Timeout {
  sendToGroup(pid, 'SIGTERM');
  return setTimeout(() => killGroup(pid), graceMs).unref();
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
    // ESRCH: already gone. EPERM: only dead ones not yet collected are left (macOS), or a set-uid program.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
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
