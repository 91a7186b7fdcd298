import type { Cause, Frame } from '../../../core/signal.ts';
import type { Grammar } from '../grammar.ts';
import { nativeFrame } from './nativeFrame.ts';
import { addFrame, exceptionOf, messageOf } from '../parts.ts';

/** `app.LedgerException@source/app.d(7): entry 4 is locked`, a rule, the stack; then what it was chained to. */
const head =
  /^([A-Za-z_]\w{0,80}(?:\.\w{1,80}){1,8})@(\S.{0,500}?\.di?)\((\d{1,9})\)(?:: (.{0,4000}))?$/;
const rule = /^-{16}$/;
/** `source/app.d:7 void app.book(int) [0x55]`, `??:? _d_run_main [0x7f]`. */
const frameLine = /^(\S.{0,500}?):(\d{1,9}|\?) (?:(\S.{0,1000}) )?\[0x[0-9a-f]{1,16}\]$/;
const maxMessageLines = 20;

export const dlang: Grammar = {
  language: 'd',
  hints: ['Exception@', 'Error@', '\n----------------\n'],
  saysEnough: () => true,
  begin(line) {
    if (!line.includes('@') || !head.test(line)) return undefined;
    let state: 'message' | 'stack' = 'message';
    let lines = 0;
    return (next) => {
      if (rule.test(next)) state = 'stack';
      else if (head.test(next)) [state, lines] = ['message', 0];
      else if (state === 'stack') return frameLine.test(next) ? 'enough' : 'no';
      else if (++lines > maxMessageLines) return 'no';
      return 'enough';
    };
  },
  *parse(lines) {
    const links: Cause[] = [];
    const starts = lines.flatMap((line, at) => (head.test(line) ? [at] : []));
    for (const [index, start] of starts.entries()) {
      const link = linkOf(lines.slice(start, starts[index + 1]));
      if (link) links.push(link);
    }
    const [outermost, ...causes] = links;
    if (outermost) yield exceptionOf('d', outermost, causes, { severity: 'fatal' });
  },
};

function linkOf(lines: readonly string[]): Cause | undefined {
  const match = head.exec(lines[0] ?? '');
  if (!match) return undefined;
  const end = lines.findIndex((line) => rule.test(line));
  const [, type = '', file = '', line, said = ''] = match;
  const frames: Frame[] = [{ ...nativeFrame(undefined, file, line), inApp: isInApp(file) }];
  for (const text of end < 0 ? [] : lines.slice(end)) {
    const [, path, number, name] = frameLine.exec(text) ?? [];
    if (path === undefined || number === '?' || number === line) continue;
    addFrame(frames, { ...nativeFrame(name, path, number), inApp: isInApp(path) });
  }
  const more = end < 0 ? [] : lines.slice(1, end);
  return { type, message: messageOf([said, ...more]), frames };
}

/** The runtime and the standard library are not ours. */
function isInApp(file: string): boolean {
  return !/(?:^|[\\/])(?:usr[\\/](?:lib|include)|dmd\d?|druntime|phobos)[\\/]|[\\/]include[\\/]d[\\/]|^\?\?$/.test(
    file,
  );
}
