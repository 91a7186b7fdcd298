import type { Cause } from '../../../core/signal.ts';
import type { Grammar } from '../grammar.ts';
import { exceptionOf, frameOf, messageOf } from '../parts.ts';
import { isInApp, typeName } from './php.ts';

/** `In Cart.php line 30:`, below it a box with the message, and with `-v` the class above that. */
const head = /^In (\S.{0,300}\.php) line (\d{1,9}):$/;
const boxed = /^(?:\s*| {2}\S.*)$/;
const named = new RegExp(String.raw`^\[(${typeName})(?: \([^)]{1,40}\))?\]$`);
const trace = /^Exception trace:$/;
const maxLines = 60;

/** What Symfony's console (and Laravel's artisan) shows of an exception, causes below it. */
export const phpConsole: Grammar = {
  language: 'php',
  hints: ['.php line '],
  begin(line) {
    if (!line.startsWith('In ') || !head.test(line)) return undefined;
    let lines = 0;
    let says = false;
    return (next) => {
      const isPart = boxed.test(next) || trace.test(next) || head.test(next);
      if (!isPart || ++lines > maxLines) return 'no';
      says ||= next.trim() !== '' && !head.test(next);
      return says ? 'enough' : 'more';
    };
  },
  *parse(lines) {
    const starts = lines.flatMap((line, at) => (head.test(line) ? [at] : []));
    const links = starts.map((start, at) => readBox(lines.slice(start, starts[at + 1])));
    const [outermost, ...causes] = links;
    if (outermost && outermost.message !== '') yield exceptionOf('php', outermost, causes);
  },
};

function readBox(lines: readonly string[]): Cause {
  const [, file = '', line] = head.exec(lines[0] ?? '') ?? [];
  const end = lines.findIndex((text) => trace.test(text));
  const text = lines.slice(1, end < 0 ? lines.length : end).map((shown) => shown.trim());
  const type = text.map((shown) => named.exec(shown)?.[1]).find((name) => name !== undefined);
  return {
    type: type ?? 'Exception',
    message: messageOf(text.filter((shown) => !named.test(shown))),
    frames: [frameOf(file, isInApp(file), { line: Number(line) })],
  };
}
