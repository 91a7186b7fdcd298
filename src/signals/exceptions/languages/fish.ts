import type { Frame } from '../../../core/signal.ts';
import type { Grammar, ParsedException } from '../grammar.ts';
import { addFrame, exceptionOf, frameOf, messageOf } from '../parts.ts';

/** `deploy.fish (line 3): `, behind it the message where it stands not above. */
const place = /^(\S.{0,500}\.fish) \(line (\d{1,9})\): ?(.{0,2000})$/;
const caller = /^\tcalled on line (\d{1,9}) of file (\S.{0,500})$/;
const called = /^in (?:function|event handler|command substitution)\b/;
const maxLines = 60;

/** fish: the message, the place with its source, and who called it. */
export const fish: Grammar = {
  language: 'shell',
  hints: ['.fish (line '],
  takesLineAbove: () => true,
  begin(line) {
    if (!line.includes('.fish (line ') || !place.test(line)) return undefined;
    let lines = 0;
    return (next) => {
      const isPart = /^[\s^]/.test(next) || called.test(next) || lines === 0;
      return isPart && !place.test(next) && ++lines < maxLines ? 'enough' : 'no';
    };
  },
  saysEnough: () => true,
  *parse(lines) {
    const parsed = parseReport(lines);
    if (parsed) yield parsed;
  },
};

function parseReport(lines: readonly string[]): ParsedException | undefined {
  const at = lines.findIndex((line) => place.test(line));
  const [, file = '', line, own = ''] = place.exec(lines[at] ?? '') ?? [];
  const said = own.trim() === '' ? (lines[at - 1] ?? '') : own;
  if (
    said.trim() === '' ||
    (own.trim() !== '' &&
      !lines.some((text) => /^\s*\^|^\tcalled on line |^in function/.test(text)))
  )
    return undefined;
  const frames: Frame[] = [frameOf(file, isInApp(file), { line: Number(line) })];
  for (const text of lines.slice(at + 1)) {
    const [, number, path = ''] = caller.exec(text) ?? [];
    if (number !== undefined)
      addFrame(frames, frameOf(path, isInApp(path), { line: Number(number) }));
  }
  const message = messageOf([said.replace(/^fish: /, '')]);
  return exceptionOf('shell', { type: 'ShellError', message, frames }, []);
}

function isInApp(file: string): boolean {
  return !/^\/usr\/|\/share\/fish\//.test(file);
}
