import type { Follow, ParsedException } from '../grammar.ts';
import { exceptionOf, messageOf } from '../parts.ts';

const crash = /^# A fatal error has been detected by the Java Runtime Environment/;
/** Its report, and what a shell says below. */
const crashLine = /^(?:#|Aborted(?: \(core dumped\))?$)/;
const outOfMemory =
  /^(?:Terminating due to |Aborting due to |Exception: )(java\.lang\.(?:OutOfMemoryError|StackOverflowError))(?:: (.*)| thrown from the UncaughtExceptionHandler.*)$/;

/** What the virtual machine says as it gives up. */
export function followDeath(line: string): Follow | undefined {
  if (crash.test(line)) return (next) => (crashLine.test(next) ? 'enough' : 'no');
  return outOfMemory.test(line) ? () => 'no' : undefined;
}

export function parseDeath(lines: readonly string[]): ParsedException | undefined {
  return parseCrash(lines) ?? parseAlone(lines[0] ?? '');
}

/** `#  SIGSEGV (0xb) at pc=0x…, pid=7, tid=8` and the frame it names. */
function parseCrash(lines: readonly string[]): ParsedException | undefined {
  if (!crash.test(lines[0] ?? '')) return undefined;
  const text = lines.map((line) => line.replace(/^#\s*/, ''));
  const signal = text
    .map(
      (line) =>
        /^(SIG[A-Z]{2,8}|EXCEPTION_\w{1,40}|Internal Error|Out of Memory Error) /.exec(line)?.[1],
    )
    .find(Boolean);
  const problem = text.findIndex((line) => line.startsWith('Problematic frame'));
  const where = problem < 0 ? '' : (text[problem + 1] ?? '');
  const message = messageOf([
    `A fatal error has been detected by the Java Runtime Environment`,
    where,
  ]);
  return exceptionOf('java', { type: signal ?? 'Crash', message, frames: [] }, [], {
    severity: 'fatal',
  });
}

function parseAlone(line: string): ParsedException | undefined {
  const match = outOfMemory.exec(line);
  if (!match) return undefined;
  return exceptionOf('java', { type: match[1] ?? '', message: match[2] ?? '', frames: [] }, [], {
    severity: 'fatal',
  });
}
