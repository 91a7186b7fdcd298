import type { Frame } from '../../../core/signal.ts';
import type { Grammar, ParsedException } from '../grammar.ts';
import { addFrame, exceptionOf, messageOf } from '../parts.ts';
import { nativeFrame, nativeLanguage } from './nativeFrame.ts';

/** `==4512== Invalid read of size 4`; threads have names in helgrind's reports. */
const line = /^==(\d{1,12})== ?(.{0,2000})$/;
const found =
  /^(?:Invalid (?:read|write) of size |Invalid free\(\)|Mismatched free\(\)|Conditional jump or move depends on |Use of uninitialised value|Syscall param .{1,200} (?:points to|contains) |Source and destination overlap in |Jump to the invalid address |Argument '.{1,100}' of function .{1,100} has a fishy|Possible data race during |Thread #\d{1,6}(?:'s call to |: lock order | unlocked |: Exiting thread still holds )|Conflicting (?:load|store) by thread |Mutex (?:not locked|still locked|type changed)|Recursive locking not allowed|Destr\w{1,6} (?:of )?locked |Probably a race condition: |[\d,]{1,20} (?:\([^)]{1,100}\) )?bytes in [\d,]{1,20} blocks are (?:definitely|indirectly) lost |Process terminating with default action of signal \d{1,3})/;
/** `   at 0x10918D: front (list.c:31)`, `   by 0x48: main (in /usr/bin/shop)` */
const frameLine =
  /^ {2,6}(?:at|by) 0x[\dA-F]{1,16}: (.{1,1000}) \((?:in (.{1,1000})|([^():]{1,500}):(\d{1,9}))\)$/;
/** The tools put themselves in the place of the allocator. */
const replaced = /^(?:vg_replace_\w{1,40}|hg_\w{1,40}|drd_\w{1,40})\.c$/;

export const valgrind: Grammar = {
  language: 'c',
  standsAlone: true,
  hints: [
    '== Invalid ',
    '== Conditional jump or ',
    '== Use of uninit',
    '== Syscall param ',
    '== Mismatched free',
    '== Source and dest',
    '== Possible data race',
    '== Thread #',
    '== Conflicting ',
    '== Mutex ',
    '== Recursive locking',
    '== Destr',
    '== Probably a race',
    ' definitely lost in',
    '== Process terminating',
    '== Jump to the invalid',
  ],
  begin(first) {
    const head = first.startsWith('==') ? line.exec(first) : null;
    if (!head || !found.test(head[2] ?? '')) return undefined;
    let placed = false;
    return (next) => {
      const match = line.exec(next);
      if (!match || match[1] !== head[1]) return 'no';
      placed ||= frameLine.test(match[2] ?? '');
      // helgrind leaves a line empty before it says where.
      return placed && (match[2] ?? '').trim() === '' ? 'last' : 'enough';
    };
  },
  *parse(lines) {
    const parsed = parseReport(lines.map((text) => line.exec(text)?.[2] ?? ''));
    if (parsed) yield parsed;
  },
};

/** The first stack is where it happened; those below, who freed or allocated. */
function parseReport(texts: readonly string[]): ParsedException | undefined {
  const [head = '', ...rest] = texts;
  const frames: Frame[] = [];
  for (const text of rest) {
    const match = frameLine.exec(text);
    if (!match && frames.length > 0) break;
    if (match) addFrame(frames, frameOf(match));
  }
  if (frames.length === 0) return undefined;
  const top = frames.find(({ inApp }) => inApp);
  const message = messageOf([head.replace(/ in loss record .{0,100}$/, '')]);
  const language = nativeLanguage(top?.file, top?.function);
  const severity = head.startsWith('Process terminating') ? 'fatal' : 'error';
  return exceptionOf(language, { type: 'Valgrind', message, frames }, [], { severity });
}

function frameOf([, name, object, file = object ?? '', number]: RegExpExecArray): Frame {
  const frame = nativeFrame(name, file, number);
  return replaced.test(file) ? { ...frame, inApp: false } : frame;
}
