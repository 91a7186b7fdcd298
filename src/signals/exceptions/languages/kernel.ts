import { type Grammar, loggedError } from '../grammar.ts';
import { messageOf } from '../parts.ts';

/** Linux' own reports: an oops, a panic, and a process it killed for want of memory. */
const stamp = String.raw`^(?:\[ {0,6}\d{1,9}\.\d{6}\] )?`;
const bug = new RegExp(
  String.raw`${stamp}(BUG|Kernel panic - not syncing|kernel BUG at \S{1,300}:\d{1,9}!)(?:: (.{1,1000}))?$`,
);
const bugStart =
  /^(?:unable to handle |kernel NULL pointer|soft lockup|Bad page |KASAN: |scheduling while atomic)/;
const outOfMemory = new RegExp(
  String.raw`${stamp}(?:Memory cgroup out|Out) of memory: Killed process \d{1,9} \((.{1,64}?)\)`,
);
/** Where it happened, e.g. `RIP: 0010:vfs_read+0x2e/0x80 [module]`. */
const instruction = /\bRIP: [0-9a-f]{4}:([\w.]{1,200})\+0x/;
const more = new RegExp(
  String.raw`${stamp}(?:#PF: |Oops: |PGD |CPU: |Hardware name: |RIP: |Code: |R[A-Z0-9]{2}: |FS: |CS: |CR2: |DR\d: |PKRU: |Call Trace:|Modules linked in|Kernel Offset|---\[ |invalid opcode| [ \w<?])`,
);

export const kernel: Grammar = {
  language: 'c',
  standsAlone: true,
  hints: [' BUG: ', 'kernel BUG at ', 'Kernel panic - ', ' of memory: Killed process '],
  begin(line) {
    if (outOfMemory.test(line)) return () => 'no';
    return isBug(line) ? (next) => (more.test(next) ? 'enough' : 'no') : undefined;
  },
  saysEnough: () => true,
  *parse(lines) {
    const [first = ''] = lines;
    const none = { frames: [], causes: [] };
    const killed = outOfMemory.exec(first);
    if (killed) {
      const message = `Out of memory: Killed process ${killed[1]}`;
      const type = loggedError;
      yield { kind: 'log', language: 'text', type, message, ...none, severity: 'error' };
      return;
    }
    const found = bug.exec(first);
    const where = lines.map((line) => instruction.exec(line)?.[1]).find(Boolean);
    const message = messageOf([found?.[2] ?? found?.[1] ?? '']);
    const text = where === undefined ? message : `${message} in ${where}`;
    yield { language: 'c', type: 'kernel BUG', message: text, ...none, severity: 'fatal' };
  },
};

function isBug(line: string): boolean {
  const found = bug.exec(line);
  return found !== null && (found[1] !== 'BUG' || bugStart.test(found[2] ?? ''));
}
