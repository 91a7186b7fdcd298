import { nativeFailure } from './cppTestXml.ts';
import { reportedFailure } from './dotnetTestFailure.ts';
import { firstException } from '../firstException.ts';
import type { Follow, Grammar, ParsedException } from '../grammar.ts';
import { phpUnitFailure } from './phpTests.ts';
import { parsePytest } from './pythonTests.ts';
import { decoded } from '../xmlText.ts';
import { failedExpectation, failure, javascriptFailure, silentFailure } from './testFailure.ts';

/** Visual Studio's reports have an element of their own. Behind other text, `<error>` is a logger's level. */
const opens = /(?:^|>)\s{0,100}<(failure|error|ErrorInfo)(?=[\s>/])/;
const caseOpens = /^\s{0,60}<testcase\s[^>]{0,16000}[^/>]>\s{0,8}$/;
const outputOpens = /<system-(?:out|err)>/;
const maxLines = 950;

/**
 * Failed cases of JUnit's XML, which every runner can write. What a failure says is read by the grammar of
 * its language.
 */
export function junitXml(languages: () => readonly Grammar[]): Grammar {
  return {
    language: 'text',
    standsAlone: true,
    hints: ['<failure', '<error ', '<error>', '<ErrorInfo>', '<system-out>', '<system-err>'],
    saysEnough: (line) => !isOpen(line),
    begin(line) {
      if (!line.includes('<')) return undefined;
      if (opens.test(line) || outputOpens.test(line)) return followElement(line);
      return caseOpens.test(line) ? followCase() : undefined;
    },
    *parse(lines) {
      const text = lines.join('\n');
      yield silentFailure('text');
      for (const one of failuresIn(text))
        if (!consequence.test(one.type)) yield readFailure(one, languages());
    },
  };
}

function followElement(line: string): Follow {
  let open = isOpen(line);
  let lines = 0;
  return (next) => {
    if (!open || ++lines > maxLines) return 'no';
    open = staysOpen(next);
    return open ? 'more' : 'last';
  };
}

/** The case whose file and whose mark as still to do a failure on the lines below has. */
function followCase(): Follow {
  let inner: Follow | undefined;
  return (next) => {
    if (inner) return inner(next);
    if (/^\s{0,60}<skipped\b[^>]{0,2000}\/>\s{0,8}$/.test(next)) return 'more';
    if (!opens.test(next)) return 'no';
    inner = followElement(next);
    return isOpen(next) ? 'more' : 'last';
  };
}

/** Node's types of what failed because another test did. */
const consequence = /^(?:cancelledByParent|subtestsFailed)$/;

/** Whether a failure or an output that begins in the line ends in a later one. */
function isOpen(line: string): boolean {
  const start = Math.max(
    ...['<failure', '<error', '<ErrorInfo', '<system-'].map((tag) => line.lastIndexOf(tag)),
  );
  const end = Math.max(
    ...['</failure>', '</error>', '</ErrorInfo>', '</system-'].map((tag) => line.lastIndexOf(tag)),
  );
  if (end > start) return false;
  const tag = line.slice(start);
  return !/^<\w{1,20}(?:\s{1,9}[\w:.-]{1,60}="[^"]{0,16000}"){0,12}\s{0,9}\/>/.test(tag);
}

function staysOpen(line: string): boolean {
  const closes = /<\/(?:failure|error|ErrorInfo|system-(?:out|err))>/.test(line);
  if (opens.test(line) || outputOpens.test(line)) return isOpen(line);
  return !closes;
}

/** What another format than a language's own says of a failed test. */
export interface ReportedFailure {
  readonly type: string;
  readonly message: string;
  readonly body: string;
  /** Of the test case it is in. */
  readonly file: string;
  readonly line: string;
}

