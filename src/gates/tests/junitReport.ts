import { isAbsolute } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import type { TestStatus } from '../../core/testRun.ts';
import { list, type Outcome, type RawCase, record, records, text, toCases } from './outcome.ts';

type Element = Readonly<Record<string, unknown>>;

/** What sets one writer of JUnit XML apart from another. */
export interface JunitDialect {
  /** Titles from the suites around a case (node), or from its class (pytest, surefire). */
  readonly titles: 'suites' | 'class';
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseAttributeValue: false,
  parseTagValue: false,
  processEntities: false, // a report is not to be trusted with entities; `decode` knows the five
  trimValues: false,
  isArray: (name, _path, _leaf, isAttribute) =>
    !isAttribute && ['testsuite', 'testcase', 'failure', 'error', 'skipped'].includes(name),
});

/** undefined: it is not a JUnit report. */
export function readJunitReport(
  source: string,
  root: string,
  dialect: JunitDialect,
): Outcome | undefined {
  if (/<!(DOCTYPE|ENTITY)/i.test(source.slice(0, 10_000))) return undefined;
  const document = parse(source);
  const top = record(document?.['testsuites']) ?? document;
  if (!top || !('testsuites' in (document ?? {}) || 'testsuite' in top)) return undefined;
  const found = elementsOf(top, [], dialect);
  const broken = found.filter(({ broken }) => broken);
  const cases = found.filter(({ broken, empty }) => !broken && !empty);
  return {
    cases: toCases(
      cases.map(({ raw }) => raw),
      root,
    ),
    broken: broken.map(({ raw }) => `${raw.titles.join(' › ')}: ${raw.message ?? ''}`),
  };
}

function parse(source: string): Element | undefined {
  try {
    return record(parser.parse(source));
  } catch {
    return undefined;
  }
}

interface Found {
  readonly raw: RawCase;
  /** The file as a whole broke. */
  readonly broken: boolean;
  /** The file as a whole ended well, without a test of its own: that proves nothing. */
  readonly empty: boolean;
}

function elementsOf(parent: Element, suites: readonly string[], dialect: JunitDialect): Found[] {
  const own = records(parent['testcase']).map((element) => found(element, suites, dialect));
  const nested = records(parent['testsuite']).flatMap((element) =>
    elementsOf(element, [...suites, attribute(element, 'name')], dialect),
  );
  return [...own, ...nested];
}

function found(element: Element, suites: readonly string[], dialect: JunitDialect): Found {
  const name = attribute(element, 'name');
  const file = attribute(element, 'file') || undefined;
  const titles = dialect.titles === 'suites' ? suites : [attribute(element, 'classname')];
  const [status, message] = statusOf(element);
  const raw: RawCase = { titles: [...titles, name], file, status, message };
  const wholeFile = dialect.titles === 'suites' && suites.length === 0 && isFileName(name, file);
  const collection = records(element['error']).some(
    (error) => attribute(error, 'message') === 'collection failure',
  );
  return {
    raw,
    broken: collection || (wholeFile && status === 'failed'),
    empty: wholeFile && status !== 'failed',
  };
}

/** node --test reports a file that ran no test as a test named by its path. */
function isFileName(name: string, file: string | undefined): boolean {
  return file === undefined ? isAbsolute(name) : file === name || file.endsWith(`/${name}`);
}

function statusOf(element: Element): [TestStatus, string | undefined] {
  const problem = list(element['failure'])[0] ?? list(element['error'])[0];
  if (problem !== undefined) return ['failed', problemText(problem)];
  return 'skipped' in element ? ['skipped', undefined] : ['passed', undefined];
}

function problemText(problem: unknown): string {
  const element = record(problem);
  if (!element) return decode(text(problem)).trim();
  const type = attribute(element, 'type');
  const message = attribute(element, 'message').replaceAll('&quot;', '"'); // node escapes those twice
  const body = decode(text(element['#text'])).trim();
  const head = /^[\w.$]+$/.test(type) && type.includes('.') ? `${type}: ${message}` : message;
  return body.startsWith(head) ? body : [head, body].filter(Boolean).join('\n');
}

function attribute(element: Element, name: string): string {
  return decode(text(element[`@${name}`]));
}

const named: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
};

function decode(source: string): string {
  return source.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{2,4}));/gi,
    (whole, dec, hex, name) => {
      const code = dec ? Number(dec) : hex ? Number.parseInt(hex as string, 16) : undefined;
      if (code === undefined) return named[String(name)] ?? whole;
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
