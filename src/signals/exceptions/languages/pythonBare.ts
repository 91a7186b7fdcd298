import type { Follow, Grammar, ParsedException } from '../grammar.ts';
import { exceptionOf, frameOf } from '../parts.ts';
import { python } from './python.ts';
import { isInApp } from './pythonFrame.ts';

/** A traceback with lines of its own, but quoted: the last field of a record. */
const quotedHead = '"Traceback (most recent call last):';
const quoteEnd = /(?:^|[^\\])"/;
const maxQuotedLines = 400;
/** What the interpreter says before there is a program. */
const launched =
  /^(?:[^\s:]{0,300}[\\/]|[A-Z]:\\.{0,300}\\)?(?:python|pypy)[\d.]{0,8}(?:\.exe)?: ((?:can't (?:open file|find '__main__' module in)|No module named|Error while finding module specification for) .{1,1000})$/;
/** A file whose bytes are no text can't be quoted, so there is no frame. */
const undecodable =
  /^SyntaxError: (Non-UTF-8 code starting with .{1,20} in file (.{1,1000}) on line (\d{1,9}), .{1,300})$/;
/** asyncio's words for a failure that nobody took; without a traceback where nothing was raised. */
const neverRaised = /^future: <(?:Future|Task) finished .{0,4000}exception=[A-Za-z_]/;
const typed = /^([A-Za-z_][\w.]{0,200}(?:Error|Exception)|[A-Za-z_][\w.]{0,200}(?=: ))(?:: (.*))?$/;

/** What Python says of an exception without frames on lines of their own. */
export const pythonBare: Grammar = {
  language: 'python',
  hints: [
    '"Traceback (most',
    ": can't open file",
    ": can't find '__main__'",
    ': No module named ',
    'finding module specification',
    'SyntaxError: Non-UTF-8',
    'future: <',
  ],
  begin(line) {
    if (line.startsWith('future: <')) return neverRaised.test(line) ? followFuture() : undefined;
    if (line === quotedHead) return followQuoted();
    return isWhole(line) ? () => 'no' : undefined;
  },
  saysEnough: isWhole,
  *parse(lines) {
    const [line = '', next = ''] = lines;
    const parsed = line.startsWith('future: <')
      ? readTyped(next)
      : line === quotedHead
        ? readQuoted(lines.join('\n'))
        : readWhole(line);
    if (parsed) yield parsed;
  },
};

function isWhole(line: string): boolean {
  return launched.test(line) || undecodable.test(line);
}

function followFuture(): Follow {
  let lines = 0;
  return (line) => (lines++ === 0 && typed.test(line) ? 'last' : 'no');
}

function followQuoted(): Follow {
  let lines = 0;
  return (line) => (quoteEnd.test(line) ? 'last' : ++lines <= maxQuotedLines ? 'more' : 'no');
}

function readTyped(line: string): ParsedException | undefined {
  const match = typed.exec(line);
  if (!match) return undefined;
  return exceptionOf('python', { type: match[1] ?? '', message: match[2] ?? '', frames: [] }, []);
}

function readWhole(line: string): ParsedException | undefined {
  const said = launched.exec(line)?.[1];
  if (said !== undefined) {
    return exceptionOf('python', { type: 'PythonError', message: said, frames: [] }, []);
  }
  const [, message = '', file = '', number] = undecodable.exec(line) ?? [];
  const frame = frameOf(file, isInApp(file), { line: Number(number) });
  return exceptionOf('python', { type: 'SyntaxError', message, frames: [frame] }, []);
}

function readQuoted(text: string): ParsedException | undefined {
  const end = quoteEnd.exec(text.slice(1));
  const quoted = end ? text.slice(1, 1 + end.index + end[0].length - 1) : text.slice(1);
  const lines = quoted.split('\n').map((line) => line.replace(/\\(["\\])/g, '$1'));
  const [parsed] = [...python.parse(lines)];
  return parsed;
}