function* failuresIn(text: string): Iterable<ReportedFailure> {
  const tag =
    /<(testcase|skipped|failure|error|ErrorInfo|system-out|system-err)((?:\s{1,9}[\w:.-]{1,60}="[^"]{0,16000}"){0,12})\s{0,9}(\/?)>/g;
  let testcase = '';
  let skipped = false;
  /** Rust's harness puts into a test's output what it failed with. */
  let wordless: ReportedFailure | undefined;
  for (let match = tag.exec(text); match; match = tag.exec(text)) {
    const [, name = '', attributes = '', closed] = match;
    if (name === 'testcase') {
      if (wordless) yield wordless;
      wordless = undefined;
      testcase = attributes;
      skipped = false;
      continue;
    }
    if (name === 'skipped') {
      // What is still to do may fail.
      skipped = true;
      continue;
    }
    const end = closed === '/' ? tag.lastIndex : text.indexOf(`</${name}>`, tag.lastIndex);
    const body = closed === '/' ? '' : text.slice(tag.lastIndex, end < 0 ? undefined : end);
    if (end < 0) tag.lastIndex = text.length;
    else if (closed !== '/') tag.lastIndex = end;
    if (wordless && name === 'system-out') {
      yield { ...wordless, body: contentOf(body) };
      wordless = undefined;
    }
    if (skipped || name.startsWith('system')) continue;
    if (isNoFailure(attribute(attributes, 'type'), attribute(attributes, 'message'))) continue;
    const found: ReportedFailure = {
      type: attribute(attributes, 'type'),
      message: attribute(attributes, 'message'),
      body: /<[Mm]essage>/.test(body) ? body : contentOf(body),
      file: attribute(testcase, 'file'),
      line: attribute(testcase, 'line'),
    };
    if (found.message === '' && found.body.trim() === '') wordless = found;
    else yield found;
    if (end < 0) return;
  }
  if (wordless) yield wordless;
}

/** PHPUnit's word for tests that are dubious but did not fail, and TestNG's for those that were not run. */
function isNoFailure(type: string, message: string): boolean {
  return (
    type.endsWith('RiskyTestError') || message.includes(' depends on not successfully finished ')
  );
}

function attribute(attributes: string, name: string): string {
  const start = attributes.indexOf(` ${name}="`);
  if (start < 0) return '';
  const from = start + name.length + 3;
  return decoded(attributes.slice(from, attributes.indexOf('"', from)));
}

function contentOf(body: string): string {
  const start = body.indexOf('<![CDATA[');
  const end = body.lastIndexOf(']]>');
  if (start < 0 || end <= start) return decoded(body);
  return body.slice(start + 9, end).replace(/\]\]>(?:&#xA;|\s){0,8}<!\[CDATA\[/g, '\n');
}

export function readFailure(one: ReportedFailure, languages: readonly Grammar[]): ParsedException {
  const reported = reportedFailure(one.body, contentOf);
  if (reported) return reported;
  const lines = unwrapped(one.body.split('\n', 1_000).map((line) => line.replace(/\r$/, '')));
  const known = lines.some((line) => /^E {2,}|\.py:\d/.test(line)) ? parsePytest(lines) : undefined;
  const drawn = lines.some((line) => /^\s{0,8}❯ /.test(line))
    ? javascriptFailure(lines)
    : undefined;
  const traces = languages.filter((grammar) => !grammar.standsAlone);
  const parsed =
    known ??
    drawn ??
    firstException(lines, traces) ??
    nativeFailure(lines.filter((line) => line !== '')) ??
    javascriptFailure(lines) ??
    phpUnitFailure(lines);
  if (parsed && (parsed.frames.length > 0 || !one.file))
    return { ...parsed, silent: false, kind: 'test', severity: 'error' };
  return unknown(one, parsed);
}

/** node wraps what a test threw, which then is the cause. */
function unwrapped(lines: readonly string[]): readonly string[] {
  if (!lines.slice(0, 3).some((line) => line.includes('[ERR_TEST_FAILURE]'))) return lines;
  const at = lines.findIndex((line) => /^\s{1,8}\[?cause\]?: \S/.test(line));
  const cause = (lines[at] ?? '').replace(/^\s{1,8}\[?cause\]?: /, '');
  return at < 0 ? lines : [cause, ...lines.slice(at + 1)];
}

const anyPlace = /((?:[A-Za-z]:)?[\w@./\\-]{1,300}\.[a-z]{1,5}):(\d{1,9})\b/;

function unknown(one: ReportedFailure, parsed: ParsedException | undefined): ParsedException {
  const place = one.body
    .split('\n', 200)
    .map((line) => anyPlace.exec(line))
    .find((match) => match && !/node_modules|[\\/]vendor[\\/]|site-packages/.test(match[1] ?? ''));
  const file = place?.[1] ?? one.file;
  const line = place?.[2] ?? one.line;
  const frames =
    file === '' ? [] : [{ file, ...(line === '' ? {} : { line: Number(line) }), inApp: true }];
  const type =
    parsed?.type ??
    (/^[A-Za-z_][\w.$\\:]{0,200}$/.test(one.type) &&
    !/^(?:test\w{1,30}Failure|hookFailed|failed)$/.test(one.type)
      ? one.type
      : failedExpectation);
  const said = one.body.split('\n', 50).find((text) => text.trim() !== '') ?? '';
  return failure(languageOf(file), type, parsed?.message ?? (one.message || said), frames);
}

function languageOf(file: string): string {
  const ending = /\.([a-z]{1,5})$/.exec(file)?.[1] ?? '';
  const known: Readonly<Record<string, string>> = {
    ts: 'typescript',
    tsx: 'typescript',
    js: 'javascript',
    jsx: 'javascript',
    mjs: 'javascript',
    cjs: 'javascript',
    py: 'python',
    java: 'java',
    kt: 'kotlin',
    go: 'go',
    rs: 'rust',
    php: 'php',
    rb: 'ruby',
    cs: 'csharp',
    swift: 'swift',
    ex: 'elixir',
    exs: 'elixir',
    c: 'c',
    cpp: 'cpp',
    cc: 'cpp',
  };
  return Object.hasOwn(known, ending) ? (known[ending] ?? 'text') : 'text';
}
