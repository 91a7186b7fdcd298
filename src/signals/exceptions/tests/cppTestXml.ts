import { type Grammar, maxMessageChars, type ParsedException } from '../grammar.ts';
import { nativeFrame, nativeLanguage } from '../languages/nativeFrame.ts';
import { failedExpectation, failure } from './testFailure.ts';
import { decoded } from '../xmlText.ts';

const names = 'Expression|Exception|Failure|FatalErrorCondition|Error|FatalError';
/** Catch2 and doctest say `filename`, Boost.Test `file`. */
const opens = new RegExp(
  `<(${names}) (?:success="false" type="\\w{1,60}" |crash="\\w{1,5}"|file(?:name)?="[^"]{1,1000}" line=")`,
);
const attributes = '(?: [\\w-]{1,40}="[^"]{0,2000}"){1,8}';
const starts = new RegExp(`<(${names})(${attributes})>`, 'g');
const maxLines = 100;

/** The reports in XML of Catch2, doctest and Boost.Test, which have elements of their own for failed checks. */
export const cppTestXml: Grammar = {
  language: 'cpp',
  standsAlone: true,
  hints: ['<Expression ', '<Exception ', '<Failure ', '<FatalError', '<Error file='],
  saysEnough: (line) => closes(line, nameIn(line)),
  begin(line) {
    const name = line.includes('<') ? nameIn(line) : undefined;
    if (name === undefined) return undefined;
    let open = !closes(line, name);
    let lines = 0;
    return (next) => {
      if (!open || ++lines > maxLines) return 'no';
      open = !closes(next, name);
      return open ? 'more' : 'last';
    };
  },
  *parse(lines) {
    const text = lines.join('\n');
    let done = 0;
    for (const open of text.matchAll(starts)) {
      if (open.index < done) continue;
      const [whole, name = '', known = ''] = open;
      const from = open.index + whole.length;
      const end = text.indexOf(`</${name}>`, from);
      if (end < 0) return;
      done = end;
      if (opens.test(whole)) yield failureOf(known, text.slice(from, end));
    }
  },
};

function nameIn(line: string): string | undefined {
  return opens.exec(line)?.[1];
}

function closes(line: string, name: string | undefined): boolean {
  return line.lastIndexOf(`</${name}>`) > line.lastIndexOf(`<${name} `);
}

function failureOf(known: string, body: string): ParsedException {
  const file = / file(?:name)?="([^"]{1,1000})"/.exec(known)?.[1];
  const line = / line="(\d{1,9})"/.exec(known)?.[1];
  const message = messageOf(body);
  if (file === undefined || line === undefined || line === '0')
    return failure('cpp', failedExpectation, message, []);
  const frame = nativeFrame(undefined, file, line);
  return failure(nativeLanguage(file), failedExpectation, message, [frame]);
}

/** What was checked and with what values, or what was said. */
function messageOf(body: string): string {
  const said = body
    .slice(0, maxMessageChars)
    .replace(/<!\[CDATA\[([^]*?)\]\]>/g, '$1')
    .replace(/<LastCheckpoint[^]*$/, '')
    .replace(/<\/?\w{1,40}(?: [^<>]{0,1000})?>/g, '\n');
  const lines = said.split('\n').map((line) => line.trim());
  return decoded(lines.filter((line, at) => line !== '' && line !== lines[at - 1]).join('\n'));
}

/** What JUnit's XML holds of googletest, whose failures begin with their place, and of Boost.Test, which names its parts. */
export function nativeFailure(lines: readonly string[]): ParsedException | undefined {
  const placed = /^(\S.{0,1000}\.(?:c|cc|cpp|cxx|h|hh|hpp|ipp)):(\d{1,9}):?$/.exec(lines[0] ?? '');
  if (placed) {
    const [, file = '', line] = placed;
    const frame = nativeFrame(undefined, file, line);
    return failure(nativeLanguage(file), failedExpectation, lines.slice(1).join('\n'), [frame]);
  }
  if (lines[0] === 'unknown file')
    return failure('cpp', failedExpectation, lines.slice(1).join('\n'), []);
  const part = (name: string) => {
    const found = lines.find((line) => line.startsWith(`- ${name}`));
    return found?.slice(found.indexOf(':') + 1).trim();
  };
  const [file, line, message] = [part('file'), part('line'), part('message')];
  if (file === undefined || line === undefined) return undefined;
  if (line === '0') return failure('cpp', failedExpectation, thrownIn(lines), []);
  return failure(nativeLanguage(file), failedExpectation, message ?? '', [
    nativeFrame(undefined, file, line),
  ]);
}

function thrownIn(lines: readonly string[]): string {
  return lines[lines.findIndex((line) => line.startsWith('EXCEPTION STACK TRACE')) + 1] ?? '';
}
