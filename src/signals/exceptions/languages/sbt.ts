import { found } from '../diagnostics/diagnosticForm.ts';
import type { Follow, Grammar } from '../grammar.ts';
import { silentFailure } from '../tests/testFailure.ts';

/** sbt writes it before every line of an error. */
const prefix = /^\[error\] ?/;
/** `/srv/app/Cart.scala:14:20: type mismatch;` of Scala 2. */
const scala2 =
  /^(\S.{0,1000}?\.(?:scala|sc|java|kt)):(\d{1,9}):(?:(\d{1,9}):)? (?!warning: )(\S.{0,4000})$/;
/** `-- [E007] Type Mismatch Error: Cart.scala:14:20 ----` of Scala 3. */
const scala3 =
  /^-- (?:\[(E\d{1,5})\] )?([A-Z][\w ]{0,60}Error|Error): (\S.{0,1000}?\.(?:scala|sc)):(\d{1,9}):(\d{1,9}) ?-{0,200}$/;
const drawn = /^\s{0,8}\d{0,6}\s{0,8}\|(.*)$/;
/** What sbt says of its own run. */
const echo =
  /^\[error\] (?:(?:\d{1,6}|one|two|three|four|five|six|seven|eight|nine|ten) errors? found$|\(.{1,200}\) (?:Compilation failed|sbt\.|\S.{0,200}Exception)|Total time: \d|(?:\(.{1,200}\) )?Nonzero exit code returned from runner: |Failed: Total \d|Error: Total \d|Passed: Total \d|Failed tests:$|Error during tests:$)/;

/** What compilers say within sbt, and Scala 3's own form. */
export const sbt: Grammar = {
  language: 'scala',
  standsAlone: true,
  hints: ['[error] ', ' Error: '],
  begin(line) {
    if (echo.test(line)) return (next) => (next.startsWith('[error] \t') ? 'enough' : 'no');
    if (!line.startsWith('[error] ') && !line.startsWith('-- ')) return undefined;
    const text = line.replace(prefix, '');
    if (scala3.test(text)) return followDrawing();
    return text !== line && scala2.test(text) ? followQuote() : undefined;
  },
  saysEnough: () => true,
  *parse(lines) {
    const [first = '', ...more] = lines.map((line) => line.replace(prefix, ''));
    const three = scala3.exec(first);
    const two = scala2.exec(first);
    if (three)
      yield found(three[3] ?? '', three[4], three[5], three[1], drawnMessage(three[2] ?? '', more));
    else if (two) yield found(two[1] ?? '', two[2], two[3], undefined, two[4] ?? '');
    else yield silentFailure('scala');
  },
};

/** The lines that explain, with the piece of source and the caret. */
function followQuote(): Follow {
  let lines = 0;
  return (line) =>
    /^\[error\] {1,200}\S/.test(line) && isMore(line) && ++lines < 40 ? 'enough' : 'no';
}

function isMore(line: string): boolean {
  const text = line.replace(prefix, '');
  return /^\s/.test(text) && !scala2.test(text);
}

function followDrawing(): Follow {
  let lines = 0;
  return (line) => (drawn.test(line.replace(prefix, '')) && ++lines < 60 ? 'enough' : 'no');
}

/** What is drawn below the carets, up to an empty line. */
function drawnMessage(title: string, lines: readonly string[]): string {
  const texts = lines.map((line) => (drawn.exec(line)?.[1] ?? '').trim());
  const start = texts.findIndex((text) => /^\^{1,400}$/.test(text)) + 1;
  const end = texts.findIndex((text, at) => at >= start && text === '');
  const said = start === 0 ? '' : texts.slice(start, end < 0 ? undefined : end).join('\n');
  return said === '' ? title : said;
}
